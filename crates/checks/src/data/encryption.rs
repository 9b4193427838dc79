//! What an EncryptionConfiguration does with a resource.
//!
//! The element that names a resource decides, else the one that names its group by a wildcard, else the one that names
//! everything (transformerFromOverrides of k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go). Since what an
//! earlier wildcard covers cannot be named any more, that is the first that matches. Its first provider writes, with
//! its first key; all of them read.

use std::collections::HashMap;
use std::fmt;

use seawall_inventory::kinds::{
    EncryptedResources, EncryptionConfiguration, EncryptionKeys, EncryptionProvider,
};
use seawall_inventory::{KubernetesVersion, VersionRange};
use seawall_yaml::Path;

/// Wildcards are read since v1.27 (transformerFromOverrides of k8s.io/apiserver v0.27); before, they name nothing.
const WILDCARDS: VersionRange = VersionRange::since(27);

/// `schema.GroupResource` of k8s.io/apimachinery: a resource, and its group behind the first point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct GroupResource<'t> {
    /// `secrets`, or `*`.
    pub resource: &'t str,
    /// Empty for the core group.
    pub group: &'t str,
}

impl<'t> GroupResource<'t> {
    /// `*.*`.
    pub(super) const ALL: Self = Self { resource: "*", group: "*" };
    /// `secrets`.
    pub(super) const SECRETS: Self = Self { resource: "secrets", group: "" };

    /// `schema.ParseGroupResource`.
    pub(super) fn parse(text: &'t str) -> Self {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        Self { resource, group }
    }

    /// Whether it is `*.group` or `*.*`.
    pub(super) fn is_wildcard(self) -> bool {
        self.resource == "*"
    }

    /// Whether it names `other`.
    pub(super) fn covers(self, other: GroupResource<'_>, version: KubernetesVersion) -> bool {
        self == other
            || (WILDCARDS.contains(version)
                && self.is_wildcard()
                && (self.group == other.group || self.group == "*"))
    }
}

/// As it is written in the file (`grYAMLString` of config.go).
impl fmt::Display for GroupResource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = if self.group.is_empty() && !self.is_wildcard() { "" } else { "." };
        write!(f, "{}{point}{}", self.resource, self.group)
    }
}

/// The element that decides for a resource, with its number.
pub(super) fn element_of<'c>(
    configuration: &'c EncryptionConfiguration,
    resource: GroupResource<'_>,
    version: KubernetesVersion,
) -> Option<(usize, &'c EncryptedResources)> {
    let names = |one: &EncryptedResources| {
        one.resources.iter().any(|name| GroupResource::parse(name).covers(resource, version))
    };
    configuration.resources.iter().enumerate().find(|(_, one)| names(one))
}

/// The element that decides for Secrets, with its number.
pub(super) fn of_secrets(
    configuration: &EncryptionConfiguration,
    version: KubernetesVersion,
) -> Option<(usize, &EncryptedResources)> {
    element_of(configuration, GroupResource::SECRETS, version)
}

/// The providers of an element, with the path of each.
pub(super) fn providers(
    (index, element): (usize, &EncryptedResources),
) -> impl Iterator<Item = (Path, &EncryptionProvider)> {
    let list = Path::root().field("resources").index(index).field("providers");
    element.providers.iter().enumerate().map(move |(index, provider)| (list.index(index), provider))
}

/// The keys of a provider, with the name of its field.
pub(super) fn keys(provider: &EncryptionProvider) -> impl Iterator<Item = (&'static str, &EncryptionKeys)> {
    [("aescbc", &provider.aescbc), ("aesgcm", &provider.aesgcm), ("secretbox", &provider.secretbox)]
        .into_iter()
        .filter_map(|(name, keys)| Some((name, keys.as_deref()?)))
}

/// An element, beside that of Secrets, whose resources are written in clear.
pub(super) struct InClear<'c> {
    /// Its number.
    pub index: usize,
    /// The first of its resources for which that matters.
    pub name: GroupResource<'c>,
    /// The wildcard of a later element that would have encrypted it.
    pub wildcard: Option<GroupResource<'c>>,
}

/// The elements, beside that of Secrets, whose first provider is `identity`. Events are left out: the documentation of Kubernetes
/// itself leaves them in clear, since they are many and short-lived (the example of types_encryption.go).
pub(super) fn in_clear<'c>(
    configuration: &'c EncryptionConfiguration,
    version: KubernetesVersion,
) -> impl Iterator<Item = InClear<'c>> {
    let secrets = of_secrets(configuration, version).map(|(index, _)| index);
    let mut first: HashMap<GroupResource<'_>, usize> = HashMap::new();
    // The last element in which each wildcard stands, of those that encrypt.
    let mut wildcards: HashMap<GroupResource<'_>, usize> = HashMap::new();
    for (index, element) in configuration.resources.iter().enumerate() {
        let encrypts = element.providers.first().is_some_and(|first| first.identity.is_none());
        for name in element.resources.iter().map(|name| GroupResource::parse(name)) {
            first.entry(name).or_insert(index);
            if encrypts && name.is_wildcard() && WILDCARDS.contains(version) {
                wildcards.insert(name, index);
            }
        }
    }
    let elements = configuration.resources.iter().enumerate();
    elements.filter_map(move |(index, element)| {
        let clear = element.providers.first().is_some_and(|first| first.identity.is_some());
        if !clear || Some(index) == secrets {
            return None;
        }
        let events = GroupResource { resource: "events", group: "" };
        let names = element.resources.iter().map(|name| GroupResource::parse(name));
        // Of a resource that two elements name the first one writes.
        let mut names = names.filter(|name| *name != events && first.get(name) == Some(&index));
        let behind = |name: GroupResource<'c>| {
            let of_group = GroupResource { resource: "*", group: name.group };
            let wildcards = [of_group, GroupResource::ALL].map(|wildcard| wildcards.get_key_value(&wildcard));
            wildcards.into_iter().flatten().find(|(_, last)| **last > index).map(|(wildcard, _)| *wildcard)
        };
        let name = names.next()?;
        let covered = std::iter::once(name).chain(names).find_map(|name| Some((name, behind(name)?)));
        let (name, wildcard) = covered.map_or((name, None), |(name, wildcard)| (name, Some(wildcard)));
        Some(InClear { index, name, wildcard })
    })
}
