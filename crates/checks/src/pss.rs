//! The Pod Security Standards: which checks decide a level of them.

use seawall_finding::PssLevel;
use seawall_inventory::KubernetesVersion;

use crate::check::Check;

/// A level of the Pod Security Standards in a version of Kubernetes.
#[derive(Clone, Debug)]
pub struct Standard {
    /// The level.
    pub level: PssLevel,
    /// The version.
    pub version: KubernetesVersion,
    /// Controls of baseline that controls of restricted take the place of, in this version.
    overridden: Vec<&'static str>,
}

impl Standard {
    /// The standard as `catalogue` decides it.
    pub fn new(level: PssLevel, version: KubernetesVersion, catalogue: &[&'static Check]) -> Self {
        let restricted = catalogue
            .iter()
            .filter_map(|check| check.meta.pss)
            .filter(|pss| pss.level == PssLevel::Restricted && pss.versions.contains(version));
        Self { level, version, overridden: restricted.flat_map(|pss| pss.overrides).copied().collect() }
    }

    /// Whether `check` decides a control of it. What a level demands in a version is as `populate` in
    /// k8s.io/pod-security-admission policy/registry.go (v0.37.2) has it: restricted is its own controls, and those of
    /// baseline that none of them overrides.
    pub fn demands(&self, check: &Check) -> bool {
        check.meta.pss.is_some_and(|pss| {
            let overridden = self.level > pss.level && self.overridden.contains(&pss.control);
            pss.versions.contains(self.version) && pss.level <= self.level && !overridden
        })
    }
}
