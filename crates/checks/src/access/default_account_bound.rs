use seawall_rbac::{Subject, group};

use super::subjects::{ROLES, report};

crate::check::check! {
    /// Rights for the account that pods get by default
    ///
    /// ## What it finds
    /// Bindings to a service account `default`, or to the group of all accounts of a namespace.
    ///
    /// ## Why it matters
    /// Every pod that says nothing else runs under this account, those of the next chart too: they all get what was meant for
    /// one program.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: shop
    ///   name: default   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: shop
    ///   name: reader
    /// ```
    /// ## How to fix
    /// Make an account for the program, name it in its pods (`serviceAccountName`), and bind that.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: least privilege
    /// - CIS Kubernetes Benchmark 1.12, 5.1.5
    id: "SW2022",
    name: "default-account-bound",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0189", Narrower, "a default account without rights of its own harms nobody"),
    ],
    fn run(policy, out) {
        let of_namespace = |name: &str| name.strip_prefix(group::SERVICE_ACCOUNTS).is_some_and(|rest| rest.starts_with(':'));
        let is_meant = |subject: &Subject| match subject {
            Subject::ServiceAccount(_, name) => name == "default",
            Subject::Group(name) => of_namespace(name),
            Subject::User(name) => name.starts_with("system:serviceaccount:") && name.ends_with(":default"),
        };
        report(policy, out, is_meant, "every pod of the namespace that names no account");
    }
}
