//! The Pod Security Standards as a selection of checks.

use std::collections::BTreeSet;

use seawall_finding::{Pss, PssLevel};
use seawall_inventory::KubernetesVersion;

use crate::check::Check;

/// The checks that decide whether a pod meets `level` as of `version`, in the order of ids. A control of the standards is
/// violated when at least one of the checks that carry it fails.
///
/// Restricted includes baseline, less the controls that a restricted one overrides: `populate` of
/// k8s.io/pod-security-admission policy/registry.go (v0.37.2).
pub fn demanded(level: PssLevel, version: KubernetesVersion) -> Vec<&'static Check> {
    let mut demanded: Vec<(&'static Check, &'static Pss)> = crate::all()
        .into_iter()
        .filter_map(|check| Some((check, check.meta.pss.as_ref()?)))
        .filter(|(_, pss)| pss.level <= level && pss.versions.contains(version))
        .collect();
    let overridden: BTreeSet<&str> = demanded.iter().flat_map(|(_, pss)| pss.overrides).copied().collect();
    demanded.retain(|(_, pss)| !overridden.contains(pss.control));
    demanded.into_iter().map(|(check, _)| check).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use seawall_finding::PssLevel;
    use seawall_inventory::KubernetesVersion;

    use super::demanded;

    /// What `policy.DefaultChecks()` of k8s.io/pod-security-admission v0.37.2 demands, by the version in which it changed.
    #[test]
    fn demands_the_controls_of_kubernetes() {
        let baseline_1_0 = [
            "appArmorProfile",
            "capabilities_baseline",
            "hostNamespaces",
            "hostPathVolumes",
            "hostPorts",
            "privileged",
            "procMount",
            "seLinuxOptions",
            "seccompProfile_baseline",
            "sysctls",
            "windowsHostProcess",
        ];
        let restricted_1_0 = [
            "appArmorProfile",
            "capabilities_baseline",
            "hostNamespaces",
            "hostPorts",
            "privileged",
            "procMount",
            "restrictedVolumes",
            "runAsNonRoot",
            "seLinuxOptions",
            "seccompProfile_baseline",
            "sysctls",
            "windowsHostProcess",
        ];
        type Change = (u16, &'static [&'static str], &'static [&'static str]);
        let changes: [(PssLevel, &[&str], &[Change]); 2] = [
            (PssLevel::Baseline, &baseline_1_0, &[(34, &["hostProbesAndHostLifecycle"], &[])]),
            (
                PssLevel::Restricted,
                &restricted_1_0,
                &[
                    (8, &["allowPrivilegeEscalation"], &[]),
                    (19, &["seccompProfile_restricted"], &["seccompProfile_baseline"]),
                    (22, &["capabilities_restricted"], &["capabilities_baseline"]),
                    (23, &["runAsUser"], &[]),
                    (34, &["hostProbesAndHostLifecycle"], &[]),
                    (35, &["procMount_restricted"], &["procMount"]),
                ],
            ),
        ];
        for (level, first, changes) in changes {
            let mut expected: BTreeSet<&str> = first.iter().copied().collect();
            for minor in 0..=KubernetesVersion::LATEST.as_minor() {
                for (_, added, removed) in changes.iter().filter(|(since, ..)| *since == minor) {
                    expected.extend(*added);
                    expected.retain(|control| !removed.contains(control));
                }
                let version = KubernetesVersion::minor(minor);
                let controls: BTreeSet<&str> = demanded(level, version)
                    .iter()
                    .filter_map(|check| Some(check.meta.pss?.control))
                    .collect();
                assert_eq!(controls, expected, "{level} {version}");
            }
        }
    }
}
