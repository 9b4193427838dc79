//! What `seawall.yaml` may say: the reader and the JSON Schema agree, and every mistake is named at its place.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;

use std::path::Path;
use std::time::Duration;

use catalogue::CATALOGUE;
use jsonschema::Validator;
use seawall_checks::ParamValue;
use seawall_engine::config::config_schema;
use seawall_engine::{Config, Date, FailOn, Selector};
use seawall_finding::{Profile, Severity};
use seawall_inventory::{KubernetesVersion, Place, Problem};
use seawall_yaml::{Limits, LineIndex, Node, Value};

const WHOLE: &str = r#"
profile: strict
kubernetes-version: "1.30"
select: [workload, severity>=high]
extend-select:
- SW4901
ignore: [host-pid, tag=escape]
severity:
  open-port: medium
  SW1901: high
checks:
  seccomp-missing:
    strict: true
    limit: 3
    allowed: [b, c]
fail-on: never
exclude: ["vendor/", "**/*.test.yaml"]
inline-ignores: no
suppress:
- checks: privileged
  path: charts/**
  kind: DaemonSet
  namespace: kube-*
  name: node-exporter
  container: exporter
  field: spec.template.spec.containers[0]
  reason: reads the node's metrics
  expires: 2027-01-31
- checks: [workload, SW3901]
  reason: to be gone with the old shop
helm:
  values: [values/prod.yaml]
  set: [image.tag=1.2]
  set-string: [port=80]
  set-file: [ca=ca.pem]
  kube-version: "1.30"
  api-versions: [monitoring.coreos.com/v1]
  release-name: shop
  namespace: prod
  include-crds: true
  timeout: 90s
kustomize:
  timeout: 2m
output: [terminal, sarif=out.sarif]
"#;

fn read(text: &str) -> Result<Config, Vec<Problem>> {
    Config::read(Path::new("seawall.yaml"), text, &CATALOGUE)
}

#[test]
fn everything_that_can_be_said_is_read() {
    let config = read(WHOLE).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let selection = &config.selection;
    assert_eq!(selection.profile, Some(Profile::Strict));
    assert_eq!(selection.version, Some(KubernetesVersion::minor(30)));
    let words = |choices: &[seawall_engine::Choice]| -> Vec<String> {
        choices.iter().map(|choice| choice.word.to_string()).collect()
    };
    assert_eq!(words(&selection.select), ["workload", "severity>=high"]);
    assert_eq!(words(&selection.extend_select), ["SW4901"]);
    assert_eq!(words(&selection.ignore), ["host-pid", "tag=escape"]);
    let severities: Vec<_> = config.severities.into_iter().collect();
    assert_eq!(severities, [("SW1901", Severity::High), ("SW3901", Severity::Medium)]);
    let params: Vec<_> =
        config.params.iter().map(|((id, name), value)| (id.as_str(), name.as_str(), value)).collect();
    assert_eq!(
        params,
        [
            ("SW1905", "allowed", &ParamValue::Strings(vec!["b".into(), "c".into()])),
            ("SW1905", "limit", &ParamValue::Int(3)),
            ("SW1905", "strict", &ParamValue::Bool(true)),
        ]
    );
    assert_eq!(config.fail_on, Some(FailOn::Never));
    assert_eq!(config.exclude, ["vendor/", "**/*.test.yaml"]);
    assert_eq!(config.inline_ignores, Some(false));
    let [first, second] = &config.suppressions[..] else { panic!("two suppressions") };
    assert_eq!(first.checks, [Selector::Check("SW1901")]);
    assert!(first.path.as_ref().unwrap().matches("charts/a/b.yaml"));
    assert!(first.kind.as_ref().unwrap().matches("DaemonSet"));
    assert!(first.namespace.as_ref().unwrap().matches("kube-system"));
    assert!(first.name.as_ref().unwrap().matches("node-exporter"));
    assert!(first.container.as_ref().unwrap().matches("exporter"));
    assert_eq!(first.field.as_ref().unwrap().to_string(), "spec.template.spec.containers[0]");
    assert_eq!(first.reason, "reads the node's metrics");
    assert_eq!(first.expires, Some("2027-01-31".parse::<Date>().unwrap()));
    assert_eq!(second.checks.len(), 2);
    assert!(second.path.is_none() && second.expires.is_none());
    assert_eq!(config.helm.values, ["values/prod.yaml"]);
    assert_eq!(config.helm.set, ["image.tag=1.2"]);
    assert_eq!(config.helm.set_string, ["port=80"]);
    assert_eq!(config.helm.set_file, ["ca=ca.pem"]);
    assert_eq!(config.helm.kube_version.as_deref(), Some("1.30"));
    assert_eq!(config.helm.api_versions, ["monitoring.coreos.com/v1"]);
    assert_eq!(config.helm.release_name.as_deref(), Some("shop"));
    assert_eq!(config.helm.namespace.as_deref(), Some("prod"));
    assert_eq!(config.helm.include_crds, Some(true));
    assert_eq!(config.helm.timeout, Some(Duration::from_secs(90)));
    assert_eq!(config.kustomize.timeout, Some(Duration::from_secs(120)));
    assert_eq!(config.output, ["terminal", "sarif=out.sarif"]);
}

