//! What suppressions in manifests cover.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use std::fmt::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use seawall_inventory::{Place, Provenance, Reading, read};
use seawall_yaml::{Limits, LineIndex, Segment};

fn reading(text: &str) -> Reading {
    read(PathBuf::from("a.yaml"), text.as_bytes(), Provenance::Verbatim, &Limits::default())
}

/// Every suppression as `object: path: checks: reason`, the root as `.`; every problem as `line: code`.
fn found(text: &str) -> Vec<String> {
    let reading = reading(text);
    let mut lines = Vec::new();
    for object in &reading.objects {
        for ignore in &object.ignores {
            let path = if ignore.path.is_empty() { ".".to_owned() } else { ignore.path.to_string() };
            let until = ignore.expires.as_ref().map(|date| format!(" until {date}")).unwrap_or_default();
            lines.push(format!(
                "{}: {path}: {}{until}: {}",
                object.metadata.name,
                ignore.checks.join(","),
                ignore.reason
            ));
        }
    }
    let index = LineIndex::new(&reading.file.text.get());
    for problem in &reading.problems {
        let Place::Span { span, .. } = problem.place else { panic!("{problem:?}") };
        let position = index.position(&reading.file.text.get(), span.start);
        lines.push(format!("{}: {}", position.line, problem.code));
    }
    lines
}

#[test]
fn what_a_comment_covers() {
    for (what, text, expected) in [
        (
            "a trailing comment covers the entry",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true # seawall: ignore[x] why\n  containers: []\n",
            &["a: spec.hostPID: x: why"][..],
        ),
        (
            "the first entry of a mapping as well",
            "apiVersion: v1 # seawall: ignore[x] why\nkind: Pod\nmetadata: {name: a}\n",
            &["a: apiVersion: x: why"],
        ),
        (
            "with everything below it",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: # seawall: ignore[x] why\n  hostPID: true\n",
            &["a: spec: x: why"],
        ),
        (
            "at the first line of an item, the item",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: b # seawall: ignore[x] why\n    image: c # seawall: ignore[y] so\n",
            &["a: spec.containers[0]: x: why", "a: spec.containers[0].image: y: so"],
        ),
        (
            "behind a lonely dash, the item",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - # seawall: ignore[x] why\n    name: b\n",
            &["a: spec.containers[0]: x: why"],
        ),
        (
            "behind a list of strings, the string",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  args:\n  - b\n  - c # seawall: ignore[x] why\n",
            &["a: spec.args[1]: x: why"],
        ),
        (
            "a comment on its own line covers what comes next",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  # seawall: ignore[x] why\n\n  # another\n  # seawall: ignore[y] so\n  hostPID: true\n  hostIPC: true\n",
            &["a: spec.hostPID: x: why", "a: spec.hostPID: y: so"],
        ),
        (
            "an item too, whatever the indentation",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n# seawall: ignore[x] why\n  - name: b\n        # seawall: ignore[y] so\n  - name: c\n",
            &["a: spec.containers[0]: x: why", "a: spec.containers[1]: y: so"],
        ),
        (
            "before the first key, the whole object",
            "# seawall: ignore[x] why\n# a licence\n\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            &["a: .: x: why"],
        ),
        (
            "before, on and after the separator of the first document",
            "# seawall: ignore[x] why\n--- # seawall: ignore[y] so\n# seawall: ignore[z] thus\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            &["a: .: x: why", "a: .: y: so", "a: .: z: thus"],
        ),
        (
            "each document for itself",
            "# seawall: ignore[x] why\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n# seawall: ignore[y] so\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
            &["a: .: x: why", "b: .: y: so"],
        ),
        (
            "each item of a List for itself",
            "apiVersion: v1\nkind: List\nitems:\n# seawall: ignore[x] why\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: v1 # seawall: ignore[y] so\n  kind: Pod\n  metadata: {name: b}\n  spec:\n    # seawall: ignore[z] thus\n    hostPID: true\n",
            &["a: .: x: why", "b: .: y: so", "b: spec.hostPID: z: thus"],
        ),
        (
            "a flow mapping on one line as its entry",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, hostIPC: true} # seawall: ignore[x] why\n",
            &["a: spec: x: why"],
        ),
        (
            "in a flow mapping over lines, what starts on the line",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {\n  hostPID: true, hostIPC: true, # seawall: ignore[x] why\n  hostNetwork: true\n}\n",
            &["a: spec.hostPID: x: why", "a: spec.hostIPC: x: why"],
        ),
        (
            "an anchor, wherever it is used",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - securityContext: &c\n      privileged: true # seawall: ignore[x] why\n  - securityContext: *c\n  - securityContext:\n      <<: *c\n",
            &[
                "a: spec.containers[0].securityContext.privileged: x: why",
                "a: spec.containers[1].securityContext.privileged: x: why",
                "a: spec.containers[2].securityContext.privileged: x: why",
            ],
        ),
        (
            "behind the header of a block scalar, the entry",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: | # seawall: ignore[x] why\n    text\n  # seawall: ignore[y] so\n  c: d\n",
            &["a: data.b: x: why", "a: data.c: y: so"],
        ),
        (
            "behind another comment",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true # needed # seawall: ignore[x] why\n",
            &["a: spec.hostPID: x: why"],
        ),
        (
            "with CRLF",
            "# seawall: ignore[x] why\r\napiVersion: v1\r\nkind: Pod\r\nmetadata: {name: a}\r\nspec:\r\n  hostPID: true # seawall: ignore[y] so\r\n",
            &["a: .: x: why", "a: spec.hostPID: y: so"],
        ),
        (
            "with a date",
            "# seawall: ignore[x] until 2027-01-31 why\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            &["a: .: x until 2027-01-31: why"],
        ),
        (
            "without a reason, which the engine judges",
            "# seawall: ignore[x]\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
            &["a: .: x: "],
        ),
    ] {
        assert_eq!(found(text), expected, "{what}:\n{text}");
    }
}

