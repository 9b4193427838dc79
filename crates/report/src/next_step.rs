//! What to do first.

use std::collections::{BTreeMap, BTreeSet};

use seawall_engine::Status;
use seawall_finding::Meta;
use seawall_inventory::Weight;

use crate::summary::BySeverity;
use crate::view::{Located, LocatedProblem};

/// What to do first.
///
/// The rule: the check whose findings, all taken away, leave the least danger. Danger is compared by the number of critical
/// findings, then of high ones, and so on; of equals, the check that needs the fewest places changed, then the lower id. Without
/// findings, the first problem that keeps something from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Take away the findings of a check.
    Fix(Fix),
    /// Correct what could not be read.
    Read {
        /// Number of the problem in [`crate::View::problems`].
        problem: usize,
    },
}

/// The check whose findings to take away first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Id of the check.
    pub check: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it takes away.
    pub takes_away: BySeverity,
    /// Lines to change.
    pub places: usize,
    /// Number of its first finding in [`crate::View::findings`].
    pub first: usize,
}

pub(crate) fn next_step(findings: &[Located<'_>], problems: &[LocatedProblem<'_>]) -> Option<NextStep> {
    let mut checks: BTreeMap<&'static str, Candidate<'_>> = BTreeMap::new();
    for (index, located) in findings.iter().enumerate() {
        if located.reported.status != Status::Active {
            continue;
        }
        let finding = located.finding();
        let candidate =
            checks.entry(finding.check.id).or_insert_with(|| Candidate::new(finding.check, index));
        candidate.takes_away.add(finding.severity);
        let line = located.location.region.map_or(0, |region| region.start.line);
        candidate.places.insert((&located.location.path, line));
    }
    // `max_by` takes the last of equals, and so the reverse order the lower id.
    let best = checks
        .into_values()
        .rev()
        .max_by(|a, b| a.takes_away.cmp(&b.takes_away).then_with(|| b.places.len().cmp(&a.places.len())));
    match best {
        Some(best) => Some(NextStep::Fix(Fix {
            check: best.check.id,
            name: best.check.name,
            takes_away: best.takes_away,
            places: best.places.len(),
            first: best.first,
        })),
        None => {
            let problem = problems.iter().position(|located| located.problem.weight == Weight::Incomplete)?;
            Some(NextStep::Read { problem })
        }
    }
}

struct Candidate<'v> {
    check: &'static Meta,
    takes_away: BySeverity,
    places: BTreeSet<(&'v str, u32)>,
    first: usize,
}

impl Candidate<'_> {
    fn new(check: &'static Meta, first: usize) -> Self {
        Self { check, takes_away: BySeverity::default(), places: BTreeSet::new(), first }
    }
}
