//! One cause, one finding.

use std::collections::HashSet;

use seawall_finding::Finding;
use seawall_yaml::Path;

/// Drops findings of one object whose cause another finding about the same thing tells better
/// ([`seawall_finding::Meta::subsumes`]).
pub(crate) fn subsume(findings: Vec<Finding>) -> Vec<Finding> {
    let covered: HashSet<(Path, &str)> = findings
        .iter()
        .flat_map(|finding| finding.check.subsumes.iter().map(|id| (finding.anchor.clone(), *id)))
        .collect();
    if covered.is_empty() {
        return findings;
    }
    findings
        .into_iter()
        .filter(|finding| !covered.contains(&(finding.anchor.clone(), finding.check.id)))
        .collect()
}
