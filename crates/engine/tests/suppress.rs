//! What suppressions take away, and what is said about those that do not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;

use std::path::{Path, PathBuf};

use catalogue::{CATALOGUE, ESCALATION, HOST_PID, OPEN_PORT, PRIVILEGED};
use seawall_engine::{Config, FailOn, Plan, Report, Status, SuppressOptions, evaluate, outcome, suppress};
use seawall_finding::PssLevel;
use seawall_inventory::{Place, Provenance, Snapshot, Unit, UnitId, UnitKind, read};
use seawall_yaml::{Limits, LineIndex};

fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let limits = Limits::default();
    let read =
        |(path, text): &(&str, &str)| read(path.into(), text.as_bytes(), Provenance::Verbatim, &limits);
    Snapshot::assemble(files.iter().map(read).collect(), Vec::new(), Vec::new(), Vec::new())
}

fn options() -> SuppressOptions<'static> {
    SuppressOptions {
        today: "2026-06-15".parse().unwrap(),
        refuse_inline: false,
        catalogue: &CATALOGUE,
        here: PathBuf::new(),
        config_folder: PathBuf::new(),
    }
}

fn config(text: &str) -> Config {
    Config::read(Path::new("seawall.yaml"), text, &CATALOGUE)
        .unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn run(snapshot: &Snapshot, config: &Config, options: &SuppressOptions<'_>) -> Report {
    let plan = Plan { checks: vec![&PRIVILEGED, &HOST_PID, &OPEN_PORT], ..Plan::default() };
    let mut report = evaluate(snapshot, &plan);
    suppress(&mut report, snapshot, config, options);
    report
}

/// Findings as `check object: reason` (`!` when it counts), problems as `file:line code: message`.
fn told(snapshot: &Snapshot, report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        .map(|reported| {
            let name = &snapshot.objects[reported.finding.object].metadata.name;
            let what = match &reported.status {
                Status::Suppressed(suppression) => format!(": {}", suppression.reason),
                Status::Active => "!".to_owned(),
                Status::Baselined => panic!("no baseline here"),
            };
            format!("{} {name}{what}", reported.finding.check.name)
        })
        .collect();
    for problem in &report.problems {
        let (file, span) = match &problem.place {
            Place::Span { file, span } => (snapshot.file(*file).unwrap(), span),
            Place::Aside { file, span } => (&**file, span),
            other => panic!("{other:?}"),
        };
        let line = LineIndex::new(&file.text.get()).position(&file.text.get(), span.start).line;
        lines.push(format!("{}:{line} {}: {}", file.path.display(), problem.code, problem.message));
    }
    lines
}

fn pod(name: &str, before: &str, host_pid: &str, privileged: &str) -> String {
    format!(
        "{before}\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  hostPID: true {host_pid}\n  containers:\n  - name: app\n    securityContext: {{privileged: true}} {privileged}\n"
    )
}

#[test]
fn comments_and_annotations() {
    let ignore = |text: &str| format!("# seawall: {text}");
    for (what, text, expected) in [
        ("nothing", pod("a", "", "", ""), &["privileged a!", "host-pid a!"][..]),
        (
            "beside the field",
            pod("a", "", &ignore("ignore[host-pid] why"), ""),
            &["privileged a!", "host-pid a: why"],
        ),
        ("by id", pod("a", "", &ignore("ignore[SW1903] why"), ""), &["privileged a!", "host-pid a: why"]),
        (
            "the whole object",
            pod("a", &ignore("ignore[host-pid, privileged] why"), "", ""),
            &["privileged a: why", "host-pid a: why"],
        ),
        (
            "the nearest reason",
            pod("a", &ignore("ignore[host-pid] far"), &ignore("ignore[host-pid] near"), ""),
            &["privileged a!", "host-pid a: near"],
        ),
        (
            "at another field",
            pod("a", "", &ignore("ignore[privileged] why"), ""),
            &["privileged a!", "host-pid a!", "a.yaml:6 ignore-unused: `privileged` suppresses nothing here"],
        ),
        (
            "one of two",
            pod("a", &ignore("ignore[host-pid, open-port] why"), "", ""),
            &[
                "privileged a!",
                "host-pid a: why",
                "a.yaml:1 ignore-unused: `open-port` suppresses nothing here",
            ],
        ),
        (
            "of a check that does not run, which cannot be told",
            pod("a", &ignore("ignore[undecided] why"), "", ""),
            &["privileged a!", "host-pid a!"],
        ),
        (
            "without a reason",
            pod("a", "", &ignore("ignore[host-pid]"), ""),
            &[
                "privileged a!",
                "host-pid a!",
                "a.yaml:6 ignore-without-reason: this suppression gives no reason",
            ],
        ),
        (
            "on its last day",
            pod("a", "", &ignore("ignore[host-pid] until 2026-06-15 why"), ""),
            &["privileged a!", "host-pid a: why"],
        ),
        (
            "a day later",
            pod("a", "", &ignore("ignore[host-pid] until 2026-06-14 why"), ""),
            &[
                "privileged a!",
                "host-pid a!",
                "a.yaml:6 ignore-expired: this suppression held until 2026-06-14",
            ],
        ),
        (
            "until no day",
            pod("a", "", &ignore("ignore[host-pid] until 2026-02-31 why"), ""),
            &[
                "privileged a!",
                "host-pid a!",
                "a.yaml:6 ignore-date: `2026-02-31` is not a day of the calendar written YYYY-MM-DD",
            ],
        ),
        (
            "misspelt, beside one that is right",
            pod("a", "", &ignore("ignore[host-pod, host-pid] why"), ""),
            &["privileged a!", "host-pid a: why", "a.yaml:6 unknown-check: no check is called `host-pod`"],
        ),
        (
            "by annotation",
            pod("a", "", "", "")
                .replace("{name: a}", "{name: a, annotations: {seawall.dev/ignore: 'privileged: why'}}"),
            &["privileged a: why", "host-pid a!"],
        ),
    ] {
        let snapshot = snapshot(&[("a.yaml", &text)]);
        let report = run(&snapshot, &Config::default(), &options());
        assert_eq!(told(&snapshot, &report), expected, "{what}:\n{text}");
    }
}

#[test]
fn a_missing_field_is_covered_with_what_it_is_missing_from() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: b # seawall: ignore[escalation] why\n  - name: c\n    securityContext: # seawall: ignore[escalation] so\n      runAsUser: 1\n  - name: d\n";
    let snapshot = snapshot(&[("a.yaml", text)]);
    let plan = Plan { checks: vec![&ESCALATION], ..Plan::default() };
    let mut report = evaluate(&snapshot, &plan);
    suppress(&mut report, &snapshot, &Config::default(), &options());
    assert_eq!(told(&snapshot, &report), ["escalation a: why", "escalation a: so", "escalation a!"]);
}

