use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can give himself any role
    ///
    /// ## What it finds
    /// Bindings by which somebody may `bind` roles and write bindings, or `escalate` roles and write them: both at once, as
    /// one alone is refused. Who may only write roles or bindings gives nothing that he has not himself, and is not told.
    ///
    /// ## Why it matters
    /// These verbs are the exceptions to the rule that nobody gives more than he has. With `cluster-admin` bound to himself
    /// he can do everything.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: granter
    /// rules:
    /// - apiGroups: [rbac.authorization.k8s.io]
    ///   resources: [clusterrolebindings]
    ///   verbs: [create]
    /// - apiGroups: [rbac.authorization.k8s.io]
    ///   resources: [clusterroles]
    ///   verbs: [bind]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: granter
    /// roleRef:   # <- finding: critical
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: granter
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: granter
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: granter
    /// rules:
    /// - apiGroups: [rbac.authorization.k8s.io]
    ///   resources: [clusterrolebindings]
    ///   verbs: [create]
    /// - apiGroups: [rbac.authorization.k8s.io]
    ///   resources: [clusterroles]
    ///   resourceNames: [view]
    ///   verbs: [bind]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: granter
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: granter
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: granter
    /// ```
    /// ## How to fix
    /// Name the roles that may be bound with `resourceNames`, or take the verb away: who has the rights himself can give them
    /// without it.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: escalate verb, bind verb
    /// - k8s.io/kubernetes pkg/registry/rbac/escalation_check.go v1.36.3
    /// - CIS Kubernetes Benchmark 1.12, 5.1.8
    id: "SW2008",
    name: "roles-escalatable",
    severity: Critical,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0191", Narrower, "one of the verbs alone is of no use; impersonation is told by SW2009"),
        trivy("KSV-0050", Narrower, "who writes roles without `escalate` gives only what he has"),
        checkov("CKV_K8S_157", Narrower, "`bind` without a right to write bindings is of no use"),
        checkov("CKV_K8S_158", Narrower, "`escalate` without a right to write roles is of no use"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::BIND_CLUSTER, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
            (&power::ESCALATE_CLUSTER, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
            (&power::BIND, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
            (&power::ESCALATE, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
        ], out);
    }
}
