//! A NetworkPolicy, compiled: what it means once defaults are filled in.
//!
//! Sources: pkg/apis/networking/validation/validation.go and pkg/apis/networking/v1/defaults.go of k8s.io/kubernetes v1.36.3.

use std::ops::RangeInclusive;

use ipnet::IpNet;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{IpBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec};
use seawall_inventory::refused_port_name;
use seawall_inventory::selector::{LabelSelector, Selector};
use smol_str::SmolStr;

use crate::ports::Protocol;

/// Which way traffic goes, as seen by the pods that a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Number of the object in the Snapshot.
    pub object: usize,
    /// Which pods of its namespace it isolates.
    pub pods: Selector,
    /// What may come in; `None` when it says nothing of that.
    pub ingress: Option<Vec<Rule>>,
    /// What may go out; `None` when it says nothing of that.
    pub egress: Option<Vec<Rule>>,
    /// Whether the API server refuses it, so that nobody knows what was meant.
    pub is_refused: bool,
}

/// What is allowed: what matches one of the peers and one of the ports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// Everybody when there are none.
    pub peers: Vec<Peer>,
    /// All when there are none.
    pub ports: Vec<PortMatch>,
}

/// Who is at the other end.
#[derive(Clone, Debug)]
pub(crate) enum Peer {
    /// Pods of the policy's own namespace.
    Pods(Selector),
    /// Pods of namespaces.
    PodsIn { namespaces: Selector, pods: Selector },
    /// Addresses.
    Block { cidr: IpNet, except: Vec<IpNet> },
    /// Nodes, by their labels.
    Nodes(Selector),
    /// Hosts outside of the cluster, by their names.
    Names,
}

/// Ports of the pod, or other place, that traffic goes to.
#[derive(Clone, Debug)]
pub(crate) enum PortMatch {
    Numbers(Protocol, RangeInclusive<u16>),
    Named(Protocol, SmolStr),
}

impl Peer {
    /// Whether it means all pods of all namespaces.
    pub fn means_all_pods(&self) -> bool {
        matches!(self, Self::PodsIn { namespaces, pods } if namespaces.is_everything() && pods.is_everything())
    }
}

impl Policy {
    pub fn new(object: usize, spec: &NetworkPolicySpec, is_malformed: bool) -> Self {
        let compiled = (!is_malformed).then(|| compile(object, spec)).flatten();
        compiled.unwrap_or(Self {
            object,
            pods: Selector::EVERYTHING,
            ingress: Some(Vec::new()),
            egress: Some(Vec::new()),
            is_refused: true,
        })
    }

    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// What it means; `None` when the API server refuses it.
fn compile(object: usize, spec: &NetworkPolicySpec) -> Option<Policy> {
    let is_known = |kind: &SmolStr| matches!(kind.as_str(), "Ingress" | "Egress");
    if spec.policy_types.len() > 2 || !spec.policy_types.iter().all(is_known) {
        return None;
    }
    let mut ingress = Vec::new();
    for rule in &spec.ingress {
        ingress.push(self::rule(&rule.from, &rule.ports)?);
    }
    let mut egress = Vec::new();
    for rule in &spec.egress {
        egress.push(self::rule(&rule.to, &rule.ports)?);
    }
    let has = |kind: &str| spec.policy_types.iter().any(|own| own == kind);
    let (is_ingress, is_egress) = match spec.policy_types.is_empty() {
        true => (true, !egress.is_empty()),
        false => (has("Ingress"), has("Egress")),
    };
    Some(Policy {
        object,
        pods: selector(spec.pod_selector.as_ref())?.unwrap_or(Selector::EVERYTHING),
        ingress: is_ingress.then_some(ingress),
        egress: is_egress.then_some(egress),
        is_refused: false,
    })
}

fn rule(peers: &[NetworkPolicyPeer], ports: &[NetworkPolicyPort]) -> Option<Rule> {
    let peers = peers.iter().map(peer).collect::<Option<_>>()?;
    let ports = ports.iter().map(port).collect::<Option<_>>()?;
    Some(Rule { peers, ports })
}

/// `None` when it is refused, `Some(None)` when it is not given.
fn selector(selector: Option<&LabelSelector>) -> Option<Option<Selector>> {
    selector.map(|selector| Selector::of(Some(selector)).ok()).map_or(Some(None), |valid| valid.map(Some))
}

fn peer(peer: &NetworkPolicyPeer) -> Option<Peer> {
    let (pods, namespaces) =
        (selector(peer.pod_selector.as_ref())?, selector(peer.namespace_selector.as_ref())?);
    match (pods, namespaces, &peer.ip_block) {
        (None, None, Some(block)) => self::block(block),
        (Some(pods), None, None) => Some(Peer::Pods(pods)),
        (pods, Some(namespaces), None) => {
            Some(Peer::PodsIn { namespaces, pods: pods.unwrap_or(Selector::EVERYTHING) })
        }
        (None, None, None) | (_, _, Some(_)) => None,
    }
}

fn block(block: &IpBlock) -> Option<Peer> {
    let cidr: IpNet = block.cidr.parse().ok()?;
    let except: Vec<IpNet> = block.except.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let is_inside = |part: &IpNet| cidr.contains(part) && part.prefix_len() > cidr.prefix_len();
    except.iter().all(is_inside).then_some(Peer::Block { cidr, except })
}

fn port(port: &NetworkPolicyPort) -> Option<PortMatch> {
    let protocol = Protocol::named(&port.protocol)?;
    let number = |number: i64| u16::try_from(number).ok().filter(|number| *number > 0);
    match (&port.port, port.end_port) {
        (None, None) => Some(PortMatch::Numbers(protocol, crate::ports::EVERY_PORT)),
        (Some(IntOrString::Int(first)), None) => {
            number(*first).map(|first| PortMatch::Numbers(protocol, first..=first))
        }
        (Some(IntOrString::Int(first)), Some(last)) => {
            let (first, last) = (number(*first)?, number(last)?);
            (first <= last).then_some(PortMatch::Numbers(protocol, first..=last))
        }
        (Some(IntOrString::Str(name)), None) => {
            refused_port_name(name).is_none().then(|| PortMatch::Named(protocol, name.clone()))
        }
        (None | Some(IntOrString::Str(_)), Some(_)) => None,
    }
}
