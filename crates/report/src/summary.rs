//! Sums of a report.

use std::collections::BTreeSet;

use seawall_engine::{Report, Status};
use seawall_finding::Severity;
use seawall_inventory::{Snapshot, Weight};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

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
    /// Clusters that were read; then documents and files are what their lists are kept as, and say nothing.
    pub clusters: usize,
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
            clusters: clusters(snapshot),
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

/// How many clusters a Snapshot is of: each list is called by its cluster first.
fn clusters(snapshot: &Snapshot) -> usize {
    let lists = snapshot.files.iter().filter(|file| snapshot.coverage.live && file.provenance.is_live());
    let names: BTreeSet<_> = lists.filter_map(|file| file.path.components().next()).collect();
    names.len()
}

impl Summary {
    /// `3 objects in 2 documents of 1 file`, `3 objects of a cluster`.
    pub(crate) fn scanned(&self) -> String {
        let objects = counted(self.objects, "object");
        match self.clusters {
            0 => format!(
                "{objects} in {} of {}",
                counted(self.documents, "document"),
                counted(self.files, "file")
            ),
            1 => format!("{objects} of a cluster"),
            clusters => format!("{objects} of {}", counted(clusters, "cluster")),
        }
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

impl Serialize for BySeverity {
    /// Each number by the name of its severity, and all together as `total`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { critical, high, medium, low, info } = self;
        let mut counts = serializer.serialize_struct("BySeverity", 6)?;
        counts.serialize_field("total", &self.total())?;
        counts.serialize_field("critical", critical)?;
        counts.serialize_field("high", high)?;
        counts.serialize_field("medium", medium)?;
        counts.serialize_field("low", low)?;
        counts.serialize_field("info", info)?;
        counts.end()
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

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn what_was_scanned_is_files_or_clusters() {
        for (clusters, objects, expected) in [
            (0, 3, "3 objects in 2 documents of 1 file"),
            (1, 1, "1 object of a cluster"),
            (1, 0, "0 objects of a cluster"),
            (2, 3, "3 objects of 2 clusters"),
        ] {
            let summary = Summary { objects, documents: 2, files: 1, clusters, ..Summary::default() };
            assert_eq!(summary.scanned(), expected);
        }
    }
}
