use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can take the guards off namespaces
    ///
    /// ## What it finds
    /// Bindings by which somebody may change Namespaces. A RoleBinding in a Namespace reaches that Namespace itself.
    ///
    /// ## Why it matters
    /// Pod Security, NetworkPolicies and webhooks choose namespaces by their labels. Who changes them is in no chosen one any
    /// more: privileged pods are let in, and other namespaces let them connect.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: onboarding
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [namespaces]
    ///   verbs: [patch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: onboarding
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: onboarding
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: onboarding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: onboarding
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [namespaces]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: onboarding
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: onboarding
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: onboarding
    /// ```
    /// ## How to fix
    /// Let a policy guard the labels (a ValidatingAdmissionPolicy), or name the namespaces with `resourceNames`.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: namespace modification
    id: "SW2027",
    name: "namespace-labels-editable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    fn run(policy, out) {
        report(policy, &[
            (&power::LABEL_NAMESPACES, Danger { everywhere: Severity::High, in_namespace: Severity::Medium }),
        ], out);
    }
}
