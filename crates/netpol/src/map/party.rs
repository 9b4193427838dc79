//! Who no policy can tell apart.

use core::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet};
use seawall_inventory::selector::Selector;
use smol_str::SmolStr;

use crate::atoms::Atoms;
use crate::connection::End;
use crate::endpoint::Endpoint;
use crate::matching::Family;
use crate::outside;
use crate::policy::{Direction, Peer, Policy, PortMatch, Rule};
use crate::ports::Protocol;
use crate::world::World;

/// Pods, or addresses, that no policy can tell apart.
#[derive(Clone, Debug)]
pub struct Party {
    /// One of them, who stands for all.
    pub end: End,
    /// The number of the namespace of pods.
    pub namespace: Option<usize>,
    /// The pods, by the numbers of their endpoints.
    pub endpoints: Vec<u32>,
    /// The first and the last of the addresses outside of the cluster.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// The number of where it is.
    pub(crate) home: u32,
}

/// Where parties are: those of one are told apart by labels and names of ports alone.
#[derive(Debug, Default)]
pub(crate) struct Home {
    /// Who is there, by the numbers of their parties.
    pub parties: Vec<u32>,
    /// Whether what comes from there can come from one's own node.
    pub nearness: u32,
}

/// What tells homes apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Place {
    namespace: Option<usize>,
    nearness: u32,
    has_addresses: bool,
    atoms: Vec<usize>,
}

/// Everybody.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    pub all: Vec<Party>,
    pub homes: Vec<Home>,
    /// By endpoint.
    pub of_endpoint: Vec<u32>,
    pub by_namespace: Vec<Vec<u32>>,
    /// Those that are none of the cluster's pods.
    pub others: Vec<u32>,
    /// What blocks of addresses make of all addresses.
    pub atoms: Atoms,
}

/// What policies ask for, and numbers for what they can know of pods.
#[derive(Debug, Default)]
struct Asked<'w> {
    labels: HashSet<&'w str>,
    ports: HashSet<(&'w SmolStr, Protocol)>,
    numbers: HashMap<(&'w str, &'w str), u32>,
    /// Of one: what policies can know, as numbers in lists that say how long they are.
    known: Vec<u32>,
}

impl Parties {
    pub fn of(world: &World<'_>, family: Family) -> Self {
        let mut asked = Asked::default();
        let mut blocks = Vec::new();
        policies(world).for_each(|policy| asked.selector(&policy.pods));
        world.ordered().iter().for_each(|policy| asked.selector(&policy.pods));
        let rulings = world.ordered().iter().flat_map(|policy| policy.ingress.iter().chain(&policy.egress));
        let in_order = rulings.map(|ruling| &ruling.rule);
        for rule in policies(world).flat_map(rules).chain(in_order) {
            for port in &rule.ports {
                if let PortMatch::Named(protocol, name) = port {
                    asked.ports.insert((name, *protocol));
                }
            }
            for peer in &rule.peers {
                match peer {
                    Peer::Pods(pods) | Peer::PodsIn { pods, .. } => asked.selector(pods),
                    Peer::Block { cidr, except } => blocks.extend([cidr].into_iter().chain(except)),
                    // Of these nobody is told from others of where he is.
                    Peer::Nodes(_) | Peer::Names => {}
                }
            }
        }
        // That somebody is on the internet is told of him.
        let atoms = Atoms::new(family, blocks.into_iter().chain(outside::SPECIAL));
        let spaces = (0..).take_while(|number| world.space(*number).is_some()).count();
        let mut parties = Self { by_namespace: vec![Vec::new(); spaces], ..Self::default() };
        let mut homes = HashMap::new();
        let mut numbers: HashMap<Box<[u32]>, u32> = HashMap::new();
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            asked.learn(endpoint, &atoms);
            let party = match numbers.get(asked.known.as_slice()) {
                Some(party) => *party,
                None => {
                    let place = Place {
                        namespace: Some(endpoint.namespace),
                        nearness: nearness(endpoint),
                        has_addresses: !endpoint.addresses.is_empty(),
                        atoms: atoms_of(endpoint, &atoms),
                    };
                    let party = parties.add(End::Pods(number), place, None, &mut homes);
                    numbers.insert(asked.known.clone().into_boxed_slice(), party);
                    party
                }
            };
            parties.of_endpoint.push(party);
            if let Some(party) = parties.all.get_mut(party as usize) {
                party.endpoints.push(number as u32);
            }
        }
        for atom in 0..atoms.count() {
            let Some(addresses) = atoms.addresses(atom) else { continue };
            let place = Place { namespace: None, nearness: 3, has_addresses: true, atoms: vec![atom] };
            parties.add(End::Address(addresses.0), place, Some(addresses), &mut homes);
        }
        let place = Place { namespace: None, nearness: 4, has_addresses: false, atoms: Vec::new() };
        parties.add(End::OtherNode, place, None, &mut homes);
        parties.atoms = atoms;
        parties
    }

    /// Those of a namespace, or of none.
    pub fn within(&self, namespace: Option<usize>) -> &[u32] {
        let own = |number: usize| self.by_namespace.get(number).map(Vec::as_slice).unwrap_or_default();
        namespace.map_or(&self.others, own)
    }

    /// Where they are, each once.
    pub fn homes_of(&self, parties: &[u32]) -> Vec<u32> {
        let mut homes: Vec<u32> = parties.iter().map(|party| self.home(*party)).collect();
        homes.sort_unstable();
        homes.dedup();
        homes
    }

    /// Who stands for a party.
    pub fn end(&self, party: u32) -> Option<End> {
        self.all.get(party as usize).map(|party| party.end)
    }

    /// Where a party is.
    pub fn home(&self, party: u32) -> u32 {
        self.all.get(party as usize).map(|party| party.home).unwrap_or_default()
    }

    fn add(
        &mut self,
        end: End,
        place: Place,
        addresses: Option<(IpAddr, IpAddr)>,
        homes: &mut HashMap<Place, u32>,
    ) -> u32 {
        let number = self.all.len() as u32;
        let Place { namespace, nearness, .. } = place;
        let next = self.homes.len() as u32;
        let home = *homes.entry(place).or_insert(next);
        if home == next {
            self.homes.push(Home { nearness, ..Home::default() });
        }
        let beside = match namespace {
            Some(namespace) => self.by_namespace.get_mut(namespace),
            None => Some(&mut self.others),
        };
        let here = self.homes.get_mut(home as usize).map(|home| &mut home.parties);
        beside.into_iter().chain(here).for_each(|parties| parties.push(number));
        self.all.push(Party { end, namespace, endpoints: Vec::new(), addresses, home });
        number
    }
}