/// Documents that are right.
const RIGHT: &[&str] = &[
    "",
    "# nothing yet\n",
    "{}",
    WHOLE,
    "select:\nsuppress:\nseverity:\nchecks:\nhelm:\n",
    "pss: restricted\n",
    "pss: restricted:v1.29\n",
    "pss: baseline:latest\n",
    "kubernetes-version: v1.29.4-eks-036c24b\n",
    "kubernetes-version: latest\n",
    "checks: {seccomp-missing: {}, SW1905: {limit: -3}}\n",
    "checks: {seccomp-missing: {limit: 1.0}}\n",
    "checks: {seccomp-missing: {allowed: []}}\n",
    "suppress: [{checks: all, reason: x, expires: 2024-02-29}]\n",
    "suppress: [{checks: all, reason: x, field: 'metadata.annotations[\"a.b/c\"][3]'}]\n",
    "output: [json, 'markdown=a=b.md']\n",
    "select: [all, SW1, network, domain=access, profile=all, severity=low, severity<medium, framework=nsa-1.2]\n",
    "{\"fail-on\": \"critical\", \"inline-ignores\": true}",
];

/// Documents that are wrong: where, what, and a part of the help.
const WRONG: &[(&str, &str, &str, &str)] = &[
    ("- profile\n", "1:1", "wrong-type", "key: value"),
    ("strict\n", "1:1", "wrong-type", "key: value"),
    ("profil: strict\n", "1:1", "unknown-key", "did you mean `profile`?"),
    ("\nprofile: strct\n", "2:10", "invalid-value", "did you mean `strict`?"),
    ("profile: 3\n", "1:10", "wrong-type", "in quotes"),
    ("profile:\n", "1:9", "wrong-type", "in quotes"),
    ("profile: ''\n", "1:10", "invalid-value", "remove the key"),
    ("pss: privileged\n", "1:6", "invalid-value", "baseline"),
    ("pss: restricted:v1.99\n", "1:6", "invalid-value", ""),
    ("profile: strict\npss: baseline\n", "2:6", "conflict", "extend-select"),
    ("kubernetes-version: 1.30\n", "1:21", "wrong-type", "in quotes"),
    ("kubernetes-version: '1.77'\n", "1:21", "invalid-value", "v1.30"),
    ("select: workload\n", "1:9", "wrong-type", "- "),
    ("select:\n- workload\n- wrkload\n", "3:3", "unknown-check", "did you mean `workload`?"),
    ("ignore: [host-pids]\n", "1:10", "unknown-check", "did you mean `host-pid`?"),
    ("ignore: [on]\n", "1:10", "wrong-type", "in quotes"),
    ("severity: {host-pud: low}\n", "1:12", "unknown-check", "did you mean `host-pid`?"),
    ("severity: {host-pid: lo}\n", "1:22", "invalid-value", "did you mean `low`?"),
    ("severity: {workload: low}\n", "1:12", "unknown-check", ""),
    ("checks:\n  seccomp-mising: {}\n", "2:3", "unknown-check", "did you mean `seccomp-missing`?"),
    ("checks:\n  host-pid: {}\n", "2:3", "unknown-check", "has no parameters"),
    ("checks:\n  seccomp-missing:\n    limt: 3\n", "3:5", "unknown-parameter", "did you mean `limit`?"),
    ("checks:\n  seccomp-missing:\n    limit: many\n", "3:12", "wrong-type", "number"),
    ("checks:\n  seccomp-missing:\n    limit: 1.5\n", "3:12", "wrong-type", "number"),
    ("checks:\n  seccomp-missing:\n    limit: 9223372036854775808\n", "3:12", "wrong-type", "number"),
    ("checks:\n  seccomp-missing:\n    strict: 'true'\n", "3:13", "wrong-type", "true or false"),
    ("checks:\n  seccomp-missing:\n    allowed: a\n", "3:14", "wrong-type", "- "),
    ("checks:\n  seccomp-missing:\n    allowed: [1]\n", "3:15", "wrong-type", "in quotes"),
    ("fail-on: hgih\n", "1:10", "invalid-value", "did you mean `high`?"),
    ("fail-on: off\n", "1:10", "wrong-type", "in quotes"),
    ("exclude: ['']\n", "1:11", "invalid-value", ""),
    ("inline-ignores: maybe\n", "1:17", "wrong-type", "true or false"),
    ("suppress:\n- checks: host-pid\n", "2:3", "missing-key", "Why this is accepted"),
    ("suppress:\n- checks: host-pid\n  reason: ' '\n", "3:11", "invalid-value", ""),
    ("suppress: [{checks: [], reason: x}]\n", "1:21", "invalid-value", "one name"),
    ("suppress:\n- reason: x\n", "2:3", "missing-key", "ids, names or groups"),
    ("suppress:\n- checks: [host-pud]\n  reason: x\n", "2:12", "unknown-check", "did you mean `host-pid`?"),
    ("suppress:\n- checks: host-pid\n  reasn: x\n", "3:3", "unknown-key", "did you mean `reason`?"),
    ("suppress:\n- checks: all\n  reason: x\n  expires: 2026-02-29\n", "4:12", "invalid-value", "2027-01-31"),
    ("suppress:\n- checks: all\n  reason: x\n  field: spec..x\n", "4:10", "invalid-value", "copy the path"),
    ("suppress:\n-\n", "2:2", "wrong-type", "key: value"),
    ("suppress: {checks: all, reason: x}\n", "1:11", "wrong-type", "- "),
    ("helm: {set: [tag]}\n", "1:14", "invalid-value", "key=value"),
    ("helm: {timeout: 90}\n", "1:17", "wrong-type", "in quotes"),
    ("helm: {timeout: 90 s}\n", "1:17", "invalid-value", "90s"),
    ("helm: {timeout: 0s}\n", "1:17", "invalid-value", "90s"),
    ("kustomize: {timeot: 9s}\n", "1:13", "unknown-key", "did you mean `timeout`?"),
    ("output: [sariff]\n", "1:10", "invalid-value", "did you mean `sarif`?"),
    ("output: [sarif=]\n", "1:10", "invalid-value", ""),
];

