//! What is kept current is what would be found in the whole.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod changes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use changes::{Chance, Pool};
use rayon::prelude::*;
use seawall_checks::Check;
use seawall_engine::{
    Baseline, Config, Event, Incremental, Judging, Plan, Report, Reported, Selection, Status,
    SuppressOptions, Turn, evaluate, plan, suppress,
};
use seawall_finding::{Fingerprint, Profile, Severity};
use seawall_inventory::{Change, Coverage, Gap, Missing, Object, Provenance, Reading, Snapshot};
use seawall_yaml::Limits;

static CATALOGUE: LazyLock<Vec<&'static Check>> = LazyLock::new(seawall_checks::all);

/// Suppresses by object and by field, and one day no more.
const CONFIG: &str = "\
severity: {SW1003: info, host-network: critical}
suppress:
- {checks: [SW1018, SW1030], namespace: a, reason: known}
- {checks: ['severity>=critical'], kind: Deployment, name: 'w*', reason: known, expires: 2026-06-15}
- {checks: [SW1017, SW1001], container: main, reason: known, expires: 2026-06-14}
";

fn anew(snapshot: &Snapshot) -> Snapshot {
    let objects: Vec<Object> =
        snapshot.objects.iter().filter(|object| !object.is_vacant()).cloned().collect();
    let empty = seawall_inventory::read(PathBuf::new(), b"", Provenance::Live, &Limits::default());
    let mut anew = Snapshot::assemble(vec![Reading { objects, ..empty }], Vec::new(), Vec::new(), Vec::new());
    anew.coverage = snapshot.coverage.clone();
    anew
}

/// All that a report says of findings, verdicts and what is unknown, line by line.
fn lines(report: &Report, snapshot: &Snapshot) -> Vec<String> {
    let object = |number: usize| snapshot.objects[number].reference();
    let finding = |reported: &Reported| {
        let Reported { finding, fingerprint, status } = reported;
        format!(
            "{fingerprint} {} {} {} {:?} {} {} {:?} {status:?}",
            finding.severity,
            finding.check.id,
            object(finding.object),
            finding.part_of().map(|part_of| (&part_of.workload, part_of.pods, part_of.of)),
            finding.path,
            finding.message,
            finding.evidence
        )
    };
    let unknown = report
        .unknowns
        .iter()
        .map(|unknown| format!("{} {:?}: {}", unknown.check, unknown.object.map(object), unknown.reason));
    let counts = report.counts.iter().map(|(check, counts)| format!("{check} {counts:?}"));
    report.findings.iter().map(finding).chain(unknown).chain(counts).collect()
}

/// What is open, as told by events alone.
#[derive(Default)]
struct Ledger(BTreeMap<Fingerprint, String>);

impl Ledger {
    fn line(reported: &Reported) -> String {
        format!("{} {}", reported.finding.severity, reported.finding.message)
    }

    fn enter(&mut self, events: &[Event]) {
        for Event { turn, object, reported } in events {
            assert!(!object.kind.is_empty(), "{reported:?}");
            let line = Self::line(reported);
            match turn {
                Turn::Opened => assert_eq!(self.0.insert(reported.fingerprint, line), None),
                Turn::Closed => assert_eq!(self.0.remove(&reported.fingerprint), Some(line)),
                Turn::Changed(_) => {
                    let before = self.0.insert(reported.fingerprint, line.clone());
                    assert!(before.is_some_and(|before| before != line));
                }
            }
        }
    }

    fn of(report: &Report) -> BTreeMap<Fingerprint, String> {
        let active = report.active();
        active.map(|reported| (reported.fingerprint, Self::line(reported))).collect()
    }
}

struct Rules {
    config: Config,
    plan: Plan,
    baseline: Baseline,
    suppressing: SuppressOptions<'static>,
}

impl Rules {
    fn new(pool: &Pool) -> Self {
        let config = Config::read(Path::new("seawall.yaml"), CONFIG, &CATALOGUE)
            .unwrap_or_else(|problems| panic!("{problems:#?}"));
        let flags = Selection { profile: Some(Profile::All), ..Selection::default() };
        let plan = plan(&config, &flags, &CATALOGUE).unwrap();
        let suppressing = SuppressOptions {
            today: "2026-06-15".parse().unwrap(),
            refuse_inline: false,
            catalogue: &CATALOGUE,
            here: PathBuf::new(),
            config_folder: PathBuf::new(),
        };
        // What each seventh sequence finds was there before.
        let known = Snapshot::assemble(pool.some_readings(7), Vec::new(), Vec::new(), Vec::new());
        let baseline = Baseline::of(&evaluate(&known, &plan), &known);
        Self { config, plan, baseline, suppressing }
    }

