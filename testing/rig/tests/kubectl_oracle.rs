//! The oracle says what the real kubectl says: the same inputs go through both.
//!
//! kubectl shows what it has read when an annotation is set without a server (`kubectl annotate --local -o json`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use seawall_rig::{Document, Tool, canonical, kubectl_oracle, tool};
use serde_json::{Value, json};

/// Inputs that reach each of kubectl's ways of reading: YAML, JSON, switching between them, encodings, errors.
const INPUTS: &[&[u8]] = &[
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: [Yes, no, on, Off, y, n, ~, 'yes']\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: [1, 0x1F, 017, 0o17, 0b11, 1_000, +3, -0]\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: [1.5, 1e3, .5, 6.02e23, 18446744073709551615]\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: [2024-01-02, 12:30:45, 1:2, =]\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: 1\nx: 2\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a}\nx: {<<: *m, y: 1}\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n1: one\ntrue: yes\n1.5: f\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: |\n  a\n   b\n\ny: >-\n  c\n  d\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n",
    b"---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n...\n---\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n--- # comment\nnull\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n--- text\nkind: X\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\na: [\n---\nkind: X\n",
    b"\tapiVersion: v1\n",
    b"a: b: c\n",
    b"just a scalar\n",
    b"- a\n- b\n",
    b"kind: ConfigMap\nmetadata: {name: a}\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: 1}}\n",
    b"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n",
    br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":[1,1.0,1e2,"\u0000<>"]}"#,
    br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":1,"x":2,"X":3}"#,
    br#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"}}"#,
    b"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n",
    b"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
    b"{\"apiVersion\":\"v1\",",
    b"\xef\xbb\xbfapiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\n",
    b"\xff\xfek\x00i\x00n\x00d\x00:\x00 \x00X\x00\n\x00a\x00p\x00i\x00V\x00e\x00r\x00s\x00i\x00o\x00n\x00:\x00 \x00v\x001\x00\n\x00",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \xff}\n",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: !!binary aGk=\ny: !!str 1\nz: !custom 1\n",
    b"",
];

#[test]
fn the_oracle_agrees_with_the_real_kubectl() {
    let answers = kubectl_oracle().unwrap().ask(INPUTS).unwrap();
    let (mut objects, mut failures) = (0, 0);
    for (input, answer) in INPUTS.iter().zip(&answers) {
        let shown = String::from_utf8_lossy(input);
        let real = annotate(input);
        let expected: Vec<Value> = answer.objects.iter().map(|object| annotated(object)).collect();
        assert_eq!(real.objects, expected, "objects of {shown:?}; kubectl says {}", real.message);
        let failed = answer.object_errors.is_some();
        assert_eq!(real.failed, failed, "outcome of {shown:?}: {} / {answer:?}", real.message);
        if let Some(error) = &answer.error {
            assert!(real.message.contains(error.trim()), "message for {shown:?}: {} / {error}", real.message);
        }
        objects += answer.objects.len();
        failures += usize::from(failed);
    }
    assert!(
        objects >= 20 && failures >= 8,
        "{objects} objects and {failures} failures: the table has lost its use"
    );
}

/// Kubernetes has int64 and float64. A number in JSON is a float when it is written as one or does not fit; a number in
/// YAML goes through JSON text first (sigs.k8s.io/yaml), where a whole float is written like an integer.
#[test]
fn integers_and_floats_stay_apart() {
    let table = [
        ("[1, 1.0, -0.0, 1e3, 1.5]\n", "[1,1,0,1000,1.5e0]"),
        ("[18446744073709551615, 1e20, 1e21]\n", "[1.8446744073709552e19,1e20,1e21]"),
        ("{\"a\": [1, 1.0, -0.0, 1e3, 1.5]}\n", "{\"a\":[1,1e0,-0e0,1e3,1.5e0]}"),
    ];
    let answers = kubectl_oracle().unwrap().ask(&table.map(|(input, _)| input)).unwrap();
    for ((input, expected), answer) in table.iter().zip(answers) {
        assert_eq!(answer.documents, [Document::Json((*expected).to_owned())], "{input}");
    }
}

#[test]
fn documents_that_are_no_objects_are_answered_and_empty_ones_left_out() {
    let answers = kubectl_oracle().unwrap().ask(&["[1]\n---\n---\nnull\n---\n\"a\"\n"]).unwrap();
    assert_eq!(answers[0].documents, ["[1]", "\"a\""].map(|text| Document::Json(text.to_owned())));
    assert_eq!(answers[0].error, None);
}

#[test]
fn a_number_beyond_float64_is_an_error_of_its_document_alone() {
    let answers = kubectl_oracle().unwrap().ask(&["{\"a\":1e999}\n{\"b\":1}\n"]).unwrap();
    let [Document::Error(error), Document::Json(json)] = answers[0].documents.as_slice() else {
        panic!("{:?}", answers[0]);
    };
    assert!(error.contains("1e999"), "{error}");
    assert_eq!(json, r#"{"b":1}"#);
}

#[test]
fn thousands_of_inputs_are_answered_in_order_by_one_process() {
    let inputs: Vec<String> =
        (0..20_000).map(|n| format!("number: {n}\npad: '{}'\n", "x".repeat(n % 500))).collect();
    let mut oracle = kubectl_oracle().unwrap();
    let answers = oracle.ask(&inputs).unwrap();
    assert_eq!(answers.len(), inputs.len());
    for (n, answer) in answers.iter().enumerate() {
        let value = json!({"number": n, "pad": "x".repeat(n % 500)});
        assert_eq!(answer.documents, [Document::Json(canonical(&value))]);
    }
    assert_eq!(oracle.ask(&["number: 0\npad: ''\n"]).unwrap()[0], answers[0], "the process goes on");
}

/// What kubectl printed for an input.
struct Real {
    objects: Vec<Value>,
    failed: bool,
    message: String,
}

fn annotate(input: &[u8]) -> Real {
    let kubectl = tool(Tool::Kubectl).unwrap();
    let mut child = Command::new(kubectl)
        .args(["annotate", "--local", "-o", "json", "-f", "-", "seawall.test/seen=yes"])
        .env("KUBECONFIG", "none")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let objects = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    Real {
        objects: objects.map(|object| numbers_as_floats(object.unwrap())).collect(),
        failed: !output.status.success(),
        message: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The oracle's object with the annotation that kubectl was told to set, as kubectl prints it.
fn annotated(object: &str) -> Value {
    let mut object: Value = serde_json::from_str(object).unwrap();
    object["metadata"]["annotations"]["seawall.test/seen"] = json!("yes");
    numbers_as_floats(object)
}

/// kubectl prints the float 1.0 as `1`; only the oracle tells them apart. Here all numbers become floats.
fn numbers_as_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(numbers_as_floats).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, field)| (key, numbers_as_floats(field))).collect()
        }
        other => other,
    }
}
