//! Whether what is wanted passes by the policies that are there, and what passes besides.

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;
use seawall_inventory::ObjectRef;

use super::{EVERYWHERE, Place, Wanted};
use crate::connection::{Connection, End};
use crate::doubt::Doubt;
use crate::map::{Map, Party};
use crate::matching::Family;
use crate::policy::Direction;
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// What comes of wanted traffic, and of other.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// What is wanted and does not pass for certain.
    pub failing: Vec<Failing>,
    /// What passes to or from pods that are isolated, and is not wanted.
    pub beyond: Vec<Beyond>,
}

/// Something wanted that does not pass for certain.
#[derive(Clone, Debug)]
pub struct Failing {
    /// Its number.
    pub wanted: usize,
    /// What holds for it.
    pub verdict: Verdict,
    /// Why that is not known.
    pub doubts: Vec<Doubt>,
}

/// Somebody on one side of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// Pods of a workload, by the number of an endpoint of it.
    Workload(usize),
    /// Addresses outside of the cluster.
    Outside,
}

/// What passes without being wanted.
#[derive(Clone, Debug)]
pub struct Beyond {
    /// Who all send.
    pub from: Vec<Whom>,
    /// Who receives it.
    pub to: Whom,
    /// On which ports: allowed, or ambiguous where it depends on who enforces policies.
    pub ports: Ports,
}

impl World<'_> {
    /// Asks the policies what comes of wanted traffic, and what else comes to pods of some namespaces or goes out from them. What pods
    /// on their node's network do is left out, as policies do not stand in its way.
    pub fn replay(&self, wanted: &[Wanted], family: Family, is_meant: impl Fn(&str) -> bool) -> Replay {
        let failing = wanted.iter().enumerate().filter_map(|(number, one)| {
            let (verdict, doubts) = self.comes_of(one, family);
            (verdict != Verdict::Allow).then_some(Failing { wanted: number, verdict, doubts })
        });
        Replay { failing: failing.collect(), beyond: self.beyond(wanted, family, is_meant) }
    }

    fn comes_of(&self, wanted: &Wanted, family: Family) -> (Verdict, Vec<Doubt>) {
        let (from, to) = (self.ends(wanted, Direction::Ingress), self.ends(wanted, Direction::Egress));
        let mut found = (Verdict::Allow, Vec::new());
        for from in &from {
            for to in &to {
                let family = [*from, *to].into_iter().find_map(version).unwrap_or(family);
                let connection = self.by_policies(*from, *to, family);
                let verdict = at(&connection, wanted.port);
                if verdict != Verdict::Allow {
                    let sides = connection.egress.iter().chain(&connection.ingress);
                    found.1.extend(sides.flat_map(|side| side.doubts.iter().copied()));
                }
                found.0 = found.0.and(verdict);
            }
        }
        if found.0 == Verdict::Deny {
            found.1.clear();
        }
        found.1.sort_unstable();
        found.1.dedup();
        found
    }

    /// Everybody at the other end of pods' traffic in a direction, or the pods themselves.
    fn ends(&self, wanted: &Wanted, direction: Direction) -> Vec<End> {
        let (place, pods) = match direction {
            Direction::Ingress => (wanted.from, wanted.to),
            Direction::Egress => (wanted.to, wanted.from),
        };
        let addresses = |networks: &[IpNet], only_public| -> Vec<End> {
            let Place::Pods(pods) = pods else { return Vec::new() };
            let samples =
                networks.iter().flat_map(|network| self.samples(pods, direction, *network, only_public));
            samples.map(End::Address).collect()
        };
        match place {
            Place::Pods(number) => vec![End::Pods(number)],
            Place::Network(network) => addresses(&[network], false),
            Place::Internet => addresses(&EVERYWHERE, true),
            Place::Anywhere => {
                let mut found = addresses(&EVERYWHERE, false);
                found.push(End::OtherNode);
                found
            }
        }
    }

    fn beyond(&self, wanted: &[Wanted], family: Family, is_meant: impl Fn(&str) -> bool) -> Vec<Beyond> {
        let workloads = self.workloads();
        let whom = |place: Place| match place {
            Place::Pods(number) => workloads.get(number).copied().unwrap_or(Whom::Outside),
            Place::Network(_) | Place::Internet | Place::Anywhere => Whom::Outside,
        };
        let mut asked: HashMap<(Whom, Whom), Ports> = HashMap::new();
        for one in wanted {
            let ports = asked.entry((whom(one.from), whom(one.to))).or_default();
            *ports = match one.port {
                Some((protocol, port)) => ports.or(&Ports::some(protocol, &(port..=port), Verdict::Allow)),
                None => Ports::all(Verdict::Allow),
            };
        }
        let mut map = Map::new(self, family);
        let of_party = |party: &Party| self.whom(party, &workloads);
        let groups: Vec<Vec<Whom>> = map.parties().iter().map(of_party).collect();
        let is_isolated =
            |party: &Party| party.namespace.and_then(|number| self.namespace(number)).is_some_and(&is_meant);
        let isolated: Vec<bool> = map.parties().iter().map(is_isolated).collect();
        let mut found: HashMap<(Whom, Whom), Ports> = HashMap::new();
        map.each_block(|from, to, ports| {
            // Whoever has no address yet may have any: of all that it is not known, and nothing is told by it.
            let ports =
                ports.map(|verdict| if verdict == Verdict::Unknown { Verdict::Deny } else { verdict });
            if ports.best() == Verdict::Deny {
                return;
            }
            for (from, to) in
                from.iter().flat_map(|from| to.iter().map(move |to| (*from as usize, *to as usize)))
            {
                if isolated.get(from) != Some(&true) && isolated.get(to) != Some(&true) {
                    continue;
                }
                let (from, to) = (groups.get(from), groups.get(to));
                let pairs = from
                    .into_iter()
                    .flatten()
                    .flat_map(|from| to.into_iter().flatten().map(move |to| (*from, *to)));
                for pair in pairs {
                    let more =
                        asked.get(&pair).map_or_else(|| ports.clone(), |asked| ports.where_more_than(asked));
                    if more.best() != Verdict::Deny {
                        let known = found.entry(pair).or_default();
                        *known = known.or(&more);
                    }
                }
            }
        });
        together(found)
    }

    /// By endpoint its workload, for which the first endpoint of it stands.
    fn workloads(&self) -> Vec<Whom> {
        let mut first: HashMap<&ObjectRef, usize> = HashMap::new();
        let endpoints = self.endpoints().iter().enumerate();
        endpoints
            .map(|(number, endpoint)| Whom::Workload(*first.entry(&endpoint.workload).or_insert(number)))
            .collect()
    }

    /// Who a party is: none for nodes, and for pods on their network.
    fn whom(&self, party: &Party, workloads: &[Whom]) -> Vec<Whom> {
        match party.end {
            End::Address(_) => vec![Whom::Outside],
            End::Pods(number) if self.endpoint(number).is_some_and(|pods| !pods.host_network) => {
                let endpoints = party.endpoints.iter();
                let mut found: Vec<Whom> =
                    endpoints.filter_map(|endpoint| workloads.get(*endpoint as usize).copied()).collect();
                found.sort_unstable();
                found.dedup();
                found
            }
            End::Pods(_) | End::OwnNode | End::OtherNode | End::Node(_) => Vec::new(),
        }
    }
}

