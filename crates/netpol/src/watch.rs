//! Flows as they come, held against what policies say.

use core::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::connection::{Connection, End};
use crate::flows::Flow;
use crate::matching::Family;
use crate::outside::is_public;
use crate::policy::Direction;
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::who::{Somebody, Stranger, Who};
use crate::world::World;

/// Answers that are kept, so that policies are not asked about each flow of a connection's kind again.
const ANSWERS: usize = 1 << 16;

/// What a flow says of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// It got through, and policies deny it.
    NotEnforced,
    /// It got through, and whether policies deny it is not known.
    NotKnown,
    /// It got through, and to where nothing got before.
    New,
    /// It was dropped, and policies let it pass.
    Elsewhere,
    /// It was dropped, and policies deny it, or may.
    Denied,
}

/// Who is told of at an end: pods that are alike are one, and so are clients on the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Told {
    /// Pods, by the number of the endpoint that stands for them.
    Pods(usize),
    /// Somebody on the internet.
    Internet,
    /// An address.
    Address(IpAddr),
    /// A node, of which nothing says which.
    Node,
}

/// Something that is told once, however often it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sight {
    /// What it is.
    pub remark: Remark,
    /// Where it came from.
    pub from: Told,
    /// Where it went to.
    pub to: Told,
    /// Protocol.
    pub protocol: Protocol,
    /// The port of where it went to.
    pub port: u16,
    /// Whose policies had been asked when it was seen; `None` for both.
    pub seen_at: Option<Direction>,
}

/// What policies were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Where it came from.
    pub from: End,
    /// Where it went to.
    pub to: End,
    /// By which version of the protocol.
    pub family: Family,
}

/// How often what was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Flows.
    pub flows: u64,
    /// Flows of which no end is pods, so that policies have no say in them.
    pub beside: u64,
    /// Flows of pods that were not read.
    pub strangers: u64,
    /// Flows by what they say, in the order of [`Remark`].
    pub by_remark: [u64; 5],
    /// Flows that say something that there was no room to tell.
    pub untold: u64,
}

/// Flows, held against policies.
#[derive(Debug)]
pub struct Watch<'w, 's> {
    world: &'w World<'s>,
    who: Who<'w, 's>,
    family: Family,
    answers: HashMap<(Asked, Protocol, u16, Option<Direction>), Verdict>,
    told: HashSet<Sight>,
    /// What got where before, when that is asked.
    known: Option<HashSet<(Told, Told, Protocol, u16)>>,
    most: usize,
    /// What was seen so far.
    pub counts: Counts,
}

impl Counts {
    /// Flows of which something was said.
    pub fn of(&self, remark: Remark) -> u64 {
        self.by_remark.get(remark as usize).copied().unwrap_or_default()
    }
}

impl<'w, 's> Watch<'w, 's> {
    /// Nothing seen so far. Of no more than `most` different things each is told, and no more places are remembered; `family` is that of
    /// flows that tell no address.
    pub fn new(world: &'w World<'s>, family: Family, most: usize) -> Self {
        Self {
            world,
            who: Who::new(world),
            family,
            answers: HashMap::new(),
            told: HashSet::new(),
            known: None,
            most,
            counts: Counts::default(),
        }
    }

    /// From now on it is remembered what gets where, and told what does so for the first time.
    pub fn remember(&mut self) {
        self.known.get_or_insert_default();
    }

    /// How many things are remembered, of all kinds.
    pub fn kept(&self) -> usize {
        let known = self.known.as_ref().map_or(0, HashSet::len);
        self.answers.len() + self.told.len() + known
    }

    /// Takes a flow as one that got where it went before.
    ///
    /// # Errors
    /// One of its ends is pods that are not among what was read.
    pub fn learn(&mut self, flow: &Flow) -> Result<(), Stranger> {
        let (from, to) = self.who.ends(flow)?;
        for (to, port) in to.into_iter().filter(|_| flow.has_passed) {
            let way = (told(&self.who, from, true), told(&self.who, to, false), flow.protocol, port);
            self.newness(way);
        }
        Ok(())
    }

