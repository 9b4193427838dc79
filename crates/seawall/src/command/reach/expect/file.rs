//! Files of expectations.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use seawall_yaml::{Limits, LineIndex, Node, Position, Value, de};
use serde::Deserialize;

use super::super::place::{Place, Port};

/// What is expected.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub from: Place,
    pub to: Place,
    /// How these are written.
    pub written: [String; 2],
    /// All when empty.
    pub ports: Vec<Port>,
    pub reach: bool,
    pub because: Option<String>,
    /// Where it stands.
    pub at: Position,
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    to: String,
    #[serde(default)]
    ports: Vec<Number>,
    reach: bool,
    because: Option<String>,
}

/// A port: `443`, `53/udp`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u16),
    Text(String),
}

/// The expectations of a file.
///
/// # Errors
/// It is none; the first mistake, with its line.
pub(super) fn read(text: &str, path: &Path) -> Result<Vec<Expectation>> {
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let index = LineIndex::new(text);
    let wrong = |span: seawall_yaml::Span, message: &str| {
        let at = index.position(text, span.start);
        anyhow!("{}:{}:{}: {message}", path.display(), at.line, at.column)
    };
    if let Some(problem) = stream.problems.first() {
        bail!(wrong(problem.span, &problem.message()));
    }
    let Some(document) = stream.documents.first() else {
        bail!(
            "{}: there is nothing in it; `seawall reach expect --help` shows what belongs there",
            path.display()
        );
    };
    let root = document.root();
    if let Value::Map(entries) = root.value() {
        for (key, _, value) in entries {
            if key != "expect" {
                bail!(wrong(
                    value.span(),
                    &format!("`{key}` means nothing here: the list is called `expect`")
                ));
            }
        }
    }
    let Some(Value::Seq(items)) = root.get("expect").map(Node::value) else {
        bail!(wrong(root.span(), "there is no list `expect`"));
    };
    let mut found = Vec::new();
    for item in items {
        let written: Written = de::from_node(item).map_err(|error| wrong(error.span(), error.message()))?;
        let place = |field: &str, written: &str| {
            let span = item.get(field).map_or(item.span(), |node| node.span());
            written.parse::<Place>().map_err(|message| wrong(span, &format!("`{written}`: {message}")))
        };
        let port = |number: Number| {
            let number = match number {
                Number::Number(number) => number.to_string(),
                Number::Text(text) => text,
            };
            let span = item.get("ports").map_or(item.span(), |node| node.span());
            number.parse::<Port>().map_err(|message| wrong(span, &format!("port `{number}`: {message}")))
        };
        found.push(Expectation {
            from: place("from", &written.from)?,
            to: place("to", &written.to)?,
            written: [written.from, written.to],
            ports: written.ports.into_iter().map(port).collect::<Result<_>>()?,
            reach: written.reach,
            because: written.because,
            at: index.position(text, item.span().start),
        });
    }
    Ok(found)
}
