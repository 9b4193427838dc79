use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can do everything
    ///
    /// ## What it finds
    /// Bindings by which somebody may use every verb on every resource: in the whole cluster as with `cluster-admin`, or in a
    /// namespace. It is decided by rules, not by names: a role that allows as much under another name is found as well. What
    /// API servers bind when they start is left out.
    ///
    /// ## Why it matters
    /// Nothing limits what can be done under this name, and no later rule takes anything away. Who gets hold of one token of it has the
    /// cluster, with every Secret and every node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: deployer
    /// roleRef:   # <- finding: critical
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cluster-admin
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: ci
    ///   name: deployer
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: deployer
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: edit
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: ci
    ///   name: deployer
    /// ```
    /// ## How to fix
    /// Bind a role with the verbs and resources that are in use, in the namespaces where they are. `edit` and `view` are there for people;
    /// what a program needs stands in its documentation, or in the audit log.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: least privilege
    /// - CIS Kubernetes Benchmark 1.12, 5.1.1
    id: "SW2001",
    name: "everything-granted",
    severity: Critical,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0035", Wider, "a role that allows as much under another name is found as well"),
        kubescape("C-0185", Wider, "a role that allows as much under another name is found as well"),
        trivy("KSV-0111", Wider, "a role that allows as much under another name is found as well"),
        kube_linter("cluster-admin-role-binding", Wider, "a role that allows as much under another name is found as well"),
    ],
    fn run(policy, out) {
        let danger = Danger { everywhere: Severity::Critical, in_namespace: Severity::Medium };
        report(policy, &[(&power::EVERYTHING, danger)], out);
    }
}
