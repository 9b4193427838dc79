//! What a run finds, and that it finds the same however it is run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;
mod manifest;

use std::collections::BTreeSet;

use catalogue::{CATALOGUE, ESCALATION, HOST_PID, PRIVILEGED, SECCOMP_BASELINE, UNDECIDED};
use manifest::{snapshot, workloads};
use proptest::prelude::*;
use seawall_engine::{Config, FailOn, Plan, Report, Selection, evaluate, outcome, plan};
use seawall_finding::{Profile, PssLevel, Severity};
use seawall_inventory::{Place, Problem, Snapshot, Weight};

fn everything() -> Plan {
    let flags = Selection { profile: Some(Profile::All), ..Selection::default() };
    plan(&Config::default(), &flags, &CATALOGUE).unwrap()
}

/// Findings as `severity check object path`.
fn told(snapshot: &Snapshot, report: &Report) -> Vec<String> {
    let line = |reported: &seawall_engine::Reported| {
        let finding = &reported.finding;
        let object = snapshot.objects[finding.object].reference();
        format!("{} {} {object} {}", finding.severity, finding.check.name, finding.path)
    };
    report.findings.iter().map(line).collect()
}

const TWO: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec:\n  hostPID: true\n  containers:\n  - name: one\n    securityContext: {privileged: true}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: two\n    ports: [{containerPort: 80}]\n    securityContext: {privileged: true, allowPrivilegeEscalation: false, seccompProfile: {type: RuntimeDefault}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: c}\n";

#[test]
fn most_dangerous_first_then_by_check_then_by_place() {
    let snapshot = snapshot(&[("a.yaml", TWO)]);
    let report = evaluate(&snapshot, &everything());
    assert_eq!(
        told(&snapshot, &report),
        [
            "critical privileged Pod b spec.containers[0].securityContext.privileged",
            "critical privileged Pod a spec.containers[0].securityContext.privileged",
            "high host-pid Pod b spec.hostPID",
            "high seccomp-unconfined Pod b spec.containers[0].securityContext.seccompProfile",
            "low open-port Pod a spec.containers[0].ports[0]",
        ]
    );
}

#[test]
fn every_verdict_is_counted() {
    let snapshot = snapshot(&[("a.yaml", TWO)]);
    let report = evaluate(&snapshot, &everything());
    let counts = |id: &str| {
        let counts = report.counts[id];
        (counts.passed, counts.failed, counts.not_applicable, counts.unknown)
    };
    assert_eq!(report.counts.len(), CATALOGUE.len());
    assert_eq!(counts("SW1901"), (0, 2, 1, 0));
    assert_eq!(counts("SW1902"), (1, 1, 1, 0));
    assert_eq!(counts("SW1903"), (1, 1, 1, 0));
    assert_eq!(counts("SW4901"), (2, 0, 0, 1));
    let [unknown] = &report.unknowns[..] else { panic!("{:?}", report.unknowns) };
    assert_eq!((unknown.check, unknown.object), ("SW4901", Some(2)));
}

#[test]
fn severities_of_the_configuration_replace_those_of_checks_and_order_by_them() {
    let snapshot = snapshot(&[("a.yaml", TWO)]);
    let mut plan = everything();
    plan.severities.insert("SW3901", Severity::Critical);
    plan.severities.insert("SW1901", Severity::Info);
    let told = told(&snapshot, &evaluate(&snapshot, &plan));
    assert!(told[0].starts_with("critical open-port"), "{told:?}");
    assert!(told[4].starts_with("info privileged"), "{told:?}");
}

/// One cause is told once, except where a standard counts each of its controls.
#[test]
fn a_finding_with_the_cause_of_another_is_dropped_unless_a_standard_is_judged() {
    let snapshot = snapshot(&[("a.yaml", TWO)]);
    let checks = vec![&PRIVILEGED, &ESCALATION, &HOST_PID, &SECCOMP_BASELINE];
    let names = |pss| -> BTreeSet<&str> {
        let plan = Plan { checks: checks.clone(), pss, ..Plan::default() };
        let report = evaluate(&snapshot, &plan);
        report.findings.iter().map(|reported| reported.finding.check.name).collect()
    };
    let without = BTreeSet::from(["privileged", "host-pid", "seccomp-unconfined"]);
    assert_eq!(names(None), without);
    let all = BTreeSet::from(["privileged", "escalation", "host-pid", "seccomp-unconfined"]);
    assert_eq!(names(Some(PssLevel::Restricted)), all);
}