    /// Takes a flow: what of it is to be told that was not told before, with what policies were asked about it.
    ///
    /// # Errors
    /// One of its ends is pods that are not among what was read.
    pub fn take(&mut self, flow: &Flow) -> Result<Vec<(Sight, Asked)>, Stranger> {
        self.counts.flows += 1;
        let (from, to) = self.who.ends(flow).inspect_err(|_| self.counts.strangers += 1)?;
        let is_pods = |somebody: &Somebody| matches!(somebody, Somebody::Pods(_));
        let to: Vec<(Somebody, u16)> =
            to.into_iter().filter(|(to, _)| is_pods(&from) || is_pods(to)).collect();
        if to.is_empty() {
            self.counts.beside += 1;
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let family =
            flow.to.address.or(flow.from.address).map_or(self.family, |address| Family::of(&address));
        let asked: Vec<_> = to
            .into_iter()
            .map(|(to, port)| {
                let asked = Asked { from: self.end(from), to: self.end(to), family };
                (to, port, asked, self.verdict(asked, flow.protocol, port, flow.seen_at))
            })
            .collect();
        // To which of the pods behind a Service it went is not told: where it could, it did, and was dropped where it had to be.
        let verdicts = asked.iter().map(|(.., verdict)| *verdict);
        let likely = if flow.has_passed { verdicts.max() } else { verdicts.min() }.unwrap_or_default();
        for (to, port, asked, verdict) in asked.into_iter().filter(|(.., verdict)| *verdict == likely) {
            let ways = (told(&self.who, from, true), told(&self.who, to, false));
            let newness = match flow.has_passed {
                true => self.newness((ways.0, ways.1, flow.protocol, port)),
                false => Newness::Known,
            };
            let remark = match (flow.has_passed, verdict) {
                (true, Verdict::Deny) => Some(Remark::NotEnforced),
                (true, Verdict::Unknown | Verdict::Ambiguous) => Some(Remark::NotKnown),
                (true, Verdict::Allow) if newness == Newness::Beyond => {
                    self.counts.untold += 1;
                    None
                }
                (true, Verdict::Allow) => (newness == Newness::New).then_some(Remark::New),
                (false, Verdict::Allow) => Some(Remark::Elsewhere),
                (false, _) => Some(Remark::Denied),
            };
            let Some(remark) = remark else { continue };
            let (protocol, seen_at) = (flow.protocol, flow.seen_at);
            let sight = Sight { remark, from: ways.0, to: ways.1, protocol, port, seen_at };
            if let Some(count) = self.counts.by_remark.get_mut(remark as usize) {
                *count += 1;
            }
            if self.told.contains(&sight) {
                continue;
            }
            if self.told.len() >= self.most {
                self.counts.untold += 1;
                continue;
            }
            self.told.insert(sight);
            found.push((sight, asked));
        }
        Ok(found)
    }

    /// Whether something gets where nothing got before, which is remembered while there is room.
    fn newness(&mut self, way: (Told, Told, Protocol, u16)) -> Newness {
        let Some(known) = &mut self.known else { return Newness::Known };
        if known.contains(&way) {
            return Newness::Known;
        }
        if known.len() >= self.most {
            return Newness::Beyond;
        }
        known.insert(way);
        Newness::New
    }

    /// What the policies say that had been asked.
    fn verdict(
        &mut self,
        asked: Asked,
        protocol: Protocol,
        port: u16,
        seen_at: Option<Direction>,
    ) -> Verdict {
        let key = (asked, protocol, port, seen_at);
        if let Some(verdict) = self.answers.get(&key) {
            return *verdict;
        }
        if self.answers.len() >= ANSWERS {
            self.answers.clear();
        }
        let connection = self.world.connection(asked.from, asked.to, asked.family);
        let verdict = at(&connection, seen_at).at(protocol, port);
        self.answers.insert(key, verdict);
        verdict
    }

    fn end(&self, somebody: Somebody) -> End {
        match somebody {
            Somebody::Pods(number) => End::Pods(number),
            Somebody::Address(address) => {
                let is_it = |node: &crate::world::Node<'_>| node.addresses.contains(&address);
                self.world.nodes().iter().position(is_it).map_or(End::Address(address), End::Node)
            }
            // Whatever comes from it may come from the pod's own.
            Somebody::Node => End::OwnNode,
        }
    }
}

/// Whether something got there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newness {
    Known,
    New,
    /// There is no room to remember it: it may have.
    Beyond,
}

/// What passes by those policies that had been asked.
fn at(connection: &Connection, seen_at: Option<Direction>) -> Ports {
    let side = match seen_at {
        None => return connection.ports.clone(),
        Some(Direction::Egress) => &connection.egress,
        Some(Direction::Ingress) => &connection.ingress,
    };
    side.as_ref().map_or_else(|| Ports::all(Verdict::Allow), |side| side.ports.clone())
}

fn told(who: &Who<'_, '_>, somebody: Somebody, is_client: bool) -> Told {
    match somebody {
        Somebody::Pods(number) => Told::Pods(who.first(number)),
        Somebody::Address(address) if is_client && is_public(&address) => Told::Internet,
        Somebody::Address(address) => Told::Address(address),
        Somebody::Node => Told::Node,
    }
}
