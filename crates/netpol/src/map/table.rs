//! What the policies of one namespace say of its pods, in one direction.

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};
use smol_str::SmolStr;

use super::Answers;
use super::meant::{Meant, Whom};
use super::party::Parties;
use crate::calico;
use crate::connection::{Asked, End, Nearness};
use crate::endpoint::Endpoint;
use crate::enforcer::Enforcer;
use crate::matching::Match;
use crate::ordered::Ordered;
use crate::policy::{Direction, Policy, PortMatch, Rule};
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// Answers by row, of the namespace's own pods, and cell, of whoever is at the other end.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The cells of homes, for all whom no peer means by himself; none when everything passes.
    homes: Vec<u32>,
    /// The cells of those parties whom some peer means, in the order of their numbers.
    meant: Vec<(u32, u32)>,
    /// The namespaces of these, in order, each once.
    pub namespaces: Vec<usize>,
    /// Numbers of answers, row after row.
    answers: Vec<u32>,
    width: usize,
    /// One party of each cell.
    pub others: Vec<u32>,
    /// Homes at which there was nobody but whom some peer means, so that they have no cells.
    empty: Vec<u32>,
}

/// What all tables are made of.
pub(crate) struct Builder<'w, 's, 'p, 'a> {
    pub world: &'w World<'s>,
    pub parties: &'p Parties,
    pub meant: Meant<'w, 's, 'p>,
    pub answers: &'a mut Answers,
}

impl<'w> Builder<'w, '_, '_, '_> {
    /// The table of a namespace; `rows` takes the row of each of its own parties.
    pub fn table(&mut self, namespace: usize, direction: Direction, rows: &mut [u32]) -> Table {
        let (world, parties) = (self.world, self.parties);
        let Some(space) = world.space(namespace) else { return Table::default() };
        let policies: Vec<&'w Policy> =
            space.policies.iter().filter(|policy| policy.rules(direction).is_some()).collect();
        let is_in_tiers = world.has_calico(space, direction);
        let is_in_order = is_in_tiers || world.has_ordered(space, direction);
        let is_unread = space.unread.is_some() || world.unread_cilium(space).is_some();
        if !world.enforcer().enforces || (policies.is_empty() && !is_unread && !is_in_order) {
            return Table::default();
        }
        let ordered: Vec<&'w Ordered> = match is_in_order {
            true => world.ordered_of(space).collect(),
            false => Vec::new(),
        };
        let calico = if is_in_tiers { world.calico_of(space, direction) } else { Vec::new() };
        let all = policies.iter().flat_map(|policy| policy.rules(direction).unwrap_or_default());
        let all = all.map(|rule| (rule, *world.enforcer()));
        let in_order = ordered.iter().flat_map(|policy| policy.rulings(direction));
        let in_order = in_order.map(|ruling| (&ruling.rule, Enforcer::IN_ORDER));
        let all: Vec<(&'w Rule, Enforcer)> = all.chain(in_order).collect();
        let names = names(&all, &calico);
        let owns = self.rows(namespace, (direction, &policies, &ordered, &calico), &names, rows);

        let mut cells = Cells::new(parties);
        for (rule, enforcer) in &all {
            // Pods are told from others before anything is asked.
            let peers = rule.peers.iter().filter(|peer| !peer.means_all_pods());
            let whom: Vec<Whom> = peers.map(|peer| self.meant.by(peer, namespace, enforcer)).collect();
            cells.homes(together(whom.iter().flat_map(|whom| &whom.homes)));
            cells.parties(together(whom.iter().flat_map(|whom| &whom.parties)));
        }
        for (id, rule) in world.calico_telling(&calico, direction) {
            let Whom { homes, parties } = self.meant.by_calico(id, rule);
            cells.homes(homes);
            cells.parties(parties);
        }
        if direction == Direction::Egress && !names.is_empty() {
            cells.parties(with_ports(world, parties, &names));
        }
        let (mut table, others) = cells.done(parties);

        table.answers.reserve(owns.len() * others.len());
        for (own, other) in owns.iter().flat_map(|own| others.iter().map(move |other| (own, other))) {
            let side = match (parties.end(*own), parties.end(*other)) {
                (Some(own), Some(other)) => {
                    let (family, nearness) = (self.meant.family(), Nearness::Any);
                    world.side(Asked {
                        direction,
                        own,
                        other,
                        family,
                        nearness,
                        without: &[],
                        isolated: None,
                    })
                }
                _ => None,
            };
            let ports = side.map_or_else(Ports::default, |side| side.ports);
            table.answers.push(self.answers.number(ports));
        }
        table.width = others.len();
        table.others = others;
        table
    }

    /// Gives each of the namespace's own parties its row, and returns one party of each.
    fn rows(
        &self,
        namespace: usize,
        (direction, policies, ordered, calico): (Direction, &[&Policy], &[&Ordered], &[&calico::Policy]),
        names: &[(&SmolStr, Protocol)],
        rows: &mut [u32],
    ) -> Vec<u32> {
        let mut numbers: HashMap<_, u32> = HashMap::new();
        let mut examples = Vec::new();
        for party in self.parties.by_namespace.get(namespace).into_iter().flatten() {
            let Some(End::Pods(number)) = self.parties.end(*party) else { continue };
            let Some(endpoint) = self.world.endpoint(number) else { continue };
            let selecting = policies.iter().enumerate().filter_map(|(at, policy)| {
                let selected = self.world.selected(policy, number, endpoint);
                (selected != Match::No).then(|| (at, selected.verdict()))
            });
            let subject = ordered.iter().enumerate().filter_map(|(at, policy)| {
                let subject = self.world.is_subject(policy, number, endpoint);
                (subject != Match::No).then(|| (policies.len() + at, subject.verdict()))
            });
            let family = self.meant.family();
            let told = self.world.calico_knows(calico, direction, family, (number, endpoint));
            let told = told.into_iter().map(|(at, verdict)| (policies.len() + ordered.len() + at, verdict));
            let selecting = selecting.chain(subject).chain(told);
            let port = |(name, protocol): &(&SmolStr, Protocol)| endpoint.port(name, *protocol);
            let ports = (direction == Direction::Ingress).then(|| names.iter().map(port).collect::<Vec<_>>());
            let next = examples.len() as u32;
            let row =
                *numbers.entry((selecting.collect::<Vec<_>>(), ports, endpoint.host_network)).or_insert(next);
            if row == next {
                examples.push(*party);
            }
            if let Some(place) = rows.get_mut(*party as usize) {
                *place = row;
            }
        }
        examples
    }
}

