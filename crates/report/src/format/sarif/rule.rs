//! Checks as SARIF rules.

use std::collections::BTreeMap;

use seawall_finding::{Meta, Severity};
use serde::Serialize;

use super::Text;
use crate::docs::{docs_url, markdown, one_line};
use crate::view::Located;

/// Tags of a rule, at most.
const TAGS: usize = 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

/// The rules of `findings` in the order of ids, and their index by id.
pub(super) fn rules(findings: &[&Located<'_>]) -> (Vec<Rule>, BTreeMap<&'static str, usize>) {
    let mut worst: BTreeMap<&'static str, (&'static Meta, Severity)> = BTreeMap::new();
    for located in findings {
        let finding = located.finding();
        let entry = worst.entry(finding.check.id).or_insert((finding.check, finding.severity));
        entry.1 = entry.1.max(finding.severity);
    }
    let indexes = worst.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    (worst.into_values().map(|(check, severity)| Rule::of(check, severity)).collect(), indexes)
}

impl Rule {
    /// GitHub takes the severity of an alert from its rule: so it is the worst of its findings.
    fn of(check: &'static Meta, severity: Severity) -> Self {
        let help = markdown(check);
        Self {
            id: check.id,
            name: check.name,
            short_description: Text::plain(check.title()),
            full_description: Text::plain(one_line(check.section("What it finds"))),
            help: Text { text: help.clone(), markdown: Some(help) },
            help_uri: docs_url(check),
            default_configuration: Configuration { level: level(severity) },
            properties: Properties {
                tags: tags(check),
                precision: "very-high",
                security_severity: security_severity(severity),
            },
        }
    }
}

fn tags(check: &Meta) -> Vec<String> {
    let own = check.tags.iter().map(|tag| (*tag).to_owned());
    let frameworks =
        check.frameworks.iter().map(|framework| format!("{}/{}", framework.name, framework.control));
    let fixed = ["security".to_owned(), "kubernetes".to_owned(), check.domain().name().to_owned()];
    fixed.into_iter().chain(own).chain(frameworks).take(TAGS).collect()
}

/// SARIF's three levels.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A score in the middle of the range that GitHub gives the same name (over 9.0 critical, 7.0 high, 4.0 medium, 0.1 low).
/// Without one, an alert has the level of its result.
fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}
