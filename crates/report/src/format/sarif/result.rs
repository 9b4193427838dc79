//! Findings as SARIF results.

use std::collections::BTreeMap;

use seawall_engine::{Status, Suppression};
use seawall_finding::Evidence;
use serde::Serialize;

use super::Text;
use super::rule::level;
use super::uri::PhysicalLocation;
use crate::view::Located;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [SarifLocation; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    suppressions: Vec<SarifSuppression>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
struct SarifSuppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    severity: &'static str,
    object: String,
    field: String,
    /// The line is the best match in a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    rendered_from: Option<String>,
}

impl SarifResult {
    pub(super) fn of(
        located: &Located<'_>,
        rules: &BTreeMap<&'static str, usize>,
        has_baseline: bool,
    ) -> Self {
        let finding = located.finding();
        let object = located.object_name();
        let field = finding.path.to_string();
        let related = finding.related().iter().zip(&located.related).enumerate();
        let is_baselined = located.reported.status == Status::Baselined;
        Self {
            rule_id: finding.check.id,
            rule_index: rules.get(finding.check.id).copied(),
            level: level(finding.severity),
            message: Text::outside(&message(located, &object, &field)),
            locations: [SarifLocation {
                id: None,
                physical_location: PhysicalLocation::of(&located.location),
                logical_locations: vec![LogicalLocation {
                    name: field.clone(),
                    fully_qualified_name: format!("{object} {field}"),
                    kind: "member",
                }],
                message: None,
            }],
            related_locations: related
                .map(|(index, (related, location))| SarifLocation {
                    id: Some(index + 1),
                    physical_location: PhysicalLocation::of(location),
                    logical_locations: Vec::new(),
                    message: Some(Text::outside(&related.message)),
                })
                .collect(),
            partial_fingerprints: BTreeMap::from([("seawall/v1", located.reported.fingerprint.to_string())]),
            baseline_state: has_baseline.then_some(if is_baselined { "unchanged" } else { "new" }),
            suppressions: SarifSuppression::of(&located.reported.status).into_iter().collect(),
            properties: Properties {
                severity: finding.severity.name(),
                object,
                field,
                rendered_from: located.location.rendered.as_ref().map(|rendered| rendered.unit.clone()),
            },
        }
    }
}

impl SarifSuppression {
    fn of(status: &Status) -> Option<Self> {
        let (kind, justification) = match status {
            Status::Active => return None,
            // Viewers that know no baseline state would show it as new.
            Status::Baselined => ("external", "in the baseline".to_owned()),
            Status::Suppressed(suppression) => {
                let Suppression { form, reason, expires } = &**suppression;
                let until = expires.as_ref().map(|day| format!(" (until {day})")).unwrap_or_default();
                (if form.is_some() { "inSource" } else { "external" }, format!("{reason}{until}"))
            }
        };
        Some(Self { kind, status: "accepted", justification })
    }
}

fn message(located: &Located<'_>, object: &str, field: &str) -> String {
    let finding = located.finding();
    let evidence = match &finding.evidence {
        Evidence::Value(value) => format!("`{field}` is `{value}`"),
        Evidence::Missing(meaning) if meaning.is_empty() => format!("`{field}` is missing"),
        Evidence::Missing(meaning) => format!("`{field}` is missing: {meaning}"),
        Evidence::Derived(story) if story.is_empty() => format!("`{field}`"),
        Evidence::Derived(story) => story.clone().into_owned(),
    };
    let fix = finding.fix.as_ref().map(|fix| format!(". To fix it, {}", fix.title())).unwrap_or_default();
    format!("{object}: {}. {evidence}{fix}.", located.message())
}
