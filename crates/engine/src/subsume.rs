//! One cause, one finding.

use std::collections::HashMap;

use seawall_finding::{Finding, Meta};
use seawall_yaml::Path;

/// Drops findings of one object whose cause another finding tells better: one about the same thing, or about what that
/// is a part of ([`seawall_finding::Meta::subsumes`]).
///
/// When a standard is judged, each of its controls says what it finds: a container that is privileged also violates the
/// control that wants `allowPrivilegeEscalation: false`, and the standard counts both.
///
/// Returns what stays, and what is dropped.
pub(crate) fn subsume(findings: Vec<Finding>, judges_standard: bool) -> (Vec<Finding>, Vec<Finding>) {
    // Most objects have no two findings of which one could tell the other: found out without hashing a path.
    let mut present: Vec<&str> = findings.iter().map(|finding| finding.check.id).collect();
    present.sort_unstable();
    present.dedup();
    let mut covered: HashMap<(&Path, &str), Vec<&'static Meta>> = HashMap::new();
    for finding in &findings {
        for id in finding.check.subsumes.iter().filter(|id| present.binary_search(id).is_ok()) {
            let by = covered.entry((&finding.anchor, *id)).or_default();
            if !by.iter().any(|other| other.id == finding.check.id) {
                by.push(finding.check);
            }
        }
    }
    if covered.is_empty() {
        return (findings, Vec::new());
    }
    let stays = |finding: &Finding| {
        // The whole of the anchor, and each thing that it is a part of: a capability, its container, the pod.
        let mut by =
            finding.anchor.ancestors().filter_map(|above| covered.get(&(above, finding.check.id))).flatten();
        !by.any(|other| !judges_standard || same_control(finding.check, other))
    };
    let stays: Vec<bool> = findings.iter().map(stays).collect();
    let (kept, dropped): (Vec<_>, Vec<_>) = findings.into_iter().zip(stays).partition(|(_, stays)| *stays);
    let alone = |pairs: Vec<(Finding, bool)>| pairs.into_iter().map(|(finding, _)| finding).collect();
    (alone(kept), alone(dropped))
}

/// Whether dropping a finding of `check` for one of `other` leaves the same controls failing.
fn same_control(check: &Meta, other: &Meta) -> bool {
    match (check.pss, other.pss) {
        (None, _) => true,
        (Some(own), Some(others)) => own.control == others.control,
        (Some(_), None) => false,
    }
}
