use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::GROUP;
use seawall_yaml::Path;

use super::granted::ROLES;

crate::check::check! {
    /// Role with a wildcard
    ///
    /// ## What it finds
    /// `*` among the verbs, groups or resources of a rule. Roles that API servers make themselves are left out, as long as
    /// they say what these say.
    ///
    /// ## Why it matters
    /// A wildcard also allows what is added later: verbs of new versions (`impersonate-on:…`, `attest`), resources of
    /// operators that are installed next year, and subresources like `pods/exec`.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    /// - apiGroups: [apps]
    ///   resources: [deployments]
    ///   verbs: ["*"]   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    /// - apiGroups: [apps]
    ///   resources: [deployments]
    ///   verbs: [get, list, watch, create, update, patch, delete]
    /// ```
    /// ## How to fix
    /// Name the verbs and resources that are in use.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: least privilege
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    id: "SW2002",
    name: "wildcard-in-role",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0187", Wider, "wildcards in groups are told too"),
        trivy("KSV-0045", Wider, "wildcards in groups and resources are told too"),
        checkov("CKV_K8S_49", Same, ""),
        kube_linter("wildcard-in-rules", Same, ""),
    ],
    fn run(policy, out) {
        let mut any = false;
        for (kind, severity) in [("ClusterRole", Severity::Medium), ("Role", Severity::Low)] {
            for (number, role) in out.snapshot().numbered(GROUP, kind) {
                any = true;
                if policy.is_made_at_start(number, out.version()) {
                    continue;
                }
                for (index, rule) in rules(role).iter().enumerate() {
                    let Some((list, at)) = wildcard(rule) else { continue };
                    let path = Path::root().key("rules").index(index).key(list).index(at);
                    let message = format!("{kind} `{}` allows all {}", role.display_name(), words(list));
                    out.fail_on(number, path, message).severity(severity).value("*").keyed(format!("{index}"));
                }
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}

pub(super) fn rules(role: &Object) -> &[PolicyRule] {
    match (role.body.role(), role.body.cluster_role()) {
        (Some(role), _) => &role.rules,
        (_, Some(role)) => &role.rules,
        _ => &[],
    }
}

/// The list of a rule in which a `*` stands first to be narrowed, and where.
fn wildcard(rule: &PolicyRule) -> Option<(&'static str, usize)> {
    let lists = [("verbs", &rule.verbs), ("resources", &rule.resources), ("apiGroups", &rule.api_groups)];
    lists.into_iter().find_map(|(name, list)| Some((name, list.iter().position(|word| word == "*")?)))
}

fn words(list: &str) -> &str {
    if list == "apiGroups" { "API groups" } else { list }
}
