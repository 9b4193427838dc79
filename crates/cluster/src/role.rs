//! The least rights that a scan needs, as objects for `kubectl apply`.

use std::collections::BTreeMap;
use std::fmt::Write;

use seawall_inventory::Kind;

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
    pub subjects: Vec<Grantee>,
}

/// To whom a role is given.
#[derive(Clone, Debug)]
pub enum Grantee {
    /// A user by name.
    User(String),
    /// A group by name.
    Group(String),
    /// A service account: its namespace, and its name.
    ServiceAccount(String, String),
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
    let itself = grant.namespace.as_ref().filter(|_| kinds.iter().any(|kind| kind.is("", "Namespace")));
    let resources = resources(kinds, grant);
    let kind = if grant.namespace.is_some() { "Role" } else { "ClusterRole" };
    let mut text = head(kind, grant);
    text.push_str(if resources.is_empty() && itself.is_none() { "rules: []\n" } else { "rules:\n" });
    let verbs = if grant.watch { "list, watch" } else { "list" };
    for (group, plurals) in &resources {
        // Writing to a String does not fail.
        let _ = writeln!(text, "- apiGroups: [{}]\n  resources:", quoted(group));
        for plural in plurals {
            let _ = writeln!(text, "  - {}", quoted(plural));
        }
        let _ = writeln!(text, "  verbs: [{verbs}]");
    }
    if let Some(name) = itself {
        let name = quoted(name);
        let _ = writeln!(
            text,
            "- apiGroups: [\"\"]\n  resources:\n  - namespaces\n  resourceNames: [{name}]\n  verbs: [get]"
        );
    }
    if !grant.subjects.is_empty() {
        text.push_str("---\n");
        text.push_str(&head(&format!("{kind}Binding"), grant));
        let name = quoted(&grant.name);
        let _ = writeln!(
            text,
            "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}\nsubjects:"
        );
        for subject in &grant.subjects {
            text.push_str(&subject.written());
        }
    }
    text
}

fn head(kind: &str, grant: &Grant) -> String {
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {}\n",
        quoted(&grant.name)
    );
    if let Some(namespace) = &grant.namespace {
        let _ = writeln!(text, "  namespace: {}", quoted(namespace));
    }
    text
}

impl Grantee {
    fn written(&self) -> String {
        match self {
            Self::User(name) => {
                format!("- {{apiGroup: rbac.authorization.k8s.io, kind: User, name: {}}}\n", quoted(name))
            }
            Self::Group(name) => {
                format!("- {{apiGroup: rbac.authorization.k8s.io, kind: Group, name: {}}}\n", quoted(name))
            }
            Self::ServiceAccount(namespace, name) => {
                format!(
                    "- {{kind: ServiceAccount, namespace: {}, name: {}}}\n",
                    quoted(namespace),
                    quoted(name)
                )
            }
        }
    }
}

/// A string of YAML: plain where it can be nothing else, and as in JSON otherwise.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '.'))
        && !matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use seawall_inventory::Kind;

    use super::{Grant, Grantee, role};

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
            subjects: vec![Grantee::ServiceAccount("shop".into(), "a\"b".into())],
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
        let rule = "rules:\n- apiGroups: [\"\"]\n  resources:\n  - namespaces\n  resourceNames: [shop]\n  verbs: [get]\n";
        assert!(itself.ends_with(rule), "{itself}");
        assert!(role([], &grant()).ends_with("rules: []\n"));
    }
}
