//! What a pod takes from Secrets and ConfigMaps before its containers start.

use foldhash::HashSet;
use seawall_inventory::kinds::{EnvFromSource, EnvVarSource, KeyToPath, Volume};
use seawall_inventory::{ContainerView, PodView};
use seawall_yaml::Path;

/// One thing that a pod takes, and that must be there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'s> {
    /// `Secret` or `ConfigMap`.
    pub kind: &'static str,
    /// Name of the object.
    pub name: &'s str,
    /// The key; `None` when the object is taken whole.
    pub key: Option<&'s str>,
    /// Whether it becomes a variable of the environment; otherwise a file.
    pub variable: bool,
}

const SECRET: &str = "Secret";
const CONFIG_MAP: &str = "ConfigMap";

/// Visits what the pod takes and what is not optional, each with a function that gives the path of the field that names it.
pub(super) fn each_reference<'s>(pod: &PodView<'s>, visit: &mut dyn FnMut(Reference<'s>, &dyn Fn() -> Path)) {
    for container in pod.containers() {
        for (index, variable) in container.container.env.iter().enumerate() {
            let Some(source) = &variable.value_from else { continue };
            of_variable(source, &|| container.path("env").index(index).field("valueFrom"), visit);
        }
        for (index, source) in container.container.env_from.iter().enumerate() {
            of_environment(source, &|| container.path("envFrom").index(index), visit);
        }
    }
    let volumes = &pod.spec().volumes;
    if volumes.iter().all(|volume| !has_keys(volume)) {
        return;
    }
    let mounted = mounted(pod);
    for (index, volume) in volumes.iter().enumerate() {
        // What no container mounts, the kubelet does not set up (`desired_state_of_world_populator.go`). Of a part of a pod
        // the mounts may stand elsewhere.
        if has_keys(volume) && (pod.template.partial.is_some() || mounted.contains(volume.name.as_str())) {
            of_volume(volume, &|| pod.path("volumes").index(index), visit);
        }
    }
}

fn of_variable<'s>(
    source: &'s EnvVarSource,
    path: &dyn Fn() -> Path,
    visit: &mut dyn FnMut(Reference<'s>, &dyn Fn() -> Path),
) {
    for (kind, field, selector) in [
        (SECRET, "secretKeyRef", &source.secret_key_ref),
        (CONFIG_MAP, "configMapKeyRef", &source.config_map_key_ref),
    ] {
        let Some(selector) = selector.as_ref().filter(|selector| selector.optional != Some(true)) else {
            continue;
        };
        let reference = Reference { kind, name: &selector.name, key: Some(&selector.key), variable: true };
        visit(reference, &|| path().field(field).field("key"));
    }
}

fn of_environment<'s>(
    source: &'s EnvFromSource,
    path: &dyn Fn() -> Path,
    visit: &mut dyn FnMut(Reference<'s>, &dyn Fn() -> Path),
) {
    for (kind, field, named) in
        [(SECRET, "secretRef", &source.secret_ref), (CONFIG_MAP, "configMapRef", &source.config_map_ref)]
    {
        let Some(named) = named.as_ref().filter(|named| named.optional != Some(true)) else { continue };
        let reference = Reference { kind, name: &named.name, key: None, variable: true };
        visit(reference, &|| path().field(field).field("name"));
    }
}

fn of_volume<'s>(
    volume: &'s Volume,
    path: &dyn Fn() -> Path,
    visit: &mut dyn FnMut(Reference<'s>, &dyn Fn() -> Path),
) {
    if let Some(secret) = volume.secret.as_deref().filter(|secret| secret.optional != Some(true)) {
        let place = || path().field("secret");
        of_files(SECRET, &secret.secret_name, "secretName", &secret.items, &place, visit);
    }
    if let Some(config) = volume.config_map.as_deref().filter(|config| config.optional != Some(true)) {
        let place = || path().field("configMap");
        of_files(CONFIG_MAP, &config.name, "name", &config.items, &place, visit);
    }
    let Some(projected) = &volume.projected else { return };
    for (index, source) in projected.sources.iter().enumerate() {
        for (kind, field, named) in
            [(SECRET, "secret", &source.secret), (CONFIG_MAP, "configMap", &source.config_map)]
        {
            let Some(named) = named.as_deref().filter(|named| named.optional != Some(true)) else { continue };
            let place = || path().field("projected").field("sources").index(index).field(field);
            of_files(kind, &named.name, "name", &named.items, &place, visit);
        }
    }
}

fn of_files<'s>(
    kind: &'static str,
    name: &'s str,
    name_field: &'static str,
    items: &'s [KeyToPath],
    path: &dyn Fn() -> Path,
    visit: &mut dyn FnMut(Reference<'s>, &dyn Fn() -> Path),
) {
    if items.is_empty() {
        let reference = Reference { kind, name, key: None, variable: false };
        visit(reference, &|| path().field(name_field));
    }
    for (index, item) in items.iter().enumerate() {
        let reference = Reference { kind, name, key: Some(&item.key), variable: false };
        visit(reference, &|| path().field("items").index(index).field("key"));
    }
}

fn has_keys(volume: &Volume) -> bool {
    volume.secret.is_some() || volume.config_map.is_some() || volume.projected.is_some()
}

/// Names of the volumes that containers mount.
fn mounted<'s>(pod: &PodView<'s>) -> HashSet<&'s str> {
    let mounts = |container: ContainerView<'s>| container.container.volume_mounts.iter();
    pod.containers().flat_map(mounts).map(|mount| mount.name.as_str()).collect()
}
