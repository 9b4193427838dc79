//! Who can reach whom, of all pods at once.
//!
//! Pods that no policy can tell apart are one [`Party`]. What the policies of a namespace say of who is at the other end depends on
//! which of their peers mean him, and so all parties fall into few cells for each namespace; what they say of pods of
//! their own depends on which of them select these, and so these fall into few rows. A [`Map`] has of each namespace and direction one table
//! of rows and cells: it grows with the policies and the parties, and there is no table of pairs.

mod asked;
pub(crate) mod meant;
pub(crate) mod party;
mod table;
mod update;

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::matching::Family;
use crate::policy::Direction;
use crate::ports::Ports;
use crate::verdict::Verdict;
use crate::world::World;
use meant::Meant;
use party::Parties;
pub use party::Party;
use table::{Builder, Table};

/// What passes between all pods of a [`World`], and what is outside.
///
/// Pods on the network of a node are one party with those on others: what comes from such a pod reaches pods on its own node
/// whatever policies say, and is told as certain where there is one on each node, else as unknown.
#[derive(Debug)]
pub struct Map {
    parties: Parties,
    ingress: Way,
    egress: Way,
    answers: Answers,
    family: Family,
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

impl Map {
    /// Works out what passes.
    pub fn new(world: &World<'_>, family: Family) -> Self {
        let parties = Parties::of(world, family);
        let mut answers = Answers::default();
        answers.number(Ports::all(Verdict::Allow));
        let meant = Meant::new(world, family, &parties);
        let mut builder = Builder { world, parties: &parties, meant, answers: &mut answers };
        let mut way = |direction| {
            let mut rows = vec![0; parties.all.len()];
            let numbers = 0..parties.by_namespace.len();
            let tables = numbers.map(|number| builder.table(number, direction, &mut rows)).collect();
            Way { tables, rows }
        };
        let (ingress, egress) = (way(Direction::Ingress), way(Direction::Egress));
        Self { parties, ingress, egress, answers, family }
    }

    /// Everybody. After an update, parties that all pods have left are without any.
    pub fn parties(&self) -> &[Party] {
        &self.parties.all
    }

    /// The party of pods, by the number of their endpoint.
    pub fn party_of(&self, endpoint: usize) -> Option<u32> {
        self.parties.of_endpoint.get(endpoint).copied()
    }

    /// The parties that are none of the cluster's pods.
    pub fn others(&self) -> &[u32] {
        &self.parties.others
    }

    /// Whoever is at the other end, for the policies of a namespace: one for each whom they can tell from others; none when they are about
    /// nobody.
    pub(crate) fn others_of(&self, namespace: usize, direction: Direction) -> &[u32] {
        let way = match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        };
        way.tables.get(namespace).map(|table| table.others.as_slice()).unwrap_or_default()
    }

    /// Of the pods of a namespace one of each that its policies, and those of the whole cluster, tell from others in a direction.
    pub(crate) fn own_of(&self, namespace: usize, direction: Direction) -> Vec<u32> {
        let way = match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        };
        let mut known = HashSet::new();
        let own = self.parties.within(Some(namespace)).iter().copied();
        own.filter(|party| known.insert(way.row(*party))).collect()
    }

    /// Everybody, with what says who is where.
    pub(crate) fn everybody(&self) -> &Parties {
        &self.parties
    }

    /// What passes from one party to another.
    pub fn ports(&self, from: u32, to: u32) -> Ports {
        let egress = self.egress.answer(&self.parties, from, to);
        let ingress = self.ingress.answer(&self.parties, to, from);
        match (self.answers.all.get(egress as usize), self.answers.all.get(ingress as usize)) {
            (Some(egress), Some(ingress)) => egress.and(ingress),
            _ => Ports::default(),
        }
    }

    /// What passes between all, by blocks of senders and receivers between which it is the same: each pair is in one of them.
    pub fn each_block(&mut self, take: impl FnMut(&[u32], &[u32], &Ports)) {
        self.blocks(None, take);
    }

    /// The same, of those pairs of which one or the other is of these namespaces, which are in order.
    pub fn each_block_of(&mut self, namespaces: &[usize], take: impl FnMut(&[u32], &[u32], &Ports)) {
        self.blocks(Some(namespaces), take);
    }

    fn blocks(&mut self, only: Option<&[usize]>, mut take: impl FnMut(&[u32], &[u32], &Ports)) {
        let Self { parties, ingress, egress, answers, .. } = self;
        let is_asked = |space: Option<usize>| {
            only.is_none_or(|only| space.is_some_and(|space| only.binary_search(&space).is_ok()))
        };
        let mut both = Both { answers, known: HashMap::new() };
        let spaces = (0..parties.by_namespace.len()).map(Some).chain([None]);
        let homes: Vec<Vec<u32>> = parties.by_namespace.iter().map(|own| parties.homes_of(own)).collect();
        let mut alike = Alike::default();
        for sender in spaces.clone() {
            let senders = parties.within(sender);
            if senders.is_empty() {
                continue;
            }
            let open = Table::default();
            let out = sender.and_then(|number| egress.tables.get(number)).unwrap_or(&open);
            let cell = |party: &u32| out.cell(parties, *party);
            let senders_homes = parties.homes_of(senders);
            // Receivers to whose policies all senders are one, by what these say and what the senders' policies know them as.
            let mut receivers: Groups<(u32, u32)> = Groups::default();
            let mut pairwise = Vec::new();
            let is_sender_asked = is_asked(sender);
            for receiver in spaces.clone().filter(|receiver| is_sender_asked || is_asked(*receiver)) {
                let into = receiver.and_then(|number| ingress.tables.get(number)).unwrap_or(&open);
                let mut cells = senders_homes.iter().map(|home| into.home(*home));
                let first = cells.next().unwrap_or_default();
                let is_meant = sender.is_some_and(|number| into.namespaces.binary_search(&number).is_ok());
                if is_meant || cells.any(|other| other != first) {
                    pairwise.push((receiver, into));
                    continue;
                }
                let own_homes = receiver.and_then(|number| Some((number, homes.get(number)?)));
                let own_cell =
                    own_homes.and_then(|(number, homes)| Some((number, out.one_cell(number, homes)?)));
                if let Some((number, cell)) = own_cell {
                    let answer = |party| into.answer(ingress.row(party), first);
                    for (answer, group) in alike.of(number, first, parties, answer) {
                        receivers.extend((*answer, cell), group);
                    }
                    continue;
                }
                for party in parties.within(receiver) {
                    receivers.add(*party, (into.answer(ingress.row(*party), first), cell(party)));
                }
            }
            let rows = Groups::by(senders, |party| egress.row(*party));
            for ((row, from), ((answer, cell), to)) in pairs(&rows.all, &receivers.all) {
                both.ports(out.answer(*row, *cell), *answer, |ports| take(from, to, ports));
            }
            for (receiver, into) in pairwise {
                let from = Groups::by(senders, |party| (egress.row(*party), into.cell(parties, *party)));
                let to = Groups::by(parties.within(receiver), |party| (ingress.row(*party), cell(party)));
                for (((row, in_cell), from), ((in_row, cell), to)) in pairs(&from.all, &to.all) {
                    let (out, into) = (out.answer(*row, *cell), into.answer(*in_row, *in_cell));
                    both.ports(out, into, |ports| take(from, to, ports));
                }
            }
        }
    }
}

