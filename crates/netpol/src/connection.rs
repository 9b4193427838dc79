//! Whether one reaches the other, and by which rules.

use core::net::IpAddr;
use std::collections::BTreeSet;

use seawall_inventory::selector::Selector;

use crate::cascade::Deciding;
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::enforcer::{Enforcer, Open};
use crate::matching::{self, Family, Match};
use crate::mesh::MeshSide;
use crate::policy::{Direction, Peer, Policy, PortMatch, Rule};
use crate::ports::Ports;
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// Where traffic comes from, or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Pods, by the number of their endpoint in the [`World`].
    Pods(usize),
    /// An address outside of the cluster.
    Address(IpAddr),
    /// The node on which the pods at the other end run.
    OwnNode,
    /// A node on which they do not run.
    OtherNode,
    /// A node that was read, by its number in the [`World`].
    Node(usize),
}

/// What is asked of the policies about one end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'r> {
    pub direction: Direction,
    /// Whom the policies are about.
    pub own: End,
    pub other: End,
    pub family: Family,
    pub nearness: Nearness,
    /// Rules that are passed over.
    pub without: &'r [RuleId],
    /// Whether NetworkPolicies isolate it; `None` for what they say themselves.
    pub isolated: Option<bool>,
}

/// A rule: the number of the object of its policy, its direction, and its number there.
pub(crate) type RuleId = (usize, Direction, usize);

/// What is known of the nodes on which pods run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nearness {
    /// What pods say of theirs.
    Known,
    /// They stand for others, on whichever nodes.
    Any,
}

/// What passes from one end to the other.
#[derive(Clone, Debug)]
pub struct Connection {
    /// By port of the end that it goes to.
    pub ports: Ports,
    /// What the policies of the sender say; `None` when it is none of the pods.
    pub egress: Option<Side>,
    /// What the policies of the receiver say; `None` when it is none of the pods.
    pub ingress: Option<Side>,
    /// What a mesh makes of it; `None` where none keeps anything from the receiver.
    pub mesh: Option<MeshSide>,
}

/// What the policies about one end say.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What passes here.
    pub ports: Ports,
    /// The policies that isolate it, by the numbers of their objects, and how sure that is.
    pub isolating: Vec<(usize, Verdict)>,
    /// The rules of them that let something pass.
    pub allowing: Vec<Allowing>,
    /// The rules of policies of the whole cluster that decide something, in the order in which they are asked.
    pub deciding: Vec<Deciding>,
    /// Why something is not known here.
    pub doubts: BTreeSet<Doubt>,
}

/// A rule that lets something pass.
#[derive(Clone, Debug)]
pub struct Allowing {
    /// Number of the object of the policy.
    pub policy: usize,
    /// Its number in its list.
    pub rule: usize,
    /// What it lets pass.
    pub ports: Ports,
}

impl Connection {
    /// Why something is not known, at either end.
    pub fn doubts(&self) -> impl Iterator<Item = Doubt> {
        let sides = self.egress.iter().chain(&self.ingress).flat_map(|side| &side.doubts);
        sides.chain(self.mesh.iter().flat_map(|mesh| &mesh.doubts)).copied()
    }
}

