//! What the API server's own configuration says of Pod Security admission, when the file was read.

use seawall_finding::PssLevel;
use seawall_inventory::kinds::{PodSecurityDefaults, PodSecurityExemptions};
use seawall_inventory::{KubernetesVersion, Object, View};
use smol_str::SmolStr;

use super::pod_security_labels as labels;

/// Defaults and exemptions, as far as they were read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Configuration<'s> {
    defaults: Option<&'s PodSecurityDefaults>,
    exemptions: Option<&'s PodSecurityExemptions>,
}

/// Files that are looked at; a cluster has one.
const FILES: usize = 8;

/// Plugins and exemptions that are looked through; no configuration has as many.
const MOST: usize = 1000;

/// The configuration that was read. Of several it is not known which one the API server has: then it is as if none had been.
pub(super) fn of(snapshot: View<'_>) -> Configuration<'_> {
    let files = snapshot.of_kind("pod-security.admission.config.k8s.io", "PodSecurityConfiguration");
    let plugins = snapshot.of_kind("apiserver.config.k8s.io", "AdmissionConfiguration");
    let mut read = files.chain(plugins).take(FILES).filter_map(in_object);
    match (read.next(), read.next()) {
        (Some(one), None) => one,
        _ => Configuration::default(),
    }
}

fn in_object(object: &Object) -> Option<Configuration<'_>> {
    if let Some(file) = object.body.pod_security() {
        return Some(Configuration { defaults: Some(&file.defaults), exemptions: Some(&file.exemptions) });
    }
    let plugins = &object.body.admission()?.plugins;
    let plugin = plugins.iter().take(MOST).find(|plugin| plugin.name == "PodSecurity")?;
    let settings = plugin.configuration.as_ref()?;
    Some(Configuration { defaults: settings.defaults.as_deref(), exemptions: settings.exemptions.as_deref() })
}

impl Configuration<'_> {
    /// The level that holds in a namespace without a label for it; `None` is `privileged`. What is no level is refused by the
    /// API server, which then does not start.
    pub(super) fn level(&self) -> Option<PssLevel> {
        self.defaults.and_then(|defaults| labels::level(&defaults.enforce)).flatten()
    }

    /// The version that holds in a namespace without a label for it.
    pub(super) fn version(&self, latest: KubernetesVersion) -> KubernetesVersion {
        self.defaults
            .and_then(|defaults| labels::version(&defaults.enforce_version, latest))
            .unwrap_or(latest)
    }

    /// Whether nothing holds for pods of a namespace or a runtime class.
    pub(super) fn exempts(&self, namespace: &str, runtime_class: Option<&str>) -> bool {
        let has = |list: &[SmolStr], name: &str| list.iter().take(MOST).any(|item| item == name);
        self.exemptions.is_some_and(|exempt| {
            has(&exempt.namespaces, namespace)
                || runtime_class.is_some_and(|class| has(&exempt.runtime_classes, class))
        })
    }
}
