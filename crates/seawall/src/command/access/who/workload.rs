//! What a workload runs as.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use seawall_inventory::{ApiResource, Kind, Snapshot};
use seawall_rbac::User;

use super::Asker;

/// A workload, as it was written: `deployment/shop/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command::access) struct Workload {
    /// What kinds the word for it means.
    pub kinds: Vec<&'static Kind>,
    /// The namespace, when it was written.
    namespace: Option<String>,
    name: String,
}

impl Workload {
    /// Reads `KIND/NAME` or `KIND/NAMESPACE/NAME`, where the kind is one with pods.
    pub(super) fn parse(written: &str) -> Option<Self> {
        let parts: Vec<&str> = written.split('/').collect();
        let (word, namespace, name) = match parts.as_slice() {
            [word, name] => (word, None, name),
            [word, namespace, name] if !namespace.is_empty() => (word, Some((*namespace).to_owned()), name),
            _ => return None,
        };
        let kinds = kinds(word);
        (!kinds.is_empty() && !name.is_empty()).then(|| Self { kinds, namespace, name: (*name).to_owned() })
    }

    /// Who runs in it, where objects without a namespace of their own are asked for in `namespace`.
    pub(super) fn find(&self, snapshot: &Snapshot, namespace: &str) -> Result<Asker> {
        let namespace = self.namespace.as_deref().unwrap_or(namespace);
        let mut accounts = BTreeSet::new();
        let mut called = None;
        for object in &snapshot.objects {
            let reference = snapshot.identity(object.reference());
            let is_it = self.kinds.iter().any(|kind| kind.is(&reference.group, &reference.kind))
                && reference.name == self.name
                && reference.namespace == namespace;
            if is_it {
                let own = snapshot.pods_of(object).map(|pod| pod.service_account());
                accounts.extend(own.map(str::to_owned));
                called = Some(reference);
            }
        }
        let accounts: Vec<String> = accounts.into_iter().collect();
        match (called, accounts.as_slice()) {
            (Some(called), [account]) => {
                let asker = Asker::of(User::service_account(namespace, account));
                let note = format!("{called} runs as ServiceAccount {namespace}/{account}");
                Ok(asker.with_note(note))
            }
            (Some(called), []) => bail!("{called} has no pods"),
            (Some(called), several) => {
                bail!(
                    "{called} runs as several service accounts: write sa:{namespace}/NAME with one of {}",
                    several.join(", ")
                )
            }
            (None, _) => {
                let kind = self.kinds.first().map_or("", |kind| kind.kind);
                bail!("there is no {kind} {namespace}/{} in what was read", self.name)
            }
        }
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