    fn judging(&self) -> Judging<'_> {
        let Self { config, plan, baseline, suppressing } = self;
        Judging { plan, config, suppressing: suppressing.clone(), baseline: Some(baseline) }
    }

    fn whole(&self, snapshot: &Snapshot) -> Report {
        let mut report = evaluate(snapshot, &self.plan);
        suppress(&mut report, snapshot, &self.config, &self.suppressing);
        self.baseline.apply(&mut report);
        report
    }
}

/// Files, a cluster, or one of which lists are missing.
fn coverage(chance: &mut Chance) -> Coverage {
    let gap = |group: &str, kind: &str| Gap {
        group: Some(group.into()),
        kind: Some(kind.into()),
        missing: Missing::Everywhere,
        reason: format!("{kind} may not be listed").into(),
        problem: None,
    };
    match chance.below(3) {
        0 => Coverage::default(),
        1 => Coverage::live(Vec::new()),
        _ => Coverage::live(vec![gap("", "LimitRange"), gap("policy", "PodDisruptionBudget")]),
    }
}

/// Follows one sequence of changes; whether it had more than one finding, and something suppressed.
fn follow(seed: u64, pool: &Pool, rules: &Rules) -> (usize, usize) {
    let mut chance = Chance::of(seed);
    let mut sequence = pool.sequence(&mut chance);
    let mut snapshot = Snapshot { coverage: coverage(&mut chance), ..Snapshot::default() };
    let list = snapshot.list(Path::new("list"), Provenance::Live);
    let mut batch = |chance: &mut Chance, most| {
        let mut changes = sequence.batch(chance, most);
        for change in &mut changes {
            if let Change::Set(object) = change {
                object.origin.file = list;
            }
        }
        changes
    };
    snapshot.apply(batch(&mut chance, 8));
    let mut current = Incremental::new(snapshot, rules.judging());
    let mut ledger = Ledger(Ledger::of(&current.report()));
    for _ in 0..2 + chance.below(4) {
        let changes = batch(&mut chance, 5);
        ledger.enter(&current.apply(changes));
    }
    let report = current.report();
    let whole = anew(current.snapshot());
    let expected = rules.whole(&whole);
    let (found, expected_lines) = (lines(&report, current.snapshot()), lines(&expected, &whole));
    assert_eq!(found, expected_lines, "seed {seed}");
    assert_eq!(ledger.0, Ledger::of(&expected), "seed {seed}");
    let suppressed = expected.findings.iter().filter(|reported| reported.status != Status::Active).count();
    (expected.findings.len(), suppressed)
}

#[test]
fn ten_thousand_sequences_end_as_the_whole() {
    let pool = Pool::of_examples(&CATALOGUE);
    let rules = Rules::new(&pool);
    let seeds: u64 = std::env::var("SEQ").map_or(10_000, |n| n.parse().unwrap());
    let (findings, suppressed) = (0..seeds)
        .into_par_iter()
        .map(|seed| follow(seed, &pool, &rules))
        .reduce(|| (0, 0), |(a, b), (c, d)| (a + c, b + d));
    assert!(findings > 100_000 && suppressed > 1_000, "{findings} findings, {suppressed} do not count");
}

#[test]
fn suppressions_expire_when_the_day_changes() {
    let pool = Pool::of_examples(&CATALOGUE);
    let rules = Rules::new(&pool);
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: x}\n\
                spec: {template: {spec: {containers: [{name: c, image: 'a:1', securityContext: {privileged: true}}]}}}\n";
    let object = changes::object(text);
    let mut current = Incremental::new(Snapshot::default(), rules.judging());
    let opened = current.apply(vec![Change::Set(Box::new(object))]);
    assert!(opened.iter().all(|event| event.reported.finding.severity < Severity::Critical));
    let events = current.again("2026-06-16".parse().unwrap());
    assert!(!events.is_empty());
    for event in events {
        assert_eq!((event.turn, event.reported.finding.severity), (Turn::Opened, Severity::Critical));
    }
}
