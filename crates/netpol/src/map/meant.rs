//! Whom each peer of the policies means, worked out once however many policies name it.

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;
use seawall_inventory::selector::{Operator, Selector};

use super::party::Parties;
use crate::calico;
use crate::connection::{End, RuleId};
use crate::enforcer::{Enforcer, Open};
use crate::matching::{self, Family, Match};
use crate::policy::Peer;
use crate::verdict::Verdict;
use crate::world::World;

/// Whom peers mean, and how sure that is: all others are not meant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whom {
    /// Everybody of homes.
    pub homes: Vec<(u32, Verdict)>,
    /// Parties, besides.
    pub parties: Vec<(u32, Verdict)>,
}

pub(crate) struct Meant<'w, 's, 'p> {
    world: &'w World<'s>,
    family: Family,
    parties: &'p Parties,
    selected: HashMap<(&'w Selector, &'w Selector, Open), Whom>,
    blocks: HashMap<(&'w IpNet, &'w [IpNet], Enforcer), Whom>,
    calico: HashMap<RuleId, Whom>,
}

impl<'w, 's, 'p> Meant<'w, 's, 'p> {
    pub fn new(world: &'w World<'s>, family: Family, parties: &'p Parties) -> Self {
        Self {
            world,
            family,
            parties,
            selected: HashMap::new(),
            blocks: HashMap::new(),
            calico: HashMap::new(),
        }
    }

    pub fn family(&self) -> Family {
        self.family
    }

    /// Whom a peer of a policy of the namespace `own` means, by the word of `enforcer`; in no order, each once.
    pub fn by(&mut self, peer: &'w Peer, own: usize, enforcer: &Enforcer) -> Whom {
        let open = enforcer.selects_host_network;
        match peer {
            Peer::Pods(pods) => {
                let beside = self.parties.by_namespace.get(own).into_iter().flatten().copied();
                Whom { homes: Vec::new(), parties: self.among(beside, pods, |_| Match::Yes, open) }
            }
            Peer::PodsIn { namespaces, pods } => {
                if let Some(known) = self.selected.get(&(namespaces, pods, open)) {
                    return known.clone();
                }
                let found = self.in_namespaces(namespaces, pods, open);
                self.selected.insert((namespaces, pods, open), found.clone());
                found
            }
            Peer::Block { cidr, except } => {
                if let Some(known) = self.blocks.get(&(cidr, except.as_slice(), *enforcer)) {
                    return known.clone();
                }
                let found = self.in_block(cidr, except, enforcer);
                self.blocks.insert((cidr, except, *enforcer), found.clone());
                found
            }
            Peer::Nodes(nodes) => self.homes(|end| matching::nodes(nodes, end, self.world)),
            Peer::Names => self.homes(|end| matching::names(end, self.world)),
        }
    }

    /// Whom a rule of a policy of Calico means.
    pub fn by_calico(&mut self, id: RuleId, rule: &calico::Rule) -> Whom {
        if let Some(known) = self.calico.get(&id) {
            return known.clone();
        }
        let (_, direction, _) = id;
        let mut found = Whom::default();
        for (number, party) in (0..).zip(&self.parties.all) {
            let verdict = self.world.calico_means_other(rule, direction, party.end, self.family);
            match party.namespace {
                _ if verdict == Verdict::Deny => {}
                Some(_) => found.parties.push((number, verdict)),
                // Who is none of the pods is alone at home.
                None => found.homes.push((party.home, verdict)),
            }
        }
        self.calico.insert(id, found.clone());
        found
    }

    /// Those homes that are meant, each as whoever stands for it.
    fn homes(&self, is_meant: impl Fn(End) -> Match) -> Whom {
        let homes = (0..).zip(&self.parties.homes).filter_map(|(number, home)| {
            let found = is_meant(self.parties.end(*home.parties.first()?)?);
            (found != Match::No).then(|| (number, found.verdict()))
        });
        Whom { homes: homes.collect(), parties: Vec::new() }
    }