impl Table {
    /// The number of what it says of a row and a cell; that of everything when nothing is isolated.
    pub fn answer(&self, row: u32, cell: u32) -> u32 {
        self.answers.get(row as usize * self.width + cell as usize).copied().unwrap_or_default()
    }

    /// The cell of whoever is at the other end.
    pub fn cell(&self, parties: &Parties, other: u32) -> u32 {
        let at = self.meant.binary_search_by_key(&other, |(party, _)| *party);
        match at.ok().and_then(|at| self.meant.get(at)) {
            Some((_, cell)) => *cell,
            None => self.home(parties.home(other)),
        }
    }

    /// The cell of whoever is there and is not meant by himself.
    pub fn home(&self, home: u32) -> u32 {
        self.homes.get(home as usize).copied().unwrap_or_default()
    }

    /// Whether it says something of whoever comes to a home and is not meant by himself.
    pub fn is_told(&self, home: u32) -> bool {
        !self.empty.contains(&home)
    }

    /// The cell of all parties of a namespace, which are in these homes; `None` when it is not one.
    pub fn one_cell(&self, namespace: usize, homes: &[u32]) -> Option<u32> {
        let mut cells = homes.iter().map(|home| self.home(*home));
        let first = cells.next()?;
        let is_one = cells.all(|cell| cell == first) && self.namespaces.binary_search(&namespace).is_err();
        is_one.then_some(first)
    }
}

