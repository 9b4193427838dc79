//! Policies whose rules are taken in order, compiled: `ClusterNetworkPolicy`, `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`.
//!
//! Source: apis/{v1alpha1,v1alpha2,v1beta1} of sigs.k8s.io/network-policy-api v0.3.0, with what their CRDs refuse.

use ipnet::IpNet;
use seawall_inventory::Object;
use seawall_inventory::kinds::{
    AdminPolicyPort, ClusterNetworkPolicySpec, ClusterPolicyNamespaces, ClusterPolicyPeer, ClusterPolicyPods,
    ClusterPolicyPort, ClusterPolicyProtocol, ClusterPolicyRule, ClusterPolicyTransport,
};
use seawall_inventory::selector::{LabelSelector, Selector};
use smol_str::SmolStr;

use crate::enforcer::{Enforcer, Open};
use crate::policy::{Direction, Peer, PortMatch, Rule};
use crate::ports::Protocol;

/// The group of these policies.
pub(crate) const GROUP: &str = "policy.networking.k8s.io";

/// Their kinds.
pub(crate) const KINDS: &[&str] =
    &["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"];

/// The greatest priority, which comes last.
const LAST: i64 = 1000;

/// When policies are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// Before all NetworkPolicies.
    Admin,
    /// Where no NetworkPolicy isolates.
    Baseline,
}

/// What a rule does with what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It passes.
    Accept,
    /// It does not pass.
    Deny,
    /// What comes after the policies of this tier decides.
    Pass,
}

/// A policy of which the first rule that means a connection decides it.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    /// Number of the object in the Snapshot.
    pub object: usize,
    pub tier: Tier,
    /// Smaller ones are asked before.
    pub priority: i64,
    /// Of which namespaces it is about pods.
    pub namespaces: Selector,
    /// Which pods of them it is about.
    pub pods: Selector,
    pub ingress: Vec<Ruling>,
    pub egress: Vec<Ruling>,
    /// Whether whoever enforces policies reads those of this kind.
    pub is_read: Open,
    /// Whether the API server refuses it, so that nobody knows what was meant.
    pub is_refused: bool,
}

/// A rule of it.
#[derive(Clone, Debug)]
pub(crate) struct Ruling {
    pub action: Action,
    /// What it means; it has peers.
    pub rule: Rule,
}

impl Ordered {
    pub fn new(number: usize, object: &Object, spec: &ClusterNetworkPolicySpec, enforcer: &Enforcer) -> Self {
        let kind = object.kind.as_str();
        let is_read = if kind == "ClusterNetworkPolicy" {
            enforcer.reads_cluster_policies
        } else {
            enforcer.reads_admin_policies
        };
        let tier = match (kind, spec.tier.as_str()) {
            ("AdminNetworkPolicy", _) | ("ClusterNetworkPolicy", "Admin") => Some(Tier::Admin),
            // There is one, of this name.
            ("BaselineAdminNetworkPolicy", _) if object.metadata.name != "default" => None,
            ("BaselineAdminNetworkPolicy", _) | ("ClusterNetworkPolicy", "Baseline") => Some(Tier::Baseline),
            _ => None,
        };
        let tier = tier.filter(|_| !object.malformed);
        let compiled = tier.and_then(|tier| compile(number, kind, tier, spec));
        let found = compiled.unwrap_or(Self {
            object: number,
            tier: Tier::Admin,
            priority: 0,
            namespaces: Selector::EVERYTHING,
            pods: Selector::EVERYTHING,
            ingress: Vec::new(),
            egress: Vec::new(),
            is_read,
            is_refused: true,
        });
        Self { is_read, ..found }
    }

