//! Where nodes, keys and problems stand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod support;

use seawall_yaml::{
    Document, Format, Limits, LineIndex, Node, Path, Position, Segment, Span, Style, Value, parse,
};
use support::{canonical, generate};

#[test]
fn nodes_stand_where_they_are_written() {
    let text = "\
# comment
apiVersion: v1
list:
- one   # comment
- two: 2
  three: 'it''s'
  
-
  - four
empty:
folded: >-
  some
  text

quoted: \"a\\tb\"
flow: {a: [1, yes], b: }
anchored: &x !!str 5
alias: *x
last: plain
  over lines
";
    let table = [
        ("apiVersion", "v1"),
        ("list", "- one   # comment\n- two: 2\n  three: 'it''s'\n  \n-\n  - four"),
        ("list[0]", "one"),
        ("list[1]", "two: 2\n  three: 'it''s'"),
        ("list[1].three", "'it''s'"),
        ("list[2]", "- four"),
        ("list[2][0]", "four"),
        ("empty", ""),
        ("folded", ">-\n  some\n  text\n"),
        ("quoted", "\"a\\tb\""),
        ("flow", "{a: [1, yes], b: }"),
        ("flow.a", "[1, yes]"),
        ("flow.a[1]", "yes"),
        ("flow.b", ""),
        ("anchored", "5"),
        ("alias", "*x"),
        ("last", "plain\n  over lines"),
    ];
    let stream = parse(text.as_bytes(), &Limits::default());
    let document = stream.documents.first().unwrap();
    for (path, slice) in table {
        let path: Path = path.parse().unwrap();
        let located = document.locate(&path);
        assert!(located.exact, "{path}");
        assert_eq!(located.node.span().slice(text), slice, "{path}");
        if let Some(Segment::Key(key)) = path.last() {
            assert_eq!(located.key_span.unwrap().slice(text), key, "{path}");
            assert_eq!(located.anchor(), located.key_span.unwrap());
        }
    }
    let alias = document.get(&"alias".parse().unwrap()).unwrap();
    assert!(alias.is_alias());
    assert_eq!((alias.as_str(), alias.content_span().slice(text)), (Some("5"), "5"));
}

#[test]
fn the_deepest_existing_ancestor_is_found() {
    let text = "a:\n  b: [1]\n";
    let stream = parse(text.as_bytes(), &Limits::default());
    let document = stream.documents.first().unwrap();
    for (path, depth, slice) in
        [("a.b[3].c", 2, "[1]"), ("a.x.y", 1, "b: [1]"), ("z", 0, "a:\n  b: [1]"), ("a.b[0].c", 3, "1")]
    {
        let located = document.locate(&path.parse().unwrap());
        assert_eq!(
            (located.depth, located.exact, located.node.span().slice(text)),
            (depth, false, slice),
            "{path}"
        );
    }
}

#[test]
fn scalars_of_random_documents_are_what_their_slice_says() {
    let mut compared = 0;
    for seed in 0..10_000 {
        let input = generate::stream(seed);
        let stream = parse(&input, &Limits::default());
        for document in &stream.documents {
            compared += check(document, document.root(), document.span);
        }
    }
    assert!(compared > 10_000, "only {compared}");
}

fn check(document: &Document, node: Node<'_>, within: Span) -> usize {
    let (span, text) = (node.span(), document.text());
    assert!(within.start <= span.start && span.end <= within.end, "{span:?} in {within:?} of {text:?}");
    if node.is_alias() {
        assert!(span.slice(text).starts_with('*'));
        return 0;
    }
    match node.value() {
        Value::Map(_) => node
            .written_entries()
            .map(|entry| {
                assert!(span.start <= entry.key_span.start && entry.key_span.end <= span.end);
                assert!(entry.key_span.end <= entry.value.span().start);
                check(document, entry.value, span)
            })
            .sum(),
        Value::Seq(items) => items.map(|item| check(document, item, span)).sum(),
        _ => check_scalar(document, node),
    }
}

