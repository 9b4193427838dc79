//! Whether Secrets and ConfigMaps have what pods take from them, by what defines them or makes them.

use seawall_inventory::kinds::{ConfigMap, ExternalSecretSpec, SealedSecretSpec, Secret};
use seawall_inventory::{Object, View};

use super::references::Reference;

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    /// The object has no such key.
    NoKey,
    /// The key holds bytes, of which no variable is made.
    NoText,
    /// There is no such object.
    NoObject,
    /// The objects read do not tell.
    Unknown(&'static str),
}

/// Definitions of one object that are compared, and keys of an ExternalSecret that are looked at; beyond, somebody wants to keep
/// the scanner busy.
const MOST: usize = 64;

/// What every namespace has (`RootCACertConfigMapName`, k8s.io/kubernetes
/// pkg/controller/certificates/rootcacertpublisher/publisher.go).
const ROOT_CA: (&str, &str) = ("kube-root-ca.crt", "ca.crt");

/// Whether what `object` asks for is there.
pub(super) fn presence(object: &Object, reference: &Reference<'_>, snapshot: View<'_>) -> Presence {
    if !is_name(reference.name) || reference.key.is_some_and(|key| !is_name(key)) {
        return Presence::Unknown("a reference is empty, or filled in before it is applied");
    }
    let mut said = None;
    for (number, found) in snapshot.named(object, "", reference.kind, reference.name).enumerate() {
        if number == MOST {
            return Presence::Unknown("a Secret or ConfigMap is defined too often to compare");
        }
        let here = defined(found, reference, snapshot.is_live());
        if said.is_some_and(|before| before != here) {
            return Presence::Unknown("a Secret or ConfigMap is defined twice, and the definitions disagree");
        }
        said = Some(here);
    }
    said.unwrap_or_else(|| undefined(object, reference, snapshot))
}

/// What a definition says. One without any key is a vessel that somebody fills, unless it was read where it is in use.
fn defined(found: &Object, reference: &Reference<'_>, live: bool) -> Presence {
    let Some(key) = reference.key else { return Presence::Present };
    let (here, empty) = if let Some(secret) = found.body.secret() {
        (in_secret(secret, key), secret.data.is_empty() && secret.string_data.is_empty())
    } else if let Some(config) = found.body.config_map() {
        (
            in_config_map(config, key, reference.variable),
            config.data.is_empty() && config.binary_data.is_empty(),
        )
    } else {
        return Presence::Unknown("a Secret or ConfigMap cannot be understood");
    };
    if here != Presence::Present && empty && !live {
        return Presence::Unknown(
            "a Secret or ConfigMap is empty as it was read, so that something may fill it",
        );
    }
    here
}

fn in_secret(secret: &Secret, key: &str) -> Presence {
    // The control plane fills it (pkg/controller/serviceaccount/tokens_controller.go).
    let filled = secret.type_ == "kubernetes.io/service-account-token"
        && matches!(key, "token" | "ca.crt" | "namespace");
    if filled || secret.data.get(key).is_some() || secret.string_data.get(key).is_some() {
        Presence::Present
    } else {
        Presence::NoKey
    }
}

fn in_config_map(config: &ConfigMap, key: &str, variable: bool) -> Presence {
    if config.data.get(key).is_some() {
        Presence::Present
    } else if config.binary_data.get(key).is_none() {
        Presence::NoKey
    } else if variable {
        // `makeEnvironmentVariables` reads `data` only, `MakePayload` of volumes both.
        Presence::NoText
    } else {
        Presence::Present
    }
}

/// What makes an object that was not read says.
fn undefined(object: &Object, reference: &Reference<'_>, snapshot: View<'_>) -> Presence {
    let absent =
        Presence::Unknown("a Secret or ConfigMap is not among the objects read, and may be in the cluster");
    if snapshot.has_all_beside(object, "", reference.kind) {
        return Presence::NoObject;
    }
    if reference.kind == "ConfigMap" {
        let is_known = reference.name == ROOT_CA.0;
        return match reference.key {
            None if is_known => Presence::Present,
            Some(key) if is_known => if_there(key == ROOT_CA.1),
            _ => absent,
        };
    }
    let sealed = snapshot.named(object, "bitnami.com", "SealedSecret", reference.name);
    let external = snapshot.named(object, "external-secrets.io", "ExternalSecret", reference.name);
    let mut makers = sealed.chain(external).filter_map(|maker| {
        let body = &maker.body;
        match (body.sealed_secret(), body.external_secret()) {
            (Some(sealed), _) => Some(in_sealed(sealed, reference.key)),
            (_, Some(external)) => {
                let target = &external.target.name;
                (target.is_empty() || target == reference.name).then(|| in_external(external, reference.key))
            }
            _ => None,
        }
    });
    match (makers.next(), makers.next()) {
        (Some(here), None) => here,
        _ => absent,
    }
}

/// bitnami-labs/sealed-secrets v0.40.0 pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go: unseal.
fn in_sealed(sealed: &SealedSecretSpec, key: Option<&str>) -> Presence {
    let Some(key) = key else { return Presence::Present };
    if sealed.data.is_some() {
        return Presence::Unknown("the keys of a SealedSecret are sealed with its values");
    }
    if_there(sealed.encrypted_data.get(key).is_some() || sealed.template.data.get(key).is_some())
}

/// The controller of External Secrets makes the keys of `data`, or those of the template when that has any.
fn in_external(external: &ExternalSecretSpec, key: Option<&str>) -> Presence {
    let Some(key) = key else { return Presence::Present };
    let many = Presence::Unknown("the keys of an ExternalSecret come from its store");
    let template = external.target.template.as_deref();
    let merges =
        external.target.creation_policy.as_deref().is_some_and(|policy| matches!(policy, "Merge" | "None"));
    let from_elsewhere = template.is_some_and(|template| !template.template_from.is_empty());
    if merges
        || from_elsewhere
        || !external.data_from.is_empty()
        || external.data.len() > MOST
        || external.data.is_empty()
    {
        return many;
    }
    let fetched = external.data.iter().any(|one| one.secret_key == key);
    match template.filter(|template| !template.data.is_empty()) {
        None => if_there(fetched),
        Some(template) if template.data.get(key).is_some() => Presence::Present,
        // A template replaces what is fetched, unless its `mergePolicy` says otherwise.
        Some(_) if fetched => many,
        Some(_) => Presence::NoKey,
    }
}

fn if_there(there: bool) -> Presence {
    if there { Presence::Present } else { Presence::NoKey }
}

/// Whether Kubernetes takes it for a name or a key (`IsConfigMapKey`, and DNS-1123 subdomains, which are fewer).
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=253).contains(&text.len()) && text.bytes().all(allowed)
}
