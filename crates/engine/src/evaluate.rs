//! Runs a plan over a Snapshot.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;
use seawall_checks::{Check, Outcome, Run};
use seawall_finding::{Finding, Verdict, fingerprints};
use seawall_inventory::Snapshot;

use crate::plan::Plan;
use crate::report::{Counts, Report, Reported, Status, Unknown};
use crate::subsume::subsume;

/// Runs `plan` over `snapshot`. The result is the same whatever the number of threads.
pub fn evaluate(snapshot: &Snapshot, plan: &Plan) -> Report {
    let per_object: Vec<&'static Check> =
        plan.checks.iter().copied().filter(|check| !matches!(check.run, Run::Snapshot(_))).collect();
    let tally = (0..snapshot.objects.len())
        .into_par_iter()
        .fold(Tally::default, |tally, object| tally.add_object(snapshot, plan, &per_object, object))
        .reduce(Tally::default, Tally::merge);
    let whole = plan.checks.iter().filter(|check| matches!(check.run, Run::Snapshot(_)));
    let tally = whole.fold(tally, |mut tally, check| {
        let outcome = check.on_snapshot(snapshot, &plan.settings);
        let findings = tally.count(check, None, outcome);
        tally.findings.extend(findings);
        tally
    });
    tally.into_report(snapshot, plan)
}

#[derive(Default)]
struct Tally {
    findings: Vec<Finding>,
    unknowns: Vec<Unknown>,
    counts: BTreeMap<&'static str, Counts>,
}

impl Tally {
    fn add_object(
        mut self,
        snapshot: &Snapshot,
        plan: &Plan,
        checks: &[&'static Check],
        object: usize,
    ) -> Self {
        let mut findings = Vec::new();
        for check in checks {
            let outcome = check.on_object(snapshot, object, &plan.settings);
            findings.extend(self.count(check, Some(object), outcome));
        }
        self.findings.extend(subsume(findings, plan));
        self
    }

    fn count(&mut self, check: &Check, object: Option<usize>, outcome: Outcome) -> Vec<Finding> {
        let counts = self.counts.entry(check.meta.id).or_default();
        match outcome.verdict {
            Verdict::Pass => counts.passed += 1,
            Verdict::Fail => counts.failed += 1,
            Verdict::NotApplicable => counts.not_applicable += 1,
            Verdict::Unknown(reason) => {
                counts.unknown += 1;
                self.unknowns.push(Unknown { check: check.meta.id, object, reason });
            }
        }
        outcome.findings
    }

    fn merge(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.unknowns.extend(other.unknowns);
        for (check, counts) in other.counts {
            let sum = self.counts.entry(check).or_default();
            sum.passed += counts.passed;
            sum.failed += counts.failed;
            sum.not_applicable += counts.not_applicable;
            sum.unknown += counts.unknown;
        }
        self
    }

    fn into_report(mut self, snapshot: &Snapshot, plan: &Plan) -> Report {
        for finding in &mut self.findings {
            if let Some(severity) = plan.severities.get(finding.check.id) {
                finding.severity = *severity;
            }
        }
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (Reverse(finding.severity), finding.check.id, finding.object);
            key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path)).then_with(|| a.message.cmp(&b.message))
        });
        self.unknowns.sort_by(|a, b| (a.check, a.object, &a.reason).cmp(&(b.check, b.object, &b.reason)));
        let fingerprints = fingerprints(&self.findings, snapshot);
        let findings = self.findings.into_iter().zip(fingerprints);
        Report {
            findings: findings
                .map(|(finding, fingerprint)| Reported { finding, fingerprint, status: Status::Active })
                .collect(),
            unknowns: self.unknowns,
            problems: Vec::new(),
            counts: self.counts,
        }
    }
}
