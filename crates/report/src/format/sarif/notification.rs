//! Problems, undecided verdicts and what was left out, as SARIF notifications.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::Weight;
use serde::Serialize;

use super::uri::PhysicalLocation;
use super::{RESULTS, Text};
use crate::view::{LocatedProblem, View};

#[derive(Serialize)]
pub(super) struct Notification {
    descriptor: Descriptor,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<SarifLocation>,
}

/// The kind of a notification.
#[derive(Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Descriptor {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    physical_location: PhysicalLocation,
}

/// The notifications of a run from which `left_out` results were left out, and their kinds.
pub(super) fn notifications(view: &View<'_>, left_out: usize) -> (Vec<Notification>, Vec<Descriptor>) {
    let problems = view.problems.iter().map(Notification::of);
    let mut undecided: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for unknown in &view.report.unknowns {
        *undecided.entry((unknown.check, &unknown.reason)).or_default() += 1;
    }
    // One role that was not read leaves all checks of access in the dark: that is told once.
    let mut by_reason: BTreeMap<(&str, usize), Vec<&str>> = BTreeMap::new();
    for ((check, reason), count) in undecided {
        by_reason.entry((reason, count)).or_default().push(check);
    }
    let undecided = by_reason.into_iter().map(|((reason, count), checks)| {
        let checks = checks.join(", ");
        let text = format!("{checks} could not decide about {count} of the objects: {reason}");
        Notification::bare("undecided", "note", &text)
    });
    let left_out = (left_out > 0).then(|| {
        let text = format!(
            "{left_out} results are left out, the least dangerous ones: GitHub takes {RESULTS} in a run. \
             The json format holds all"
        );
        Notification::bare("results-left-out", "warning", &text)
    });
    let all: Vec<Notification> = left_out.into_iter().chain(problems).chain(undecided).collect();
    let kinds: BTreeSet<Descriptor> =
        all.iter().map(|notification| notification.descriptor.clone()).collect();
    (all, kinds.into_iter().collect())
}

impl Notification {
    fn of(located: &LocatedProblem<'_>) -> Self {
        let problem = located.problem;
        let locations =
            located.file().map(|file| SarifLocation { physical_location: PhysicalLocation::of(file) });
        Self {
            descriptor: Descriptor { id: problem.code },
            level: match problem.weight {
                Weight::Incomplete => "error",
                Weight::Warning => "warning",
            },
            message: Text::outside(&format!("{}. {}", problem.message, problem.help)),
            locations: locations.into_iter().collect(),
        }
    }

    fn bare(id: &'static str, level: &'static str, text: &str) -> Self {
        Self { descriptor: Descriptor { id }, level, message: Text::outside(text), locations: Vec::new() }
    }
}