/// The names of ports in rules.
fn names<'w>(rules: &[(&'w Rule, Enforcer)], calico: &[&'w calico::Policy]) -> Vec<(&'w SmolStr, Protocol)> {
    let ports = rules.iter().flat_map(|(rule, _)| &rule.ports);
    let named = ports.filter_map(|port| match port {
        PortMatch::Named(protocol, name) => Some((name, *protocol)),
        PortMatch::Numbers(..) => None,
    });
    let of_calico = calico.iter().flat_map(|policy| policy.all_rules()).flat_map(calico::Rule::names);
    let mut names: Vec<_> = named.chain(of_calico).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether pods have a port of which a rule says the name.
pub(super) fn has_ports(rule: &Rule, endpoint: &Endpoint<'_>) -> bool {
    rule.ports.iter().any(|port| match port {
        PortMatch::Named(protocol, name) => endpoint.port(name, *protocol).is_some(),
        PortMatch::Numbers(..) => false,
    })
}

/// Pods that have ports of these names, and their numbers.
fn with_ports(
    world: &World<'_>,
    parties: &Parties,
    names: &[(&SmolStr, Protocol)],
) -> Vec<(u32, Vec<Option<u16>>)> {
    // Of a party that all pods have left nobody knows what it was.
    let inhabited = (0..).zip(&parties.all).filter(|(_, party)| !party.endpoints.is_empty());
    let ports = inhabited.filter_map(|(number, party)| {
        let End::Pods(endpoint) = party.end else { return None };
        let endpoint = world.endpoint(endpoint)?;
        let ports: Vec<_> = names.iter().map(|(name, protocol)| endpoint.port(name, *protocol)).collect();
        ports.iter().any(Option::is_some).then_some((number, ports))
    });
    ports.collect()
}

/// What several peers say of the same: that one of them means him.
fn together<'v>(told: impl Iterator<Item = &'v (u32, Verdict)>) -> Vec<(u32, Verdict)> {
    let mut told: Vec<(u32, Verdict)> = told.copied().collect();
    told.sort_unstable();
    // Of each the best comes last.
    told.reverse();
    told.dedup_by_key(|(number, _)| *number);
    told
}

/// All parties, split until no rule means one of a cell and not another: by their homes, and some by themselves besides.
struct Cells {
    homes: Vec<u32>,
    home_count: u32,
    parties: HashMap<u32, u32>,
    party_count: u32,
}

impl Cells {
    fn new(parties: &Parties) -> Self {
        let homes: Vec<u32> = parties.homes.iter().map(|home| home.nearness).collect();
        let home_count = homes.iter().max().map_or(0, |most| most + 1);
        Self { homes, home_count, parties: HashMap::new(), party_count: 1 }
    }

    /// Splits homes by what is told of some.
    fn homes<K: Eq + Hash>(&mut self, told: Vec<(u32, K)>) {
        let mut parts: HashMap<(u32, K), u32> = HashMap::new();
        for (home, key) in told {
            let Some(cell) = self.homes.get_mut(home as usize) else { continue };
            let next = self.home_count + parts.len() as u32;
            *cell = *parts.entry((*cell, key)).or_insert(next);
        }
        self.home_count += parts.len() as u32;
    }

    /// Splits parties by what is told of some.
    fn parties<K: Eq + Hash>(&mut self, told: Vec<(u32, K)>) {
        let mut parts: HashMap<(u32, K), u32> = HashMap::new();
        for (party, key) in told {
            let cell = self.parties.entry(party).or_default();
            let next = self.party_count + parts.len() as u32;
            *cell = *parts.entry((*cell, key)).or_insert(next);
        }
        self.party_count += parts.len() as u32;
    }

    /// A table without answers, and one party of each cell.
    fn done(self, parties: &Parties) -> (Table, Vec<u32>) {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let mut examples = Vec::new();
        let mut number = |key: (u32, u32), example: u32| {
            let next = examples.len() as u32;
            let number = *numbers.entry(key).or_insert(next);
            if number == next {
                examples.push(example);
            }
            number
        };
        let mut meant: Vec<(u32, u32)> = self.parties.iter().map(|(party, cell)| (*party, *cell)).collect();
        meant.sort_unstable();
        for (party, cell) in &mut meant {
            let home = self.homes.get(parties.home(*party) as usize).copied().unwrap_or_default();
            *cell = number((home, *cell), *party);
        }
        let mut empty = Vec::new();
        let by_home = (0..).zip(self.homes.iter().zip(&parties.homes)).map(|(home_number, (cell, home))| {
            let other = home.parties.iter().find(|party| !self.parties.contains_key(party));
            if other.is_none() {
                empty.push(home_number);
            }
            other.map(|party| number((*cell, 0), *party)).unwrap_or_default()
        });
        let homes = by_home.collect();
        let of_party = |(party, _): &(u32, u32)| parties.all.get(*party as usize)?.namespace;
        let mut namespaces: Vec<usize> = meant.iter().filter_map(of_party).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        (Table { homes, meant, namespaces, empty, ..Table::default() }, examples)
    }
}
