//! What a change does to findings.

use std::collections::HashMap;

use seawall_finding::{Fingerprint, Severity};

use crate::report::{Report, Reported, Status};

/// What became of findings between two reports. Each list is in the order of its report: most dangerous first.
#[derive(Debug, Default)]
pub struct Diff<'r> {
    /// Count now, and were not there before, of any status.
    pub new: Vec<&'r Reported>,
    /// Counted before, and are not there any more.
    pub fixed: Vec<&'r Reported>,
    /// Count in both, with another severity now.
    pub changed: Vec<SeverityChange<'r>>,
    /// Counted before, are still there, and do not count now: someone suppressed them or put them into the baseline.
    pub silenced: Vec<&'r Reported>,
    /// Did not count before, and count now: a suppression is gone or has expired.
    pub surfaced: Vec<&'r Reported>,
    /// Count in both, as they were.
    pub unchanged: Vec<&'r Reported>,
}

/// A finding whose severity is another one.
#[derive(Clone, Copy, Debug)]
pub struct SeverityChange<'r> {
    /// As it is now.
    pub reported: &'r Reported,
    /// What it was before.
    pub before: Severity,
}

impl Diff<'_> {
    /// Findings that count and did not count before: what a check of a change fails on.
    pub fn opened(&self) -> impl Iterator<Item = &Reported> {
        self.new.iter().chain(&self.surfaced).copied()
    }
}

/// What became of the findings of `base` in `head`, by their fingerprints.
///
/// Both are to come from the same plan: a finding of a check that did not run in `head` would seem to be fixed. The same goes
/// for what could not be read in `head`, which is why its problems are to be shown beside the difference.
pub fn compare<'r>(base: &'r Report, head: &'r Report) -> Diff<'r> {
    let by_fingerprint = |report: &'r Report| -> HashMap<Fingerprint, &'r Reported> {
        report.findings.iter().map(|reported| (reported.fingerprint, reported)).collect()
    };
    let (before, after) = (by_fingerprint(base), by_fingerprint(head));
    let counts = |reported: &Reported| reported.status == Status::Active;
    let mut diff = Diff::default();
    for reported in &head.findings {
        match before.get(&reported.fingerprint) {
            None if counts(reported) => diff.new.push(reported),
            None => {}
            Some(earlier) => match (counts(earlier), counts(reported)) {
                (true, true) if earlier.finding.severity == reported.finding.severity => {
                    diff.unchanged.push(reported);
                }
                (true, true) => {
                    diff.changed.push(SeverityChange { reported, before: earlier.finding.severity });
                }
                (true, false) => diff.silenced.push(reported),
                (false, true) => diff.surfaced.push(reported),
                (false, false) => {}
            },
        }
    }
    let gone = |reported: &&Reported| counts(reported) && !after.contains_key(&reported.fingerprint);
    diff.fixed.extend(base.findings.iter().filter(gone));
    diff
}
