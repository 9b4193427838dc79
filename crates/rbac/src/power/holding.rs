//! Who holds a power.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::KubernetesVersion;
use smol_str::SmolStr;

use super::{EVERYTHING, Power};
use crate::attributes::Attributes;
use crate::doubt::Doubt;
use crate::grants::Grant;
use crate::policy::Policy;
use crate::subject::Subject;

/// Somebody who holds a power by a binding.
#[derive(Clone, Debug)]
pub struct Holding<'s> {
    /// Who.
    pub subject: Subject,
    /// In which namespace; `None` in all of them, and outside.
    pub namespace: Option<SmolStr>,
    /// Why: for each thing that the power needs one grant. The first is by the binding that this is about.
    pub grants: Vec<Grant<'s>>,
}

/// By whom something is held, and where, with the first grant of it.
type Holders<'s> = HashMap<Subject, BTreeMap<Option<SmolStr>, Grant<'s>>>;

impl<'s> Policy<'s> {
    /// Everybody who holds a power in a version, once for each binding that gives the first thing that it needs, in the order of
    /// bindings; and why there may be others. Nobody is told for `system:masters`, who hold all.
    ///
    /// What a group holds, its members are not told for.
    pub fn holders_of(&self, power: &Power, version: KubernetesVersion) -> (Vec<Holding<'s>>, Vec<Doubt>) {
        let mut doubts = Vec::new();
        let mut needs = power.needs.iter().map(|asks| {
            let asks = asks.iter().filter(|ask| ask.versions.contains(version));
            let asked: Vec<Attributes<'_>> = asks.map(super::Ask::attributes).collect();
            let found = self.who_can_somewhere(&asked);
            doubts.extend(found.doubts);
            let holders =
                found.holders.into_iter().filter_map(|holder| Some((holder.subject, holder.grant?)));
            let placed = holders.map(|(subject, grant)| (subject, self.place_of(&grant), grant));
            placed.filter(|(_, place, _)| power.works_in(place.as_deref())).collect::<Vec<_>>()
        });
        let Some(first) = needs.next() else { return (Vec::new(), doubts) };
        let others: Vec<Holders<'s>> = needs
            .map(|holders| {
                let mut by_subject = Holders::new();
                for (subject, place, grant) in holders {
                    by_subject.entry(subject).or_default().entry(place).or_insert(grant);
                }
                by_subject
            })
            .collect();
        let alone = |(subject, namespace, grant)| Holding { subject, namespace, grants: vec![grant] };
        let held = match others.is_empty() {
            true => first.into_iter().map(alone).collect(),
            false => {
                let all = |(subject, place, grant)| together(&subject, place, grant, &others);
                first.into_iter().flat_map(all).collect()
            }
        };
        doubts.sort_unstable();
        doubts.dedup();
        (held, doubts)
    }

    /// Whether the binding that somebody holds a power by gives everything there.
    pub fn gives_everything(&self, holding: &Holding<'_>) -> bool {
        let place = |holding: &Holding<'_>| Some((holding.grants.first()?.number, holding.namespace.clone()));
        // It takes the same in all versions.
        let all =
            || self.holders_of(&EVERYTHING, KubernetesVersion::LATEST).0.iter().filter_map(place).collect();
        place(holding).is_some_and(|place| self.everything.get_or_init(all).contains(&place))
    }

    /// The namespace that a grant is of; `None` for the cluster.
    fn place_of(&self, grant: &Grant<'s>) -> Option<SmolStr> {
        let is_of_one = grant.binding.kind == "RoleBinding";
        let written = &grant.binding.metadata.namespace;
        is_of_one.then(|| match written.is_empty() {
            true => self.snapshot.identity(grant.binding.reference()).namespace,
            false => written.clone(),
        })
    }
}

impl Power {
    pub(super) fn works_in(&self, namespace: Option<&str>) -> bool {
        match (namespace, self.only) {
            (None, _) => true,
            (Some(namespace), Some(only)) => namespace == only,
            (Some(_), None) => self.namespaced,
        }
    }
}

/// Where somebody who has the first thing in `place` has the `others` too.
fn together<'s>(
    subject: &Subject,
    place: Option<SmolStr>,
    grant: Grant<'s>,
    others: &[Holders<'s>],
) -> Vec<Holding<'s>> {
    let mut held = vec![(place, vec![grant])];
    for holders in others {
        let Some(places) = holders.get(subject) else { return Vec::new() };
        let mut narrower = Vec::new();
        for (place, grants) in held {
            let with = |grant: &Grant<'s>| grants.iter().copied().chain([*grant]).collect::<Vec<_>>();
            match (places.get(&None), &place) {
                (Some(everywhere), _) => narrower.push((place, with(everywhere))),
                (None, Some(_)) => {
                    narrower.extend(places.get(&place).map(|grant| (place.clone(), with(grant))))
                }
                (None, None) => {
                    narrower.extend(places.iter().map(|(place, grant)| (place.clone(), with(grant))));
                }
            }
        }
        held = narrower;
    }
    held.into_iter()
        .map(|(namespace, grants)| Holding { subject: subject.clone(), namespace, grants })
        .collect()
}
