//! Whether selectors and blocks of addresses mean somebody.

use core::net::IpAddr;

use ipnet::IpNet;
use seawall_inventory::selector::{Operator, Selector};

use crate::connection::End;
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::enforcer::{Enforcer, Open};
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// Whether somebody is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    No,
    Maybe(Doubt),
    Yes,
}

/// The versions of the Internet Protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Version 4.
    #[default]
    V4,
    /// Version 6.
    V6,
}

impl Match {
    pub fn of(verdict: bool) -> Self {
        if verdict { Self::Yes } else { Self::No }
    }

    pub fn verdict(self) -> Verdict {
        match self {
            Self::No => Verdict::Deny,
            Self::Maybe(doubt) => doubt.verdict(),
            Self::Yes => Verdict::Allow,
        }
    }

    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) => other,
            (open, Self::Yes) => open,
            (Self::Maybe(one), Self::Maybe(other)) => {
                Self::Maybe(if one.verdict() == Verdict::Unknown { one } else { other })
            }
        }
    }

    pub fn or(self, other: Self) -> Self {
        if other.verdict() > self.verdict() { other } else { self }
    }

    pub fn doubt(self) -> Option<Doubt> {
        match self {
            Self::Maybe(doubt) => Some(doubt),
            Self::No | Self::Yes => None,
        }
    }

    /// It, where policies mean pods on the node's network, if these are.
    pub fn on_node(self, endpoint: &Endpoint<'_>, open: Open) -> Self {
        if endpoint.host_network { self.given(open, Doubt::HostNetwork) } else { self }
    }

    /// It, where what the API leaves open is so.
    pub fn given(self, open: Open, doubt: Doubt) -> Self {
        match open {
            Open::Yes => self,
            Open::No => Self::No,
            Open::Unspecified => self.and(Self::Maybe(doubt)),
        }
    }
}

impl Family {
    /// That of an address.
    pub fn of(address: &IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    pub(crate) fn is_of(self, network: &IpNet) -> bool {
        matches!((self, network), (Self::V4, IpNet::V4(_)) | (Self::V6, IpNet::V6(_)))
    }
}

/// Whether labels of pods are what a selector asks for.
pub(crate) fn pods(selector: &Selector, number: usize, endpoint: &Endpoint<'_>) -> Match {
    let Some(requirements) = selector.requirements() else { return Match::No };
    let mut found = Match::Yes;
    for requirement in requirements {
        found = found.and(match endpoint.gets_later(requirement.key()) {
            // That it will be there is known.
            true if requirement.operator() == Operator::Exists => Match::Yes,
            true if requirement.operator() == Operator::DoesNotExist => Match::No,
            true => Match::Maybe(Doubt::LaterLabel(number)),
            false => Match::of(requirement.matches(endpoint.labels())),
        });
    }
    found
}

/// Whether labels of a namespace are what a selector asks for.
pub(crate) fn namespace(selector: &Selector, number: usize, namespace: &Namespace) -> Match {
    let Some(requirements) = selector.requirements() else { return Match::No };
    let mut found = Match::Yes;
    for requirement in requirements {
        let is_known = namespace.is_known || requirement.key() == Namespace::NAME;
        found = found.and(match is_known {
            true => Match::of(requirement.matches(&namespace.labels)),
            false => Match::Maybe(Doubt::NamespaceLabels(number)),
        });
    }
    found
}

/// Whether a block of addresses means somebody at the other end, by the word of `enforcer`.
pub(crate) fn block(
    cidr: &IpNet,
    except: &[IpNet],
    other: End,
    family: Family,
    world: &World<'_>,
    enforcer: &Enforcer,
) -> Match {
    if !family.is_of(cidr) {
        return Match::No;
    }
    let has = |address: &IpAddr| cidr.contains(address) && !except.iter().any(|part| part.contains(address));
    let has_any = |addresses: &[IpAddr]| {
        let mut own = addresses.iter().filter(|address| Family::of(address) == family);
        Match::of(own.any(has))
    };
    let has_all = cidr.prefix_len() == 0 && except.is_empty();
    match other {
        End::Address(address) => Match::of(has(&address)),
        End::OwnNode | End::OtherNode => {
            let found = if has_all { Match::Yes } else { Match::Maybe(Doubt::NodeAddress) };
            found.given(enforcer.blocks_mean_nodes, Doubt::BlocksMeanNodes)
        }
        End::Node(number) => {
            let own = world.nodes().get(number).map(|node| node.addresses.as_slice()).unwrap_or_default();
            has_any(own).given(enforcer.blocks_mean_nodes, Doubt::BlocksMeanNodes)
        }
        End::Pods(number) => {
            let Some(endpoint) = world.endpoint(number) else { return Match::No };
            let (open, doubt, unknown) = match endpoint.host_network {
                true => (enforcer.blocks_mean_nodes, Doubt::BlocksMeanNodes, Doubt::NodeAddress),
                false => (enforcer.blocks_mean_pods, Doubt::BlocksMeanPods, Doubt::Address(number)),
            };
            let found = match endpoint.addresses.is_empty() {
                true if has_all => Match::Yes,
                true => Match::Maybe(unknown),
                false => has_any(&endpoint.addresses),
            };
            found.given(open, doubt)
        }
    }
}

/// Whether a selector of nodes means the other end: it, or the node whose network pods are on.
pub(crate) fn nodes(selector: &Selector, other: End, world: &World<'_>) -> Match {
    let is_node = match other {
        End::OwnNode | End::OtherNode | End::Node(_) => true,
        End::Pods(number) => world.endpoint(number).is_some_and(|endpoint| endpoint.host_network),
        End::Address(_) => false,
    };
    match (is_node, selector.requirements()) {
        (false, _) | (_, None) => Match::No,
        (true, Some([])) => Match::Yes,
        (true, Some(_)) => Match::Maybe(Doubt::NodeLabels),
    }
}

/// Whether names of hosts mean the other end: no name is one of pods.
pub(crate) fn names(other: End, world: &World<'_>) -> Match {
    match other {
        End::Pods(number) if world.endpoint(number).is_some_and(|endpoint| !endpoint.host_network) => {
            Match::No
        }
        _ => Match::Maybe(Doubt::HostNames),
    }
}
