//! Who no policy can tell apart.

use core::net::IpAddr;

use foldhash::HashMap;

use super::asked::{Asked, Labelled};
use crate::atoms::Atoms;
use crate::connection::End;
use crate::endpoint::Endpoint;
use crate::matching::Family;
use crate::outside;
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
    /// What policies ask for, by which parties are told apart.
    pub asked: Asked,
    /// Parties by the labels that policies ask for.
    pub labelled: Labelled,
    /// Parties of pods by what policies can know of these.
    numbers: HashMap<Box<[u32]>, u32>,
    /// Homes by what tells them apart.
    places: HashMap<Place, u32>,
}

impl Parties {
    pub fn of(world: &World<'_>, family: Family) -> Self {
        let asked = Asked::of(world);
        // That somebody is on the internet is told of him.
        let atoms = Atoms::new(family, asked.blocks.iter().chain(outside::SPECIAL));
        let spaces = (0..).take_while(|number| world.space(*number).is_some()).count();
        let mut parties = Self { by_namespace: vec![Vec::new(); spaces], asked, atoms, ..Self::default() };
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            let party = parties.enter(number, endpoint).0;
            parties.of_endpoint.push(party);
        }
        for atom in 0..parties.atoms.count() {
            let Some(addresses) = parties.atoms.addresses(atom) else { continue };
            let place = Place { namespace: None, nearness: 3, has_addresses: true, atoms: vec![atom] };
            parties.add(End::Address(addresses.0), place, Some(addresses));
        }
        let place = Place { namespace: None, nearness: 4, has_addresses: false, atoms: Vec::new() };
        parties.add(End::OtherNode, place, None);
        parties
    }

    /// The party of pods, and whether it is a new one.
    pub fn enter(&mut self, number: usize, endpoint: &Endpoint<'_>) -> (u32, bool) {
        self.asked.learn(endpoint, &self.atoms);
        let known = self.numbers.get(self.asked.known.as_slice()).copied();
        let party = known.unwrap_or_else(|| {
            let place = Place {
                namespace: Some(endpoint.namespace),
                nearness: nearness(endpoint),
                has_addresses: !endpoint.addresses.is_empty(),
                atoms: atoms_of(endpoint, &self.atoms),
            };
            let party = self.add(End::Pods(number), place, None);
            self.numbers.insert(self.asked.known.clone().into_boxed_slice(), party);
            self.labelled.enter(party, endpoint, &self.asked);
            party
        });
        if let Some(own) = self.all.get_mut(party as usize) {
            own.endpoints.push(number as u32);
        }
        (party, known.is_none())
    }

    /// Takes pods out of their party, which is nowhere any more when it has no others.
    pub fn leave(&mut self, number: usize) {
        let party = self.of_endpoint.get(number).copied().unwrap_or_default();
        let Some(own) = self.all.get_mut(party as usize) else { return };
        own.endpoints.retain(|endpoint| *endpoint != number as u32);
        if let Some(first) = own.endpoints.first() {
            own.end = End::Pods(*first as usize);
            return;
        }
        let beside = own.namespace.and_then(|namespace| self.by_namespace.get_mut(namespace));
        let here = self.homes.get_mut(own.home as usize).map(|home| &mut home.parties);
        beside.into_iter().chain(here).for_each(|parties| parties.retain(|other| *other != party));
        self.numbers.retain(|_, other| *other != party);
        self.labelled.leave(party);
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

    fn add(&mut self, end: End, place: Place, addresses: Option<(IpAddr, IpAddr)>) -> u32 {
        let number = self.all.len() as u32;
        let Place { namespace, nearness, .. } = place;
        let next = self.homes.len() as u32;
        let home = *self.places.entry(place).or_insert(next);
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

/// Whether what comes from pods can come from one's own node: not, where they are on it, always.
pub(super) fn nearness(endpoint: &Endpoint<'_>) -> u32 {
    u32::from(endpoint.host_network) + u32::from(endpoint.host_network && endpoint.is_on_every_node)
}

/// Where the addresses of pods are, each once.
pub(super) fn atoms_of(endpoint: &Endpoint<'_>, atoms: &Atoms) -> Vec<usize> {
    let mut found: Vec<usize> = endpoint.addresses.iter().filter_map(|address| atoms.of(address)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
