//! Whom each peer of the policies means, worked out once however many policies name it.

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;
use seawall_inventory::selector::{Operator, Selector};

use super::party::Parties;
use crate::connection::End;
use crate::matching::{self, Family, Match};
use crate::policy::Peer;
use crate::verdict::Verdict;
use crate::world::World;

/// Whom peers mean, and how sure that is: all others are not meant.
pub(crate) type Whom = Vec<(u32, Verdict)>;

pub(crate) struct Meant<'w, 's> {
    world: &'w World<'s>,
    family: Family,
    parties: &'w Parties,
    /// Pods by a label that they have; those that get it later are under its key alone.
    by_label: HashMap<(&'w str, Option<&'w str>), Vec<u32>>,
    selected: HashMap<(&'w Selector, &'w Selector), Whom>,
    blocks: HashMap<(&'w IpNet, &'w [IpNet]), Whom>,
}

impl<'w, 's> Meant<'w, 's> {
    pub fn new(world: &'w World<'s>, family: Family, parties: &'w Parties) -> Self {
        let mut by_label: HashMap<_, Vec<u32>> = HashMap::new();
        for (number, party) in (0..).zip(&parties.all) {
            let End::Pods(endpoint) = party.end else { continue };
            let Some(endpoint) = world.endpoint(endpoint) else { continue };
            for (key, value) in endpoint.labels().iter() {
                by_label.entry((key, Some(value))).or_default().push(number);
            }
            for key in endpoint.later() {
                by_label.entry((key, None)).or_default().push(number);
            }
        }
        Self { world, family, parties, by_label, selected: HashMap::new(), blocks: HashMap::new() }
    }

    pub fn family(&self) -> Family {
        self.family
    }

    /// Whom a peer of a policy of the namespace `own` means; in no order, each once.
    pub fn by(&mut self, peer: &'w Peer, own: usize) -> Whom {
        match peer {
            Peer::Pods(pods) => {
                self.among(self.parties.by_namespace.get(own).into_iter().flatten().copied(), pods, |_| {
                    Match::Yes
                })
            }
            Peer::PodsIn { namespaces, pods } => {
                if let Some(known) = self.selected.get(&(namespaces, pods)) {
                    return known.clone();
                }
                let found = self.in_namespaces(namespaces, pods);
                self.selected.insert((namespaces, pods), found.clone());
                found
            }
            Peer::Block { cidr, except } => {
                if let Some(known) = self.blocks.get(&(cidr, except.as_slice())) {
                    return known.clone();
                }
                let found = self.in_block(cidr, except);
                self.blocks.insert((cidr, except), found.clone());
                found
            }
        }
    }

    fn in_namespaces(&self, namespaces: &Selector, pods: &Selector) -> Whom {
        let spaces = (0..).map_while(|number| Some((number, self.world.space(number)?)));
        let places: Vec<Match> =
            spaces.map(|(number, space)| matching::namespace(namespaces, number, space)).collect();
        let place = |number: usize| places.get(number).copied().unwrap_or(Match::No);
        match self.candidates(pods) {
            Some(candidates) => self.among(candidates.into_iter(), pods, place),
            None => {
                let spaces = self.parties.by_namespace.iter().enumerate();
                let meant = spaces.filter(|(number, _)| place(*number) != Match::No);
                self.among(meant.flat_map(|(_, parties)| parties).copied(), pods, place)
            }
        }
    }

    /// All pods that can have one label that a selector asks for, when it asks for one.
    fn candidates(&self, pods: &Selector) -> Option<Vec<u32>> {
        let mut asked = pods.requirements()?.iter().filter(|asked| asked.operator() == Operator::In);
        let asked = asked.next()?;
        let with = |value| self.by_label.get(&(asked.key(), value)).into_iter().flatten().copied();
        let mut found: Vec<u32> =
            asked.values().iter().flat_map(|value| with(Some(value.as_str()))).chain(with(None)).collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    fn among(
        &self,
        parties: impl Iterator<Item = u32>,
        pods: &Selector,
        place: impl Fn(usize) -> Match,
    ) -> Whom {
        let meant = parties.filter_map(|number| {
            let End::Pods(endpoint_number) = self.parties.all.get(number as usize)?.end else { return None };
            let endpoint = self.world.endpoint(endpoint_number)?;
            let found = place(endpoint.namespace).and(matching::pods(pods, endpoint_number, endpoint));
            let found = found.on_node(endpoint, self.world.enforcer().selects_host_network);
            (found != Match::No).then(|| (number, found.verdict()))
        });
        meant.collect()
    }

    fn in_block(&self, cidr: &IpNet, except: &[IpNet]) -> Whom {
        // What is asked of pods is asked once for all in the same places.
        let mut asked = HashMap::new();
        let mut found = Whom::new();
        for (number, party) in (0..).zip(&self.parties.all) {
            let verdict = match party.end {
                End::Pods(endpoint) => {
                    let Some(known) = self.world.endpoint(endpoint) else { continue };
                    let atoms = known.addresses.iter().filter_map(|address| self.parties.atoms.of(address));
                    let place = (known.host_network, known.addresses.is_empty(), atoms.collect::<Vec<_>>());
                    *asked.entry(place).or_insert_with(|| self.block(cidr, except, party.end))
                }
                // They are counted below.
                End::Address(_) => continue,
                other => self.block(cidr, except, other),
            };
            if verdict != Verdict::Deny {
                found.push((number, verdict));
            }
        }
        let mut atoms = self.parties.atoms.range(cidr);
        let mut exceptions: Vec<_> = except.iter().map(|part| self.parties.atoms.range(part)).collect();
        exceptions.sort_unstable_by_key(|range| range.start);
        let mut outside = |atoms: std::ops::Range<usize>| {
            let parties = self.parties.of_atom.get(atoms).into_iter().flatten();
            found.extend(parties.map(|party| (*party, Verdict::Allow)));
        };
        for exception in exceptions.into_iter().filter(|range| !range.is_empty()) {
            outside(atoms.start..exception.start.max(atoms.start));
            atoms.start = atoms.start.max(exception.end);
        }
        outside(atoms);
        found
    }

    fn block(&self, cidr: &IpNet, except: &[IpNet], other: End) -> Verdict {
        matching::block(cidr, except, other, self.family, self.world).verdict()
    }
}
