//! Who can reach whom, of all pods at once.
//!
//! Pods that no policy can tell apart are one [`Party`]. What the policies of a namespace say of who is at the other end depends on
//! which of their peers mean him, and so all parties fall into few cells for each namespace; what they say of pods of
//! their own depends on which of them select these, and so these fall into few rows. A [`Map`] has of each namespace and direction one table
//! of rows and cells: it grows with the policies and the parties, and there is no table of pairs.

mod meant;
mod party;
mod table;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::connection::End;
use crate::matching::Family;
use crate::policy::Direction;
use crate::ports::Ports;
use crate::verdict::Verdict;
use crate::world::World;
use meant::Meant;
use party::Parties;
pub use party::Party;
use table::Table;

/// What passes between all pods of a [`World`], and what is outside.
///
/// Pods on the network of a node are one party with those on others: what comes from such a pod reaches pods on its own node
/// whatever policies say, and is told as certain where there is one on each node, else as unknown.
#[derive(Debug)]
pub struct Map<'w, 's> {
    world: &'w World<'s>,
    family: Family,
    parties: Parties,
    /// By namespace.
    ingress: Vec<Table>,
    egress: Vec<Table>,
    answers: Answers,
}

/// What is the same for all pairs of two sets of parties.
#[derive(Clone, Debug)]
pub struct Block {
    /// Senders, by the numbers of their parties.
    pub from: Vec<u32>,
    /// Receivers, by the numbers of their parties.
    pub to: Vec<u32>,
    /// The number of what passes, for [`Map::answer`].
    pub ports: u32,
}

/// Each answer that was given, once.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    all: Vec<Ports>,
    numbers: HashMap<Ports, u32>,
}

impl Answers {
    pub fn number(&mut self, ports: Ports) -> u32 {
        if let Some(number) = self.numbers.get(&ports) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(ports.clone());
        self.numbers.insert(ports, number);
        number
    }
}

impl<'w, 's> Map<'w, 's> {
    /// Works out what passes.
    pub fn new(world: &'w World<'s>, family: Family) -> Self {
        let parties = Parties::of(world, family);
        let mut meant = Meant::new(world, family, &parties);
        let mut answers = Answers::default();
        answers.number(Ports::all(Verdict::Allow));
        let mut tables = |direction, answers: &mut Answers| -> Vec<Table> {
            let numbers = 0..parties.by_namespace.len();
            numbers
                .map(|number| Table::new(world, &parties, &mut meant, number, direction, answers))
                .collect()
        };
        let ingress = tables(Direction::Ingress, &mut answers);
        let egress = tables(Direction::Egress, &mut answers);
        Self { world, family, parties, ingress, egress, answers }
    }

    /// What it was made of.
    pub fn world(&self) -> &'w World<'s> {
        self.world
    }

    /// The version of the protocol that it is of.
    pub fn family(&self) -> Family {
        self.family
    }

    /// Everybody.
    pub fn parties(&self) -> &[Party] {
        &self.parties.all
    }

    /// The party of pods, by the number of their endpoint.
    pub fn party_of(&self, endpoint: usize) -> Option<u32> {
        self.parties.of_endpoint.get(endpoint).copied()
    }