/// What passes to one on the same ports, told once; in the order of those who receive it.
fn together(found: HashMap<(Whom, Whom), Ports>) -> Vec<Beyond> {
    let mut pairs: Vec<((Whom, Whom), Ports)> = found.into_iter().collect();
    pairs.sort_unstable_by_key(|((from, to), _)| (*to, *from));
    let mut numbers: HashMap<(Whom, Ports), usize> = HashMap::new();
    let mut all: Vec<Beyond> = Vec::new();
    for ((from, to), ports) in pairs {
        let number = *numbers.entry((to, ports.clone())).or_insert(all.len());
        match all.get_mut(number) {
            Some(beyond) => beyond.from.push(from),
            None => all.push(Beyond { from: vec![from], to, ports }),
        }
    }
    all
}

/// The version of the protocol of an address.
fn version(end: End) -> Option<Family> {
    match end {
        End::Address(address) => Some(Family::of(&address)),
        End::Pods(_) | End::OwnNode | End::OtherNode | End::Node(_) => None,
    }
}

fn at(connection: &Connection, port: Option<(Protocol, u16)>) -> Verdict {
    match port {
        Some((protocol, port)) => connection.ports.at(protocol, port),
        // All of them must pass.
        None => {
            let verdicts = Protocol::ALL.into_iter().flat_map(|protocol| connection.ports.runs(protocol));
            verdicts.map(|(_, verdict)| verdict).fold(Verdict::Allow, Verdict::and)
        }
    }
}
