//! What the tests share: values in the text form of the oracle, and the comparison with kubectl.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

pub mod generate;

use std::fmt::Write as _;

use seawall_rig::{Answer, Document as Kubectl};
use seawall_yaml::{Limits, Node, Problem, ProblemKind, Severity, Stream, Value, parse};

/// Writes a node as `seawall_rig::canonical` writes values.
pub fn canonical(node: Node<'_>) -> String {
    let mut out = String::new();
    write(&mut out, node);
    out
}

fn write(out: &mut String, node: Node<'_>) {
    match node.value() {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => write!(out, "{value}").unwrap(),
        Value::Int(value) => write!(out, "{value}").unwrap(),
        Value::Float(value) => write!(out, "{value:e}").unwrap(),
        Value::Str(value) => write_string(out, value),
        Value::Seq(items) => {
            out.push('[');
            for (index, item) in items.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.collect();
            entries.sort_by_key(|(key, _, _)| *key);
            out.push('{');
            for (index, (key, _, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write(out, value);
            }
            out.push('}');
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// What kubectl would have seen of a stream: all before the first error, and whether there is one.
pub fn as_kubectl(stream: &Stream) -> (Vec<Result<String, ()>>, bool) {
    let errors: Vec<_> =
        stream.problems.iter().filter(|problem| problem.severity() == Severity::Error).collect();
    // A number that cannot be held costs only its document; every other error ends kubectl's reading.
    let held =
        |index: usize| errors.iter().any(|problem| problem.document == Some(index) && is_number(problem));
    let end = errors
        .iter()
        .filter(|problem| !is_json_number(stream, problem))
        .map(|problem| problem.document.unwrap_or(0))
        .min();
    let mut documents: Vec<(usize, Result<String, ()>)> = stream
        .documents
        .iter()
        .filter(|document| !held(document.index))
        .map(|document| (document.index, Ok(canonical(document.root()))))
        .collect();
    documents.extend(
        errors
            .iter()
            .filter(|problem| is_json_number(stream, problem))
            .map(|problem| (problem.document.unwrap_or(0), Err(()))),
    );
    documents.sort_by_key(|(index, _)| *index);
    let before = documents.into_iter().filter(|(index, _)| end.is_none_or(|end| *index < end));
    (before.map(|(_, document)| document).collect(), end.is_some())
}

fn is_number(problem: &Problem) -> bool {
    problem.code() == "number"
}

/// In JSON the error comes when the value is decoded, after the document was cut out; in YAML when it is cut out. Only in
/// JSON is it a number in digits: in YAML one that is too large is a string.
fn is_json_number(stream: &Stream, problem: &Problem) -> bool {
    let first = problem.span.slice(&stream.text).trim_start_matches('-').chars().next();
    is_number(problem) && first.is_some_and(|first| first.is_ascii_digit())
}

/// How this reader and kubectl differ; `None` when they agree.
pub fn difference(input: &[u8], answer: &Answer) -> Option<String> {
    let stream = parse(input, &Limits::default());
    let ours = as_kubectl(&stream);
    let theirs: Vec<Result<String, ()>> = answer
        .documents
        .iter()
        .map(|document| match document {
            Kubectl::Json(text) => Ok(text.clone()),
            Kubectl::Error(_) => Err(()),
        })
        .collect();
    let theirs = (theirs, answer.error.is_some());
    (ours != theirs).then(|| {
        format!(
            "input: {:?}\nkubectl: {:?} error: {:?}\nseawall: {:?} error: {}\nproblems: {:?}",
            String::from_utf8_lossy(input),
            theirs.0,
            answer.error,
            ours.0,
            ours.1,
            stream.problems
        )
    })
}

/// Why kubectl's answer cannot be compared with, if it cannot.
pub fn incomparable(input: &[u8], answer: &Answer) -> Option<&'static str> {
    if answer.crash.is_some() {
        return Some("kubectl crashes");
    }
    let stream = parse(input, &Limits::default());
    let is_random = |kind: &ProblemKind| matches!(kind, ProblemKind::DuplicateKey { ambiguous: true, .. });
    if stream.problems.iter().any(|problem| is_random(&problem.kind)) {
        return Some("kubectl picks one of two keys at random");
    }
    if stream.text.contains('\u{feff}') {
        return Some(
            "go-yaml skips characters at places that depend on how its read buffer was filled (is_bom)",
        );
    }
    None
}
