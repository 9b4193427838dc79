//! What a run says with its exit code.

use seawall_inventory::{Problem, Snapshot, Weight};

use crate::config::FailOn;
use crate::report::Report;

/// What a run says with its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was decided, and nothing that counts was found.
    Clean,
    /// Something at or above the bound was found.
    Findings,
    /// There was no object to look at.
    NothingScanned,
    /// Something could not be read or understood; what was read is clean.
    Incomplete,
}

impl Exit {
    /// The exit code. 2 is for errors of usage and configuration, which happen before there is a run.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::NothingScanned => 3,
            Self::Incomplete => 4,
        }
    }
}

/// What a run that ended with `report` over `snapshot` says. `interrupted`: the user stopped it.
///
/// - Findings at or above `fail_on` come first: what could not be read does not make them less true.
/// - Then what is incomplete, if it is not allowed: the run was stopped, or a problem of weight [`Weight::Incomplete`] says
///   that something was left out.
/// - Then an empty Snapshot. `allow_incomplete` does not excuse it: nothing read is never a clean result.
///
/// A verdict of *unknown* alone is not incompleteness. Where it comes from input that was not understood (a field of a
/// wrong type, a chart that did not render), a problem already says so; otherwise it says that objects on disk
/// cannot answer the question (pod-level fields that a controller adds, for example), which no change of the input would
/// mend. Those are counted in the summary.
pub fn outcome(
    report: &Report,
    snapshot: &Snapshot,
    fail_on: FailOn,
    allow_incomplete: bool,
    interrupted: bool,
) -> Exit {
    let mut problems = snapshot.problems.iter().chain(&report.problems);
    let incomplete = interrupted || problems.any(|problem: &Problem| problem.weight == Weight::Incomplete);
    if report.active().any(|reported| fail_on.fails(reported.finding.severity)) {
        Exit::Findings
    } else if incomplete && !allow_incomplete {
        Exit::Incomplete
    } else if snapshot.objects.is_empty() {
        Exit::NothingScanned
    } else {
        Exit::Clean
    }
}
