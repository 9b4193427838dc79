//! What became of expectations, in each form.

use std::fmt::Write as _;

use seawall_report::xml;
use serde_json::{Value, json};

use super::{Expectation, Met, Outcome};
use crate::json::{FORMAT, written};
use crate::text::Text;

impl Expectation {
    /// It in a sentence.
    fn sentence(&self) -> String {
        let [from, to] = &self.written;
        let ports: Vec<String> =
            self.ports.iter().map(|port| format!("{} {}", port.protocol, port.number)).collect();
        let on = if ports.is_empty() { String::new() } else { format!(" on {}", ports.join(", ")) };
        let must = if self.reach { "must reach" } else { "must not reach" };
        format!("{from} {must} {to}{on}")
    }
}

impl Met {
    fn word(self) -> &'static str {
        match self {
            Self::Yes => "met",
            Self::No => "not met",
            Self::Unknown => "not known",
        }
    }
}

pub(super) fn terminal(outcomes: &[Outcome], path: &str) -> String {
    let mut text = Text::default();
    for outcome in outcomes.iter().filter(|outcome| outcome.met != Met::Yes) {
        let Outcome { expectation, met, told } = outcome;
        text.heading(&format!("{}: {}", met.word(), expectation.sentence()));
        text.line(&format!("  {path}:{}", expectation.at.line));
        if let Some(because) = &expectation.because {
            text.line(&format!("  because {because}"));
        }
        told.iter().for_each(|line| text.line(&format!("  {line}")));
    }
    let count = |met| outcomes.iter().filter(|outcome| outcome.met == met).count();
    text.paragraph(&format!(
        "{} met, {} not met, {} not known",
        count(Met::Yes),
        count(Met::No),
        count(Met::Unknown)
    ));
    text.done()
}

pub(super) fn json(outcomes: &[Outcome], path: &str) -> serde_json::Result<String> {
    let one = |outcome: &Outcome| {
        let Expectation { written: [from, to], ports, reach, because, at, .. } = &outcome.expectation;
        let ports: Vec<Value> = ports
            .iter()
            .map(|port| json!({ "protocol": port.protocol.to_string(), "port": port.number }))
            .collect();
        json!({
            "from": from,
            "to": to,
            "ports": ports,
            "reach": reach,
            "because": because,
            "location": { "path": path, "line": at.line, "column": at.column },
            "outcome": outcome.met.word(),
            "told": outcome.told,
        })
    };
    written(&json!({
        "formatVersion": FORMAT,
        "expectations": outcomes.iter().map(one).collect::<Vec<_>>(),
    }))
}

pub(super) fn junit(outcomes: &[Outcome], path: &str) -> String {
    let count = |met| outcomes.iter().filter(|outcome| outcome.met == met).count();
    let (failures, errors) = (count(Met::No), count(Met::Unknown));
    let counts =
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\"", outcomes.len());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"reach\" {counts}>\n"
    );
    for Outcome { expectation, met, told } in outcomes {
        let element = match met {
            Met::Yes => None,
            Met::No => Some("failure"),
            Met::Unknown => Some("error"),
        };
        let content = element.map(|element| {
            let message = told.first().map(String::as_str).unwrap_or_default();
            format!("<{element} message=\"{}\">{}</{element}>", xml(message), xml(&told.join("; ")))
        });
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "    <testcase name=\"{}\" classname=\"reach\" file=\"{}\" line=\"{}\">{}</testcase>",
            xml(&expectation.sentence()),
            xml(path),
            expectation.at.line,
            content.unwrap_or_default()
        );
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// SARIF 2.1.0.
pub(super) fn sarif(outcomes: &[Outcome], path: &str) -> serde_json::Result<String> {
    let failed = outcomes.iter().filter(|outcome| outcome.met != Met::Yes);
    let results = failed.map(|outcome| {
        let Outcome { expectation, met, told } = outcome;
        json!({
            "ruleId": "reach-expectation",
            "level": if *met == Met::No { "error" } else { "warning" },
            "message": { "text": format!("{}: {}: {}", met.word(), expectation.sentence(), told.join("; ")) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": path.replace('\\', "/") },
                "region": { "startLine": expectation.at.line, "startColumn": expectation.at.column },
            } }],
        })
    });
    written(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "seawall",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": [{
                    "id": "reach-expectation",
                    "shortDescription": { "text": "Something is reachable that must not be, or is not and must be" },
                }],
            } },
            "results": results.collect::<Vec<_>>(),
        }],
    }))
}