    fn in_namespaces(&self, namespaces: &Selector, pods: &Selector, open: Open) -> Whom {
        let spaces = (0..).map_while(|number| Some((number, self.world.space(number)?)));
        let places: Vec<Match> =
            spaces.map(|(number, space)| matching::namespace(namespaces, number, space)).collect();
        let place = |number: usize| places.get(number).copied().unwrap_or(Match::No);
        if pods.is_everything() {
            let homes = (0..).zip(&self.parties.homes).filter_map(|(number, home)| {
                let End::Pods(endpoint) = self.parties.end(*home.parties.first()?)? else { return None };
                let endpoint = self.world.endpoint(endpoint)?;
                let found = place(endpoint.namespace);
                let found = found.on_node(endpoint, open);
                (found != Match::No).then(|| (number, found.verdict()))
            });
            return Whom { homes: homes.collect(), parties: Vec::new() };
        }
        let spaces = self.parties.by_namespace.iter().enumerate();
        let there = spaces.filter(|(number, _)| place(*number) != Match::No).map(|(_, parties)| parties);
        let count: usize = there.clone().map(Vec::len).sum();
        let parties = match self.candidates(pods, count) {
            Some(candidates) => self.among(candidates.into_iter(), pods, place, open),
            None => self.among(there.flatten().copied(), pods, place, open),
        };
        Whom { homes: Vec::new(), parties }
    }

    /// All pods that can have one label that a selector asks for, when it asks for one and they are fewer than `most`.
    fn candidates(&self, pods: &Selector, most: usize) -> Option<Vec<u32>> {
        let mut asked = pods.requirements()?.iter().filter(|asked| asked.operator() == Operator::In);
        let asked = asked.next()?;
        let values = asked.values().iter().map(|value| Some(value.as_str())).chain([None]);
        let with: Vec<&Vec<u32>> =
            values.filter_map(|value| self.parties.labelled.of(asked.key(), value)).collect();
        if with.iter().map(|parties| parties.len()).sum::<usize>() >= most {
            return None;
        }
        let mut found: Vec<u32> = with.into_iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    fn among(
        &self,
        parties: impl Iterator<Item = u32>,
        pods: &Selector,
        place: impl Fn(usize) -> Match,
        open: Open,
    ) -> Vec<(u32, Verdict)> {
        let meant = parties.filter_map(|number| {
            let End::Pods(endpoint_number) = self.parties.end(number)? else { return None };
            let endpoint = self.world.endpoint(endpoint_number)?;
            let found = place(endpoint.namespace).and(matching::pods(pods, endpoint_number, endpoint));
            let found = found.on_node(endpoint, open);
            (found != Match::No).then(|| (number, found.verdict()))
        });
        meant.collect()
    }

    fn in_block(&self, cidr: &IpNet, except: &[IpNet], enforcer: &Enforcer) -> Whom {
        let mut homes = Vec::new();
        let mut outside = Vec::new();
        for (number, home) in (0..).zip(&self.parties.homes) {
            let Some(end) = home.parties.first().and_then(|party| self.parties.end(*party)) else { continue };
            if let End::Address(_) = end {
                // They are counted below.
                outside.push(number);
                continue;
            }
            let found = matching::block(cidr, except, end, self.family, self.world, enforcer);
            let verdict = found.verdict();
            if verdict != Verdict::Deny {
                homes.push((number, verdict));
            }
        }
        let mut atoms = self.parties.atoms.range(cidr);
        let mut exceptions: Vec<_> = except.iter().map(|part| self.parties.atoms.range(part)).collect();
        exceptions.sort_unstable_by_key(|range| range.start);
        // Each atom is a home of its own, in their order.
        let mut add = |atoms: std::ops::Range<usize>| {
            homes.extend(outside.get(atoms).into_iter().flatten().map(|home| (*home, Verdict::Allow)));
        };
        for exception in exceptions.into_iter().filter(|range| !range.is_empty()) {
            add(atoms.start..exception.start.max(atoms.start));
            atoms.start = atoms.start.max(exception.end);
        }
        add(atoms);
        Whom { homes, parties: Vec::new() }
    }
}
