//! The examples of a check's documentation, as its test.

mod cases;
mod elsewhere;
mod needs;
mod tree;
mod variants;

use std::path::PathBuf;
use std::sync::OnceLock;

use seawall_finding::{Evidence, Finding, ParamDefault, Severity, Verdict};
use seawall_inventory::{Coverage, Provenance, Reading, Recorder, Snapshot, View, saved};
use seawall_rbac::Policy;
use seawall_yaml::{Limits, LineIndex, Segment, Stream, Value};
use smol_str::SmolStr;

use self::cases::cases;
use self::elsewhere::fits;
use self::tree::Tree;
use self::variants::variants;
use crate::check::{Check, Outcome, Run};
use crate::out::{ParamValue, Settings};

/// The mark of a line on which a finding is expected; `# <- finding: high` where its severity is not the check's own.
const MARK: &str = "# <- finding";

/// Holds a check against its documentation: every marked line of every `bad` example is found and nothing else, every
/// `good` example passes, and the fixes applied to `bad` make it pass. Its further cases are held alike.
pub(crate) fn verify(check: &'static Check) {
    let bad = check.meta.examples("bad");
    let good = check.meta.examples("good");
    assert!(!bad.is_empty() && !good.is_empty(), "{}: one bad and one good example at least", check.meta.id);
    for example in &bad {
        hold(check, example, "fail", true);
    }
    for example in &good {
        hold(check, example, "pass", true);
    }
    for case in cases(check.meta.id) {
        hold(check, &case.text, &case.verdict, case.elsewhere);
    }
    needs::hold_touched(check);
}

fn hold(check: &'static Check, example: &str, verdict: &str, elsewhere: bool) {
    let (snapshot, outcome) = run(check, example);
    assert_eq!(
        word(&outcome.verdict),
        verdict,
        "{}: the verdict on\n{example}\n{:#?}",
        check.meta.id,
        outcome.findings
    );
    assert_eq!(
        found_lines(check, example),
        marked_lines(check, example),
        "{}: lines and severities found in\n{example}",
        check.meta.id
    );
    for finding in &outcome.findings {
        let message = &finding.message;
        let is_told =
            !message.is_empty() && !message.contains(['\n', '\r']) && !message.ends_with(['.', ' ']);
        assert!(is_told, "{}: one line without a full stop: {message:?}", check.meta.id);
        hold_evidence(&snapshot, finding);
    }
    let (fixed, without_fix) = apply_fixes(check, example);
    let outcome = run(check, &fixed).1;
    assert!(
        outcome.findings.len() == without_fix
            && (verdict != "fail" || without_fix > 0 || outcome.verdict == Verdict::Pass),
        "{}: {without_fix} findings have no fix; after the others:\n{fixed}\n{outcome:#?}",
        check.meta.id
    );
    hold_variants(check, example, elsewhere);
}

/// A value that is told stands at the path, as a whole or a part of it, or is its key.
fn hold_evidence(snapshot: &Snapshot, finding: &Finding) {
    let Evidence::Value(told) = &finding.evidence else { return };
    let stream = parsed(snapshot, finding);
    let object = &snapshot.objects[finding.object];
    let located = stream.documents[object.origin.document].locate(&object.origin.path.join(&finding.path));
    let is_key = matches!(finding.path.segments().last(), Some(Segment::Key(key)) if key == told);
    let stands = located.exact
        && match located.node.value() {
            Value::Str(text) => text == told || !told.is_empty() && text.contains(told.as_str()),
            Value::Bool(value) => told == &value.to_string(),
            Value::Int(value) => told == &value.to_string(),
            Value::Float(value) => told == &value.to_string(),
            Value::Null => told.is_empty(),
            Value::Seq(_) | Value::Map(_) => !told.is_empty(),
        };
    assert!(stands || is_key, "{}: `{told}` does not stand at {}", finding.check.id, finding.path);
}

/// The verdict, as cases name it.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown(_) => "unknown",
        Verdict::NotApplicable => "n/a",
    }
}

