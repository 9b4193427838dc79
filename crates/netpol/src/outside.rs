//! What is outside of the cluster: addresses of the internet, as far as policies tell them apart.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::atoms::Atoms;
use crate::connection::End;
use crate::matching::Family;
use crate::policy::{Direction, Peer};
use crate::ports::Ports;
use crate::world::World;

/// Networks that nobody is reached in by the internet (IANA's registries of special-purpose addresses, with multicast): what is in
/// them may be there in the cluster's own network.
pub(crate) const SPECIAL: &[IpNet] = &[
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 3),
    // Of version 6 only 2000::/3 is given to anybody.
    v6([0x0, 0x0], 3),
    v6([0x4000, 0x0], 2),
    v6([0x8000, 0x0], 1),
    v6([0x2001, 0xdb8], 32),
];

/// Addresses between which and pods the same passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The first and the last address of each range, in order.
    pub ranges: Vec<(IpAddr, IpAddr)>,
    /// What passes.
    pub ports: Ports,
}

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

/// By the first two groups.
const fn v6([a, b]: [u16; 2], length: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length))
}

/// Whether the internet leads to an address.
pub fn is_public(address: &IpAddr) -> bool {
    !SPECIAL.iter().any(|network| network.contains(address))
}

impl World<'_> {
    /// Addresses of a network, one of each range that the policies of pods tell apart; those of the internet alone when `only_public`
    /// says so.
    pub(crate) fn samples(
        &self,
        endpoint: usize,
        direction: Direction,
        network: IpNet,
        only_public: bool,
    ) -> Vec<IpAddr> {
        let atoms = self.atoms_of(endpoint, direction, Family::of(&network.addr()), &[network]);
        let first = |atom| atoms.addresses(atom).map(|(first, _)| first);
        atoms.range(&network).filter_map(first).filter(|first| !only_public || is_public(first)).collect()
    }

    /// What policies of pods, some networks and the internet make of all addresses.
    fn atoms_of(&self, endpoint: usize, direction: Direction, family: Family, networks: &[IpNet]) -> Atoms {
        let space = self.endpoint(endpoint).and_then(|endpoint| self.space(endpoint.namespace));
        let rules = space.iter().flat_map(|space| &space.policies);
        let rules = rules.flat_map(|policy| policy.rules(direction).unwrap_or_default());
        let ordered = space.iter().flat_map(|space| self.ordered_of(space));
        let in_order = ordered.flat_map(|policy| policy.rulings(direction)).map(|ruling| &ruling.rule);
        let rules = rules.chain(in_order);
        let blocks = rules.flat_map(|rule| &rule.peers).filter_map(|peer| match peer {
            Peer::Block { cidr, except } => Some([cidr].into_iter().chain(except)),
            Peer::Pods(_) | Peer::PodsIn { .. } | Peer::Nodes(_) | Peer::Names => None,
        });
        let calico = space.iter().flat_map(|space| self.calico_of(space, direction));
        let calico = calico.flat_map(|policy| policy.rules(direction).unwrap_or_default());
        let of_calico = calico.flat_map(|rule| self.calico_blocks(rule));
        let of_mesh = if direction == Direction::Ingress { self.mesh_blocks(endpoint) } else { Vec::new() };
        let blocks = blocks.flatten().chain(of_calico).chain(SPECIAL).chain(networks);
        Atoms::new(family, blocks.chain(&of_mesh))
    }

    /// What passes between pods and the internet, those addresses together with which the same does; `only` leaves out all others
    /// when it is not empty.
    pub fn internet(
        &self,
        endpoint: usize,
        direction: Direction,
        family: Family,
        only: &[IpNet],
    ) -> Vec<Outside> {
        let atoms = self.atoms_of(endpoint, direction, family, only);
        let mut found: Vec<Outside> = Vec::new();
        for (first, last) in (0..atoms.count()).filter_map(|atom| atoms.addresses(atom)) {
            let is_meant = only.is_empty() || only.iter().any(|network| network.contains(&first));
            if !is_meant || !is_public(&first) {
                continue;
            }
            let connection = match direction {
                Direction::Ingress => self.connection(End::Address(first), End::Pods(endpoint), family),
                Direction::Egress => self.connection(End::Pods(endpoint), End::Address(first), family),
            };
            match found.iter_mut().find(|known| known.ports == connection.ports) {
                Some(known) => known.ranges.push((first, last)),
                None => found.push(Outside { ranges: vec![(first, last)], ports: connection.ports }),
            }
        }
        found
    }
}