/// Documents that are wrong in a way that a schema cannot see, and why not.
const WRONG_TO_THE_READER_ALONE: &[(&str, &str, &str, &str)] = &[
    // A schema sees what a mapping holds, and not that a key stands there twice.
    ("fail-on: low\nfail-on: high\n", "2:1", "duplicate-key", "keep one"),
    // Nor that two keys mean one check.
    ("severity:\n  host-pid: low\n  SW1903: high\n", "3:3", "conflict", "keep one"),
    ("checks:\n  SW1905: {limit: 3}\n  seccomp-missing: {limit: 4}\n", "3:3", "conflict", "keep one"),
    // Patterns do not nest brackets.
    ("exclude: ['a[']\n", "1:11", "invalid-value", "correct the glob"),
    ("suppress: [{checks: all, reason: x, name: 'a{b'}]\n", "1:43", "invalid-value", "correct the glob"),
    // What does not become one value.
    ("profile: strict\n---\nprofile: all\n", "3:1", "several-documents", "first document"),
    ("profile: [\n", "2:1", "yaml-syntax", ""),
    ("fail-on: *x\n", "1:10", "unknown-anchor", ""),
];

#[test]
fn mistakes_are_named_at_their_place() {
    for (text, place, code, help) in WRONG.iter().chain(WRONG_TO_THE_READER_ALONE) {
        let problems = read(text).expect_err(text);
        let [problem] = &problems[..] else { panic!("{text}: {problems:#?}") };
        assert_eq!((problem.code, position(problem).as_str()), (*code, *place), "{text}: {problem:?}");
        assert!(problem.help.contains(help), "{text}: {}", problem.help);
        assert!(!problem.help.is_empty() && !problem.message.ends_with('.'), "{text}: {problem:?}");
    }
}