/// The same text is scanned for a standard, where both are found.
#[test]
fn a_suppression_of_what_another_finding_tells_is_not_unused() {
    let text = pod("a", "", "", "# seawall: ignore[privileged, escalation] why");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    for pss in [None, Some(PssLevel::Restricted)] {
        let plan = Plan { checks: vec![&PRIVILEGED, &ESCALATION], pss, ..Plan::default() };
        let mut report = evaluate(&snapshot, &plan);
        suppress(&mut report, &snapshot, &Config::default(), &options());
        assert_eq!(report.problems, []);
        assert_eq!(report.active().count(), 0);
        assert_eq!(report.findings.len() + report.subsumed.len(), 2);
    }
}

#[test]
fn what_is_misspelt_is_suggested() {
    let text = pod("a", "", "# seawall: ignore[host-pod] why", "");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    let report = run(&snapshot, &Config::default(), &options());
    assert_eq!(report.problems[0].help, "did you mean `host-pid`?");
}

#[test]
fn suppressions_in_the_input_can_be_refused() {
    let text = pod("a", "", "# seawall: ignore[host-pid] why", "");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    let refused =
        ["privileged a!", "host-pid a!", "a.yaml:6 ignore-refused: this suppression in the input is refused"];
    let by_flag = SuppressOptions { refuse_inline: true, ..options() };
    assert_eq!(told(&snapshot, &run(&snapshot, &Config::default(), &by_flag)), refused);
    let by_config = config("inline-ignores: false\n");
    assert_eq!(told(&snapshot, &run(&snapshot, &by_config, &options())), refused);
    // What someone put into the configuration still counts.
    let both = config("inline-ignores: false\nsuppress: [{checks: host-pid, reason: agreed}]\n");
    assert_eq!(told(&snapshot, &run(&snapshot, &both, &options()))[1], "host-pid a: agreed");
}

