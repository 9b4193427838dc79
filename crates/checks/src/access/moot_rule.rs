use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{GROUP, covers_rule};
use seawall_yaml::Path;

use super::granted::ROLES;

crate::check::check! {
    /// Rule that another rule of its role makes moot
    ///
    /// ## What it finds
    /// Rules of Roles and ClusterRoles that allow nothing beyond what one other rule of the same role allows. Of two that say the same the
    /// second is told. Roles that API servers make, and those that gather the rules of others, are left out.
    ///
    /// ## Why it matters
    /// Who narrows it, with names of objects for example, believes that something has become narrower.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]   # <- finding
    ///   resources: [secrets]
    ///   resourceNames: [web]
    ///   verbs: [get]
    /// - apiGroups: [""]
    ///   resources: [secrets, configmaps]
    ///   verbs: [get, list]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   resourceNames: [web]
    ///   verbs: [get]
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [get, list]
    /// ```
    /// ## How to fix
    /// Delete the one of the two that is not meant.
    ///
    /// ## References
    /// - k8s.io/component-helpers v0.36.3 auth/rbac/validation/policy_comparator.go
    id: "SW2033",
    name: "moot-rule",
    severity: Info,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: All,
    fn run(policy, out) {
        let mut any = false;
        for kind in ["ClusterRole", "Role"] {
            for (number, role) in out.snapshot().numbered(GROUP, kind) {
                any = true;
                let gathers = role.body.cluster_role().is_some_and(|role| role.aggregation_rule.is_some());
                let rules = super::wildcard_in_role::rules(role);
                if gathers || policy.is_made_at_start(number, out.version()) {
                    continue;
                }
                if rules.len() > MOST {
                    out.unknown("a role has more rules than are compared with each other");
                    continue;
                }
                for (index, other) in moot(rules) {
                    let rules = Path::root().key("rules");
                    let message = format!("rules[{other}] of {kind} `{}` allows all that rules[{index}] does", role.display_name());
                    out.fail_on(number, rules.index(index), message)
                        .derived("what it allows is allowed without it")
                        .related(rules.index(other), "allows as much")
                        .keyed(format!("{index}"));
                }
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}

/// Rules of a role that are compared with each other.
const MOST: usize = 256;

/// The rules that another one makes moot, each with that one.
fn moot(rules: &[PolicyRule]) -> Vec<(usize, usize)> {
    let numbered = || rules.iter().enumerate();
    let moot = numbered().filter_map(|(index, rule)| {
        // Of two that cover each other the first is left.
        let covers = |(other, own): &(usize, &PolicyRule)| {
            *other != index && covers_rule(own, rule) && (*other < index || !covers_rule(rule, own))
        };
        numbered().find(covers).map(|(other, _)| (index, other))
    });
    moot.collect()
}
