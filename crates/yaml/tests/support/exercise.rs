//! Does everything with an input that the crate can do, and checks what must always hold. For the fuzzer and its seeds.
#![allow(clippy::panic, reason = "tests stop at the first surprise")]

use seawall_yaml::{
    Document, Edit, EditValue, Limits, Node, Path, Severity, Span, Value, apply, comments, parse,
};

/// Fails by a panic.
pub fn exercise(input: &[u8]) {
    let limits = Limits { max_documents: 50, max_problems: 50, ..Limits::default() };
    let stream = parse(input, &limits);
    for problem in &stream.problems {
        assert!(problem.span.end as usize <= stream.text.len(), "{problem:?}");
        assert!(stream.text.is_char_boundary(problem.span.start as usize), "{problem:?}");
        assert!(!problem.message().is_empty() && !problem.help().is_empty());
    }
    let lost = stream.problems.iter().any(|problem| problem.severity() == Severity::Error);
    let mut end = 0;
    for document in &stream.documents {
        assert!(document.span.start >= end || lost, "documents overlap");
        end = document.span.end;
        let nodes = visit(document);
        for comment in comments(document) {
            assert!(comment.span.slice(&stream.text).starts_with('#'));
        }
        if document.span.len() < 4_000 && nodes < 2_000 {
            edit(&stream.text, document, input);
        }
    }
}

/// Visits all nodes, each place once; returns how many there are.
fn visit(document: &Document) -> usize {
    let mut pending = vec![document.root()];
    let mut count = 0;
    while let Some(node) = pending.pop() {
        count += 1;
        let span = node.span();
        assert!(is_within(span, document), "{node:?}");
        if node.is_alias() {
            continue;
        }
        match node.value() {
            Value::Map(entries) => {
                for (key, span, value) in entries {
                    assert!(is_within(span, document));
                    assert!(
                        node.get(key).is_some_and(|found| found.span() == value.span()),
                        "{key:?} is not found"
                    );
                    if count > 2_000 {
                        break;
                    }
                }
                pending.extend(node.written_entries().map(|entry| entry.value));
            }
            Value::Seq(items) => pending.extend(items),
            _ => {}
        }
    }
    count
}

fn is_within(span: Span, document: &Document) -> bool {
    let text = document.text();
    document.span.start <= span.start
        && span.end <= document.span.end
        && text.is_char_boundary(span.start as usize)
        && text.is_char_boundary(span.end as usize)
}

/// Edits a place that the input chooses.
fn edit(text: &str, document: &Document, input: &[u8]) {
    let mut path = Path::root();
    let mut node: Node<'_> = document.root();
    for choice in input.iter().rev().take(4) {
        let children: Vec<(Path, Node<'_>)> = match node.value() {
            Value::Map(entries) => entries.map(|(key, _, value)| (path.key(key), value)).collect(),
            Value::Seq(items) => items.enumerate().map(|(index, item)| (path.index(index), item)).collect(),
            _ => break,
        };
        let Some((below, child)) = children.into_iter().nth(usize::from(*choice) % 3) else { break };
        (path, node) = (below, child);
    }
    let value =
        EditValue::Map(vec![("a".into(), EditValue::Seq(vec![EditValue::from("b: c"), EditValue::Null]))]);
    let edits = [
        Edit::Set { path: path.clone(), value: value.clone() },
        Edit::Set { path: path.key("new"), value: EditValue::Bool(true) },
        Edit::Insert { path: path.clone(), index: 0, value },
        Edit::Remove { path },
    ];
    for edit in edits {
        // Whether it means what it should is checked by `apply` itself.
        if let Ok(edited) = apply(text, document, &[edit]) {
            let start = document.span.start as usize;
            assert_eq!(edited.get(..start), text.get(..start));
        }
    }
}
