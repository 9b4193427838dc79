use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can open what NetworkPolicies close
    ///
    /// ## What it finds
    /// Bindings by which somebody may change or delete NetworkPolicies without naming them.
    ///
    /// ## Why it matters
    /// What keeps namespaces and pods apart is gone with one request, and nobody sees it in what runs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: mesh
    /// rules:
    /// - apiGroups: [networking.k8s.io]
    ///   resources: [networkpolicies]
    ///   verbs: [delete]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: mesh
    /// roleRef:   # <- finding: medium
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: mesh
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: mesh
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: mesh
    /// rules:
    /// - apiGroups: [networking.k8s.io]
    ///   resources: [networkpolicies]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: mesh
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: mesh
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: mesh
    /// ```
    /// ## How to fix
    /// Give it to who runs the platform, in the namespaces that are his. Policies of the platform can stand above
    /// (AdminNetworkPolicy).
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: least privilege
    id: "SW2017",
    name: "network-policies-editable",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        trivy("KSV-0056", Narrower, "writing Services and Ingresses opens no NetworkPolicy"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_NETWORK_POLICIES, Danger { everywhere: Severity::Medium, in_namespace: Severity::Low }),
        ], out);
    }
}
