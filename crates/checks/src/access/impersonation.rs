use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can act under other names
    ///
    /// ## What it finds
    /// Bindings by which somebody may impersonate users, or service accounts, without naming them. Groups alone are none: a
    /// request that names a group and no user is refused.
    ///
    /// ## Why it matters
    /// Impersonation takes on all rights of the other name, and its group: with a user comes any group that may be
    /// impersonated too. The audit log names both, nothing else stops it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: proxy
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [users, groups]
    ///   verbs: [impersonate]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: proxy
    /// roleRef:   # <- finding: critical
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: proxy
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: proxy
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: proxy
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [users]
    ///   resourceNames: [viewer]
    ///   verbs: [impersonate]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: proxy
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: proxy
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: proxy
    /// ```
    /// ## How to fix
    /// Name the users with `resourceNames`. From Kubernetes 1.36 on constrained impersonation (`impersonate:user-info`) also
    /// limits for what.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: impersonate verb
    /// - Kubernetes Enhancement Proposal 5284, constrained impersonation
    /// - CIS Kubernetes Benchmark 1.12, 5.1.8
    id: "SW2009",
    name: "impersonation",
    severity: Critical,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0065", Narrower, "groups alone cannot be impersonated"),
        trivy("KSV-0043", Narrower, "names that may be impersonated are looked at"),
        checkov("CKV2_K8S_3", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::IMPERSONATE_USERS, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
            (&power::IMPERSONATE, Danger { everywhere: Severity::Critical, in_namespace: Severity::Medium }),
        ], out);
    }
}
