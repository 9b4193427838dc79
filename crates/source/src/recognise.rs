//! What is for Kubernetes and what is not.
//!
//! Folders hold much that is YAML or JSON and no business of Kubernetes: package.json, pipelines, values of a chart.
//! Seawall is silent about it, with one rule for all: what has no object in it and does not look as if it should have one
//! is left out. What looks like Kubernetes and cannot be read is a problem.

use memchr::memmem;
use seawall_inventory::{Place, Problem, Reading, Weight};

use crate::saved::Saved;

/// What becomes of a text that was read.
#[derive(Debug)]
pub enum Verdict {
    /// It is part of the scan.
    Kubernetes(Box<Reading>),
    /// It is a Snapshot that was saved.
    Saved(Box<Saved>),
    /// It is left out, and why.
    Other(&'static str),
}

/// Whether the bytes may hold an object, so that they are worth parsing. `false` only when they cannot, however kubectl
/// may read them: a key may hide from a search behind an escape (`"api\x56ersion"`) or a tag (`!!binary`), and UTF-16 has
/// a zero byte in every letter.
pub fn may_hold_objects(bytes: &[u8]) -> bool {
    let has = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    has("apiVersion") || (has("kind") && has("metadata")) || memchr::memchr3(b'\\', b'!', 0, bytes).is_some()
}

/// Decides about a text. `asked_for` says that the user named this very text, so that it is taken for Kubernetes when in
/// doubt.
pub fn judge(mut reading: Reading, asked_for: bool) -> Verdict {
    name_templates(&mut reading);
    let lost = reading.problems.iter().any(|problem| problem.weight == Weight::Incomplete);
    let in_doubt = |reading: &Reading| {
        asked_for
            || reading.problems.iter().any(|problem| problem.code == "not-an-object")
            || looks_like_kubernetes(&reading.file.text.get())
    };
    if !reading.objects.is_empty() || (lost && in_doubt(&reading)) {
        return Verdict::Kubernetes(Box::new(reading));
    }
    Verdict::Other(match (lost, reading.documents) {
        (true, _) => "not YAML, and nothing in it looks like Kubernetes",
        (false, 0) => "empty",
        (false, _) => "no Kubernetes object in it",
    })
}

/// Whether a text that could not be read looks like a Kubernetes object: it sets both `apiVersion` and `kind`.
pub fn looks_like_kubernetes(text: &str) -> bool {
    sets(text, "apiVersion") && sets(text, "kind")
}

/// Whether `key` stands in `text` where a key can stand, with a colon behind it.
fn sets(text: &str, key: &str) -> bool {
    memmem::find_iter(text.as_bytes(), key.as_bytes()).any(|at| {
        let (Some(before), Some(after)) = (text.get(..at), text.get(at + key.len()..)) else { return false };
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let before = before.trim_end_matches([' ', '\t']);
        let after = after.strip_prefix(['"', '\'']).unwrap_or(after);
        let after = after.trim_start_matches([' ', '\t']);
        let starts = before.is_empty() || before.ends_with(['\n', '\r', '{', ',', '[', '-', '?', '\u{feff}']);
        starts && after.starts_with(':')
    })
}

/// What a Go template's action begins with. Where a value or a key begins, it is YAML's beginning of a mapping as the key of
/// a mapping, which kubectl refuses; in quotes it is text like any other (alerts of Prometheus are full of it).
const ACTION: &str = "{{";

/// What a parser says of a template that was not rendered. Bounds and encodings have other causes.
const SYNTAX: [&str; 8] = [
    "yaml-syntax",
    "json-syntax",
    "tab",
    "separator",
    "unknown-anchor",
    "merge-value",
    "invalid-key",
    "tag-mismatch",
];

/// Says of documents that cannot be read and hold actions of a template that they are templates: "did not find expected
/// key" helps nobody there.
fn name_templates(reading: &mut Reading) {
    let is_syntax = |problem: &Problem| SYNTAX.contains(&problem.code);
    if !reading.problems.iter().any(is_syntax) {
        return;
    }
    let text = &reading.file.text.get();
    let actions: Vec<usize> =
        memmem::find_iter(text.as_bytes(), ACTION).filter(|at| begins_something(text, *at)).collect();
    if actions.is_empty() {
        return;
    }
    let separators: Vec<usize> = memmem::find_iter(text.as_bytes(), "\n---").collect();
    for problem in reading.problems.iter_mut().filter(|problem| is_syntax(problem)) {
        let Place::Span { span, .. } = &problem.place else { continue };
        let at = span.start as usize;
        let next = separators.partition_point(|separator| *separator < at);
        let start = next.checked_sub(1).and_then(|previous| separators.get(previous)).copied().unwrap_or(0);
        let end = separators.get(next).copied().unwrap_or(text.len());
        let first = actions.get(actions.partition_point(|action| *action < start));
        if first.is_some_and(|action| *action < end) {
            problem.code = "unrendered-template";
            problem.message = format!("a template that was not rendered (`{ACTION}`): {}", problem.message);
            problem.help = "scan the folder of its chart (the one with Chart.yaml), or render it first and scan the result; \
                            leave it out with --exclude when it is not for Kubernetes"
                .to_owned();
        }
    }
}

/// Whether a line, a value or an item begins at `at`.
fn begins_something(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', ':', '-', ','])
}
