//! The least rights that a scan needs, as objects for `kubectl apply`.

use std::collections::BTreeMap;

use seawall_inventory::Kind;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{Manifest, Subject};
use smol_str::SmolStr;

/// What a role is to allow, and whom.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Name of the role, and of its binding.
    pub name: String,
    /// The namespace that is read; `None` for all, and what stands in none.
    pub namespace: Option<String>,
    /// Leave Secrets out.
    pub no_secrets: bool,
    /// Allow to watch, too.
    pub watch: bool,
    /// To whom the role is given; nobody when empty.
    pub subjects: Vec<Subject>,
}

/// The resources to list for `kinds`, by group; `*` stands for all of a group.
pub fn resources<'k>(
    kinds: impl IntoIterator<Item = &'k Kind>,
    grant: &Grant,
) -> BTreeMap<&'k str, Vec<&'k str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for kind in kinds {
        let left_out = grant.no_secrets && kind.is("", "Secret");
        let is_outside = grant.namespace.is_some() && kind.is_cluster_scoped();
        if !(kind.plural.is_empty() || is_outside || left_out) {
            groups.entry(kind.group).or_default().push(kind.plural);
        }
    }
    groups.values_mut().for_each(|plurals| plurals.sort_unstable());
    groups
}

/// A ClusterRole, or the Role of a namespace, that allows to list what `kinds` are, and its binding when somebody is to have it. A
/// Role of a namespace that is among what is read allows to get the Namespace itself.
///
/// What the API server serves needs no rule: `system:discovery` allows everybody who is authenticated to ask (k8s.io/kubernetes
/// plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go).
pub fn role<'k>(kinds: impl IntoIterator<Item = &'k Kind>, grant: &Grant) -> String {
    let kinds: Vec<&Kind> = kinds.into_iter().collect();
    let verbs: &[&str] = if grant.watch { &["list", "watch"] } else { &["list"] };
    let resources = resources(kinds.iter().copied(), grant);
    let mut rules: Vec<PolicyRule> = resources
        .iter()
        .map(|(group, plurals)| PolicyRule {
            verbs: texts(verbs),
            api_groups: texts(&[group]),
            resources: texts(plurals),
            ..PolicyRule::default()
        })
        .collect();
    let itself = grant.namespace.as_ref().filter(|_| kinds.iter().any(|kind| kind.is("", "Namespace")));
    rules.extend(itself.map(|name| PolicyRule {
        verbs: texts(&["get"]),
        api_groups: texts(&[""]),
        resources: texts(&["namespaces"]),
        resource_names: texts(&[name]),
        ..PolicyRule::default()
    }));
    let namespace = grant.namespace.as_deref().unwrap_or_default();
    Manifest { name: &grant.name, namespace, rules: &rules, subjects: &grant.subjects }.yaml()
}

fn texts(texts: &[&str]) -> Box<[SmolStr]> {
    texts.iter().map(SmolStr::new).collect()
}

#[cfg(test)]
mod tests {
    use seawall_inventory::Kind;

    use super::{Grant, Subject, role};

    fn of(kinds: &[&str]) -> Vec<&'static Kind> {
        Kind::ALL.iter().filter(|kind| kinds.contains(&kind.kind) && kind.group != "extensions").collect()
    }

    fn grant() -> Grant {
        Grant {
            name: "seawall".into(),
            namespace: None,
            no_secrets: false,
            watch: false,
            subjects: Vec::new(),
        }
    }

    #[test]
    fn a_role_lists_what_is_read_and_nothing_else() {
        let kinds = of(&["Secret", "Deployment", "Node", "*", "EncryptionConfiguration"]);
        let head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: seawall\nrules:\n";
        assert_eq!(
            role(kinds.iter().copied(), &grant()),
            format!(
                "{head}- apiGroups: [\"\"]\n  resources:\n  - nodes\n  - secrets\n  verbs: [list]\n\
                 - apiGroups: [apps]\n  resources:\n  - deployments\n  verbs: [list]\n\
                 - apiGroups: [constraints.gatekeeper.sh]\n  resources:\n  - \"*\"\n  verbs: [list]\n"
            )
        );
        let shop = Grant {
            name: "true".into(),
            namespace: Some("shop".into()),
            no_secrets: true,
            watch: true,
            subjects: vec![Subject::ServiceAccount("shop".into(), "a\"b".into())],
        };
        assert_eq!(
            role(kinds.iter().copied(), &shop),
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: \"true\"\n  namespace: shop\nrules:\n\
             - apiGroups: [apps]\n  resources:\n  - deployments\n  verbs: [list, watch]\n\
             ---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: \"true\"\n  namespace: shop\n\
             roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: \"true\"}\nsubjects:\n\
             - {kind: ServiceAccount, namespace: shop, name: \"a\\\"b\"}\n"
        );
        let itself = role(of(&["Namespace"]), &Grant { namespace: Some("shop".into()), ..grant() });
        let rule = "rules:\n- apiGroups: [\"\"]\n  resources:\n  - namespaces\n  resourceNames:\n  - shop\n  verbs: [get]\n";
        assert!(itself.ends_with(rule), "{itself}");
        assert!(role([], &grant()).ends_with("rules: []\n"));
    }
}
