//! Why an API server does not start with an EncryptionConfiguration.
//!
//! The rules of k8s.io/apiserver v0.36.3: pkg/apis/apiserver/validation/validation_encryption.go, and what
//! pkg/server/options/encryptionconfig/config.go refuses beyond them. That KMS v1 is off by default is not among them: it can be on.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use seawall_credential::{JudgedKey, Look};
use seawall_inventory::VersionRange;
use seawall_inventory::kinds::{
    EncryptedResources, EncryptionConfiguration, EncryptionProvider, KmsProvider,
};
use seawall_inventory::{KubernetesVersion, Object};
use seawall_yaml::Path;
use smol_str::SmolStr;

use super::encryption::{GroupResource, keys};
use super::kms_endpoint::{self, WrongEndpoint};

/// Where wildcards are read, and names of resources are judged (ValidateEncryptionConfiguration of k8s.io/apiserver v0.27).
const NAMES_ARE_JUDGED: VersionRange = VersionRange::since(27);

/// Fields that there are none of are refused (`serializer.EnableStrict`, since k8s.io/apiserver v0.31).
const READ_STRICTLY: VersionRange = VersionRange::since(31);

/// What is said of a file.
pub(super) enum Said {
    /// The API server refuses it, for this reason.
    Refused(Path, Cow<'static, str>),
    /// Something is put in before the file is used.
    Open,
}

/// Tells `say` all reasons for which the API server does not start with the file.
pub(super) fn all(
    configuration: &EncryptionConfiguration,
    object: &Object,
    version: KubernetesVersion,
    say: &mut dyn FnMut(Said),
) {
    // addKnownTypes of pkg/apis/apiserver/v1/register.go.
    let known = [("apiserver.config.k8s.io/v1", "EncryptionConfiguration"), ("v1", "EncryptionConfig")];
    if !known.contains(&(object.api_version.as_str(), object.kind.as_str())) {
        let why = "the API server knows no such `apiVersion` and `kind` of file";
        say(Said::Refused(Path::root().field("apiVersion"), why.into()));
    }
    if configuration.resources.is_empty() {
        say(Said::Refused(Path::root().field("resources"), "nothing stands under `resources`".into()));
    }
    for path in configuration.unknown.iter().filter(|_| READ_STRICTLY.contains(version)) {
        say(Said::Refused(path.clone(), "there is no such field".into()));
    }
    let mut wildcards = HashMap::new();
    let mut masked = false;
    let mut names = HashSet::new();
    for (index, element) in configuration.resources.iter().enumerate() {
        let at = || Path::root().field("resources").index(index);
        if element.resources.is_empty() {
            say(Said::Refused(at().field("resources"), "the element names no resources".into()));
        }
        if NAMES_ARE_JUDGED.contains(version) {
            overlap(element, &at, say);
            for (number, name) in element.resources.iter().enumerate() {
                if let Some(why) = wrong_name(name) {
                    say(Said::Refused(at().field("resources").index(number), why));
                }
            }
            if !masked {
                masked = mask(element, &wildcards, &at, say);
                wildcards.extend(valid(element).filter(|name| name.is_wildcard()).map(|name| (name, index)));
            }
        }
        if element.providers.is_empty() {
            say(Said::Refused(at().field("providers"), "the element has no providers".into()));
        }
        for (number, provider) in element.providers.iter().enumerate() {
            let at = || at().field("providers").index(number);
            self::provider(provider, &at, &mut names, say);
        }
    }
}

/// validateResourceOverlap: what matches twice within one list.
fn overlap(element: &EncryptedResources, at: &dyn Fn() -> Path, say: &mut dyn FnMut(Said)) {
    if element.resources.len() < 2 {
        return;
    }
    let names = || element.resources.iter().map(|name| GroupResource::parse(name));
    let mut seen = HashSet::new();
    if names().any(|name| !seen.insert(name)) {
        say(Said::Refused(at().field("resources"), "a resource stands twice in the list".into()));
    }
    let mut members: HashMap<&str, usize> = HashMap::new();
    for name in names() {
        *members.entry(name.group).or_default() += 1;
    }
    let overlaps = |name: GroupResource<'_>| {
        name == GroupResource::ALL
            || (name.resource == "*" && members.get(name.group).is_some_and(|members| *members > 1))
    };
    if names().any(overlaps) {
        let why = "a wildcard of the list covers others of it";
        say(Said::Refused(at().field("resources"), why.into()));
    }
}

/// validateResourceNames.
fn wrong_name(name: &str) -> Option<Cow<'static, str>> {
    let parsed = GroupResource::parse(name);
    let why = if name.chars().any(|c| !c.to_lowercase().eq([c])) {
        "the name of a resource has no capital letters"
    } else if name == "*" {
        "a lone `*` is no wildcard: `*.` is the core group, `*.*` is everything"
    } else if matches!(name, "apiserveripinfo" | "serviceipallocations" | "servicenodeportallocations") {
        "what has no REST API cannot be encrypted"
    } else if parsed.group == "events.k8s.io" {
        "events are stored in the core group, as `events`"
    } else if parsed.group == "extensions" {
        "the group `extensions` is gone"
    } else if parsed.group == "*" && parsed.resource != "*" {
        "one resource of all groups cannot be chosen"
    } else {
        return None;
    };
    Some(why.into())
}

fn valid(element: &EncryptedResources) -> impl Iterator<Item = GroupResource<'_>> {
    element.resources.iter().filter(|name| wrong_name(name).is_none()).map(|name| GroupResource::parse(name))
}