/// What the policies of all namespaces say in one direction.
#[derive(Debug)]
struct Way {
    /// By namespace.
    tables: Vec<Table>,
    /// By party the row in the table of its namespace.
    rows: Vec<u32>,
}

impl Way {
    fn row(&self, party: u32) -> u32 {
        self.rows.get(party as usize).copied().unwrap_or_default()
    }

    /// The number of what is said of one's own pods and somebody else; that of everything when it is none of the pods.
    fn answer(&self, parties: &Parties, own: u32, other: u32) -> u32 {
        let namespace = parties.all.get(own as usize).and_then(|party| party.namespace);
        let table = namespace.and_then(|number| self.tables.get(number));
        table.map(|table| table.answer(self.row(own), table.cell(parties, other))).unwrap_or_default()
    }
}

/// What passes two doors, each pair of which is worked out once.
struct Both<'a> {
    answers: &'a mut Answers,
    known: HashMap<(u32, u32), u32>,
}

impl Both<'_> {
    fn ports(&mut self, out: u32, into: u32, take: impl FnOnce(&Ports)) {
        let answers = &mut *self.answers;
        let number = *self.known.entry((out, into)).or_insert_with(|| {
            match (answers.all.get(out as usize), answers.all.get(into as usize)) {
                (Some(out), Some(into)) => answers.number(out.and(into)),
                _ => 0,
            }
        });
        if let Some(ports) = answers.all.get(number as usize) {
            take(ports);
        }
    }
}

/// Parties by what is the same of them, in the order of the first of each.
struct Groups<K> {
    all: Vec<(K, Vec<u32>)>,
    known: HashMap<K, usize>,
    /// That of the last one: neighbours are often alike.
    last: usize,
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self { all: Vec::new(), known: HashMap::new(), last: 0 }
    }
}

impl<K: Copy + Eq + Hash> Groups<K> {
    fn by(parties: &[u32], key: impl Fn(&u32) -> K) -> Self {
        let mut groups = Self::default();
        parties.iter().for_each(|party| groups.add(*party, key(party)));
        groups
    }

    fn add(&mut self, party: u32, key: K) {
        self.extend(key, &[party]);
    }

    fn extend(&mut self, key: K, parties: &[u32]) {
        if let Some((last, group)) = self.all.get_mut(self.last)
            && *last == key
        {
            return group.extend_from_slice(parties);
        }
        self.last = *self.known.entry(key).or_insert(self.all.len());
        match self.all.get_mut(self.last) {
            Some((_, group)) => group.extend_from_slice(parties),
            None => self.all.push((key, parties.to_vec())),
        }
    }
}

/// The receivers of namespaces by what their policies say of senders that all of them know as one: mostly the same for each sender.
#[derive(Default)]
struct Alike {
    /// By namespace, with the cell of the senders.
    known: HashMap<usize, (u32, Groups<u32>)>,
}

impl Alike {
    fn of(
        &mut self,
        namespace: usize,
        senders: u32,
        parties: &Parties,
        answer: impl Fn(u32) -> u32,
    ) -> &[(u32, Vec<u32>)] {
        let grouped = || (senders, Groups::by(parties.within(Some(namespace)), |party| answer(*party)));
        let (known, groups) = self.known.entry(namespace).or_insert_with(grouped);
        if *known != senders {
            (*known, *groups) = grouped();
        }
        &groups.all
    }
}

fn pairs<'g, A, B>(a: &'g [A], b: &'g [B]) -> impl Iterator<Item = (&'g A, &'g B)> {
    a.iter().flat_map(move |a| b.iter().map(move |b| (a, b)))
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
