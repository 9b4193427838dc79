//! One cause, one finding.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use seawall_finding::{Finding, Meta};
use seawall_yaml::Path;

/// Drops findings of one object whose cause another finding tells better: one about the same thing, or about what that
/// is a part of ([`seawall_finding::Meta::subsumes`]), or one that stands for it ([`seawall_finding::Finding::covers`]).
///
/// When a standard is judged, each of its controls says what it finds: a container that is privileged also violates the
/// control that wants `allowPrivilegeEscalation: false`, and the standard counts both. What stands for others because it
/// is needed does not make it any less of a violation.
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
    let stood_for = stood_for(&findings, judges_standard);
    if covered.is_empty() && stood_for.is_empty() {
        return (findings, Vec::new());
    }
    let stays = |finding: &Finding| {
        // The whole of the anchor, and each thing that it is a part of: a capability, its container, the pod.
        let mut by =
            finding.anchor.ancestors().filter_map(|above| covered.get(&(above, finding.check.id))).flatten();
        !by.any(|other| !judges_standard || same_control(finding.check, other))
            && !is_stood_for(finding, &stood_for)
    };
    let stays: Vec<bool> = findings.iter().map(stays).collect();
    let (kept, dropped): (Vec<_>, Vec<_>) = findings.into_iter().zip(stays).partition(|(_, stays)| *stays);
    let alone = |pairs: Vec<(Finding, bool)>| pairs.into_iter().map(|(finding, _)| finding).collect();
    (alone(kept), alone(dropped))
}

/// Checks and places for whose findings another one stands.
fn stood_for(findings: &[Finding], judges_standard: bool) -> HashSet<(&Path, &'static str)> {
    if judges_standard {
        return HashSet::new();
    }
    findings.iter().flat_map(Finding::covers).map(|(id, place)| (place, *id)).collect()
}

fn is_stood_for(finding: &Finding, stood_for: &HashSet<(&Path, &'static str)>) -> bool {
    // Nothing stands for what itself stands for others: one of them stays.
    !stood_for.is_empty()
        && finding.covers().is_empty()
        && finding.path.ancestors().any(|place| stood_for.contains(&(place, finding.check.id)))
}

/// Whether dropping a finding of `check` for one of `other` leaves the same controls failing.
fn same_control(check: &Meta, other: &Meta) -> bool {
    match (check.pss, other.pss) {
        (None, _) => true,
        (Some(own), Some(others)) => own.control == others.control,
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use seawall_finding::Aside;

    use super::*;

    /// A finding of the check numbered `id`, that covers findings of checks at places.
    fn finding(id: &'static str, path: &Path, covers: &[(&'static str, &Path)]) -> Finding {
        let check = seawall_checks::all().into_iter().find(|check| check.meta.id == id).unwrap();
        let mut finding = Finding::new(&check.meta, 0, path.clone(), "");
        let covers: Vec<(&'static str, Path)> =
            covers.iter().map(|(id, place)| (*id, (*place).clone())).collect();
        finding.aside = (!covers.is_empty()).then(|| Box::new(Aside { covers, ..Aside::default() }));
        finding
    }

    fn kept(findings: Vec<Finding>, judges_standard: bool) -> Vec<String> {
        let (kept, dropped) = subsume(findings, judges_standard);
        assert!(dropped.iter().all(|dropped| dropped.covers().is_empty()));
        kept.iter().map(|finding| format!("{} {}", finding.check.id, finding.path)).collect()
    }

    #[test]
    fn a_finding_stands_for_others_at_its_places_and_below() {
        let spec = Path::root().field("spec");
        let volumes = spec.field("volumes");
        let (first, second) = (volumes.index(0), volumes.index(1));
        let findings = || {
            vec![
                finding("SW1061", &spec, &[("SW1005", &first), ("SW1002", &spec.field("hostNetwork"))]),
                finding("SW1005", &first, &[]),
                finding("SW1005", &first.field("hostPath"), &[]),
                // Another place, another check, a place above.
                finding("SW1005", &second, &[]),
                finding("SW1032", &first, &[]),
                finding("SW1005", &volumes, &[]),
                finding("SW1002", &spec.field("hostNetwork"), &[]),
            ]
        };
        let stay = ["SW1061 spec", "SW1005 spec.volumes[1]", "SW1032 spec.volumes[0]", "SW1005 spec.volumes"];
        assert_eq!(kept(findings(), false), stay);
        let reversed: Vec<&str> = stay.into_iter().rev().collect();
        assert_eq!(
            kept(findings().into_iter().rev().collect(), false),
            reversed,
            "the order does not matter"
        );
        // SW1032 says more than SW1005 of one volume, whoever judges; a need excuses nothing before a standard.
        assert!(kept(findings(), true).contains(&"SW1002 spec.hostNetwork".to_owned()));
    }

    #[test]
    fn what_is_covered_still_tells_more_than_what_it_subsumes() {
        let container = Path::root().field("spec").field("containers").index(0);
        let findings = vec![
            finding("SW1061", &Path::root(), &[("SW1001", &container)]),
            finding("SW1001", &container, &[]),
            finding("SW1017", &container, &[]),
        ];
        assert_eq!(
            kept(findings, false).len(),
            1,
            "the privileged container is why privileges can be gained"
        );
    }

    #[test]
    fn what_covers_is_not_covered() {
        let findings = vec![
            finding("SW1061", &Path::root(), &[("SW1044", &Path::root())]),
            finding("SW1044", &Path::root(), &[("SW1061", &Path::root())]),
        ];
        assert_eq!(kept(findings, false).len(), 2);
    }
}
