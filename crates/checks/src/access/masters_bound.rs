use seawall_rbac::{Subject, group};

use super::subjects::{ROLES, report};

crate::check::check! {
    /// Binding to the group that can do everything
    ///
    /// ## What it finds
    /// Bindings to the group `system:masters`, but for that of `cluster-admin` which API servers make.
    ///
    /// ## Why it matters
    /// The group is asked for before any authorizer: its members can do everything whatever is bound to them, and nothing
    /// takes it away before their certificates end. A binding to it says that somebody is in it, and is of no use itself.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: admins
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: system:masters   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: admins
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: admins
    /// ```
    /// ## How to fix
    /// Give people a group of their own, and keep certificates of `system:masters` for the day when nothing else works.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: system:masters
    /// - CIS Kubernetes Benchmark 1.12, 5.1.7
    id: "SW2020",
    name: "masters-bound",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0246", Same, ""),
        trivy("KSV-0123", Narrower, "what API servers bind themselves is left out"),
    ],
    fn run(policy, out) {
        let is_meant = |subject: &Subject| matches!(subject, Subject::Group(name) if name == group::MASTERS);
        report(policy, out, is_meant, "the group that can do everything anyway");
    }
}