/// Whatever way an example is written, and in whatever company, the check says the same of it; also in a workload or a list of
/// containers of another kind, unless `elsewhere` says why not.
fn hold_variants(check: &'static Check, example: &str, elsewhere: bool) {
    let header: String =
        example.lines().filter(|line| line.starts_with("# with ")).flat_map(|line| [line, "\n"]).collect();
    let stream = seawall_yaml::parse(example.as_bytes(), &Limits::default());
    let documents: Vec<Tree> = stream
        .documents
        .iter()
        .map(|document| Tree::of(document.root()))
        .filter(|document| *document != Tree::Null)
        .collect();
    let said = judgement(check, example, &header);
    hold_saved(check, example, &header);
    for variant in variants(example, &documents).iter().filter(|variant| elsewhere || !variant.elsewhere) {
        let again = judgement(check, &variant.text, &header);
        let fits =
            if variant.elsewhere { fits(check.meta.id, &variant.name, &said, &again) } else { again == said };
        assert!(
            fits,
            "{}: {}\nexpected {said:?}\nfound    {again:?}\n{}",
            check.meta.id, variant.name, variant.text
        );
    }
}

/// An example that is saved and read again is judged as it is, to the last word.
fn hold_saved(check: &'static Check, example: &str, header: &str) {
    let (mut snapshot, said) = run_with(check, example, header);
    let lines: String = snapshot.objects.iter().map(saved::object_line).collect();
    let read = if lines.is_empty() { saved::Lines::default() } else { saved::objects(&lines) };
    assert_eq!(read.corrupt, None, "{}\n{lines}", check.meta.id);
    let file = snapshot.files.pop().unwrap();
    let documents = snapshot.documents;
    let reading =
        Reading { file, objects: read.objects, problems: Vec::new(), skipped: Vec::new(), documents };
    let mut snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = coverage_of(header);
    let again = judge(check, &snapshot, header);
    assert_eq!(again.verdict, said.verdict, "{}\n{lines}", check.meta.id);
    let told = |finding: &Finding| {
        (finding.object, finding.path.clone(), finding.message.to_string(), finding.severity)
    };
    let both = [&again, &said].map(|outcome| outcome.findings.iter().map(told).collect::<Vec<_>>());
    assert_eq!(both[0], both[1], "{}\n{lines}", check.meta.id);
}

/// The verdict on an example, and what is found in it.
fn judgement(check: &'static Check, example: &str, header: &str) -> (Verdict, usize) {
    let (_, outcome) = run_with(check, example, header);
    (outcome.verdict, outcome.findings.len())
}

fn marked_lines(check: &Check, example: &str) -> Vec<(usize, Severity)> {
    let marks = example.lines().enumerate().filter_map(|(index, line)| {
        let (_, rest) = line.split_once(MARK)?;
        Some((index + 1, rest.strip_prefix(": ").map_or(check.meta.severity, |name| name.parse().unwrap())))
    });
    marks.collect()
}

fn found_lines(check: &'static Check, example: &str) -> Vec<(usize, Severity)> {
    let (snapshot, outcome) = run(check, example);
    let mut lines: Vec<(usize, Severity)> =
        outcome.findings.iter().map(|finding| (line_of(&snapshot, finding), finding.severity)).collect();
    lines.sort_unstable();
    lines
}

fn parsed(snapshot: &Snapshot, finding: &Finding) -> Stream {
    let file = snapshot.objects[finding.object].origin.file;
    seawall_yaml::parse(snapshot.file(file).unwrap().text.get().as_bytes(), &Limits::default())
}

fn line_of(snapshot: &Snapshot, finding: &Finding) -> usize {
    let object = &snapshot.objects[finding.object];
    let stream = parsed(snapshot, finding);
    let located = stream.documents[object.origin.document].locate(&object.origin.path.join(&finding.path));
    let place = LineIndex::new(&stream.text).position(&stream.text, located.anchor().start);
    usize::try_from(place.line).unwrap()
}

/// Runs the check on the whole example.
fn run(check: &'static Check, example: &str) -> (Snapshot, Outcome) {
    run_with(check, example, example)
}

