//! One cause, one finding.

use std::collections::HashSet;

use seawall_finding::Finding;
use seawall_yaml::Segment;

/// Drops findings of one object whose cause another finding tells better: one about the same thing, or about what that
/// is a part of ([`seawall_finding::Meta::subsumes`]).
pub(crate) fn subsume(findings: Vec<Finding>) -> Vec<Finding> {
    let covered: HashSet<(&[Segment], &str)> = findings
        .iter()
        .flat_map(|finding| finding.check.subsumes.iter().map(|id| (finding.anchor.segments(), *id)))
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