#[test]
fn no_two_checks_drop_each_other() {
    let checks = seawall_checks::all();
    let subsumed = |id: &str| {
        checks.iter().find(|check| check.meta.id == id).map_or(&[][..], |check| check.meta.subsumes)
    };
    for check in &checks {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = check.meta.subsumes.to_vec();
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                next.extend(subsumed(id));
            }
        }
        assert!(!reached.contains(check.meta.id), "{} subsumes itself through {reached:?}", check.meta.id);
    }
}

fn bytes(snapshot: &Snapshot, report: &Report) -> String {
    let fingerprints: Vec<_> = report.findings.iter().map(|reported| reported.fingerprint).collect();
    format!("{:#?}\n{fingerprints:?}\n{:?}\n{:?}", told(snapshot, report), report.unknowns, report.counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn threads_and_the_order_of_reading_change_nothing(
        workloads in workloads(),
        order in any::<prop::sample::Index>(),
    ) {
        let texts: Vec<(String, String)> = workloads
            .iter()
            .enumerate()
            .map(|(number, workload)| (format!("{}/{number}.yaml", number % 3), workload.text()))
            .collect();
        let mut files: Vec<(&str, &str)> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let in_order = snapshot(&files);
        let by = order.index(files.len().max(1));
        files.rotate_left(by);
        files.reverse();
        let shuffled = snapshot(&files);
        let expected = bytes(&in_order, &evaluate(&in_order, &everything()));
        for threads in [1, 2, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let report = pool.install(|| evaluate(&shuffled, &everything()));
            prop_assert_eq!(&bytes(&shuffled, &report), &expected, "{} threads", threads);
        }
    }
}

#[test]
fn exit_codes() {
    let found = snapshot(&[("a.yaml", TWO)]);
    let clean = snapshot(&[("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: c}\n")]);
    let empty = snapshot(&[]);
    let problem = |weight| Problem {
        code: "unreadable",
        weight,
        place: Place::Path("x".into()),
        message: String::new(),
        help: String::new(),
    };
    let with = |snapshot: &Snapshot, weight| {
        let mut copy = Snapshot { objects: snapshot.objects.clone(), ..Snapshot::default() };
        copy.problems.push(problem(weight));
        copy
    };
    let critical = FailOn::Severity(Severity::Critical);
    let plan = Plan { checks: vec![&HOST_PID, &UNDECIDED], ..Plan::default() };
    // snapshot, fail on, incomplete allowed, interrupted → code
    for (what, snapshot, fail_on, allowed, interrupted, code) in [
        ("clean, though a verdict is unknown", &clean, FailOn::default(), false, false, 0),
        ("at the bound", &found, FailOn::default(), false, false, 1),
        ("below the bound", &found, critical, false, false, 0),
        ("never", &found, FailOn::Never, false, false, 0),
        ("nothing", &empty, FailOn::default(), false, false, 3),
        ("nothing is not excused", &empty, FailOn::default(), true, false, 3),
        ("stopped", &clean, FailOn::default(), false, true, 4),
        ("stopped with findings", &found, FailOn::default(), false, true, 1),
        ("stopped, and that is fine", &clean, FailOn::default(), true, true, 0),
        ("unread", &with(&clean, Weight::Incomplete), FailOn::default(), false, false, 4),
        ("unread, and that is fine", &with(&clean, Weight::Incomplete), FailOn::default(), true, false, 0),
        ("unread with findings", &with(&found, Weight::Incomplete), FailOn::default(), false, false, 1),
        (
            "unread with findings below the bound",
            &with(&found, Weight::Incomplete),
            critical,
            false,
            false,
            4,
        ),
        ("everything unread", &with(&empty, Weight::Incomplete), FailOn::default(), false, false, 4),
        ("everything unread, allowed", &with(&empty, Weight::Incomplete), FailOn::default(), true, false, 3),
        ("a warning", &with(&clean, Weight::Warning), FailOn::default(), false, false, 0),
    ] {
        let report = evaluate(snapshot, &plan);
        assert_eq!(outcome(&report, snapshot, fail_on, allowed, interrupted).code(), code, "{what}");
    }
    let mut report = evaluate(&clean, &plan);
    report.problems.push(problem(Weight::Incomplete));
    assert_eq!(outcome(&report, &clean, FailOn::default(), false, false).code(), 4, "an unread baseline");
}
