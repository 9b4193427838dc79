//! The Pod Security Standards: which checks decide a level of them.

use std::borrow::Cow;

use seawall_finding::{PssLevel, Verdict};
use seawall_inventory::{KubernetesVersion, PodView};
use seawall_yaml::Path;

use crate::check::Check;
use crate::out::{Out, Settings};

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

/// What a pod does that a standard forbids.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// Controls that it violates, each once and at one place.
    pub violations: Vec<(&'static str, Path)>,
    /// Why a control cannot be decided.
    pub unknown: Option<Cow<'static, str>>,
}

impl Standard {
    /// Holds `pod` to the standard, whatever the configuration of the run says of the single checks: as Pod Security
    /// admission would.
    pub(crate) fn judge(&self, pod: &PodView<'_>, out: &Out<'_>) -> Judgement {
        let settings = Settings { version: self.version, ..Settings::default() };
        let mut judgement = Judgement::default();
        for check in crate::workload::LIST.iter().filter(|check| self.demands(check)) {
            let outcome = check.on_pod(pod, out, &settings);
            match (outcome.verdict, check.meta.pss) {
                (Verdict::Fail, Some(pss)) => {
                    let is_new = judgement.violations.iter().all(|(control, _)| *control != pss.control);
                    if let Some(finding) = outcome.findings.into_iter().next().filter(|_| is_new) {
                        judgement.violations.push((pss.control, finding.path));
                    }
                }
                (Verdict::Unknown(why), _) => {
                    judgement.unknown.get_or_insert(why);
                }
                _ => {}
            }
        }
        judgement
    }
}
