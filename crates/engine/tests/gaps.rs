//! What was not read of a cluster makes unknown what rests on it, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::path::PathBuf;

use seawall_engine::{Config, Incremental, Judging, Report, Selection, SuppressOptions, evaluate, plan};
use seawall_finding::Profile;
use seawall_inventory::{Coverage, Gap, Missing, Provenance, Snapshot};
use seawall_yaml::Limits;

const OBJECTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop}
spec: {containers: [{name: a, image: 'registry.example/a:1'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: limited, namespace: shop}
spec: {containers: [{name: a, image: 'registry.example/a:1', resources: {limits: {memory: 1Gi}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: other}
spec: {containers: [{name: a, image: 'registry.example/a:1'}]}
";

fn live(gaps: Vec<Gap>) -> Snapshot {
    let path = PathBuf::from("cluster/api/v1/pods");
    let reading = seawall_inventory::read(path, OBJECTS.as_bytes(), Provenance::Live, &Limits::default());
    let mut snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = Coverage::live(gaps);
    snapshot
}

fn gap(kind: &str, missing: Missing) -> Gap {
    let reason = format!("{kind} may not be listed").into();
    Gap { group: Some("".into()), kind: Some(kind.into()), missing, reason, problem: None }
}

/// What is said of the check: failures as `fail NAME`, unknowns as `unknown NAME: WHY`.
fn said(id: &str, snapshot: &Snapshot, report: &Report) -> Vec<String> {
    let name = |object: usize| snapshot.objects[object].metadata.name.as_str();
    let failed = report.findings.iter().filter(|reported| reported.finding.check.id == id);
    let failed = failed.map(|reported| format!("fail {}", name(reported.finding.object)));
    let unknown = report.unknowns.iter().filter(|unknown| unknown.check == id);
    let unknown =
        unknown.map(|unknown| format!("unknown {}: {}", unknown.object.map_or("all", name), unknown.reason));
    let mut said: Vec<String> = failed.chain(unknown).collect();
    said.sort();
    said
}

/// SW6001 is about limits of memory, which a LimitRange may give; SW4005 about Secrets; SW1030 asks for nothing.
const CHECKS: [&str; 3] = ["SW6001", "SW4005", "SW1030"];

fn judged(gaps: Vec<Gap>) -> [Vec<String>; 3] {
    let snapshot = live(gaps.clone());
    let catalogue = seawall_checks::all();
    let flags = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &flags, &catalogue).unwrap();
    let report = evaluate(&snapshot, &plan);
    let config = Config::default();
    let suppressing = SuppressOptions {
        today: seawall_engine::Date::from_unix_days(0),
        refuse_inline: false,
        catalogue: &catalogue,
        here: PathBuf::new(),
        config_folder: PathBuf::new(),
    };
    let judging = Judging { plan: &plan, config: &config, suppressing, baseline: None };
    let incremental = Incremental::new(live(gaps), judging).report();
    assert_eq!((&incremental.unknowns, &incremental.counts), (&report.unknowns, &report.counts));
    CHECKS.map(|id| said(id, &snapshot, &report))
}

#[test]
fn what_rests_on_a_list_that_is_missing_is_unknown() {
    let all = ["fail bare", "fail limited", "fail other"].map(str::to_owned);
    let [limits, secrets, root] = judged(Vec::new());
    assert_eq!(
        (limits, secrets, root),
        (vec!["fail bare".to_owned(), "fail other".to_owned()], vec![], all.to_vec())
    );

    let why = "LimitRange may not be listed";
    let [limits, secrets, root] = judged(vec![gap("LimitRange", Missing::Everywhere)]);
    assert_eq!(limits, [format!("unknown bare: {why}"), format!("unknown other: {why}")]);
    assert_eq!((secrets, root), (vec![], all.to_vec()));

    let [limits, ..] = judged(vec![gap("LimitRange", Missing::Within(vec!["shop".into()]))]);
    assert_eq!(limits, ["fail other".to_owned(), format!("unknown bare: {why}")]);

    // Of a chosen namespace everything is known, and others are not asked about.
    let outside = Gap { group: None, kind: None, ..gap("nothing", Missing::Outside(vec!["shop".into()])) };
    let [limits, secrets, root] = judged(vec![outside]);
    assert_eq!(limits, ["fail bare".to_owned(), "unknown other: nothing may not be listed".to_owned()]);
    assert_eq!((secrets, root), (vec![], all.to_vec()));
}

#[test]
fn subjects_that_could_not_be_read_are_unknown_once() {
    let [limits, secrets, root] = judged(vec![gap("Secret", Missing::Everywhere)]);
    assert_eq!(secrets, ["unknown all: Secret may not be listed"]);
    assert_eq!((limits.len(), root.len()), (2, 3));

    let [limits, secrets, root] = judged(vec![gap("Pod", Missing::Everywhere)]);
    assert_eq!(limits.last().unwrap(), "unknown all: Pod may not be listed");
    assert_eq!((secrets.len(), root.len()), (0, 4));
}
