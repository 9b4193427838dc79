//! Seawall's judgement, as `--pss LEVEL:VERSION` gives it.

use std::collections::BTreeSet;

use crate::text::snapshot;
use seawall_engine::{Config, Plan, PssProfile, Selection};
use seawall_finding::PssLevel;
use seawall_inventory::KubernetesVersion;

pub const LEVELS: [PssLevel; 2] = [PssLevel::Baseline, PssLevel::Restricted];

/// All versions that the standards know.
pub fn versions() -> impl Iterator<Item = KubernetesVersion> {
    (0..=KubernetesVersion::LATEST.as_minor()).map(KubernetesVersion::minor)
}

/// The plan of `--pss LEVEL:VERSION`.
pub fn plan(level: PssLevel, version: KubernetesVersion) -> Plan {
    let flags = Selection { pss: Some(PssProfile { level, version: Some(version) }), ..Selection::default() };
    seawall_engine::plan(&Config::default(), &flags, &seawall_checks::all()).unwrap()
}

/// The controls that what `text` holds violates.
pub fn violated(plan: &Plan, text: &[u8]) -> BTreeSet<&'static str> {
    let snapshot = snapshot(text);
    let shown = String::from_utf8_lossy(text);
    assert!(snapshot.problems.is_empty(), "{:?}\n{shown}", snapshot.problems);
    assert_eq!(snapshot.objects.len(), 1, "{shown}");
    let report = seawall_engine::evaluate(&snapshot, plan);
    assert!(report.unknowns.is_empty(), "{:?}\n{shown}", report.unknowns);
    report.active().map(|reported| reported.finding.check.pss.unwrap().control).collect()
}