#[test]
fn entries_of_the_configuration() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: b, namespace: shop}\nspec:\n  template:\n    spec:\n      hostPID: true\n      containers:\n      - {name: one, securityContext: {privileged: true}}\n      - {name: two, securityContext: {privileged: true}}\n";
    let pod = pod("a", "", "", "");
    let files = [("k8s/a.yaml", &*pod), ("k8s/deep/b.yaml", job)];
    let all = ["privileged a", "privileged b", "privileged b", "host-pid a", "host-pid b"];
    for (entry, suppressed) in [
        ("checks: all", &[0, 1, 2, 3, 4][..]),
        ("checks: host-pid", &[3, 4]),
        ("checks: [SW1903, privileged]", &[0, 1, 2, 3, 4]),
        ("checks: severity>high", &[0, 1, 2]),
        ("checks: all, path: k8s/*.yaml", &[0, 3]),
        ("checks: all, path: deep", &[1, 2, 4]),
        ("checks: all, kind: Job", &[1, 2, 4]),
        ("checks: all, namespace: sh*", &[1, 2, 4]),
        ("checks: all, namespace: default", &[]),
        ("checks: all, name: a", &[0, 3]),
        ("checks: all, container: o*", &[1]),
        ("checks: all, field: spec.template.spec.hostPID", &[4]),
        ("checks: all, field: spec", &[0, 1, 2, 3, 4]),
        ("checks: all, kind: Job, name: a", &[]),
        ("checks: all, expires: 2026-06-15", &[0, 1, 2, 3, 4]),
        ("checks: all, expires: 2026-06-14", &[]),
        ("checks: undecided", &[]),
        ("checks: all, path: other/", &[]),
    ] {
        let config = config(&format!("suppress:\n- {{{entry}, reason: why}}\n"));
        let snapshot = snapshot(&files);
        let report = run(&snapshot, &config, &options());
        let mut expected: Vec<String> = all.iter().map(|finding| format!("{finding}!")).collect();
        for index in suppressed {
            expected[*index] = format!("{}: why", all[*index]);
        }
        if entry.ends_with("06-14") {
            expected.push("seawall.yaml:2 ignore-expired: this suppression held until 2026-06-14".to_owned());
        } else if suppressed.is_empty() && !entry.contains("undecided") && !entry.contains("other/") {
            // Whether a check that did not run, or a file that was not scanned, needs it, this run cannot tell.
            expected.push("seawall.yaml:2 ignore-unused: this suppression covers no finding".to_owned());
        }
        assert_eq!(told(&snapshot, &report), expected, "{entry}");
    }
}

#[test]
fn globs_start_at_the_folder_of_the_configuration() {
    let pod = pod("a", "", "", "");
    let snapshot = snapshot(&[("a.yaml", &pod)]);
    let config = config("suppress: [{checks: all, path: k8s/*, reason: why}]\n");
    let within = SuppressOptions { here: "/repo/k8s".into(), config_folder: "/repo".into(), ..options() };
    assert_eq!(told(&snapshot, &run(&snapshot, &config, &within)), ["privileged a: why", "host-pid a: why"]);
    assert_eq!(told(&snapshot, &run(&snapshot, &config, &options())), ["privileged a!", "host-pid a!"]);
}

#[test]
fn two_that_cover_the_same_are_both_used() {
    let text = pod("a", "# seawall: ignore[host-pid] far", "# seawall: ignore[host-pid] near", "");
    let config =
        config("suppress: [{checks: host-pid, reason: a}, {checks: host-pid, name: a, reason: b}]\n");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    assert_eq!(told(&snapshot, &run(&snapshot, &config, &options())), ["privileged a!", "host-pid a: near"]);
}

#[test]
fn a_comment_of_a_template_is_used_when_one_rendering_of_it_is() {
    let privileged = pod("a", "", "# seawall: ignore[host-pid] why", "");
    let harmless = privileged.replace("hostPID: true", "hostPID: false").replace("name: a", "name: b");
    let rendered = |unit: u32, text: &str| {
        let provenance = Provenance::Rendered { unit: UnitId(unit), template: None };
        read("chart/templates/pod.yaml".into(), text.as_bytes(), provenance, &Limits::default())
    };
    let unit = Unit { path: "chart".into(), kind: UnitKind::HelmChart };
    let readings = vec![rendered(0, &privileged), rendered(1, &harmless)];
    let snapshot = Snapshot::assemble(readings, vec![unit.clone(), unit], Vec::new(), Vec::new());
    let report = run(&snapshot, &Config::default(), &options());
    assert_eq!(told(&snapshot, &report), ["privileged a!", "privileged b!", "host-pid a: why"]);
    // The same text in a file of its own is unused.
    let snapshot = self::snapshot(&[("b.yaml", &harmless)]);
    assert_eq!(run(&snapshot, &Config::default(), &options()).problems.len(), 1);
}

#[test]
fn a_comment_at_an_anchor_is_used_when_one_of_its_places_is() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  ignored:\n    securityContext: &c\n      privileged: true # seawall: ignore[privileged] why\n  containers:\n  - name: b\n    securityContext: *c\n";
    let snapshot = snapshot(&[("a.yaml", text)]);
    assert_eq!(told(&snapshot, &run(&snapshot, &Config::default(), &options())), ["privileged a: why"]);
}

#[test]
fn what_is_suppressed_does_not_fail_the_run_and_is_still_there() {
    let text = pod("a", "# seawall: ignore[host-pid, privileged] why", "", "");
    let snapshot = snapshot(&[("a.yaml", &text)]);
    let report = run(&snapshot, &Config::default(), &options());
    assert_eq!(report.active().count(), 0);
    assert_eq!(report.findings.len(), 2);
    assert_eq!(outcome(&report, &snapshot, FailOn::default(), false, false).code(), 0);
}