fn check_scalar(document: &Document, node: Node<'_>) -> usize {
    let slice = node.span().slice(document.text());
    let (first, last) = (slice.chars().next(), slice.chars().next_back());
    match node.style() {
        Style::SingleQuoted => assert_eq!((first, last), (Some('\''), Some('\''))),
        Style::DoubleQuoted => assert_eq!((first, last), (Some('"'), Some('"'))),
        Style::Literal => assert_eq!(first, Some('|')),
        Style::Folded => assert_eq!(first, Some('>')),
        _ => {}
    }
    // A tag is not part of the slice, and lines and indentation mean something else elsewhere.
    let before = document.text().get(..node.span().start as usize);
    let before = before.unwrap_or_else(|| panic!("{node:?} in {:?}", document.text()));
    let has_tag = before.rsplit('\n').next().unwrap().contains('!');
    let has_other_meaning = slice.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{feff}'])
        || has_tag
        || slice.is_empty()
        || document.format() == Format::Json
        || node.as_f64().is_some_and(|number| !number.is_finite());
    if has_other_meaning {
        return 0;
    }
    // In flow context some characters end a plain value.
    let read = [format!("[{slice}]\n"), format!("- {slice}\n")].map(|alone| {
        let stream = parse(alone.as_bytes(), &Limits::default());
        stream.documents.first().and_then(|document| Some(canonical(document.root().item(0)?)))
    });
    assert!(read.contains(&Some(canonical(node))), "{slice:?} in {:?}: {read:?}", document.text());
    1
}

#[test]
fn lines_and_columns() {
    let text = "a: é1\r\nb: x\n\nlast";
    let index = LineIndex::new(text);
    let at = |needle: &str| {
        let Position { line, column } =
            index.position(text, u32::try_from(text.find(needle).unwrap()).unwrap());
        (line, column)
    };
    assert_eq!((at("a"), at("1"), at("b"), at("last")), ((1, 1), (1, 5), (2, 1), (4, 1)));
    assert_eq!(index.position(text, 10_000), Position { line: 4, column: 5 });
    let lines: Vec<&str> =
        (1..=index.lines()).map(|line| index.line_span(text, line).unwrap().slice(text)).collect();
    assert_eq!(lines, ["a: é1", "b: x", "", "last"]);
    assert_eq!((index.line_span(text, 0), index.line_span(text, 5)), (None, None));
}

#[test]
fn paths_are_written_and_read() {
    let table = [
        ("", Path::root()),
        ("spec.containers[0].image", Path::root().key("spec").key("containers").index(0).key("image")),
        ("metadata.annotations[\"a.b/c\"]", Path::root().key("metadata").key("annotations").key("a.b/c")),
        ("[\"\"][1][\"a\\\"\\\\\\u{a}b\"]", Path::root().key("").index(1).key("a\"\\\nb")),
        ("[0].x", Path::root().index(0).key("x")),
    ];
    for (text, path) in table {
        assert_eq!((path.to_string().as_str(), text.parse().as_ref()), (text, Ok(&path)));
    }
    for wrong in [
        ".",
        "a.",
        ".a",
        "a[",
        "a[]",
        "a[x]",
        "a[\"b]",
        "a[\"b\"",
        "a[1]b",
        "a b",
        "[99999999999999999999999]",
    ] {
        assert!(wrong.parse::<Path>().is_err(), "{wrong}");
    }
}

#[test]
fn problems_stand_where_they_arise() {
    let table = [
        ("a: b: c\n", "yaml-syntax", ":"),
        ("a: 1\nbc\nd: 2\n", "yaml-syntax", "bc"),
        ("a:\n\tb: 1\n", "tab", "\t"),
        ("a: 1\n---\nb: *x\n", "unknown-anchor", "*x"),
        ("a: 1\nb: 2\n a: 3\n", "yaml-syntax", ":"),
        ("x: {a: 1, b: 2, a: 3}\n", "duplicate-key", "a"),
        ("a: 1\n--- b\n", "separator", "b"),
        ("a: 1\n...\nb: 2\n", "dropped-document", "b: 2"),
        ("a: !!int x\n", "tag-mismatch", "x"),
        ("a: .inf\n", "number", ".inf"),
        ("{\"a\": 1e999}", "number", "1e999"),
        ("~: 1\n", "invalid-key", "~"),
        ("{{ x }}: 1\n", "invalid-key", "{"),
        ("a: {<<: 1}\n", "merge-value", "1"),
        ("a: \u{7f}\n", "encoding", "\u{7f}"),
        ("x: &x {a: 1}\ny: {a: 2, <<: *x}\n", "merge-override", "a"),
        ("{\"a\": 1 \"b\": 2}", "json-syntax", "\""),
    ];
    for (text, code, slice) in table {
        let stream = parse(text.as_bytes(), &Limits::default());
        let found: Vec<_> = stream
            .problems
            .iter()
            .map(|problem| (problem.code(), problem.span.slice(&stream.text)))
            .collect();
        assert_eq!(found, [(code, slice)], "{text:?}");
        for problem in &stream.problems {
            assert!(!problem.message().is_empty() && !problem.help().is_empty());
        }
    }
}