/// Runs the check on the whole example, with what the comments of `header` say.
fn run_with(check: &'static Check, example: &str, header: &str) -> (Snapshot, Outcome) {
    let reading = seawall_inventory::read(
        PathBuf::from("example.yaml"),
        example.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    );
    let mut snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = coverage_of(header);
    assert!(snapshot.problems.is_empty(), "{}: {:?}\n{example}", check.meta.id, snapshot.problems);
    let outcome = judge(check, &snapshot, header);
    (snapshot, outcome)
}

/// Runs the check on a Snapshot, with what the comments of `header` say.
fn judge(check: &'static Check, snapshot: &Snapshot, header: &str) -> Outcome {
    let settings = settings_of(check, header);
    let recorder = Recorder::default();
    let view = View::recorded(snapshot, &recorder);
    let (assumed, cell) = (seawall_rbac::default_roles(settings.version), OnceLock::new());
    let policy = Policy::assuming(snapshot, &assumed);
    let rights = || policy.rights(settings.version);
    let rights = crate::RightsSource::new(&cell, &rights);
    if check.is_of_all() {
        let outcome = match check.run {
            Run::Access(_) => check.on_access(&policy, rights, view, &settings),
            _ => check.on_snapshot(view, &settings),
        };
        needs::hold(check, None, &recorder.take());
        return outcome;
    }
    let mut whole = Outcome { verdict: Verdict::NotApplicable, findings: Vec::new(), besides: None };
    for index in 0..snapshot.objects.len() {
        let subject = crate::Subject::new(view, index).unwrap();
        let subject = subject.with_rights(rights);
        let outcome = check.on_object(&subject, &settings);
        let judged = (outcome.verdict != Verdict::NotApplicable).then(|| &snapshot.objects[index]);
        needs::hold(check, judged, &recorder.take());
        whole.findings.extend(outcome.findings);
        whole.verdict = worse(whole.verdict, outcome.verdict);
    }
    whole
}

/// How far an example is all there is: `# with cluster: all` at its top says that it is what was read of a cluster.
fn coverage_of(example: &str) -> Coverage {
    if example.lines().any(|line| line == "# with cluster: all") {
        Coverage::live(Vec::new())
    } else {
        Coverage::default()
    }
}

/// What an example is judged with, from comments at its top: `# with kubernetes: 1.34`, `# with NAME: VALUE, …` for parameters.
fn settings_of(check: &'static Check, example: &str) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in example.lines().filter_map(|line| line.strip_prefix("# with ")?.split_once(": ")) {
        match name {
            "kubernetes" => settings.version = value.parse().unwrap(),
            "cluster" => assert_eq!(value, "all"),
            _ => {}
        }
        if ["kubernetes", "cluster"].contains(&name) {
            continue;
        }
        let param =
            check.meta.params.iter().find(|param| param.name == name).expect("a parameter of the check");
        let value = match param.default {
            ParamDefault::Bool(_) => ParamValue::Bool(value.parse().unwrap()),
            ParamDefault::Int(_) => ParamValue::Int(value.parse().unwrap()),
            ParamDefault::Strings(_) => ParamValue::Strings(value.split(", ").map(SmolStr::new).collect()),
        };
        settings.params.insert((SmolStr::new(check.meta.id), SmolStr::new(name)), value);
    }
    settings
}

fn worse(a: Verdict, b: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::NotApplicable => 0,
        Verdict::Pass => 1,
        Verdict::Unknown(_) => 2,
        Verdict::Fail => 3,
    };
    if rank(&b) > rank(&a) { b } else { a }
}

/// The example with the fixes of all findings applied, and how many findings had none.
fn apply_fixes(check: &'static Check, example: &str) -> (String, usize) {
    let (snapshot, outcome) = run(check, example);
    let mut text = example.to_owned();
    let mut without_fix = 0;
    // The last first, so that what is removed from a list moves none of those that are left to fix.
    for finding in outcome.findings.iter().rev() {
        let Some(fix) = &finding.fix else {
            without_fix += 1;
            continue;
        };
        let object = &snapshot.objects[finding.object];
        for edit in fix.edits() {
            let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
            let document = &stream.documents[object.origin.document];
            let edit = edit.in_text(&object.origin.path, document);
            text = seawall_yaml::apply(&stream.text, document, &[edit]).unwrap();
        }
    }
    (text, without_fix)
}
