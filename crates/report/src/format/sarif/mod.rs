//! SARIF 2.1.0, for GitHub code scanning and other viewers.
//!
//! GitHub's limits (docs.github.com, "SARIF support for code scanning"): 25,000 results per run, of which 5,000 are shown; 20 tags
//! per rule; 10 MB when compressed with gzip, which 25,000 results of ordinary length stay below.

mod notification;
mod result;
mod rule;
#[cfg(test)]
mod tests;
mod uri;

use std::collections::BTreeMap;
use std::io;

use seawall_engine::Status;
use serde::Serialize;

use self::notification::{Descriptor, Notification};
use self::result::SarifResult;
use self::rule::Rule;
use super::json::model::Sequence;
use super::json::{Layout, write};
use crate::docs;
use crate::view::{Located, View};

/// Results in a run, at most.
const RESULTS: usize = 25_000;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'v> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'v>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'v> {
    tool: Tool<'v>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    results: Sequence<'v, SarifResult>,
    properties: Properties<'v>,
}

#[derive(Serialize)]
struct Tool<'v> {
    driver: Driver<'v>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'v> {
    name: &'static str,
    version: &'v str,
    semantic_version: &'v str,
    information_uri: &'static str,
    rules: Vec<Rule>,
    notifications: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Base {
    description: Text,
}

/// SARIF's `message` and `multiformatMessageString`.
#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
struct Properties<'v> {
    profile: &'v str,
    kubernetes: String,
}

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    write_most(view, RESULTS, to)
}

/// Writes the `most` dangerous results, and says how many are left out.
fn write_most(view: &View<'_>, most: usize, to: &mut dyn io::Write) -> io::Result<()> {
    // What counts comes first: when something has to be left out, it is what does not.
    let is_active = |located: &&Located<'_>| located.reported.status == Status::Active;
    let (active, inactive): (Vec<_>, Vec<_>) = view.findings.iter().partition(is_active);
    let all: Vec<&Located<'_>> = active.into_iter().chain(inactive).collect();
    let (kept, left_out) = all.split_at(all.len().min(most));
    let has_baseline = all.iter().any(|located| located.reported.status == Status::Baselined);
    let (rules, indexes) = rule::rules(kept);
    let (notifications, descriptors) = notification::notifications(view, left_out.len());
    let indexes = &indexes;
    let results = move || -> Box<dyn Iterator<Item = SarifResult> + '_> {
        Box::new(kept.iter().map(move |located| SarifResult::of(located, indexes, has_baseline)))
    };
    let driver = Driver {
        name: "Seawall",
        version: view.run.version,
        semantic_version: view.run.version,
        information_uri: docs::HOME,
        rules,
        notifications: descriptors,
    };
    let invocation = Invocation {
        execution_successful: view.summary.incomplete == 0,
        tool_execution_notifications: notifications,
    };
    let root = Base { description: Text::plain("the folder that Seawall was run in") };
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation],
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: BTreeMap::from([(uri::ROOT, root)]),
        results: Sequence::new(results),
        properties: Properties { profile: view.run.profile, kubernetes: view.run.kubernetes.to_string() },
    };
    write(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, Layout::Pretty, to)?;
    writeln!(to)
}

impl Text {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), markdown: None }
    }

    /// A text with parts from outside. `[a](b)` would be a link (SARIF 2.1.0, 3.11.6).
    fn outside(text: &str) -> Self {
        Self::plain(text.replace("](", "] ("))
    }
}
