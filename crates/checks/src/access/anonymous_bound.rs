use seawall_rbac::{ANONYMOUS, Subject, group};

use super::subjects::{ROLES, report};

crate::check::check! {
    /// Rights for whoever is not known
    ///
    /// ## What it finds
    /// Bindings to the user `system:anonymous` or the group `system:unauthenticated`, but for what API servers bind to them
    /// when they start (the version and whether they are well).
    ///
    /// ## Why it matters
    /// Whoever reaches the API server has these rights, without a password or a certificate. In many managed clusters that is
    /// the internet.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: dashboard
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: Group
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: system:unauthenticated   # <- finding: high
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: dashboard
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: dashboard
    ///   name: dashboard
    /// ```
    /// ## How to fix
    /// Bind the account of what asks. A load balancer that wants to know whether the API server is well may ask `/livez`,
    /// which is open already.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: avoid wildcard and anonymous bindings
    /// - CIS Kubernetes Benchmark 1.12, 5.1.11
    /// - CIS Kubernetes Benchmark 1.12, 1.2.1
    id: "SW2018",
    name: "anonymous-bound",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0262", Narrower, "what API servers bind themselves is left out"),
        trivy("KSV-0122", Narrower, "what API servers bind themselves is left out"),
    ],
    fn run(policy, out) {
        let is_meant = |subject: &Subject| match subject {
            Subject::Group(name) => name == group::UNAUTHENTICATED,
            Subject::User(name) => name == ANONYMOUS,
            Subject::ServiceAccount(..) => false,
        };
        report(policy, out, is_meant, "whoever reaches the API server");
    }
}
