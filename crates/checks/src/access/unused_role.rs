use seawall_rbac::GROUP;
use seawall_yaml::Path;

use super::granted::ROLES;

crate::check::check! {
    /// Role that nobody has
    ///
    /// ## What it finds
    /// Roles and ClusterRoles that no binding gives to anybody: none of those that API servers make, and none whose rules a used one
    /// gathers. That is known of a cluster whose bindings were all read; of files it is unknown.
    ///
    /// ## Why it matters
    /// It is one binding away from being of effect, and nobody has looked at it since whatever used it is gone.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: old   # <- finding
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   verbs: [get]
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: part
    ///   labels:
    ///     example.com/gather: "true"
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: whole
    /// aggregationRule:
    ///   clusterRoleSelectors:
    ///   - matchLabels:
    ///       example.com/gather: "true"
    /// rules: []
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: whole
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: whole
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane
    /// ```
    /// ## How to fix
    /// Delete it, when no operator binds it on demand.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: periodic review
    id: "SW2032",
    name: "unused-role",
    severity: Info,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: All,
    fn run(policy, out) {
        let roles = ["ClusterRole", "Role"].map(|kind| out.snapshot().of_kind(GROUP, kind).next().is_some());
        if roles == [false, false] {
            return out.not_applicable();
        }
        match policy.unused_roles(out.version()) {
            Ok(unused) => {
                for number in unused {
                    let Some(role) = policy.snapshot().objects.get(number) else { continue };
                    let message = format!("nobody has {} `{}`", role.kind, role.display_name());
                    let path = Path::root().key("metadata").key("name");
                    out.fail_on(number, path, message).derived("no binding names it, and no role that is used gathers its rules");
                }
            }
            Err(Some(doubt)) => out.unknown(doubt.describe(policy.snapshot())),
            Err(None) => out.unknown("bindings of these roles may be in other files, or in the cluster"),
        }
    }
}