/// getTransformerOverridesAndKMSPluginProbes: what an earlier wildcard covers cannot be named. It stops at the first.
fn mask(
    element: &EncryptedResources,
    wildcards: &HashMap<GroupResource<'_>, usize>,
    at: &dyn Fn() -> Path,
    say: &mut dyn FnMut(Said),
) -> bool {
    if wildcards.is_empty() {
        return false;
    }
    for (number, name) in element.resources.iter().enumerate() {
        let parsed = GroupResource::parse(name);
        let of_group = GroupResource { resource: "*", ..parsed };
        let earlier = [of_group, GroupResource::ALL].into_iter().find_map(|name| wildcards.get(&name));
        if let Some(earlier) = earlier.filter(|_| wrong_name(name).is_none()) {
            let why = format!("a wildcard of `resources[{earlier}]` covers it already");
            say(Said::Refused(at().field("resources").index(number), why.into()));
            return true;
        }
    }
    false
}

/// validateSingleProvider, and what the provider itself must hold: of several the first in the order of that file.
fn provider<'c>(
    provider: &'c EncryptionProvider,
    at: &dyn Fn() -> Path,
    names: &mut HashSet<&'c SmolStr>,
    say: &mut dyn FnMut(Said),
) {
    let given = [provider.identity.is_some(), provider.kms.is_some()].iter().filter(|given| **given).count();
    match given + keys(provider).count() {
        0 => say(Said::Refused(at(), "the element of the list is no provider".into())),
        1 => {}
        _ => say(Said::Refused(at(), "several providers stand in one element of the list".into())),
    }
    if let Some(kms) = &provider.kms {
        let at = || at().field("kms");
        self::kms(kms, &at, names, say);
        names.insert(&kms.name);
        return;
    }
    let Some((field, list)) = ["aesgcm", "aescbc", "secretbox"]
        .iter()
        .find_map(|name| keys(provider).find(|(field, _)| field == name))
    else {
        return;
    };
    let at = || at().field(field).field("keys");
    if list.keys.is_empty() {
        say(Said::Refused(at(), format!("`{field}` has no keys").into()));
    }
    for (index, key) in list.keys.iter().enumerate() {
        if key.name.is_empty() {
            say(Said::Refused(at().index(index).field("name"), "the key has no name".into()));
        }
        let sizes: &[u32] = if field == "secretbox" { &[32] } else { &[16, 24, 32] };
        let secret = || at().index(index).field("secret");
        match wrong_key(key.secret.as_ref(), sizes) {
            Some(_) if key.secret.is_some_and(|secret| secret.placeholder) => say(Said::Open),
            Some(why) => say(Said::Refused(secret(), why)),
            None => {}
        }
    }
}

/// validateKey.
fn wrong_key(key: Option<&JudgedKey>, sizes: &[u32]) -> Option<Cow<'static, str>> {
    let Some(key) = key.filter(|key| !key.empty) else { return Some("the key is missing".into()) };
    let Some(length) = key.length else { return Some("the key is not base64".into()) };
    if sizes.contains(&length) {
        return None;
    }
    Some(match sizes {
        [size] => format!("the key has {length} bytes, where {size} are wanted").into(),
        _ => format!("the key has {length} bytes, where 16, 24 or 32 are wanted").into(),
    })
}

/// validateKMSConfiguration. Names of v1 may repeat unless the API server reloads the file by itself.
fn kms(kms: &KmsProvider, at: &dyn Fn() -> Path, names: &HashSet<&SmolStr>, say: &mut dyn FnMut(Said)) {
    let mut refuse =
        |field: &'static str, why: &'static str| say(Said::Refused(at().field(field), why.into()));
    let is_v1 = matches!(kms.api_version.as_str(), "" | "v1");
    if kms.name.is_empty() {
        refuse("name", "the plugin has no name");
    }
    if !is_v1 && kms.name.contains(':') {
        refuse("name", "a colon stands in the name of the plugin");
    }
    if !is_v1 && names.contains(&kms.name) {
        refuse("name", "another plugin has that name");
    }
    match kms.timeout.map(|timeout| timeout.nanoseconds) {
        Some(None) => refuse("timeout", "the timeout is no duration"),
        Some(Some(..=0)) => refuse("timeout", "the timeout is not positive"),
        _ => {}
    }
    match kms.cache_size {
        Some(size) if i32::try_from(size).is_err() => refuse("cachesize", "the size is beyond 32 bits"),
        Some(_) if !is_v1 => refuse("cachesize", "KMS v2 has no cache"),
        Some(0) => refuse("cachesize", "the size is 0: a negative one turns the cache off"),
        _ => {}
    }
    if !is_v1 && kms.api_version != "v2" {
        refuse("apiVersion", "KMS has the versions `v1` and `v2`");
    }
    let why = if kms.endpoint.is_empty() {
        "the plugin has no endpoint"
    } else {
        match kms_endpoint::judge(&kms.endpoint) {
            Ok(()) => return,
            Err(_) if is_put_in(&kms.endpoint) => return say(Said::Open),
            Err(WrongEndpoint::NotAUrl) => "the endpoint is no URL",
            Err(WrongEndpoint::OtherScheme) => "the endpoint is no `unix://` URL",
            Err(WrongEndpoint::Unconnectable) => "no connection can be made of the endpoint's path",
        }
    };
    refuse("endpoint", why);
}

fn is_put_in(text: &str) -> bool {
    let look = seawall_credential::judge("endpoint", text).look;
    matches!(look, Look::Placeholder | Look::Reference)
}