fn policies<'w>(world: &'w World<'_>) -> impl Iterator<Item = &'w Policy> {
    let spaces = (0..).map_while(|number| world.space(number));
    spaces.flat_map(|space| &space.policies)
}

fn rules(policy: &Policy) -> impl Iterator<Item = &Rule> {
    let of = |direction| policy.rules(direction).unwrap_or_default().iter();
    of(Direction::Ingress).chain(of(Direction::Egress))
}

impl<'w> Asked<'w> {
    fn selector(&mut self, selector: &'w Selector) {
        let requirements = selector.requirements().unwrap_or_default();
        self.labels.extend(requirements.iter().map(|requirement| requirement.key()));
    }

    /// Takes down what they can know of these pods.
    fn learn(&mut self, endpoint: &'w Endpoint<'_>, atoms: &Atoms) {
        let Self { labels, ports, numbers, known } = self;
        let mut number = |key: &'w str, value: &'w str| {
            let next = numbers.len() as u32;
            *numbers.entry((key, value)).or_insert(next)
        };
        known.clear();
        known.extend([
            endpoint.namespace as u32,
            nearness(endpoint),
            u32::from(endpoint.addresses.is_empty()),
        ]);
        let list = |known: &mut Vec<u32>, items: &mut dyn Iterator<Item = u32>| {
            let at = known.len();
            known.push(0);
            known.extend(items);
            let length = known.len() - at;
            if let Some(place) = known.get_mut(at) {
                *place = length as u32;
            }
        };
        let own = endpoint.labels().iter().filter(|(key, _)| labels.contains(key));
        list(known, &mut own.map(|(key, value)| number(key, value)));
        let later = endpoint.later().filter(|key| labels.contains(key));
        list(known, &mut later.map(|key| number(key, "")));
        let named = endpoint.named_ports.iter();
        let named = named.filter(|(name, protocol, _)| ports.contains(&(name, *protocol)));
        let named =
            named.flat_map(|(name, protocol, port)| [number(name, ""), *protocol as u32, u32::from(*port)]);
        list(known, &mut named.collect::<Vec<_>>().into_iter());
        list(known, &mut atoms_of(endpoint, atoms).into_iter().map(|atom| atom as u32));
    }
}

/// Whether what comes from pods can come from one's own node: not, where they are on it, always.
fn nearness(endpoint: &Endpoint<'_>) -> u32 {
    u32::from(endpoint.host_network) + u32::from(endpoint.host_network && endpoint.is_on_every_node)
}

/// Where the addresses of pods are, each once.
fn atoms_of(endpoint: &Endpoint<'_>, atoms: &Atoms) -> Vec<usize> {
    let mut found: Vec<usize> = endpoint.addresses.iter().filter_map(|address| atoms.of(address)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
