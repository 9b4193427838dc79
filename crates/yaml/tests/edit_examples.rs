//! What edits do to comments, quotes, indentation, flow style and line endings, by example.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use seawall_yaml::{Edit, EditError, EditValue, Limits, Path, apply, parse};

fn set(path: &str, value: impl Into<EditValue>) -> Edit {
    Edit::Set { path: path.parse().unwrap(), value: value.into() }
}

fn remove(path: &str) -> Edit {
    Edit::Remove { path: path.parse().unwrap() }
}

fn append(path: &str, index: usize, value: impl Into<EditValue>) -> Edit {
    Edit::Insert { path: path.parse().unwrap(), index, value: value.into() }
}

fn map(entries: &[(&str, EditValue)]) -> EditValue {
    EditValue::Map(entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect())
}

fn strings(items: &[&str]) -> EditValue {
    EditValue::Seq(items.iter().map(|item| EditValue::from(*item)).collect())
}

fn edited(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let stream = parse(text.as_bytes(), &Limits::default());
    apply(&stream.text, stream.documents.last().unwrap(), edits)
}

const POD: &str = "\
# A pod.
kind: Pod
spec:
  containers:
  - name: web   # the web
    image: 'nginx:1'
    securityContext:
      # for now
      privileged: true
    ports: [80, 443]   # both

  # The other.
  - name: log
    securityContext: {}
";

#[test]
fn a_scalar_keeps_its_quotes_and_comment() {
    let after = edited(
        POD,
        &[
            set("spec.containers[0].securityContext.privileged", false),
            set("spec.containers[0].image", "nginx:1.27"),
            set("spec.containers[0].name", "yes"),
        ],
    );
    let expected = POD
        .replace("privileged: true", "privileged: false")
        .replace("'nginx:1'", "'nginx:1.27'")
        .replace("name: web   # the web", "name: \"yes\"   # the web");
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn missing_parents_are_created_in_the_style_around() {
    let after = edited(
        POD,
        &[
            set("spec.securityContext.runAsNonRoot", true),
            set("spec.containers[0].securityContext.capabilities.drop", strings(&["ALL"])),
            set("spec.containers[1].securityContext.privileged", false),
            set("spec.containers[1].resources", map(&[("limits", map(&[("cpu", EditValue::Int(1))]))])),
        ],
    );
    let expected = "\
# A pod.
kind: Pod
spec:
  containers:
  - name: web   # the web
    image: 'nginx:1'
    securityContext:
      # for now
      privileged: true
      capabilities:
        drop:
        - ALL
    ports: [80, 443]   # both

  # The other.
  - name: log
    securityContext: {privileged: false}
    resources:
      limits:
        cpu: 1
  securityContext:
    runAsNonRoot: true
";
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn removing_takes_whole_lines_and_leaves_other_comments() {
    let after = edited(
        POD,
        &[
            remove("spec.containers[0].name"),
            remove("spec.containers[0].ports[0]"),
            remove("spec.containers[1]"),
        ],
    );
    let expected = POD
        .replace("- name: web   # the web\n    image", "- image")
        .replace("[80, 443]", "[443]")
        .replace("  - name: log\n    securityContext: {}\n", "");
    assert_eq!(after.unwrap(), expected);
    assert_eq!(edited("a:\n  b: 1\nc: 2\n", &[remove("a.b")]).unwrap(), "a: {}\nc: 2\n");
    assert_eq!(edited("a:\n- 1\n", &[remove("a[0]")]).unwrap(), "a: []\n");
    assert_eq!(edited("a: 1\nb: 2\na: 3\n", &[remove("a")]).unwrap(), "b: 2\n");
}

#[test]
fn items_are_inserted_with_the_dashes_of_the_list() {
    let text = "a:\n    - 1 # one\n    - 2\nb: [x]\n";
    let after = edited(
        text,
        &[append("a", 0, 0), append("a", 3, map(&[("k", EditValue::Null)])), append("b", 1, "z")],
    );
    assert_eq!(after.unwrap(), "a:\n    - 0\n    - 1 # one\n    - 2\n    - k: null\nb: [x, z]\n");
    assert_eq!(edited("a: 1\n", &[append("b", 0, "x")]).unwrap(), "a: 1\nb:\n- x\n");
}

#[test]
fn line_endings_and_indentation_are_learnt() {
    let text = "a:\r\n    b: 1\r\n    c:\r\n      - 1\r\n";
    let after = edited(text, &[set("a.d", map(&[("e", EditValue::Int(1))])), set("a.f", strings(&["g"]))]);
    assert_eq!(
        after.unwrap(),
        "a:\r\n    b: 1\r\n    c:\r\n      - 1\r\n    d:\r\n        e: 1\r\n    f:\r\n      - g\r\n"
    );
    assert_eq!(edited("a: 1", &[set("b", 2)]).unwrap(), "a: 1\nb: 2");
}

#[test]
fn json_stays_json() {
    let text = "{\n  \"a\": 1,\n  \"b\": {}\n}\n";
    let after = edited(text, &[set("b.c", "x"), set("d", strings(&["e"])), remove("a")]);
    assert_eq!(after.unwrap(), "{\n  \"b\": {\"c\": \"x\"},\n  \"d\": [\"e\"]\n}\n");
}

#[test]
fn only_the_document_is_edited() {
    let text = "a: 1 # x\n---\n# y\na: 1 # z\n---\n";
    assert_eq!(edited(text, &[set("a", 2)]).unwrap(), "a: 1 # x\n---\n# y\na: 2 # z\n---\n");
}

#[test]
fn strings_that_look_like_something_else_are_quoted() {
    for value in [
        "yes", "1", "1e3", "~", "", "a: b", "- a", "# a", "12:30", "0x1", "null", " a", "*a", "a #b",
        "{{ .a }}",
    ] {
        let after = edited("a: b\n", &[set("a", value)]).unwrap();
        assert_eq!(after, format!("a: \"{value}\"\n"));
    }
    assert_eq!(edited("a: b\n", &[set("a", "two\nlines\n")]).unwrap(), "a: \"two\\nlines\\n\"\n");
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let path = |path: &str| path.parse::<Path>().unwrap();
    let shared = "a: &x {b: 1}\nc: *x\n";
    let table = [
        (shared, set("c.b", 2), EditError::Shared(path("c.b"))),
        (shared, set("a.b", 2), EditError::Shared(path("a.b"))),
        ("a: &x {b: 1}\nc: {<<: *x}\n", remove("c.b"), EditError::Shared(path("c.b"))),
        ("a: 1\n", remove("b"), EditError::Missing(path("b"))),
        ("a: [1]\n", set("a[3]", 1), EditError::Missing(path("a[3]"))),
        ("a: 1\n", set("a.b", 1), EditError::Type { path: path("a"), found: "integer" }),
        ("a: 1\n", set("a", EditValue::Float(f64::NAN)), EditError::Number(path("a"))),
    ];
    for (text, edit, error) in table {
        assert_eq!(edited(text, &[edit]), Err(error), "{text}");
    }
    // What is written here overrides what is merged.
    assert_eq!(
        edited("a: &x {b: 1}\nc:\n  <<: *x\n", &[set("c.b", 2)]).unwrap(),
        "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n"
    );
    let stream = parse(b"a: 1\n", &Limits::default());
    assert_eq!(apply("a: 2\n", stream.documents.first().unwrap(), &[]), Err(EditError::OtherText));
}