impl World<'_> {
    /// What passes from one end to the other, as far as policies and meshes decide it.
    pub fn connection(&self, from: End, to: End, family: Family) -> Connection {
        let found = self.by_policies(from, to, family);
        let Some(mesh) = self.mesh_side(from, to, family) else { return found };
        Connection { ports: found.ports.and(&mesh.ports), mesh: Some(mesh), ..found }
    }

    /// The same, as far as policies decide it.
    pub(crate) fn by_policies(&self, from: End, to: End, family: Family) -> Connection {
        let asked = |direction, own, other| Asked {
            direction,
            own,
            other,
            family,
            nearness: Nearness::Known,
            without: &[],
            isolated: None,
        };
        let egress = self.side(asked(Direction::Egress, from, to));
        let ingress = self.side(asked(Direction::Ingress, to, from));
        let ports = match (&egress, &ingress) {
            (Some(egress), Some(ingress)) => egress.ports.and(&ingress.ports),
            (Some(side), None) | (None, Some(side)) => side.ports.clone(),
            (None, None) => Ports::all(Verdict::Allow),
        };
        Connection { ports, egress, ingress, mesh: None }
    }

    /// What the policies about `own` say of traffic with the other end.
    pub(crate) fn side(&self, asked: Asked<'_>) -> Option<Side> {
        let Asked { direction, own, other, nearness, isolated, .. } = asked;
        let End::Pods(number) = own else { return None };
        let endpoint = self.endpoint(number)?;
        let space = self.space(endpoint.namespace)?;
        let everything = || Some(Side { ports: Ports::all(Verdict::Allow), ..Side::default() });
        if !self.enforcer().enforces {
            return everything();
        }
        let own_node = self.is_own_node(endpoint, other, nearness);
        let is_in_tiers = self.has_calico(space, direction);
        let is_in_order = is_in_tiers || self.has_ordered(space, direction);
        let cilium = self.unread_cilium(space).filter(|_| !endpoint.host_network);
        // Policies of the whole cluster, and Cilium's, are about what goes to nodes, one's own too.
        let is_about_nodes = (is_in_order || cilium.is_some()) && direction == Direction::Egress;
        if own_node.is_none() && !is_about_nodes {
            return everything();
        }
        let own_node = own_node.unwrap_or(Match::Yes);
        let mut side = Side::default();
        side.doubts.extend(own_node.doubt());
        let (allowed, mut isolating) = self.namespaced(asked, number, endpoint, space, &mut side);
        if let Some(isolated) = isolated {
            isolating = if isolated { Verdict::Allow } else { Verdict::Deny };
        }
        let allowed = allowed.or(&Ports::all(own_node.verdict()));
        side.ports = match is_in_order {
            true if is_in_tiers => self.in_tiers(asked, endpoint, space, (&allowed, isolating), &mut side),
            true => self.in_order(asked, endpoint, space, (&allowed, isolating), &mut side),
            false => allowed.or(&Ports::all(isolating.negated())),
        };
        if let Some(doubt) = cilium {
            side.doubts.insert(doubt);
            side.ports = Ports::all(doubt.verdict());
        }
        if direction == Direction::Ingress {
            side.ports = side.ports.or(&Ports::all(own_node.verdict()));
        }
        let is_open = |verdict: Verdict| matches!(verdict, Verdict::Unknown | Verdict::Ambiguous);
        if !side.ports.any(is_open) {
            side.doubts.clear();
        }
        Some(side)
    }

    /// What rules of NetworkPolicies let pass, and whether these isolate.
    fn namespaced(
        &self,
        asked: Asked<'_>,
        number: usize,
        endpoint: &Endpoint<'_>,
        space: &Namespace,
        side: &mut Side,
    ) -> (Ports, Verdict) {
        let Asked { direction, other, without, .. } = asked;
        let mut isolated = Verdict::Deny;
        let mut allowed = Ports::default();
        for policy in space.about(endpoint) {
            let Some(rules) = policy.rules(direction) else { continue };
            let selected = self.selected(policy, number, endpoint);
            if selected == Match::No {
                continue;
            }
            side.doubts.extend(selected.doubt());
            isolated = isolated.or(selected.verdict());
            side.isolating.push((policy.object, selected.verdict()));
            if policy.is_refused {
                allowed = allowed.or(&Ports::all(Verdict::Unknown));
            }
            for (rule_number, rule) in rules.iter().enumerate() {
                if without.contains(&(policy.object, direction, rule_number)) {
                    continue;
                }
                let to = if direction == Direction::Ingress { Some(endpoint) } else { self.pods_of(other) };
                let meant = self.is_peer(rule, asked, endpoint.namespace, self.enforcer());
                side.doubts.extend(meant.doubt());
                if direction == Direction::Egress && to.is_some_and(|to| self.may_name_ports(rule, to)) {
                    side.doubts.insert(Doubt::HostNetwork);
                }
                let ports = ports(rule, to, direction, self.enforcer())
                    .and_always(meant.verdict().and(selected.verdict()));
                if ports.best() != Verdict::Deny {
                    allowed = allowed.or(&ports);
                    side.allowing.push(Allowing { policy: policy.object, rule: rule_number, ports });
                }
            }
        }
        if let Some(doubt) = space.unread {
            side.doubts.insert(doubt);
            isolated = isolated.or(doubt.verdict());
            allowed = allowed.or(&Ports::all(doubt.verdict()));
        }
        (allowed, isolated)
    }

    /// What passes once whatever no rule lets pass is denied: by rules, and past all policies.
    pub(crate) fn let_pass(&self, asked: Asked<'_>) -> Ports {
        let End::Pods(number) = asked.own else { return Ports::all(Verdict::Allow) };
        let Some(endpoint) = self.endpoint(number) else { return Ports::default() };
        let is_bound = !endpoint.host_network || self.enforcer().isolates_host_network != Open::No;
        if !is_bound || self.is_own_node(endpoint, asked.other, asked.nearness).is_none() {
            return Ports::all(Verdict::Allow);
        }
        if !self.enforcer().enforces {
            return Ports::default();
        }
        self.side(Asked { isolated: Some(true), ..asked }).map(|side| side.ports).unwrap_or_default()
    }

    pub(crate) fn pods_of(&self, other: End) -> Option<&Endpoint<'_>> {
        match other {
            End::Pods(number) => self.endpoint(number),
            End::Address(_) | End::OwnNode | End::OtherNode | End::Node(_) => None,
        }
    }

    /// Whether the other end is the node that the pods are on, which nothing keeps from them; `None` for certain.
    pub(crate) fn is_own_node(&self, own: &Endpoint<'_>, other: End, nearness: Nearness) -> Option<Match> {
        let known = |node| if nearness == Nearness::Known { node } else { None };
        match other {
            End::OwnNode => None,
            End::OtherNode | End::Address(_) => Some(Match::No),
            End::Node(number) => match (self.nodes().get(number), known(own.node)) {
                (Some(node), Some(own)) => (node.name != own).then_some(Match::No),
                _ => Some(Match::Maybe(Doubt::OwnNode)),
            },
            End::Pods(number) => {
                let other = self.endpoint(number)?;
                match (known(own.node), known(other.node)) {
                    _ if !other.host_network || own.host_network => Some(Match::No),
                    (Some(own), Some(other)) => (own != other).then_some(Match::No),
                    _ if other.is_on_every_node => None,
                    _ => Some(Match::Maybe(Doubt::OwnNode)),
                }
            }
        }
    }

    /// Whether a policy isolates these pods, which are of its namespace.
    pub(crate) fn selected(&self, policy: &Policy, number: usize, endpoint: &Endpoint<'_>) -> Match {
        let refused =
            if policy.is_refused { Match::Maybe(Doubt::Refused(policy.object)) } else { Match::Yes };
        let found = matching::pods(&policy.pods, number, endpoint).and(refused);
        found.on_node(endpoint, self.enforcer().isolates_host_network)
    }

    /// Whether a rule of a policy of the namespace `own` means the other end, by the word of `enforcer`.
    pub(crate) fn is_peer(&self, rule: &Rule, asked: Asked<'_>, own: usize, enforcer: &Enforcer) -> Match {
        if rule.peers.is_empty() {
            return Match::Yes;
        }
        let Asked { other, family, .. } = asked;
        let peers = rule.peers.iter().map(|peer| match peer {
            Peer::Block { cidr, except } => matching::block(cidr, except, other, family, self, enforcer),
            Peer::Pods(pods) => {
                self.are_pods(other, |namespace, _| Match::of(namespace == own), pods, enforcer)
            }
            Peer::PodsIn { namespaces, pods } => {
                let place = |number, space: &Namespace| matching::namespace(namespaces, number, space);
                self.are_pods(other, place, pods, enforcer)
            }
            Peer::Nodes(nodes) => matching::nodes(nodes, other, self),
            Peer::Names => matching::names(other, self),
        });
        peers.fold(Match::No, Match::or)
    }

    /// Whether it is open what names of ports mean for pods on the node's network.
    fn may_name_ports(&self, rule: &Rule, to: &Endpoint<'_>) -> bool {
        let is_named = |port: &PortMatch| matches!(port, PortMatch::Named(..));
        let is_open = self.enforcer().selects_host_network == Open::Unspecified;
        to.host_network && is_open && rule.ports.iter().any(is_named)
    }

    /// Whether the other end is pods that are meant.
    fn are_pods(
        &self,
        other: End,
        is_place: impl Fn(usize, &Namespace) -> Match,
        pods: &Selector,
        enforcer: &Enforcer,
    ) -> Match {
        let End::Pods(number) = other else { return Match::No };
        let Some(endpoint) = self.endpoint(number) else { return Match::No };
        let Some(space) = self.space(endpoint.namespace) else { return Match::No };
        let found = is_place(endpoint.namespace, space).and(matching::pods(pods, number, endpoint));
        found.on_node(endpoint, enforcer.selects_host_network)
    }
}

/// The ports that a rule is about, where traffic goes to pods or elsewhere, by the word of `enforcer`.
pub(crate) fn ports(
    rule: &Rule,
    to: Option<&Endpoint<'_>>,
    direction: Direction,
    enforcer: &Enforcer,
) -> Ports {
    if rule.ports.is_empty() {
        return Ports::all(Verdict::Allow);
    }
    let ports = rule.ports.iter().filter_map(|port| match port {
        PortMatch::Numbers(protocol, numbers) => Some(Ports::some(*protocol, numbers, Verdict::Allow)),
        PortMatch::Named(protocol, name) => {
            let to = to?;
            let number = to.port(name, *protocol)?;
            let verdict = match direction {
                // Who does not know pods on the node's network does not know their names of ports.
                Direction::Egress if to.host_network => {
                    Match::Yes.on_node(to, enforcer.selects_host_network).verdict()
                }
                Direction::Egress | Direction::Ingress => Verdict::Allow,
            };
            Some(Ports::some(*protocol, &(number..=number), verdict))
        }
    });
    ports.fold(Ports::all(Verdict::Deny), |found, more| found.or(&more))
}
