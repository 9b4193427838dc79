//! Baselines: what they hold, how they are read, and what they change.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;
mod manifest;

use std::path::Path;

use catalogue::{CATALOGUE, HOST_PID, PRIVILEGED};
use manifest::{snapshot, workloads};
use proptest::prelude::*;
use seawall_checks::Check;
use seawall_engine::{
    Baseline, BaselineEntry, Config, FailOn, Plan, Report, Status, SuppressOptions, compare, evaluate,
    outcome, suppress,
};
use seawall_finding::Severity;
use seawall_inventory::{Place, Snapshot};
use seawall_yaml::LineIndex;

const WEAK: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  hostPID: true\n  containers:\n  - name: app\n    env: [{name: KEY, value: hunter2}]\n    securityContext: {privileged: true}\n";

fn report(snapshot: &Snapshot, checks: &[&'static Check]) -> Report {
    evaluate(snapshot, &Plan { checks: checks.to_vec(), ..Plan::default() })
}

fn read(text: &str) -> Baseline {
    Baseline::read(Path::new("b.yaml"), text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

#[test]
fn a_line_for_each_finding_sorted_and_without_values() {
    let snapshot = snapshot(&[("a.yaml", WEAK)]);
    let text = Baseline::of(&report(&snapshot, &CATALOGUE), &snapshot).to_text();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("- ")).collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines.is_sorted(), "{text}");
    assert!(
        lines[0].starts_with("- {object: \"Pod shop/web\", check: \"SW1901\", field: \"containers[app].securityContext.privileged\", fingerprint: \""),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn nothing_found_is_a_baseline_too() {
    let snapshot = snapshot(&[("a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n")]);
    let baseline = Baseline::of(&report(&snapshot, &[&HOST_PID]), &snapshot);
    assert_eq!(read(&baseline.to_text()), Baseline::default());
}

#[test]
fn what_was_there_before_does_not_count() {
    let before = snapshot(&[("a.yaml", &WEAK.replace("hostPID: true", "hostPID: false"))]);
    let baseline = Baseline::of(&report(&before, &[&PRIVILEGED, &HOST_PID]), &before);
    let now = snapshot(&[("moved.yaml", &format!("\n\n{WEAK}"))]);
    let mut report = report(&now, &[&PRIVILEGED, &HOST_PID]);
    assert_eq!(baseline.apply(&mut report), [&baseline.entries[0]; 0]);
    let status: Vec<_> =
        report.findings.iter().map(|found| (found.finding.check.name, found.status.clone())).collect();
    assert_eq!(status, [("privileged", Status::Baselined), ("host-pid", Status::Active)]);
    assert_eq!(outcome(&report, &now, FailOn::Severity(Severity::Critical), false, false).code(), 0);
    assert_eq!(outcome(&report, &now, FailOn::Severity(Severity::High), false, false).code(), 1);
    // Written again, it holds both: what is in the baseline stays there.
    assert_eq!(Baseline::of(&report, &now).entries.len(), 2);
}

#[test]
fn suppressed_findings_stay_suppressed_and_out_of_the_baseline() {
    let text = format!("# seawall: ignore[privileged] why\n{WEAK}");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    let all = Baseline::of(&report(&snapshot, &[&PRIVILEGED, &HOST_PID]), &snapshot);
    let mut report = report(&snapshot, &[&PRIVILEGED, &HOST_PID]);
    let options = SuppressOptions {
        today: "2026-01-01".parse().unwrap(),
        refuse_inline: false,
        catalogue: &CATALOGUE,
        here: "".into(),
        config_folder: "".into(),
    };
    suppress(&mut report, &snapshot, &Config::default(), &options);
    assert!(all.apply(&mut report).is_empty(), "what is suppressed is still found");
    assert!(matches!(report.findings[0].status, Status::Suppressed(_)));
    assert_eq!(Baseline::of(&report, &snapshot).entries.len(), 1);
}

#[test]
fn pruning_takes_out_what_is_mended_and_nothing_else() {
    let before = snapshot(&[("a.yaml", WEAK)]);
    let baseline = Baseline::of(&report(&before, &[&PRIVILEGED, &HOST_PID]), &before);
    assert_eq!(baseline.entries.len(), 2);
    let after = snapshot(&[("a.yaml", &WEAK.replace("privileged: true", "privileged: false"))]);
    let (kept, gone) = baseline.prune(&report(&after, &[&PRIVILEGED, &HOST_PID]));
    assert_eq!(kept.entries, baseline.entries[1..]);
    assert_eq!(gone, [&baseline.entries[0]]);
    // A check that did not run says nothing about its findings.
    let (kept, gone) = baseline.prune(&report(&after, &[&HOST_PID]));
    assert_eq!((kept.entries.len(), gone.len()), (2, 0));
}

#[test]
fn what_is_wrong_with_a_baseline_is_named_at_its_place() {
    let line = |rest: &str| format!("version: 1\nfindings:\n- {{object: a, check: SW1001, {rest}}}\n");
    let print = "fingerprint: '0123456789abcdef0123456789abcdef'";
    for (text, place, code, help) in [
        (String::new(), "1:1", "missing-key", "baseline write"),
        ("findings: []\n".to_owned(), "1:1", "missing-key", "version: 1"),
        (
            "version: 2\nfindings: []\nentries: []\n".to_owned(),
            "1:10",
            "baseline-version",
            "version of seawall",
        ),
        ("version: one\nfindings: []\n".to_owned(), "1:10", "wrong-type", "number"),
        ("version: 1\nfindings: []\nentires: 3\n".to_owned(), "3:1", "unknown-key", "version, findings"),
        ("version: 1\nfindngs: []\n".to_owned(), "2:1", "unknown-key", "did you mean `findings`?"),
        ("version: 1\nfindings: {}\n".to_owned(), "2:11", "wrong-type", "- "),
        ("version: 1\nfindings: [3]\n".to_owned(), "2:12", "wrong-type", "key: value"),
        (
            line(&format!("field: b, fingerprnt: c, {print}")),
            "3:40",
            "unknown-key",
            "did you mean `fingerprint`?",
        ),
        (line("field: b, fingerprint: abc"), "3:53", "invalid-value", "baseline write"),
        (line(print), "3:3", "missing-key", "the field of the object"),
        ("version: 1\nfindings:\n<<<<<<< HEAD\n- a\n".to_owned(), "3:1", "yaml-syntax", ""),
    ] {
        let problems = Baseline::read(Path::new("b.yaml"), &text).expect_err(&text);
        let [problem] = &problems[..] else { panic!("{text}\n{problems:#?}") };
        let Place::Aside { file, span } = &problem.place else { panic!("{problem:?}") };
        let position = LineIndex::new(&file.text.get()).position(&file.text.get(), span.start).to_string();
        assert_eq!((problem.code, position.as_str()), (code, place), "{text}: {problem:?}");
        assert!(problem.help.contains(help), "{text}: {}", problem.help);
    }
}

#[test]
fn merged_and_edited_by_hand_it_is_still_read() {
    let print = |digit: u8| digit.to_string().repeat(32);
    let text = format!(
        "# ours\nfindings:\n- fingerprint: '{}'\n  object: b\n  check: SW1002\n  field: ''\n- {{object: a, check: SW1001, field: x, fingerprint: \"{}\"}}\n- {{object: b, check: SW1002, field: '', fingerprint: \"{}\"}}\nversion: 1\n",
        print(2),
        print(1),
        print(2)
    );
    let baseline = read(&text);
    let objects: Vec<&str> = baseline.entries.iter().map(|entry| entry.object.as_str()).collect();
    assert_eq!(objects, ["a", "b"], "sorted, each once");
}

/// Changes between two states of the same workload.
#[test]
fn compared_by_fingerprint() {
    let checks = [&PRIVILEGED, &HOST_PID];
    let weak = snapshot(&[("a.yaml", WEAK)]);
    let mended = snapshot(&[("b.yaml", &WEAK.replace("hostPID: true", "hostPID: false"))]);
    let (base, head) = (report(&weak, &checks), report(&mended, &checks));
    let names = |found: &[&seawall_engine::Reported]| -> Vec<&str> {
        found.iter().map(|reported| reported.finding.check.name).collect()
    };
    let diff = compare(&base, &head);
    assert_eq!(
        (names(&diff.new), names(&diff.fixed), names(&diff.unchanged)),
        (vec![], vec!["host-pid"], vec!["privileged"])
    );
    let diff = compare(&head, &base);
    assert_eq!((names(&diff.new), names(&diff.fixed)), (vec!["host-pid"], vec![]));
    assert_eq!(diff.opened().count(), 1);

    let mut milder = report(&weak, &checks);
    milder.findings[0].finding.severity = Severity::Low;
    let diff = compare(&base, &milder);
    let [change] = &diff.changed[..] else { panic!("{diff:?}") };
    assert_eq!((change.before, change.reported.finding.severity), (Severity::Critical, Severity::Low));
    assert_eq!(names(&diff.unchanged), ["host-pid"]);

    let mut silent = report(&weak, &checks);
    silent.findings[0].status = Status::Baselined;
    let diff = compare(&base, &silent);
    assert_eq!(
        (names(&diff.silenced), names(&diff.fixed), diff.opened().count()),
        (vec!["privileged"], vec![], 0)
    );
    let diff = compare(&silent, &base);
    assert_eq!(
        (names(&diff.surfaced), names(&diff.new), diff.opened().count()),
        (vec!["privileged"], vec![], 1)
    );
    let diff = compare(&head, &silent);
    assert_eq!((names(&diff.silenced), names(&diff.new)), (vec!["privileged"], vec!["host-pid"]));
    let diff = compare(&silent, &silent);
    assert_eq!(names(&diff.unchanged), ["host-pid"]);
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        entries in prop::collection::vec((any::<String>(), "SW[0-9]{4}", any::<String>(), any::<[u8; 16]>()), 0..8),
    ) {
        let entries: Vec<BaselineEntry> = entries
            .into_iter()
            .map(|(object, check, field, bytes)| {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                BaselineEntry { object, check, field, fingerprint: hex.parse().unwrap() }
            })
            .collect();
        let mut sorted = entries.clone();
        sorted.sort();
        let baseline = Baseline { entries };
        let read = Baseline::read(Path::new("b.yaml"), &baseline.to_text());
        prop_assert_eq!(read.map(|baseline| baseline.entries), Ok(sorted), "{}", baseline.to_text());
    }

    #[test]
    fn a_baseline_of_a_report_silences_all_of_it_and_its_differences_add_up(
        before in workloads(),
        after in workloads(),
    ) {
        let text = |workloads: &[manifest::Workload]| -> String {
            workloads.iter().map(manifest::Workload::text).collect::<Vec<_>>().join("---\n")
        };
        let (before, after) = (text(&before), text(&after));
        let (before, after) = (snapshot(&[("a.yaml", &before)]), snapshot(&[("a.yaml", &after)]));
        let mut base = report(&before, &CATALOGUE);
        let head = report(&after, &CATALOGUE);
        let diff = compare(&base, &head);
        prop_assert_eq!(diff.fixed.len() + diff.unchanged.len() + diff.changed.len(), base.findings.len());
        prop_assert_eq!(diff.new.len() + diff.unchanged.len() + diff.changed.len(), head.findings.len());
        let baseline = Baseline::of(&base, &before);
        let gone = baseline.apply(&mut base).len();
        prop_assert_eq!((base.active().count(), gone), (0, 0));
        let mut head = head;
        let gone = baseline.apply(&mut head).len();
        let diff = compare(&report(&before, &CATALOGUE), &report(&after, &CATALOGUE)).fixed.len();
        prop_assert_eq!(gone, diff);
    }

    /// Files of others can hold anything.
    #[test]
    fn no_text_panics(text in any::<String>(), yaml in "(version|findings|select|suppress|checks|helm|[-:{}\\[\\] \n1a'\"#&*|])*") {
        for text in [text, yaml] {
            let _ = Baseline::read(Path::new("b.yaml"), &text);
            let _ = Config::read(Path::new("seawall.yaml"), &text, &CATALOGUE);
        }
    }
}
