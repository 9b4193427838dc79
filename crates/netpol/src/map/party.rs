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
}

/// Everybody.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    pub all: Vec<Party>,
    /// By endpoint.
    pub of_endpoint: Vec<u32>,
    pub by_namespace: Vec<Vec<u32>>,
    /// Those that are none of the cluster's pods.
    pub others: Vec<u32>,
    /// What blocks of addresses make of all addresses.
    pub atoms: Atoms,
    /// Addresses outside of the cluster, by atom.
    pub of_atom: Vec<u32>,
}

/// What policies can know of pods.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Known<'s> {
    namespace: usize,
    labels: Vec<(&'s str, &'s str)>,
    later: Vec<&'s str>,
    ports: Vec<(&'s str, Protocol, u16)>,
    atoms: Vec<usize>,
    has_addresses: bool,
    host_network: bool,
    is_on_every_node: bool,
}

/// What policies ask for.
#[derive(Debug, Default)]
struct Asked<'w> {
    labels: HashSet<&'w str>,
    ports: HashSet<(&'w SmolStr, Protocol)>,
}

impl Parties {
    pub fn of(world: &World<'_>, family: Family) -> Self {
        let mut asked = Asked::default();
        let mut blocks = Vec::new();
        policies(world).for_each(|policy| asked.selector(&policy.pods));
        for rule in policies(world).flat_map(rules) {
            for port in &rule.ports {
                if let PortMatch::Named(protocol, name) = port {
                    asked.ports.insert((name, *protocol));
                }
            }
            for peer in &rule.peers {
                match peer {
                    Peer::Pods(pods) | Peer::PodsIn { pods, .. } => asked.selector(pods),
                    Peer::Block { cidr, except } => blocks.extend([cidr].into_iter().chain(except)),
                }
            }
        }
        // That somebody is on the internet is told of him.
        let special = outside::special();
        let atoms = Atoms::new(family, blocks.into_iter().chain(&special));
        let spaces = (0..).take_while(|number| world.space(*number).is_some()).count();
        let mut parties = Self { by_namespace: vec![Vec::new(); spaces], ..Self::default() };
        let mut numbers = HashMap::new();
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            let known = asked.known(endpoint, &atoms);
            let party = *numbers.entry(known).or_insert_with(|| {
                let end = End::Pods(number);
                parties.add(Party {
                    end,
                    namespace: Some(endpoint.namespace),
                    endpoints: Vec::new(),
                    addresses: None,
                })
            });
            parties.of_endpoint.push(party);
            if let Some(party) = parties.all.get_mut(party as usize) {
                party.endpoints.push(number as u32);
            }
        }
        for atom in 0..atoms.count() {
            let Some(addresses) = atoms.addresses(atom) else { continue };
            let end = End::Address(addresses.0);
            let party = Party { end, namespace: None, endpoints: Vec::new(), addresses: Some(addresses) };
            let party = parties.add(party);
            parties.of_atom.push(party);
        }
        parties.add(Party { end: End::OtherNode, namespace: None, endpoints: Vec::new(), addresses: None });
        parties.atoms = atoms;
        parties
    }

    fn add(&mut self, party: Party) -> u32 {
        let number = self.all.len() as u32;
        let place = match party.namespace {
            Some(namespace) => self.by_namespace.get_mut(namespace),
            None => Some(&mut self.others),
        };
        if let Some(place) = place {
            place.push(number);
        }
        self.all.push(party);
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

    /// What they can know of these pods.
    fn known<'a>(&self, endpoint: &'a Endpoint<'_>, atoms: &Atoms) -> Known<'a>
    where
        'w: 'a,
    {
        let labels = endpoint.labels().iter().filter(|(key, _)| self.labels.contains(key));
        let ports = endpoint.named_ports.iter();
        let ports = ports.filter(|(name, protocol, _)| self.ports.contains(&(name, *protocol)));
        let mut found: Vec<usize> =
            endpoint.addresses.iter().filter_map(|address| atoms.of(address)).collect();
        found.sort_unstable();
        found.dedup();
        Known {
            namespace: endpoint.namespace,
            labels: labels.collect(),
            later: endpoint.later().filter(|key| self.labels.contains(key)).collect(),
            ports: ports.map(|(name, protocol, number)| (name.as_str(), *protocol, *number)).collect(),
            atoms: found,
            has_addresses: !endpoint.addresses.is_empty(),
            host_network: endpoint.host_network,
            is_on_every_node: endpoint.host_network && endpoint.is_on_every_node,
        }
    }
}