#[test]
fn what_is_no_comment() {
    for (what, text) in [
        (
            "in quotes",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  b: \"c # seawall: ignore[x] why\"\n  d: 'e # seawall: ignore[x] why'\n",
        ),
        (
            "in quotes over lines",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  b: \"c\n\n    # seawall: ignore[x] why\n    d\"\n",
        ),
        (
            "in a quoted key",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  \"b # seawall: ignore[x] why\": c\n",
        ),
        (
            "in a block scalar",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: |\n    # seawall: ignore[x] why\n    c: d # seawall: ignore[x] why\n  e: >-\n    # seawall: ignore[x] why\n\n    # seawall: ignore[x] why\n",
        ),
        (
            "in what a duplicate key hides",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: |\n    # seawall: ignore[x] why\n  c: '1'\n",
        ),
        (
            "in a plain scalar",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  b: c# seawall:ignore[x] why\n",
        ),
        (
            "in JSON",
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a # seawall: ignore[x] why\"}}",
        ),
        (
            "in another word",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a} # myseawall: ignore[x] why\n# about seawall: nothing\n",
        ),
    ] {
        assert_eq!(found(text), [""; 0], "{what}:\n{text}");
    }
    let hidden = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  b: |\n    # seawall: ignore[x] why\n  b: '1'\n";
    assert_eq!(found(hidden), ["7: duplicate-key"]);
}

#[test]
fn nothing_written_is_lost_in_silence() {
    for (what, text, expected) in [
        (
            "not understood",
            "apiVersion: v1 # seawall: disable x\nkind: Pod\nmetadata: {name: a}\n",
            &["1: ignore-syntax"][..],
        ),
        (
            "at the end of a document",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n# seawall: ignore[x] why\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
            &["4: ignore-covers-nothing"],
        ),
        (
            "at the end of the text",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n# seawall: ignore[x] why\n",
            &["5: ignore-covers-nothing"],
        ),
        (
            "behind what ends a mapping",
            "apiVersion: v1\nkind: Pod\nmetadata: {\n name: a\n} # seawall: ignore[x] why\n",
            &["5: ignore-covers-nothing"],
        ),
        (
            "for all of a List",
            "# seawall: ignore[x] why\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n",
            &["1: ignore-covers-nothing"],
        ),
        (
            "in a document that is no object",
            "# seawall: ignore[x] why\nreplicas: 3\n",
            &["1: ignore-covers-nothing"],
        ),
        (
            "on what a duplicate key hides",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true # seawall: ignore[x] why\n  hostPID: true\n",
            &["5: ignore-covers-nothing", "6: duplicate-key"],
        ),
    ] {
        assert_eq!(found(text), expected, "{what}:\n{text}");
    }
}