    /// The parties of the pods of a namespace.
    pub fn parties_in(&self, namespace: usize) -> &[u32] {
        self.parties.by_namespace.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// The parties that are none of the cluster's pods.
    pub fn others(&self) -> &[u32] {
        &self.parties.others
    }

    /// What an answer of that number is.
    pub fn answer(&self, number: u32) -> Option<&Ports> {
        self.answers.all.get(number as usize)
    }

    /// What passes from one party to another.
    pub fn ports(&self, from: u32, to: u32) -> Ports {
        let egress = self.side(&self.egress, from, to);
        let ingress = self.side(&self.ingress, to, from);
        match (self.answer(egress), self.answer(ingress)) {
            (Some(egress), Some(ingress)) => egress.and(ingress),
            _ => Ports::default(),
        }
    }

    /// The number of what one side says; that of everything when it is none of the pods.
    fn side(&self, tables: &[Table], own: u32, other: u32) -> u32 {
        let namespace = self.parties.all.get(own as usize).and_then(|party| party.namespace);
        let table = namespace.and_then(|number| tables.get(number));
        table.map(|table| table.answer(own, other)).unwrap_or_default()
    }

    /// What passes from `from` to `to`, by blocks in which it is the same: each pair is in one of them. Numbers are of [`Map::answer`].
    pub fn blocks(&mut self, from: &[u32], to: &[u32]) -> Vec<Block> {
        // What senders and receivers are to each other's policies; the order is that of who comes first.
        let namespaces = |parties: &[u32]| {
            let mut found: Vec<Option<usize>> = Vec::new();
            let mut grouped: Vec<Vec<u32>> = Vec::new();
            for party in parties {
                let namespace = self.parties.all.get(*party as usize).and_then(|party| party.namespace);
                match found.iter().position(|known| *known == namespace) {
                    Some(at) => grouped.get_mut(at).into_iter().for_each(|group| group.push(*party)),
                    None => {
                        found.push(namespace);
                        grouped.push(vec![*party]);
                    }
                }
            }
            found.into_iter().zip(grouped).collect::<Vec<_>>()
        };
        let (senders, receivers) = (namespaces(from), namespaces(to));
        let mut blocks = Vec::new();
        let mut both: HashMap<(u32, u32), u32> = HashMap::new();
        for (sender, from) in &senders {
            let egress = sender.and_then(|number| self.egress.get(number));
            for (receiver, to) in &receivers {
                let ingress = receiver.and_then(|number| self.ingress.get(number));
                let alike = |parties: &[u32], own: Option<&Table>, other: Option<&Table>| {
                    let mut groups: Vec<Vec<u32>> = Vec::new();
                    let mut known: HashMap<(u32, u32), usize> = HashMap::new();
                    for party in parties {
                        let key = (
                            own.map(|table| table.row(*party)).unwrap_or_default(),
                            other.map(|table| table.cell(*party)).unwrap_or_default(),
                        );
                        let at = *known.entry(key).or_insert(groups.len());
                        match groups.get_mut(at) {
                            Some(group) => group.push(*party),
                            None => groups.push(vec![*party]),
                        }
                    }
                    groups
                };
                let (froms, tos) = (alike(from, egress, ingress), alike(to, ingress, egress));
                for from in &froms {
                    for to in &tos {
                        let (Some(a), Some(b)) = (from.first(), to.first()) else { continue };
                        let out = egress.map(|table| table.answer(*a, *b)).unwrap_or_default();
                        let into = ingress.map(|table| table.answer(*b, *a)).unwrap_or_default();
                        let answers = &mut self.answers;
                        let ports = *both.entry((out, into)).or_insert_with(|| {
                            let both = match (answers.all.get(out as usize), answers.all.get(into as usize)) {
                                (Some(out), Some(into)) => out.and(into),
                                _ => Ports::default(),
                            };
                            answers.number(both)
                        });
                        blocks.push(Block { from: from.clone(), to: to.clone(), ports });
                    }
                }
            }
        }
        blocks
    }
}

impl World<'_> {
    /// Of pods one of each kind that no policy can tell from others.
    pub fn one_of_each(&self, endpoints: &[usize], family: Family) -> Vec<usize> {
        let parties = Parties::of(self, family);
        let mut known = HashSet::new();
        let is_new = |endpoint: &&usize| {
            // What a node's own pods reach depends on where they are.
            let of_node = self.endpoint(**endpoint).filter(|endpoint| endpoint.host_network);
            known.insert((parties.of_endpoint.get(**endpoint), of_node.and_then(|endpoint| endpoint.node)))
        };
        endpoints.iter().filter(is_new).copied().collect()
    }
}

/// Who a party stands for, at the other end of a question.
pub(crate) fn end_of(parties: &Parties, party: u32) -> Option<End> {
    parties.all.get(party as usize).map(|party| party.end)
}
