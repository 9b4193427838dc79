//! Workloads that are as they should be give no finding, and nothing is left unknown about them.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use seawall_engine::{Config, Selection};
use seawall_finding::Profile;
use seawall_inventory::{Provenance, Snapshot};
use seawall_yaml::Limits;

/// One file for each kind, and some for what kinds do not tell.
const FILES: [&str; 10] = [
    "cronjob",
    "daemonset",
    "deployment",
    "job",
    "list",
    "networkpolicy",
    "pod",
    "rollout",
    "statefulset",
    "windows",
];
/// Those of them with pods: all but the policies of their namespace.
const PODS: usize = 9;

#[test]
fn hardened_workloads_pass_in_default_and_strict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hardened");
    let mut found: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    assert_eq!(found, FILES, "every file is tested");

    let readings = FILES.map(|name| {
        let path = PathBuf::from(format!("{name}.yaml"));
        let bytes = fs::read(folder.join(&path)).unwrap();
        seawall_inventory::read(path, &bytes, Provenance::Verbatim, &Limits::default())
    });
    let snapshot = Snapshot::assemble(readings.into(), Vec::new(), Vec::new(), Vec::new());
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    assert_eq!(snapshot.objects.iter().filter(|object| object.pods.len() == 1).count(), PODS);

    for profile in [Profile::Default, Profile::Strict] {
        let selection = Selection { profile: Some(profile), ..Selection::default() };
        let plan = seawall_engine::plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
        let report = seawall_engine::evaluate(&snapshot, &plan);
        let findings: Vec<String> = report
            .active()
            .map(|reported| {
                let finding = &reported.finding;
                let object = snapshot.objects[finding.object].reference();
                format!("{} {object} {}: {}", finding.check.id, finding.path, finding.message)
            })
            .collect();
        assert!(findings.is_empty(), "{profile}: {findings:#?}");
        assert!(report.unknowns.is_empty(), "{profile}: {:#?}", report.unknowns);
    }
}
