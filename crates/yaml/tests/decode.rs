//! Decoding by serde, and where its errors point.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::collections::BTreeMap;

use seawall_yaml::{Limits, de::DecodeError, de::from_node, parse};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Config {
    name: String,
    #[serde(default)]
    limit: Option<u16>,
    #[serde(default)]
    ratio: f64,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    labels: BTreeMap<String, bool>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Rule {
    All,
    Only(Vec<String>),
    Range { from: i64, to: i64 },
}

fn decode(text: &str) -> Result<Config, (DecodeError, String)> {
    let stream = parse(text.as_bytes(), &Limits::default());
    from_node(stream.documents.first().unwrap().root())
        .map_err(|error: DecodeError| (error.clone(), error.span().slice(text).to_owned()))
}

#[test]
fn decodes_every_kind_of_value() {
    let config = decode(
        "name: &n x\nlimit: 0x10\nratio: 1\nlabels: {yes: on, b: No}\n\
         rules: [all, {only: [*n, \"y\"]}, {range: {from: -1, to: 2}}]\n",
    )
    .unwrap();
    assert_eq!(
        config,
        Config {
            name: "x".to_owned(),
            limit: Some(16),
            ratio: 1.0,
            rules: vec![
                Rule::All,
                Rule::Only(vec!["x".to_owned(), "y".to_owned()]),
                Rule::Range { from: -1, to: 2 }
            ],
            labels: BTreeMap::from([("true".to_owned(), true), ("b".to_owned(), false)]),
        }
    );
}

#[test]
fn errors_say_where() {
    let table = [
        ("name: [a]\n", "name: expected a string, found sequence", "[a]"),
        ("name: a\nlimit: 70000\n", "limit: expected u16, found another integer", "70000"),
        (
            "name: a\nrules:\n- all\n- only: [a, 1]\n",
            "rules[1].only[1]: expected a string, found integer",
            "1",
        ),
        ("name: a\nrules: [{range: {from: 1}}]\n", "rules[0].range: missing field `to`", "{from: 1}"),
        (
            "name: a\nrules: [none]\n",
            "rules[0]: unknown variant `none`, expected one of `all`, `only`, `range`",
            "none",
        ),
        ("limit: 1\n", "missing field `name`", "limit: 1"),
        (
            "name: a\nnaem: b\n",
            "unknown field `naem`, expected one of `name`, `limit`, `ratio`, `rules`, `labels`",
            "naem",
        ),
        ("name: a\nlabels: {a: secret}\n", "labels.a: expected a boolean, found string", "secret"),
        (
            "name: a\nrules: [{only: [], all: 1}]\n",
            "rules[0]: expected a mapping with exactly one key",
            "{only: [], all: 1}",
        ),
    ];
    for (text, message, place) in table {
        let (error, slice) = decode(text).unwrap_err();
        assert_eq!((error.to_string().as_str(), slice.as_str()), (message, place), "{text}");
    }
}
