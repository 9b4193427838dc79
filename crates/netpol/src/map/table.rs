//! What the policies of one namespace say of its pods, in one direction.

use foldhash::{HashMap, HashMapExt};
use smol_str::SmolStr;

use super::meant::{Meant, Whom};
use super::party::Parties;
use super::{Answers, end_of};
use crate::connection::{End, Nearness};
use crate::matching::Match;
use crate::policy::{Direction, PortMatch, Rule};
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// Answers by row, of the namespace's own pods, and cell, of whoever is at the other end.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Of the namespace's own parties, in the order of their numbers.
    rows: Vec<(u32, u32)>,
    /// Of all parties; empty when they are all in the first.
    cells: Vec<u32>,
    /// Numbers of answers, row after row; empty when everything passes.
    answers: Vec<u32>,
    width: usize,
}

impl Table {
    pub fn new<'w, 's>(
        world: &'w World<'s>,
        parties: &Parties,
        meant: &mut Meant<'w, 's>,
        namespace: usize,
        direction: Direction,
        answers: &mut Answers,
    ) -> Self {
        let Some(space) = world.space(namespace) else { return Self::default() };
        let is_about = |number: &usize| {
            space.policies.get(*number).is_some_and(|policy| policy.rules(direction).is_some())
        };
        let policies: Vec<usize> = (0..space.policies.len()).filter(is_about).collect();
        if !world.enforcer().enforces || (policies.is_empty() && space.unread.is_none()) {
            return Self::default();
        }
        let policies = policies.into_iter().filter_map(|number| space.policies.get(number));
        let all: Vec<&'w Rule> =
            policies.clone().flat_map(|policy| policy.rules(direction).unwrap_or_default()).collect();
        let names = names(&all);

        let own = parties.by_namespace.get(namespace).map(Vec::as_slice).unwrap_or_default();
        let mut rows = Groups::default();
        for party in own {
            let Some(End::Pods(number)) = end_of(parties, *party) else { continue };
            let Some(endpoint) = world.endpoint(number) else { continue };
            let selecting = policies.clone().enumerate().filter_map(|(at, policy)| {
                let selected = world.selected(policy, number, endpoint);
                (selected != Match::No).then(|| (at, selected.verdict()))
            });
            let ports = (direction == Direction::Ingress).then(|| {
                names.iter().map(|(name, protocol)| endpoint.port(name, *protocol)).collect::<Vec<_>>()
            });
            rows.add(*party, (selecting.collect::<Vec<_>>(), ports, endpoint.host_network));
        }

        let mut cells = Cells::new(world, parties);
        for rule in &all {
            let mut whom: HashMap<u32, Verdict> = HashMap::new();
            for (party, verdict) in rule.peers.iter().flat_map(|peer| meant.by(peer, namespace)) {
                let known = whom.entry(party).or_default();
                *known = known.or(verdict);
            }
            cells.split(whom.into_iter().collect());
        }
        if direction == Direction::Egress && !names.is_empty() {
            cells.split_by_ports(world, parties, &names);
        }
        let (cells, examples) = cells.done();

        let mut found = Vec::with_capacity(rows.examples.len() * examples.len());
        for (row, cell) in rows.examples.iter().flat_map(|row| examples.iter().map(move |cell| (row, cell))) {
            let ports = match (end_of(parties, *row), end_of(parties, *cell)) {
                (Some(own), Some(other)) => world.side(direction, own, other, meant.family(), Nearness::Any),
                _ => None,
            };
            found.push(answers.number(ports.map_or_else(Ports::default, |side| side.ports)));
        }
        Self { rows: rows.of, cells, answers: found, width: examples.len() }
    }

    /// The number of what it says of one of its own parties and another one.
    pub fn answer(&self, own: u32, other: u32) -> u32 {
        let at = self.row(own) as usize * self.width + self.cell(other) as usize;
        self.answers.get(at).copied().unwrap_or_default()
    }

    /// The row of one of its own parties.
    pub fn row(&self, own: u32) -> u32 {
        let at = self.rows.binary_search_by_key(&own, |(party, _)| *party);
        at.ok().and_then(|at| self.rows.get(at)).map(|(_, row)| *row).unwrap_or_default()
    }

    /// The cell of whoever is at the other end.
    pub fn cell(&self, other: u32) -> u32 {
        self.cells.get(other as usize).copied().unwrap_or_default()
    }
}

/// The names of ports in rules.
fn names<'w>(rules: &[&'w Rule]) -> Vec<(&'w SmolStr, Protocol)> {
    let ports = rules.iter().flat_map(|rule| &rule.ports);
    let named = ports.filter_map(|port| match port {
        PortMatch::Named(protocol, name) => Some((name, *protocol)),
        PortMatch::Numbers(..) => None,
    });
    let mut names: Vec<_> = named.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Parties by what is the same of them.
#[derive(Debug)]
struct Groups<K> {
    numbers: HashMap<K, u32>,
    of: Vec<(u32, u32)>,
    /// One party of each.
    examples: Vec<u32>,
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), of: Vec::new(), examples: Vec::new() }
    }
}

impl<K: Eq + std::hash::Hash> Groups<K> {
    fn add(&mut self, party: u32, key: K) {
        let next = self.examples.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.examples.push(party);
        }
        self.of.push((party, number));
    }
}

/// All parties, split until no rule means one of a cell and not another.
struct Cells {
    of: Vec<u32>,
    count: u32,
}

impl Cells {
    /// What comes from nodes may come from one's own.
    fn new(world: &World<'_>, parties: &Parties) -> Self {
        let kind = |end: End| match end {
            End::Pods(number) => world.endpoint(number).map_or(0, |endpoint| {
                if endpoint.host_network { 1 + u32::from(endpoint.is_on_every_node) } else { 0 }
            }),
            End::Address(_) => 3,
            End::OwnNode | End::OtherNode | End::Node(_) => 4,
        };
        Self { of: parties.all.iter().map(|party| kind(party.end)).collect(), count: 5 }
    }

    fn split(&mut self, whom: Whom) {
        self.split_by(whom);
    }

    fn split_by_ports(&mut self, world: &World<'_>, parties: &Parties, names: &[(&SmolStr, Protocol)]) {
        let ports = (0..).zip(&parties.all).filter_map(|(number, party)| {
            let End::Pods(endpoint) = party.end else { return None };
            let endpoint = world.endpoint(endpoint)?;
            let ports: Vec<_> = names.iter().map(|(name, protocol)| endpoint.port(name, *protocol)).collect();
            ports.iter().any(Option::is_some).then_some((number, ports))
        });
        self.split_by(ports.collect());
    }

    /// Splits cells by what is told of some of their parties.
    fn split_by<K: Eq + std::hash::Hash>(&mut self, told: Vec<(u32, K)>) {
        let mut parts: HashMap<(u32, K), u32> = HashMap::new();
        for (party, key) in told {
            let Some(cell) = self.of.get_mut(party as usize) else { continue };
            let next = self.count + parts.len() as u32;
            *cell = *parts.entry((*cell, key)).or_insert(next);
        }
        self.count += parts.len() as u32;
    }

    /// The cells of all parties, numbered without gaps, and one party of each.
    fn done(self) -> (Vec<u32>, Vec<u32>) {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut examples = Vec::new();
        let of = (0..).zip(self.of).map(|(party, cell)| {
            let next = examples.len() as u32;
            let number = *numbers.entry(cell).or_insert(next);
            if number == next {
                examples.push(party);
            }
            number
        });
        (of.collect(), examples)
    }
}