#[test]
fn all_mistakes_are_named_in_the_order_of_the_text() {
    let problems = read("fail-on: 1\nprofil: x\nsuppress:\n- reasn: x\noutput: [x]\n").unwrap_err();
    let places: Vec<String> = problems.iter().map(position).collect();
    assert_eq!(places, ["1:10", "2:1", "4:3", "4:3", "5:10"]);
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let schema = jsonschema::draft202012::new(&config_schema(&CATALOGUE)).unwrap();
    for text in RIGHT {
        if let Err(problems) = read(text) {
            panic!("{text}: {problems:#?}");
        }
        assert!(accepts(&schema, text), "{text}: refused by the schema");
    }
    for (text, ..) in WRONG {
        assert!(!accepts(&schema, text), "{text}: accepted by the schema");
    }
    for (text, place, ..) in WRONG_TO_THE_READER_ALONE {
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        if stream.documents.len() == 1 && stream.problems.is_empty() {
            assert!(accepts(&schema, text), "{place} {text}: the schema sees it after all");
        }
    }
}

#[test]
fn the_schema_is_one() {
    assert!(jsonschema::meta::is_valid(&config_schema(&seawall_checks::all())));
}

#[test]
fn every_word_that_selects_is_read() {
    for word in Selector::words(&CATALOGUE) {
        assert!(Selector::read(&word, &CATALOGUE).is_ok(), "{word}");
    }
}

/// The patterns of the schema and the parsers, word by word.
#[test]
fn patterns_and_parsers_agree() {
    let schema = jsonschema::draft202012::new(&config_schema(&CATALOGUE)).unwrap();
    let mut words: Vec<String> = Vec::new();
    for year in ["1900", "2000", "2023", "2024", "2100", "0000", "9996"] {
        for month in 0..=13 {
            words.extend((0..=32).map(|day| format!("{year}-{month:02}-{day:02}")));
        }
    }
    words.extend(["2024-2-1", "20240-01-01", "2024-01-01 ", "2024/01/01", "-024-01-01"].map(str::to_owned));
    for word in &words {
        let document = format!("suppress: [{{checks: all, reason: x, expires: '{word}'}}]");
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
    for version in [
        "1.0",
        "v1.37",
        "1.38",
        "1.007",
        "1.",
        "v1",
        "1.2.3",
        "1.29+",
        "1.29-",
        "1.29x",
        "latest",
        "vlatest",
        " 1.2",
        "2.1",
        "1.-2",
        "11.2",
        "v1.29.4-eks-036c24b",
    ] {
        for key in ["kubernetes-version: '", "pss: 'restricted:", "pss: 'baseline: "] {
            let document = format!("{key}{version}'");
            assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
        }
    }
    for field in [
        "",
        "a",
        "a.b",
        "a[0]",
        "[0]",
        "[0].a",
        "[0]a",
        "a[]",
        "a[b]",
        "a.",
        ".a",
        "a[\"x.y\"].z",
        "a b",
        "a['x']",
    ] {
        let document =
            format!("suppress: [{{checks: all, reason: x, field: '{}'}}]", field.replace('\'', "''"));
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
    for duration in
        ["1s", "0s", "00s", "01s", "999999h", "1000000h", "s", "1", "-1s", "1d", "1 m", "1.5h", "１s"]
    {
        let document = format!("helm: {{timeout: '{duration}'}}");
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
    for output in ["json", "json=", "json=a", "json=a=", "json==", "Json", "=a", "", "terminal,json"] {
        let document = format!("output: ['{output}']");
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
    for assignment in ["a=b", "a=", "=b", "a", "a=b=c"] {
        let document = format!("helm: {{set: ['{assignment}']}}");
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
    for word in Selector::words(&CATALOGUE).iter().map(String::as_str).chain([
        "SW0",
        "SW",
        "SW19",
        "domain=x",
        "severity<info",
    ]) {
        let document = format!("select: ['{word}']");
        assert_eq!(read(&document).is_ok(), accepts(&schema, &document), "{document}");
    }
}

fn position(problem: &Problem) -> String {
    let Place::Aside { file, span } = &problem.place else { panic!("{problem:?}") };
    LineIndex::new(&file.text.get()).position(&file.text.get(), span.start).to_string()
}

fn accepts(schema: &Validator, text: &str) -> bool {
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let value = stream.documents.first().map_or(serde_json::Value::Null, |document| json(document.root()));
    schema.is_valid(&value)
}

fn json(node: Node<'_>) -> serde_json::Value {
    match node.value() {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::Str(value) => value.into(),
        Value::Seq(items) => items.map(json).collect(),
        Value::Map(entries) => entries.map(|(key, _, value)| (key.to_owned(), json(value))).collect(),
    }
}
