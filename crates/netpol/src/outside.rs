//! What is outside of the cluster: addresses of the internet, as far as policies tell them apart.

use core::net::IpAddr;

use ipnet::IpNet;

use crate::atoms::Atoms;
use crate::connection::End;
use crate::matching::Family;
use crate::policy::{Direction, Peer};
use crate::ports::Ports;
use crate::world::World;

/// Networks that nobody is reached in by the internet (IANA's registries of special-purpose addresses, with multicast): what is in
/// them may be there in the cluster's own network.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    // Of version 6 only 2000::/3 is given to anybody.
    "::/3",
    "4000::/2",
    "8000::/1",
    "2001:db8::/32",
];

/// Addresses between which and pods the same passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The first and the last address of each range, in order.
    pub ranges: Vec<(IpAddr, IpAddr)>,
    /// What passes.
    pub ports: Ports,
}

/// The networks of [`SPECIAL`].
pub(crate) fn special() -> Vec<IpNet> {
    SPECIAL.iter().filter_map(|network| network.parse().ok()).collect()
}

/// Whether the internet leads to an address.
pub fn is_public(address: &IpAddr) -> bool {
    !special().iter().any(|network| network.contains(address))
}

impl World<'_> {
    /// What passes between pods and the internet, those addresses together with which the same does; `only` leaves out all others
    /// when it is not empty.
    pub fn internet(
        &self,
        endpoint: usize,
        direction: Direction,
        family: Family,
        only: &[IpNet],
    ) -> Vec<Outside> {
        let space = self.endpoint(endpoint).and_then(|endpoint| self.space(endpoint.namespace));
        let rules = space.iter().flat_map(|space| &space.policies);
        let rules = rules.flat_map(|policy| policy.rules(direction).unwrap_or_default());
        let blocks = rules.flat_map(|rule| &rule.peers).filter_map(|peer| match peer {
            Peer::Block { cidr, except } => Some([cidr].into_iter().chain(except)),
            Peer::Pods(_) | Peer::PodsIn { .. } => None,
        });
        let special = special();
        let atoms = Atoms::new(family, blocks.flatten().chain(&special).chain(only));
        let mut found: Vec<Outside> = Vec::new();
        for (first, last) in (0..atoms.count()).filter_map(|atom| atoms.addresses(atom)) {
            let is_meant = only.is_empty() || only.iter().any(|network| network.contains(&first));
            if !is_meant || special.iter().any(|network| network.contains(&first)) {
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
