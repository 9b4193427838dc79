//! What an EncryptionConfiguration does with a resource.
//!
//! The first element of `resources` that matches a resource decides; its first provider writes, with its first key, and all of them
//! read (k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go, Kubernetes documentation, Encrypting
//! Confidential Data at Rest).

use seawall_inventory::kinds::{
    EncryptedResources, EncryptionConfiguration, EncryptionKeys, EncryptionProvider,
};
use seawall_yaml::Path;

/// The element that decides for Secrets, with its number.
pub(super) fn of_secrets(configuration: &EncryptionConfiguration) -> Option<(usize, &EncryptedResources)> {
    let names = |one: &EncryptedResources| {
        one.resources.iter().any(|name| matches!(name.as_str(), "secrets" | "*." | "*.*"))
    };
    configuration.resources.iter().enumerate().find(|(_, one)| names(one))
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