#[test]
fn a_document_that_cannot_be_read_lends_nothing_to_the_next() {
    let text = "a: [\n# seawall: ignore[x] why\n---\n# seawall: ignore[y] so\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    assert_eq!(found(text)[0], "a: .: y: so");
    assert!(!found(text).iter().any(|line| line.contains("why") || line.contains("covers-nothing")));
}

#[test]
fn annotations() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  annotations:\n    seawall.dev/ignore: |\n      x, y until 2027-01-31: why\n\n      # about z\n      z: so\nspec:\n  template:\n    metadata:\n      annotations: {seawall.dev/ignore: \"v: thus\\nw\"}\n    spec: {}\n";
    assert_eq!(
        found(text),
        [
            "a: .: x,y until 2027-01-31: why",
            "a: .: z: so",
            "a: spec.template: v: thus",
            "a: spec.template: w: ",
        ]
    );
    let reading = reading(text);
    let spans: Vec<&str> = reading.objects[0].ignores.iter().map(|ignore| ignore.span.slice(text)).collect();
    assert_eq!(spans, ["x, y until 2027-01-31: why", "z: so", "v: thus", "w"]);

    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {seawall.dev/ignore: 'x: why'}\nspec: {}\n";
    assert_eq!(found(pod), ["a: .: x: why"], "once, though the object's metadata is the pod's");
    let json = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"seawall.dev/ignore\":\"x: why\"}}}";
    assert_eq!(found(json), ["a: .: x: why"]);
    let wrong = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    seawall.dev/ignore: |\n      x: why\n      !: y\n";
    assert_eq!(found(wrong), ["a: .: x: why", "8: ignore-syntax"]);
}

/// A cost that is not linear would take hours here.
#[test]
fn hostile_texts_cost_linear_time() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
    let comment = "# seawall: ignore[x] why\n";
    let mut on_one_line = format!("{head}  a: b #");
    let mut trailing = head.to_owned();
    let mut alone = head.to_owned();
    let mut aliases = format!("{head}  a: &a\n    b: c # seawall: ignore[x] why\n  d:\n");
    let mut stacked = format!("{head}{}  a: &a\n    b: c\n  d:\n", comment.repeat(100_000));
    let mut quoted = format!("{head}  a: &a |\n");
    for index in 0..100_000 {
        on_one_line.push_str(" seawall: seawall:");
        writeln!(trailing, "  k{index}: 1 {}", comment.trim_end()).unwrap();
        writeln!(alone, "  {comment}").unwrap();
        aliases.push_str("  - *a\n");
        stacked.push_str("  - *a\n");
        writeln!(quoted, "    {comment}").unwrap();
    }
    alone.push_str("  last: 1\n");
    for index in 0..100_000 {
        writeln!(quoted, "  k{index}: *a").unwrap();
    }
    for (what, text, ignores) in [
        ("on one line", &on_one_line, 0),
        ("trailing", &trailing, 100_000),
        ("alone", &alone, 100_000),
        ("aliases", &aliases, 1_000),
        ("stacked", &stacked, 100_000),
        ("quoted", &quoted, 0),
    ] {
        let reading = reading(text);
        assert_eq!(
            reading.objects.iter().map(|object| object.ignores.len()).sum::<usize>(),
            ignores,
            "{what}"
        );
    }
}

/// Documents with everything that has lines: block scalars, flow collections over lines, items, anchors, a List, and what is no
/// object. Lines within quotes or block scalars are marked with `~`: there a comment would be none.
const MIXED: &str = "apiVersion: v1
kind: Pod
metadata:
  name: a
  labels: {
    app: b,
    tier: c
  }
spec:
  volumes:
  - name: v
    configMap:
      items: &items
      - key: k
        path: |
~          text
~
~          text
      - {key: l, path: m}
  - name: w
    configMap:
      items: *items
  containers:
  -
    name: c
    args: ['a',
      'b', 'c']
    command:
    - \"d
~      e\"
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: d}
- kind: ConfigMap
  apiVersion: v1
  metadata:
    name: e
  data:
    f: >-