    pub fn rulings(&self, direction: Direction) -> &[Ruling] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// What it means; `None` when the API server refuses it.
fn compile(object: usize, kind: &str, tier: Tier, spec: &ClusterNetworkPolicySpec) -> Option<Ordered> {
    let priority = match kind {
        "BaselineAdminNetworkPolicy" => 0,
        _ => spec.priority.filter(|priority| (0..=LAST).contains(priority))?,
    };
    let (namespaces, pods) = match peer(&spec.subject, Direction::Ingress)?.as_slice() {
        [Peer::PodsIn { namespaces, pods }] => (namespaces.clone(), pods.clone()),
        _ => return None,
    };
    let rulings = |rules: &[ClusterPolicyRule], direction| -> Option<Vec<Ruling>> {
        rules.iter().map(|rule| ruling(rule, kind, tier, direction)).collect()
    };
    Some(Ordered {
        object,
        tier,
        priority,
        namespaces,
        pods,
        ingress: rulings(&spec.ingress, Direction::Ingress)?,
        egress: rulings(&spec.egress, Direction::Egress)?,
        is_read: Open::Yes,
        is_refused: false,
    })
}

fn ruling(rule: &ClusterPolicyRule, kind: &str, tier: Tier, direction: Direction) -> Option<Ruling> {
    let is_of_v1alpha1 = kind != "ClusterNetworkPolicy";
    let action = match (rule.action.as_str(), is_of_v1alpha1) {
        ("Allow", true) | ("Accept", false) => Action::Accept,
        ("Deny", _) => Action::Deny,
        // After a BaselineAdminNetworkPolicy there is nothing that it could be left to.
        ("Pass", true) if tier == Tier::Baseline => return None,
        ("Pass", _) => Action::Pass,
        _ => return None,
    };
    let peers = match direction {
        Direction::Ingress => &rule.from,
        Direction::Egress => &rule.to,
    };
    let is_name = |peer: &Peer| matches!(peer, Peer::Names);
    let peers: Vec<Vec<Peer>> = peers.iter().map(|one| peer(one, direction)).collect::<Option<_>>()?;
    let peers: Vec<Peer> = peers.into_iter().flatten().collect();
    let ports: Vec<Vec<PortMatch>> = match is_of_v1alpha1 {
        true => rule.ports.iter().map(admin_port).collect::<Option<_>>()?,
        false => rule.protocols.iter().map(protocol).collect::<Option<_>>()?,
    };
    let ports: Vec<PortMatch> = ports.into_iter().flatten().collect();
    let has_names = ports.iter().any(|port| matches!(port, PortMatch::Named(..)));
    let is_pods = |peer: &Peer| matches!(peer, Peer::PodsIn { .. });
    let is_refused = peers.is_empty()
        || (action != Action::Accept && peers.iter().any(is_name))
        || (has_names && !peers.iter().all(is_pods));
    (!is_refused).then_some(Ruling { action, rule: Rule { peers, ports } })
}

/// Whom a peer means: of addresses several; `None` unless it is one of what peers of the direction can be.
fn peer(peer: &ClusterPolicyPeer, direction: Direction) -> Option<Vec<Peer>> {
    let ClusterPolicyPeer { namespaces, pods, nodes, networks, domain_names } = peer;
    let is_egress = direction == Direction::Egress;
    match (namespaces, pods, nodes, networks.as_ref(), domain_names.as_ref()) {
        (Some(namespaces), None, None, [], []) => {
            Some(vec![Peer::PodsIn { namespaces: self::namespaces(namespaces)?, pods: Selector::EVERYTHING }])
        }
        (None, Some(pods), None, [], []) => self::pods(pods).map(|peer| vec![peer]),
        (None, None, Some(nodes), [], []) if is_egress => Some(vec![Peer::Nodes(selector(nodes)?)]),
        (None, None, None, networks, []) if is_egress && !networks.is_empty() => {
            networks.iter().map(block).collect()
        }
        (None, None, None, [], names) if is_egress && !names.is_empty() => Some(vec![Peer::Names]),
        _ => None,
    }
}

fn pods(pods: &ClusterPolicyPods) -> Option<Peer> {
    // In v0.1.1 the namespaces stood elsewhere; who enforces may take them to be all.
    if pods.namespaces.is_some() {
        return None;
    }
    let (namespaces, pods) = (selector(&pods.namespace_selector)?, selector(&pods.pod_selector)?);
    Some(Peer::PodsIn { namespaces, pods })
}

fn namespaces(namespaces: &ClusterPolicyNamespaces) -> Option<Selector> {
    let ClusterPolicyNamespaces {
        match_labels,
        match_expressions,
        namespace_selector,
        same_labels,
        not_same_labels,
    } = namespaces;
    let is_old = namespace_selector.is_some() || !same_labels.is_empty() || !not_same_labels.is_empty();
    let (match_labels, match_expressions) = (match_labels.clone(), match_expressions.clone());
    if is_old { None } else { selector(&LabelSelector { match_labels, match_expressions }) }
}

fn selector(selector: &LabelSelector) -> Option<Selector> {
    Selector::of(Some(selector)).ok()
}

fn block(network: &SmolStr) -> Option<Peer> {
    let cidr: IpNet = network.parse().ok()?;
    (cidr == cidr.trunc()).then_some(Peer::Block { cidr, except: Vec::new() })
}

fn number(number: Option<i64>) -> Option<u16> {
    number.and_then(|number| u16::try_from(number).ok()).filter(|number| *number > 0)
}

fn range(protocol: Protocol, start: Option<i64>, end: Option<i64>) -> Option<PortMatch> {
    let (start, end) = (number(start)?, number(end)?);
    (start < end).then_some(PortMatch::Numbers(protocol, start..=end))
}

/// A port by its name, which may be one of any protocol.
fn named(name: &SmolStr) -> Vec<PortMatch> {
    Protocol::ALL.into_iter().map(|protocol| PortMatch::Named(protocol, name.clone())).collect()
}

fn admin_port(port: &AdminPolicyPort) -> Option<Vec<PortMatch>> {
    match (&port.port_number, &port.named_port, &port.port_range) {
        (Some(one), None, None) => {
            let number = number(one.port)?;
            Some(vec![PortMatch::Numbers(Protocol::named(&one.protocol)?, number..=number)])
        }
        (None, Some(name), None) => Some(named(name)),
        (None, None, Some(several)) => {
            range(Protocol::named(&several.protocol)?, several.start, several.end).map(|range| vec![range])
        }
        _ => None,
    }
}

fn protocol(protocol: &ClusterPolicyProtocol) -> Option<Vec<PortMatch>> {
    let one = |of, transport: &ClusterPolicyTransport| {
        // With nothing in it the API server refuses it.
        transport.destination_port.as_ref().and_then(|port| self::port(of, port)).map(|port| vec![port])
    };
    let ClusterPolicyProtocol { tcp, udp, sctp, destination_named_port: name } = protocol;
    match (tcp, udp, sctp, name.is_empty()) {
        (Some(tcp), None, None, true) => one(Protocol::Tcp, tcp),
        (None, Some(udp), None, true) => one(Protocol::Udp, udp),
        (None, None, Some(sctp), true) => one(Protocol::Sctp, sctp),
        (None, None, None, false) => Some(named(name)),
        _ => None,
    }
}

fn port(protocol: Protocol, port: &ClusterPolicyPort) -> Option<PortMatch> {
    match (port.number, &port.range) {
        (Some(one), None) => number(Some(one)).map(|one| PortMatch::Numbers(protocol, one..=one)),
        (None, Some(several)) => range(protocol, several.start, several.end),
        _ => None,
    }
}
