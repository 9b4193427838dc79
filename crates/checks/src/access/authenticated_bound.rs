use seawall_rbac::{Subject, group};

use super::subjects::{ROLES, report};

crate::check::check! {
    /// Rights for everybody who has a name
    ///
    /// ## What it finds
    /// Bindings to the groups `system:authenticated` or `system:serviceaccounts`, but for what API servers bind to them when
    /// they start.
    ///
    /// ## Why it matters
    /// Every pod of the cluster is in these groups with its account, and everybody whom an identity provider lets in: with
    /// some clouds that was everybody with an account of the cloud.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: system:authenticated   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: developers
    /// ```
    /// ## How to fix
    /// Bind the groups of the people, and the accounts of the programs, that are meant.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: least privilege
    id: "SW2019",
    name: "authenticated-bound",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0265", Wider, "the group of all service accounts is told too"),
        trivy("KSV-01011", Wider, "the group of all service accounts is told too"),
    ],
    fn run(policy, out) {
        let groups = [group::AUTHENTICATED, group::SERVICE_ACCOUNTS];
        let is_meant = |subject: &Subject| matches!(subject, Subject::Group(name) if groups.contains(&name.as_str()));
        report(policy, out, is_meant, "everybody who has a name");
    }
}
