//! One cause, one finding.

use std::collections::HashMap;

use seawall_finding::{Finding, Meta};
use seawall_yaml::Path;

/// Drops findings of one object whose cause another finding about the same thing tells better
/// ([`seawall_finding::Meta::subsumes`]).
///
/// When a standard is judged, each of its controls says what it finds: a container that is privileged also violates the
/// control that wants `allowPrivilegeEscalation: false`, and the standard counts both.
pub(crate) fn subsume(findings: Vec<Finding>, judges_standard: bool) -> Vec<Finding> {
    if findings.iter().all(|finding| finding.check.subsumes.is_empty()) {
        return findings;
    }
    let mut covered: HashMap<(Path, &str), Vec<&'static Meta>> = HashMap::new();
    for finding in &findings {
        for id in finding.check.subsumes {
            covered.entry((finding.anchor.clone(), *id)).or_default().push(finding.check);
        }
    }
    let stays = |finding: &Finding| {
        let Some(by) = covered.get(&(finding.anchor.clone(), finding.check.id)) else { return true };
        judges_standard && !by.iter().any(|other| same_control(finding.check, other))
    };
    findings.into_iter().filter(stays).collect()
}

/// Whether dropping a finding of `check` for one of `other` leaves the same controls failing.
fn same_control(check: &Meta, other: &Meta) -> bool {
    match (check.pss, other.pss) {
        (None, _) => true,
        (Some(own), Some(others)) => own.control == others.control,
        (Some(_), None) => false,
    }
}
