//! Which resource a word means.

use seawall_engine::suggest;
use seawall_inventory::{ApiResource, Kind};

/// A resource, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::command::access) struct Known {
    /// API group; empty for the core group, `*` for all.
    pub group: String,
    /// Its plural; as it was written when it is not known.
    pub resource: String,
    /// Whether Seawall knows it.
    pub is_known: bool,
    /// Whether its objects stand in no namespace. Of what is not known they do.
    pub is_cluster_scoped: bool,
}

/// All of something: groups, resources.
const ALL: &str = "*";

/// Subresources that custom resources may have.
const OF_CUSTOM: &[&str] = &["status", "scale"];

/// The resource that a word means (a plural, kind or short name, with its group behind a dot or without), and what whoever wrote it should
/// know. As for kubectl a version may stand in between (`deployments.v1.apps`), and without a group Kubernetes' own comes first.
pub(in crate::command::access) fn lookup(word: &str) -> (Known, Vec<String>) {
    let (name, group) = match word.split_once('.') {
        Some((name, group)) => (name, Some(without_version(group))),
        None => (word, None),
    };
    if name == ALL {
        // In which group, RBAC wants to know. Without a word of it all are meant.
        let group = group.unwrap_or(ALL).to_owned();
        return (Known { group, resource: ALL.into(), is_known: true, is_cluster_scoped: false }, Vec::new());
    }
    let in_group = |own: &str| group.is_none_or(|group| group == own);
    let builtin: Vec<&ApiResource> = ApiResource::ALL
        .iter()
        .filter(|resource| in_group(resource.group) && resource.is_called(name))
        .collect();
    if let [first, others @ ..] = builtin.as_slice() {
        let known = Known {
            group: first.group.into(),
            resource: first.plural.into(),
            is_known: true,
            is_cluster_scoped: !first.is_namespaced,
        };
        let others = others.iter().map(|other| {
            format!("`{word}` is taken for `{}`; `{}` is another resource", first.name(), other.name())
        });
        return (known, others.collect());
    }
    let is_called =
        |kind: &&Kind| kind.plural.eq_ignore_ascii_case(name) || kind.kind.eq_ignore_ascii_case(name);
    let custom =
        Kind::ALL.iter().filter(|kind| !kind.plural.is_empty() && in_group(kind.group)).find(is_called);
    if let Some(kind) = custom {
        let known = Known {
            group: kind.group.into(),
            resource: kind.plural.into(),
            is_known: true,
            is_cluster_scoped: kind.is_cluster_scoped(),
        };
        return (known, Vec::new());
    }
    let resource = name.to_ascii_lowercase();
    // Of a group of all groups it is known enough.
    let is_known = group == Some(ALL) && ApiResource::ALL.iter().any(|known| known.plural == resource);
    (
        Known { group: group.unwrap_or_default().into(), resource, is_known, is_cluster_scoped: false },
        Vec::new(),
    )
}

/// `apps` of `v1.apps`. The core group may be written as an empty one: `pods.v1.`.
fn without_version(group: &str) -> &str {
    match group.split_once('.') {
        Some((version, rest)) if is_version(version) => rest,
        _ => group,
    }
}

/// `v1`, `v2beta1`.
fn is_version(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v').is_some_and(|rest| {
        rest.split_once("alpha")
            .or_else(|| rest.split_once("beta"))
            .map_or_else(|| number(rest), |(major, minor)| number(major) && number(minor))
    })
}

/// The subresources of a resource that are known.
pub(super) fn subresources(known: &Known) -> Vec<&'static str> {
    let of = |resource: &&ApiResource| {
        let in_group = known.group == ALL || resource.group == known.group;
        in_group && (known.resource == ALL || resource.plural == known.resource)
    };
    let mut found: Vec<&'static str> = ApiResource::ALL
        .iter()
        .filter(of)
        .flat_map(|resource| resource.subresources.iter().copied())
        .collect();
    let is_builtin = ApiResource::ALL.iter().any(|resource| of(&resource));
    if !is_builtin || known.resource == ALL {
        found.extend(OF_CUSTOM);
    }
    found
}

/// The resource that was likely meant.
pub(super) fn near(word: &str) -> Option<&'static str> {
    suggest(word, ApiResource::ALL.iter().map(|resource| resource.plural))
}
