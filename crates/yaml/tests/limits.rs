//! Hostile inputs meet a bound, with a problem that names it, and the rest is read.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use seawall_yaml::de::from_node;
use seawall_yaml::{
    Edit, EditValue, Limits, Path, Problem, ProblemKind, Segment, Severity, Stream, apply, parse,
};

fn read(text: &str) -> Stream {
    parse(text.as_bytes(), &Limits::default())
}

fn only_problem(stream: &Stream) -> &Problem {
    assert_eq!(stream.problems.len(), 1, "{:?}", stream.problems);
    stream.problems.first().unwrap()
}

#[test]
fn depth() {
    let limit = Limits::default().max_depth;
    let nested = |open: &str, depth: usize| format!("a: {}\n---\nb: 1\n", open.repeat(depth));
    for text in [
        nested("[", 1_000_000),
        nested("{a: ", 1_000_000),
        format!("{}\n---\nb: 1\n", "- ".repeat(1_000_000)),
    ] {
        let stream = read(&text);
        let problem = only_problem(&stream);
        assert_eq!(problem.kind, ProblemKind::DepthLimit { limit });
        assert!(problem.message().contains("500") && problem.message().contains("max_depth"));
        assert_eq!((problem.severity(), problem.document), (Severity::Error, Some(0)));
        let rest: Vec<usize> = stream.documents.iter().map(|document| document.index).collect();
        assert_eq!(rest, [1]);
    }
    let json = read(&format!("{{\"a\": {}", "[".repeat(1_000_000)));
    assert_eq!(only_problem(&json).kind, ProblemKind::DepthLimit { limit });
    let deepest = read(&format!("{}{}", "[".repeat(limit), "]".repeat(limit)));
    assert_eq!((deepest.problems.len(), deepest.documents.len()), (0, 1));
}

#[test]
fn what_is_deepest_can_be_walked_recursively() {
    // Tests run with a stack of 2 MiB, as threads do by default.
    let limit = Limits::default().max_depth;
    let text = format!("{}{}", "{a: ".repeat(limit), "}".repeat(limit));
    let stream = read(&text);
    let document = stream.documents.first().unwrap();
    let value: serde_json::Value = from_node(document.root()).unwrap();
    let path: Path = (0..limit).map(|_| Segment::Key("a".into())).collect();
    let edit = Edit::Set { path, value: EditValue::Bool(true) };
    assert!(apply(&text, document, &[edit]).unwrap().contains("{a: true}"));
    drop(value);
}

#[test]
fn documents_go_to_other_threads() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    is_shared(&read("a: 1\n"));
}

#[test]
fn depth_counts_through_aliases() {
    let deep = |inner: &str| format!("{}{inner}{}", "[".repeat(200), "]".repeat(200));
    let text = format!("a: &a {}\nb: &b {}\nc: {}\n", deep("1"), deep("*a"), deep("*b"));
    assert!(matches!(only_problem(&read(&text)).kind, ProblemKind::DepthLimit { .. }));
}

#[test]
fn size_and_documents() {
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let stream = parse(b"a: 1\nb: 2\nc: 3\n", &limits);
    assert_eq!(only_problem(&stream).kind, ProblemKind::SizeLimit { limit: 10, size: 15 });
    assert_eq!(stream.documents.len(), 0);

    let limits = Limits { max_documents: 2, ..Limits::default() };
    let stream = parse(b"a: 1\n---\nb: 2\n---\nc: 3\n---\nd: 4\n", &limits);
    let problem = only_problem(&stream);
    assert_eq!(problem.kind, ProblemKind::DocumentLimit { limit: 2 });
    assert_eq!((problem.severity(), stream.documents.len()), (Severity::Error, 2));
}

#[test]
fn a_gibibyte() {
    let stream = parse(&vec![b'a'; 1 << 30], &Limits::default());
    assert!(matches!(only_problem(&stream).kind, ProblemKind::SizeLimit { size: 0x4000_0000, .. }));
}

#[test]
fn aliases() {
    let mut bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for level in 1..20 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let stream = read(&format!("{bomb}---\nb: 1\n"));
    assert!(matches!(only_problem(&stream).kind, ProblemKind::AliasLimit { .. }));
    assert_eq!(stream.documents.len(), 1);

    let limits = Limits { max_alias_expansion: 5, ..Limits::default() };
    let stream = parse(b"a: &a [1, 2, 3]\nb: [*a, *a]\n", &limits);
    assert_eq!(only_problem(&stream).kind, ProblemKind::AliasLimit { limit: 5 });

    let merges = format!("a: &a {{k: 1}}\nb:\n{}", "- {<<: *a}\n".repeat(10));
    assert_eq!(only_problem(&parse(merges.as_bytes(), &limits)).kind, ProblemKind::AliasLimit { limit: 5 });
    for cycle in ["a: &a [*a]\n", "a: &a {b: {c: *a}}\n", "a: &a {<<: *a}\n"] {
        assert_eq!(only_problem(&read(cycle)).kind, ProblemKind::AliasCycle { anchor: "a".to_owned() });
    }
}

#[test]
fn problems() {
    let limits = Limits { max_problems: 3, ..Limits::default() };
    let stream = parse("a: [\n---\n".repeat(10).as_bytes(), &limits);
    assert_eq!(stream.problems.len(), 4);
    let last = stream.problems.iter().find(|problem| problem.code() == "problem-limit").unwrap();
    assert_eq!(last.kind, ProblemKind::ProblemLimit { limit: 3, dropped: 7 });
}

#[test]
fn memory_of_a_large_bundle() {
    let item = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: a\n    labels: {app: b, tier: c}\n  data:\n    k: |\n      some text\n";
    let text = format!("kind: List\nitems:\n{}", item.repeat(20_000));
    let stream = read(&text);
    let tree: usize = stream.documents.iter().map(seawall_yaml::Document::tree_bytes).sum();
    // This is about as dense as manifests get; those of the corpus need 0.7 times their size.
    assert!(tree < text.len() * 3, "{tree} bytes for {} bytes of text", text.len());
    let last = stream.documents.first().unwrap().get(&"items[19999].kind".parse().unwrap()).unwrap();
    assert_eq!(last.as_str(), Some("ConfigMap"));
}
