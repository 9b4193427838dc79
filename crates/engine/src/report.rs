//! What a run found: the input of every renderer.

use std::collections::BTreeMap;

use seawall_finding::{Finding, Fingerprint};
use seawall_inventory::{IgnoreForm, Object, ObjectRef, Problem, Snapshot};
use smol_str::SmolStr;

/// What a run found. Renderers turn it into text; together with the Snapshot it is all they need.
#[derive(Debug, Default)]
pub struct Report {
    /// All findings, suppressed ones included: most dangerous first, then by check, then by place.
    pub findings: Vec<Reported>,
    /// Findings whose cause another finding tells better, by object. They are not shown and do not count.
    pub subsumed: Vec<Finding>,
    /// What could not be decided, by check, then by object.
    pub unknowns: Vec<Unknown>,
    /// What is wrong with suppressions, baseline or configuration. Problems of reading are in the Snapshot.
    pub problems: Vec<Problem>,
    /// Verdicts by check id, for every check that ran.
    pub counts: BTreeMap<&'static str, Counts>,
}

/// A finding and what became of it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// Its identity over time.
    pub fingerprint: Fingerprint,
    /// What became of it.
    pub status: Status,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It counts.
    Active,
    /// Someone said why it does not count.
    Suppressed(Box<Suppression>),
    /// It was there when the baseline was written.
    Baselined,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Where it is written; `None` for the configuration.
    pub form: Option<IgnoreForm>,
    /// Why.
    pub reason: String,
    /// Last day on which it holds: `YYYY-MM-DD`.
    pub expires: Option<SmolStr>,
}

/// A check that could not decide about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Id of the check.
    pub check: &'static str,
    /// Index of the object; `None` when it is about the whole Snapshot.
    pub object: Option<usize>,
    /// Why.
    pub reason: SmolStr,
    /// The number of the gap in what was read because of which it could not ([`seawall_inventory::Coverage::gaps`]).
    pub gap: Option<usize>,
}

/// How often a check came to each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects without the weakness.
    pub passed: usize,
    /// Objects with it.
    pub failed: usize,
    /// Objects it says nothing about.
    pub not_applicable: usize,
    /// Objects it could not decide about.
    pub unknown: usize,
}

impl Reported {
    /// What it is told of: the workload, when its object is only a part of one.
    pub fn subject(&self, snapshot: &Snapshot) -> ObjectRef {
        match self.finding.part_of() {
            Some(part_of) => part_of.workload.clone(),
            None => snapshot.objects.get(self.finding.object).map(Object::reference).unwrap_or_default(),
        }
    }
}

impl Report {
    /// The findings that count.
    pub fn active(&self) -> impl Iterator<Item = &Reported> {
        self.findings.iter().filter(|reported| reported.status == Status::Active)
    }
}
