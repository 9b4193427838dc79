use std::collections::BTreeSet;

use seawall_rbac::Doubt;
use seawall_yaml::Path;

use super::granted::ROLES;

crate::check::check! {
    /// Binding of a role that does not exist
    ///
    /// ## What it finds
    /// RoleBindings and ClusterRoleBindings whose role is not there. That is known where the roles were read from a cluster; files may leave
    /// it out, and then it is unknown. Roles that API servers make themselves are known.
    ///
    /// ## Why it matters
    /// The binding waits: whoever may create a role of this name decides later what its subjects may do, without a right to bind anything.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: raeder   # <- finding
    /// subjects:
    /// - kind: ServiceAccount
    ///   name: reader
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: reader
    /// subjects:
    /// - kind: ServiceAccount
    ///   name: reader
    /// ```
    /// ## How to fix
    /// Delete the binding, or make the role. The role of a binding cannot be changed: correct a name by a new one.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/rbac/validation/rule.go: VisitRulesFor
    id: "SW2026",
    name: "dangling-binding",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        popeye("POP-1300", Narrower, "a role that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(policy, out) {
        if policy.is_empty() {
            return out.not_applicable();
        }
        let (found, doubts) = policy.all_dangling();
        for dangling in found {
            let Some(role) = dangling.binding.body.role_binding().map(|binding| &binding.role_ref) else { continue };
            let message = format!("{} `{}` does not exist: whoever makes it decides what is granted here", role.kind, role.name);
            let path = Path::root().key("roleRef").key("name");
            out.fail_on(dangling.number, path, message).value(&role.name);
        }
        // What is malformed or refused is told as such; here it is asked for roles.
        let unread = doubts.iter().filter(|doubt| matches!(doubt, Doubt::RoleNotRead(_) | Doubt::NotRead(_)));
        let reasons: BTreeSet<String> = unread.map(|doubt| doubt.describe(policy.snapshot())).collect();
        if let Some(first) = reasons.first() {
            let more = if reasons.len() == 1 { String::new() } else { format!("; and {} more like it", reasons.len() - 1) };
            out.unknown(format!("{first}{more}"));
        }
    }
}
