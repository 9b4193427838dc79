//! One cause, one finding.

use std::collections::{BTreeMap, HashSet};

use seawall_finding::{Finding, Meta};
use seawall_yaml::Segment;

use crate::plan::Plan;

/// Drops findings of one object whose cause another finding tells better: one about the same thing, or about what that
/// is a part of ([`seawall_finding::Meta::subsumes`]).
///
/// When the Pod Security Standards are judged, a control says what it finds whatever other controls find; within one
/// control findings are dropped as ever.
pub(crate) fn subsume(findings: Vec<Finding>, plan: &Plan) -> Vec<Finding> {
    let found: BTreeMap<&str, &Meta> =
        findings.iter().map(|finding| (finding.check.id, finding.check)).collect();
    let may_drop = |by: &Meta, id: &str| {
        let judged = found.get(id).and_then(|meta| meta.pss).filter(|_| plan.pss.is_some());
        judged.is_none_or(|judged| by.pss.is_some_and(|pss| pss.control == judged.control))
    };
    let covered: HashSet<(&[Segment], &str)> = findings
        .iter()
        .flat_map(|finding| {
            let ids = finding.check.subsumes.iter().filter(|id| may_drop(finding.check, id));
            ids.map(|id| (finding.anchor.segments(), *id))
        })
        .collect();
    if covered.is_empty() {
        return findings;
    }
    let is_covered = |finding: &Finding| {
        let anchor = finding.anchor.segments();
        (0..=anchor.len())
            .any(|end| anchor.get(..end).is_some_and(|whole| covered.contains(&(whole, finding.check.id))))
    };
    let keep: Vec<bool> = findings.iter().map(|finding| !is_covered(finding)).collect();
    findings.into_iter().zip(keep).filter_map(|(finding, keep)| keep.then_some(finding)).collect()
}