~      folded
---
replicas: 3
---
# nothing
---
kind: Secret
apiVersion: v1
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every comment covers something or is reported, and what it covers starts where the rules say: looked up again by its
    /// path in the tree.
    #[test]
    fn every_comment_covers_what_starts_on_its_line_or_is_reported(
        places in prop::collection::btree_map(0..48usize, any::<bool>(), 1..6),
        indent in 0..8usize,
    ) {
        let mut text = String::new();
        // Line of each comment, from 1, and the line that it is about.
        let mut comments: Vec<(u32, Option<u32>)> = Vec::new();
        let lines: Vec<&str> = MIXED.lines().collect();
        let is_content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let mut alone: Vec<usize> = Vec::new();
        let mut number = 0;
        for (index, line) in lines.iter().enumerate() {
            let next_is_quoted = lines.get(index + 1).is_some_and(|next| next.starts_with('~'));
            let within = line.starts_with('~');
            if !within && places.get(&index) == Some(&false) {
                // As deep as a block scalar before it, it would be a line of that.
                let behind_scalar = index > 0 && lines[index - 1].starts_with('~');
                let indent = if behind_scalar { 0 } else { indent };
                writeln!(text, "{}# seawall: ignore[x] why", " ".repeat(indent)).unwrap();
                number += 1;
                alone.push(comments.len());
                comments.push((number, None));
            }
            number += 1;
            text.push_str(line.strip_prefix('~').unwrap_or(line));
            if is_content(line) {
                for comment in alone.drain(..) {
                    comments[comment].1 = Some(number);
                }
            }
            let opens_quote = next_is_quoted && !line.ends_with('|') && !line.ends_with("-");
            if !within && !opens_quote && is_content(line) && places.get(&index) == Some(&true) {
                text.push_str(" # seawall: ignore[x] why");
                let target = comments.len();
                comments.push((number, Some(number)));
                if line.trim() == "-" {
                    alone.push(target);
                }
            }
            text.push('\n');
        }
        let reading = reading(&text);
        let index = LineIndex::new(&text);
        let line = |at: u32| index.position(&text, at).line;
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        let mut accounted: Vec<u32> = Vec::new();
        for object in &reading.objects {
            let document = stream.documents.iter().find(|d| d.index == object.origin.document).unwrap();
            for ignore in &object.ignores {
                let at = line(ignore.span.start);
                accounted.push(at);
                let (_, target) = comments.iter().find(|(line, _)| *line == at).unwrap();
                let path = object.origin.path.clone().join(&ignore.path);
                if path.is_empty() {
                    prop_assert!(ignore.span.start < document.root().span().start);
                    continue;
                }
                let located = document.locate(&path);
                prop_assert!(located.exact, "{path}");
                let start = located.key_span.unwrap_or_else(|| located.node.span()).start;
                prop_assert_eq!(Some(line(start)), *target, "{}\n{}", path, text);
                // The outermost: what it stands in starts on another line, unless that is the object.
                let above = path.parent().filter(|above| !above.is_empty());
                if let Some(above) = above.map(|above| document.locate(above)) {
                    let start = above.key_span.unwrap_or_else(|| above.node.span()).start;
                    let in_object = !ignore.path.is_empty();
                    prop_assert!(!in_object || Some(line(start)) != *target, "{}\n{}", path, text);
                }
                prop_assert!(matches!(path.last(), Some(Segment::Key(_) | Segment::Index(_))));
            }
        }
        for problem in &reading.problems {
            let Place::Span { span, .. } = problem.place else { panic!("{problem:?}") };
            prop_assert_eq!(problem.code, "ignore-covers-nothing", "{}", text);
            accounted.push(line(span.start));
        }
        accounted.sort_unstable();
        accounted.dedup();
        let all: Vec<u32> = comments.iter().map(|(line, _)| *line).collect();
        prop_assert_eq!(accounted, all, "{}", text);
    }

    #[test]
    fn no_text_panics(
        text in "(seawall: ?ignore\\[|seawall.dev/ignore|# ?|\\]| until |2026-01-01|apiVersion: v1\n|kind: Pod\n|metadata:|  name: a\n|annotations:|---|[-:,{}\\[\\]|>&* \n'\"])*",
    ) {
        let _ = reading(&text);
    }
}
