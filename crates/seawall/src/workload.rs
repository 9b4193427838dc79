//! Workloads by name: `deployment/shop/web`.

use seawall_inventory::{ApiResource, Kind, ObjectRef};

/// A workload, as it was written: `deployment/shop/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Workload {
    /// What kinds the word for it means.
    pub kinds: Vec<&'static Kind>,
    /// The namespace, when it was written.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl Workload {
    /// Reads `KIND/NAME` or `KIND/NAMESPACE/NAME`, where the kind is one with pods.
    pub(crate) fn parse(written: &str) -> Option<Self> {
        let parts: Vec<&str> = written.split('/').collect();
        let (word, namespace, name) = match parts.as_slice() {
            [word, name] => (word, None, name),
            [word, namespace, name] if !namespace.is_empty() => (word, Some((*namespace).to_owned()), name),
            _ => return None,
        };
        let kinds = kinds(word);
        (!kinds.is_empty() && !name.is_empty()).then(|| Self { kinds, namespace, name: (*name).to_owned() })
    }

    /// Whether an object is it, where those without a namespace of their own are asked for in `namespace`.
    pub(crate) fn is(&self, reference: &ObjectRef, namespace: &str) -> bool {
        self.kinds.iter().any(|kind| kind.is(&reference.group, &reference.kind))
            && reference.name == self.name
            && reference.namespace == self.namespace.as_deref().unwrap_or(namespace)
    }

    /// It in words: `Deployment shop/web`.
    pub(crate) fn describe(&self, namespace: &str) -> String {
        let kind = self.kinds.first().map_or("", |kind| kind.kind);
        format!("{kind} {}/{}", self.namespace.as_deref().unwrap_or(namespace), self.name)
    }
}

/// The kinds with pods that a word means: a kind, a plural or a short name, with its group behind a dot or without.
fn kinds(word: &str) -> Vec<&'static Kind> {
    let (name, group) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(group)));
    let is_called = |kind: &Kind| {
        let is_short = ApiResource::ALL
            .iter()
            .any(|known| known.group == kind.group && known.kind == kind.kind && known.is_called(name));
        is_short || kind.kind.eq_ignore_ascii_case(name) || kind.plural.eq_ignore_ascii_case(name)
    };
    Kind::ALL
        .iter()
        .filter(|kind| {
            kind.embeds_pods() && kind.kind != "*" && group.is_none_or(|group| group == kind.group)
        })
        .filter(|kind| is_called(kind))
        .collect()
}
