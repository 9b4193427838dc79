//! Roles, bindings and requests as people write them.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::path::PathBuf;

use seawall_inventory::{Provenance, Snapshot};
use seawall_rbac::{Attributes, Decision, Policy, Resource, User};
use seawall_yaml::Limits;

/// What stands in a file.
pub fn files(text: &str) -> Snapshot {
    let reading = seawall_inventory::read(
        PathBuf::from("a.yaml"),
        text.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    );
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

/// `jane`, `jane of dev,ops`, `shop/web` for a service account, `nobody at all`.
pub fn user(text: &str) -> User {
    if text == "nobody at all" {
        return User::anonymous();
    }
    if let Some((namespace, name)) = text.split_once('/') {
        return User::service_account(namespace, name);
    }
    match text.split_once(" of ") {
        Some((name, groups)) => User::authenticated(name, groups.split(',')),
        None => User::authenticated(text, [""; 0]),
    }
}

/// `get pods/log in shop named web`, `list deployments.apps`, `get /healthz`.
pub fn request(text: &str) -> Attributes<'_> {
    let (verb, what) = text.split_once(' ').unwrap();
    if what.starts_with('/') {
        return Attributes::path(verb, what);
    }
    let (what, name) = what.split_once(" named ").unwrap_or((what, ""));
    let (what, namespace) = what.split_once(" in ").unwrap_or((what, ""));
    let (what, subresource) = what.split_once('/').unwrap_or((what, ""));
    let (resource, group) = what.split_once('.').unwrap_or((what, ""));
    Attributes::resource(
        verb,
        Resource { group, resource, subresource, namespace, name, ..Resource::default() },
    )
}

/// `yes`, `no`, or `unknown`.
pub fn answer(policy: &Policy<'_>, who: &str, what: &str) -> &'static str {
    match policy.decide(&user(who), &request(what)) {
        Decision::Allowed(_) => "yes",
        Decision::NoOpinion(_) => "no",
        Decision::Unknown(_) => "unknown",
    }
}

/// The documents of roles and bindings in short lines: `ClusterRole NAME RULES`, `Role NAMESPACE/NAME RULES`,
/// `ClusterRoleBinding NAME ROLE SUBJECTS`, `RoleBinding NAMESPACE/NAME ROLE SUBJECTS`; rules and subjects are lists of YAML, a
/// role is `Role:NAME` or `ClusterRole:NAME`.
pub fn objects(lines: &str) -> String {
    let documents = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let mut words = line.splitn(3, ' ');
        let (kind, place, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let metadata = match place.split_once('/') {
            Some((namespace, name)) => format!("{{namespace: {namespace}, name: {name}}}"),
            None => format!("{{name: {place}}}"),
        };
        let body = if kind.ends_with("Binding") {
            let (role, subjects) = rest.split_once(' ').unwrap();
            let (of, name) = role.split_once(':').unwrap();
            format!(
                "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {of}, name: {name}}}\nsubjects: {subjects}"
            )
        } else {
            format!("rules: {rest}")
        };
        format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {metadata}\n{body}\n")
    });
    documents.collect::<Vec<_>>().join("---\n")
}
