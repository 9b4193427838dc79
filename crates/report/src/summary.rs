//! Sums of a report.

use std::collections::BTreeSet;

use seawall_engine::{Report, Status};
use seawall_finding::Severity;
use seawall_inventory::{Snapshot, Weight};

/// Sums of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings that count, by severity.
    pub findings: BySeverity,
    /// Objects with findings that count.
    pub objects_with_findings: usize,
    /// Findings that someone said do not count.
    pub suppressed: usize,
    /// Findings that the baseline holds.
    pub baselined: usize,
    /// Verdicts that could not be reached.
    pub unknown: usize,
    /// Problems.
    pub problems: usize,
    /// Problems because of which something was left out: the scan is incomplete.
    pub incomplete: usize,
    /// Objects that were read.
    pub objects: usize,
    /// Documents that were read.
    pub documents: usize,
    /// Texts that were read: files, and templates that were rendered.
    pub files: usize,
}

/// A number for each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BySeverity {
    // In this order the derived comparison is by danger: one critical finding outweighs any number of others.
    /// Critical.
    pub critical: usize,
    /// High.
    pub high: usize,
    /// Medium.
    pub medium: usize,
    /// Low.
    pub low: usize,
    /// Info.
    pub info: usize,
}

impl Summary {
    pub(crate) fn new(report: &Report, snapshot: &Snapshot) -> Self {
        let mut summary = Self {
            unknown: report.unknowns.len(),
            objects: snapshot.subjects(),
            documents: snapshot.documents,
            files: snapshot.files.len(),
            ..Self::default()
        };
        let mut objects = BTreeSet::new();
        for reported in &report.findings {
            match &reported.status {
                Status::Active => {
                    summary.findings.add(reported.finding.severity);
                    objects.insert(crate::group::subject(&reported.finding));
                }
                Status::Suppressed(_) => summary.suppressed += 1,
                Status::Baselined => summary.baselined += 1,
            }
        }
        for problem in snapshot.problems.iter().chain(&report.problems) {
            summary.problems += 1;
            summary.incomplete += usize::from(problem.weight == Weight::Incomplete);
        }
        summary.objects_with_findings = objects.len();
        summary
    }
}

impl BySeverity {
    pub(crate) fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::High => self.high += 1,
            Severity::Medium => self.medium += 1,
            Severity::Low => self.low += 1,
            Severity::Info => self.info += 1,
        }
    }

    /// The number of one severity.
    pub fn get(&self, severity: Severity) -> usize {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// All together.
    pub fn total(&self) -> usize {
        Severity::ALL.iter().map(|severity| self.get(*severity)).sum()
    }

    /// Those that are not none, most dangerous first.
    pub fn present(&self) -> impl Iterator<Item = (Severity, usize)> {
        let counts = Severity::ALL.into_iter().rev().map(|severity| (severity, self.get(severity)));
        counts.filter(|(_, count)| *count > 0)
    }

    /// The worst.
    pub fn worst(&self) -> Option<Severity> {
        self.present().next().map(|(severity, _)| severity)
    }
}

impl std::fmt::Display for BySeverity {
    /// `1 critical, 3 medium`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (severity, count)) in self.present().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{count} {severity}")?;
        }
        Ok(())
    }
}

impl FromIterator<Severity> for BySeverity {
    fn from_iter<I: IntoIterator<Item = Severity>>(severities: I) -> Self {
        let mut counts = Self::default();
        severities.into_iter().for_each(|severity| counts.add(severity));
        counts
    }
}

impl std::iter::Sum for BySeverity {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, counts| Self {
            critical: sum.critical + counts.critical,
            high: sum.high + counts.high,
            medium: sum.medium + counts.medium,
            low: sum.low + counts.low,
            info: sum.info + counts.info,
        })
    }
}

/// `1 place`, `2 places`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
