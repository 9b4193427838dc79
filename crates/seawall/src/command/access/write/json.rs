//! Parts of answers, for programs: docs/schema/seawall-access.schema.json describes them.

use seawall_inventory::kinds::PolicyRule;
use seawall_inventory::{Object, Snapshot};
use seawall_rbac::{Attributes, Dangling, Resource, Subject, Target};
use seawall_report::places;
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::super::answer::{By, Reason};
use super::super::chain::{Chain, Part, name};
use super::super::explain::Removal;
use super::super::who::Asker;
pub(in crate::command::access) use crate::json::{FORMAT, location, reference, written};

pub(in crate::command::access) fn by(by: By) -> &'static str {
    match by {
        By::Privileged => "system:masters",
        By::Node => "node",
        By::Rbac => "rbac",
        By::Always => "always",
    }
}

/// What was asked, as in a SubjectAccessReview.
pub(in crate::command::access) fn question(asked: &Attributes<'_>) -> Value {
    let verb = asked.verb;
    match asked.target {
        Target::Path(path) => json!({ "verb": verb, "path": path }),
        Target::Resource(Resource { group, resource, subresource, namespace, name, fields: _ }) => json!({
            "verb": verb,
            "group": group,
            "resource": resource,
            "subresource": subresource,
            "namespace": namespace,
            "name": name,
        }),
    }
}

pub(in crate::command::access) fn user(asker: &Asker) -> Value {
    json!({ "name": asker.user.name.as_str(), "groups": texts(&asker.user.groups), "called": asker.called })
}

pub(in crate::command::access) fn chain(chain: &Chain<'_>, snapshot: &Snapshot) -> Value {
    let rule = chain.grant.rule;
    json!({
        "binding": { "object": object(chain.grant.binding, snapshot), "location": at(&chain.binding) },
        "subject": { "name": chain.subject.name, "location": at(&chain.subject) },
        "role": { "object": object(chain.grant.role, snapshot), "location": at(&chain.role) },
        "rule": {
            "object": object(rule.role, snapshot),
            "location": at(&chain.rule),
            "index": rule.index,
            "rule": policy_rule(rule.rule),
        },
    })
}

/// Something without which nothing is allowed any more.
pub(in crate::command::access) fn removal(removal: Removal, chains: &[Chain<'_>]) -> Option<Value> {
    Some(match removal {
        Removal::Subject(number) => {
            let chain = chains.get(number)?;
            json!({ "grant": number, "part": "subject", "location": at(&chain.subject) })
        }
        Removal::Rule(number) => {
            let chain = chains.get(number)?;
            json!({ "grant": number, "part": "rule", "location": at(&chain.rule) })
        }
    })
}

/// A rule with the fields that it has, as RBAC writes them.
pub(in crate::command::access) fn policy_rule(rule: &PolicyRule) -> Value {
    let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = rule;
    json!({
        "verbs": texts(verbs),
        "apiGroups": texts(api_groups),
        "resources": texts(resources),
        "resourceNames": texts(resource_names),
        "nonResourceURLs": texts(non_resource_urls),
    })
}

pub(in crate::command::access) fn subject(subject: &Subject) -> Value {
    match subject {
        Subject::User(name) => json!({ "kind": "User", "name": name.as_str() }),
        Subject::Group(name) => json!({ "kind": "Group", "name": name.as_str() }),
        Subject::ServiceAccount(namespace, name) => {
            json!({ "kind": "ServiceAccount", "namespace": namespace.as_str(), "name": name.as_str() })
        }
    }
}

pub(in crate::command::access) fn reason(reason: &Reason<'_>, snapshot: &Snapshot) -> Value {
    let at = reason.object.and_then(|object| places(snapshot, &[(object, Path::root())]).pop());
    json!({
        "code": reason.code,
        "message": reason.message,
        "help": reason.help,
        "object": reason.object.map(|object| reference(&name(snapshot, object))),
        "location": at.map(|at| location(&at, &Path::root())),
    })
}

pub(in crate::command::access) fn dangling(dangling: &[Dangling<'_>], snapshot: &Snapshot) -> Vec<Value> {
    let one = |dangling: &Dangling<'_>| {
        let role = dangling.binding.body.role_binding().map(|binding| &binding.role_ref);
        json!({
            "binding": reference(&name(snapshot, dangling.binding)),
            "role": role.map(|role| json!({ "kind": role.kind.as_str(), "name": role.name.as_str() })),
        })
    };
    dangling.iter().map(one).collect()
}

fn object(object: &Object, snapshot: &Snapshot) -> Value {
    reference(&name(snapshot, object))
}

fn at(part: &Part) -> Value {
    location(&part.at, &part.field)
}

pub(in crate::command::access) fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<&str> {
    texts.iter().map(AsRef::as_ref).collect()
}
