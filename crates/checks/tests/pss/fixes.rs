//! Fixes take away what they are offered for, in any pod: the fixtures of the latest version, and random ones.

use seawall_rig::Random;
use std::fs;

use seawall_finding::{Finding, PssLevel};
use seawall_inventory::{KubernetesVersion, Snapshot};
use seawall_yaml::Limits;

use crate::text::snapshot;
use crate::{generator, judge};

/// Volumes cannot be taken from under their mounts, and what replaces them is for the author to choose.
const WITHOUT_FIX: [&str; 2] = ["SW1005", "SW1016"];

#[test]
fn fixtures_can_be_fixed() {
    let folder = seawall_rig::pod_security_fixtures().unwrap().join("restricted/v1.37/fail");
    let mut fixed = 0;
    for entry in fs::read_dir(folder).unwrap() {
        fix_all(fs::read_to_string(entry.unwrap().path()).unwrap());
        fixed += 1;
    }
    assert!(fixed > 50, "only {fixed} fixtures");
}

#[test]
fn random_pods_can_be_fixed() {
    let mut random = Random::seeded(1);
    for _ in 0..1_000 {
        let pod = generator::pod(&mut random);
        fix_all(serde_json::to_string_pretty(&pod).unwrap());
    }
}

/// Applies one fix after the other, until only findings without a fix are left.
fn fix_all(mut text: String) {
    let original = text.clone();
    // Each fix takes one finding away, and may uncover one that it stood for.
    for _ in 0..200 {
        let (findings, snapshot) = findings(&text);
        let without: Vec<&str> = findings.iter().filter(|f| f.fix.is_none()).map(|f| f.check.id).collect();
        let Some(finding) = findings.iter().find(|finding| finding.fix.is_some()) else {
            assert!(without.iter().all(|id| WITHOUT_FIX.contains(id)), "{without:?} in\n{text}");
            return;
        };
        let fixed = apply(finding, &snapshot, &text);
        let still = self::findings(&fixed).0;
        let same = |other: &Finding| other.check.id == finding.check.id && other.message == finding.message;
        let count = |findings: &[Finding]| findings.iter().filter(|other| same(other)).count();
        assert!(
            count(&still) < count(&findings),
            "the fix of {} at {} leaves it there\n{text}\nfixed:\n{fixed}",
            finding.check.id,
            finding.path
        );
        text = fixed;
    }
    panic!("no end of fixes\n{original}\n{text}");
}

fn findings(text: &str) -> (Vec<Finding>, Snapshot) {
    let snapshot = snapshot(text);
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let plan = judge::plan(PssLevel::Restricted, KubernetesVersion::LATEST);
    let report = seawall_engine::evaluate(&snapshot, &plan);
    (report.active().map(|reported| reported.finding.clone()).collect(), snapshot)
}

fn apply(finding: &Finding, snapshot: &Snapshot, text: &str) -> String {
    let object = &snapshot.objects[finding.object];
    finding.fix.iter().flat_map(|fix| fix.edits()).fold(text.to_owned(), |text, edit| {
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        let document = &stream.documents[object.origin.document];
        let edit = edit.in_text(&object.origin.path, document);
        seawall_yaml::apply(&text, document, std::slice::from_ref(&edit))
            .unwrap_or_else(|error| panic!("{error}: {edit:?}\n{text}"))
    })
}
