//! Which controls are demanded when.

use std::collections::BTreeSet;

use seawall_finding::PssLevel;

use crate::judge;

/// Version, controls that are demanded from then on, controls that no longer are.
type Change = (u16, &'static [&'static str], &'static [&'static str]);

/// As `policy.DefaultChecks()` of k8s.io/pod-security-admission v0.37.2 has them.
const CHANGES: [(PssLevel, &[Change]); 2] = [
    (
        PssLevel::Baseline,
        &[
            (
                0,
                &[
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
                ],
                &[],
            ),
            (34, &["hostProbesAndHostLifecycle"], &[]),
        ],
    ),
    (
        PssLevel::Restricted,
        &[
            (
                0,
                &[
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
                ],
                &[],
            ),
            (8, &["allowPrivilegeEscalation"], &[]),
            (19, &["seccompProfile_restricted"], &["seccompProfile_baseline"]),
            (22, &["capabilities_restricted"], &["capabilities_baseline"]),
            (23, &["runAsUser"], &[]),
            (34, &["hostProbesAndHostLifecycle"], &[]),
            (35, &["procMount_restricted"], &["procMount"]),
        ],
    ),
];

#[test]
fn each_version_demands_the_controls_of_kubernetes() {
    for (level, changes) in CHANGES {
        let mut expected = BTreeSet::new();
        for version in judge::versions() {
            for (_, added, removed) in changes.iter().filter(|(since, ..)| *since == version.as_minor()) {
                expected.extend(*added);
                expected.retain(|control| !removed.contains(control));
            }
            let checks = judge::plan(level, version).checks;
            let controls: BTreeSet<&str> =
                checks.iter().map(|check| check.meta.pss.unwrap().control).collect();
            assert_eq!(controls, expected, "{level} {version}");
        }
    }
}
