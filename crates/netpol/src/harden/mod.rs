//! The least policies that let pass what is wanted, and deny all else.
//!
//! What is wanted ([`Wanted`]) is what manifests declare ([`World::declared`]), or what was seen. [`World::harden`] says by which
//! policies it passes, and [`World::replay`] asks the policies themselves whether it does, and what passes besides.
//!
//! Policies have no order and only add to each other, so the least are found by cells: pods, whoever is at the other end, a port.
//! A cell of which all that it lets pass is let pass by others is left out.

mod cells;
mod declared;
mod mention;
mod name;
mod replay;
mod seen;
mod selectors;
mod values;
mod yaml;

use std::fmt;

use foldhash::{HashMap, HashSet};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::connection::{Asked, End, Nearness};
use crate::enforcer::Open;
use crate::matching::Family;
use crate::policy::{Direction, Policy};
use crate::ports::Protocol;
use crate::verdict::Verdict;
use crate::world::World;
pub(crate) use declared::alike;
pub use declared::{Declared, Lack, Lacking};
pub use replay::{Beyond, Failing, Replay, Whom};
pub use seen::Seen;

use cells::Cells;
use selectors::Selectors;

/// Where wanted traffic comes from, or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Pods, by the number of their endpoint in the [`World`].
    Pods(usize),
    /// Addresses.
    Network(IpNet),
    /// Public addresses of both versions of the protocol.
    Internet,
    /// Whoever it may be: clients outside, nodes in their place, pods that were not read.
    Anywhere,
}

/// Traffic that is to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where it comes from.
    pub from: Place,
    /// Where it goes to.
    pub to: Place,
    /// The port that it goes to; all when it is not known which.
    pub port: Option<(Protocol, u16)>,
    /// Why it is wanted.
    pub why: Why,
    /// The object that says so, by its number, and the field of it.
    pub at: Option<(usize, Path)>,
}

/// Why traffic is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A variable of this name says where it goes to.
    Variable(SmolStr),
    /// An argument of a program says it.
    Argument,
    /// A way into the cluster leads there: what it is in words.
    Way(&'static str),
    /// Names are looked up in the DNS of the cluster: all pods of a namespace do.
    Dns,
    /// It was seen: the line of a log.
    Seen(SmolStr),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Argument => f.write_str("an argument"),
            Self::Way(what) => f.write_str(what),
            Self::Dns => f.write_str("DNS of the cluster"),
            Self::Seen(line) => write!(f, "seen, {line}"),
        }
    }
}

/// Labels by which pods are selected, in order.
pub type Labels = Vec<(SmolStr, SmolStr)>;

/// A policy to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPolicy {
    /// Name.
    pub name: String,
    /// Namespace.
    pub namespace: SmolStr,
    /// The pods that it is about; all of the namespace when empty.
    pub pods: Labels,
    /// The directions that it isolates them in.
    pub directions: Vec<Direction>,
    /// What may come in.
    pub ingress: Vec<NewRule>,
    /// What may go out.
    pub egress: Vec<NewRule>,
}

/// A rule of a policy to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRule {
    /// Who is at the other end; anybody when there are none.
    pub peers: Vec<NewPeer>,
    /// Ports; all when there are none.
    pub ports: Vec<(Protocol, u16)>,
    /// What it is for, by the numbers of what is wanted.
    pub wanted: Vec<usize>,
}

/// A peer of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NewPeer {
    /// Pods of the policy's own namespace; all when there are no labels.
    Pods(Labels),
    /// Pods of the namespace of this name.
    PodsIn(SmolStr, Labels),
    /// Addresses.
    Block(IpNet),
}

/// The policies that are to be made.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// By namespace: first those that allow, then the one that denies all else.
    pub policies: Vec<NewPolicy>,
    /// What no rule has words for, by the numbers of what is wanted: one of the ends is on the network of its node.
    pub unexpressed: Vec<usize>,
}

/// All addresses of each version of the protocol.
const EVERYWHERE: [IpNet; 2] = [
    IpNet::V4(Ipv4Net::new_assert(core::net::Ipv4Addr::UNSPECIFIED, 0)),
    IpNet::V6(Ipv6Net::new_assert(core::net::Ipv6Addr::UNSPECIFIED, 0)),
];

/// Whom a cell means at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Peer {
    /// Pods, by the number of their selector.
    Pods(u32),
    Block(IpNet),
    Anybody,
}

/// A part of what is wanted that the policies about one end have to let pass.
#[derive(Clone, Copy, Debug)]
struct Need {
    wanted: usize,
    direction: Direction,
    /// The endpoint whose policies are asked.
    own: usize,
    other: Other,
    port: Option<(Protocol, u16)>,
    /// Whether all pods beside it need the same.
    is_common: bool,
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Other {
    Pods(usize),
    Network(IpNet),
    /// The public ones of all addresses.
    Public(IpNet),
    Anybody,
}

impl World<'_> {
    /// The least policies that let pass what is wanted, and deny all else that comes to pods of some namespaces and goes out from them.
    /// What the policies that are there let pass is left to them.
    pub fn harden(&self, wanted: &[Wanted], family: Family, is_meant: impl Fn(&str) -> bool) -> Plan {
        let namespaces = self.to_harden(is_meant);
        let mut plan = Plan::default();
        let mut needs = Vec::new();
        let is_there: HashSet<usize> = namespaces.iter().copied().collect();
        for (number, one) in wanted.iter().enumerate() {
            let before = needs.len();
            let mut is_expressed = true;
            for direction in [Direction::Egress, Direction::Ingress] {
                is_expressed &= self.needs(number, one, direction, &is_there, family, &mut needs);
            }
            if !is_expressed {
                // Half of a way leads nowhere.
                needs.truncate(before);
                plan.unexpressed.push(number);
            }
        }
        let selectors = Selectors::of(self, &needs);
        let cells = Cells::least(self, &selectors, &needs, family);
        let mut names = name::Names::of(self, &namespaces);
        let mut allowing = cells.policies(self, &selectors, &needs, &mut names);
        for namespace in namespaces {
            // Those that allow stand first: applied in this order they cut nobody off.
            plan.policies.append(allowing.get_mut(&namespace).unwrap_or(&mut Vec::new()));
            plan.policies.extend(self.denial(namespace, &mut names));
        }
        plan
    }

    /// The namespaces with pods, in the order of names.
    fn to_harden(&self, is_meant: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = self.endpoints().iter().map(|endpoint| endpoint.namespace).collect();
        found.sort_unstable_by_key(|number| self.namespace(*number));
        found.dedup();
        found.retain(|number| self.namespace(*number).is_some_and(&is_meant));
        found
    }

    /// What one end has to let pass that no rule lets pass so far; whether there are words for it.
    fn needs(
        &self,
        number: usize,
        wanted: &Wanted,
        direction: Direction,
        namespaces: &HashSet<usize>,
        family: Family,
        needs: &mut Vec<Need>,
    ) -> bool {
        let (own, other) = match direction {
            Direction::Egress => (wanted.from, wanted.to),
            Direction::Ingress => (wanted.to, wanted.from),
        };
        let Place::Pods(own) = own else { return true };
        let Some(endpoint) = self.endpoint(own).filter(|own| namespaces.contains(&own.namespace)) else {
            return true;
        };
        let need = |other| Need {
            wanted: number,
            direction,
            own,
            other,
            port: wanted.port,
            is_common: wanted.why == Why::Dns && direction == Direction::Egress,
        };
        // Whether policies hold for pods on the node's network is left open, and nobody says yes.
        if endpoint.host_network && self.enforcer().isolates_host_network != Open::Yes {
            return true;
        }
        let mut is_expressed = true;
        for other in self.others(other) {
            let need = need(other);
            if self.is_met(&need, family) {
                continue;
            }
            let is_on_node = match other {
                Other::Pods(other) => self.endpoint(other).is_some_and(|other| other.host_network),
                _ => false,
            };
            match is_on_node {
                true => is_expressed = false,
                false => needs.push(need),
            }
        }
        is_expressed
    }

    /// Whom a place means.
    fn others(&self, place: Place) -> Vec<Other> {
        let enforcer = self.enforcer();
        let blocks_mean_all =
            enforcer.blocks_mean_nodes == Open::Yes && enforcer.blocks_mean_pods == Open::Yes;
        match place {
            Place::Pods(number) => vec![Other::Pods(number)],
            Place::Network(network) => vec![Other::Network(network)],
            Place::Internet => EVERYWHERE.map(Other::Public).to_vec(),
            Place::Anywhere if blocks_mean_all => EVERYWHERE.map(Other::Network).to_vec(),
            Place::Anywhere => vec![Other::Anybody],
        }
    }

    /// Whether rules that are there let it pass.
    fn is_met(&self, need: &Need, family: Family) -> bool {
        let asked = |other, family| {
            let nearness = Nearness::Known;
            let ports = self.let_pass(Asked {
                direction: need.direction,
                own: End::Pods(need.own),
                other,
                family,
                nearness,
                without: &[],
                isolated: None,
            });
            match need.port {
                Some((protocol, port)) => ports.at(protocol, port),
                None => ports.uniform().unwrap_or_default(),
            }
        };
        let network = |network: IpNet, only_public| {
            let addresses = self.samples(need.own, need.direction, network, only_public);
            let family = Family::of(&network.addr());
            addresses.iter().all(|address| asked(End::Address(*address), family) == Verdict::Allow)
        };
        match need.other {
            Other::Pods(other) => asked(End::Pods(other), family) == Verdict::Allow,
            Other::Network(own) => network(own, false),
            Other::Public(own) => network(own, true),
            Other::Anybody => {
                asked(End::OtherNode, family) == Verdict::Allow
                    && EVERYWHERE.iter().all(|own| network(*own, false))
            }
        }
    }

    /// The policy that denies what no other lets pass, unless there are such.
    fn denial(&self, namespace: usize, names: &mut name::Names) -> Option<NewPolicy> {
        let space = self.space(namespace)?;
        let isolates = |policy: &Policy, direction| {
            !policy.is_refused && policy.pods.is_everything() && policy.rules(direction).is_some()
        };
        let mut directions = vec![Direction::Ingress, Direction::Egress];
        directions.retain(|direction| !space.policies.iter().any(|policy| isolates(policy, *direction)));
        let wish = match directions.as_slice() {
            [] => return None,
            [Direction::Ingress] => "default-deny-ingress",
            [Direction::Egress] => "default-deny-egress",
            _ => "default-deny",
        };
        Some(NewPolicy {
            name: names.take(namespace, wish),
            namespace: space.name.clone(),
            pods: Labels::new(),
            directions,
            ingress: Vec::new(),
            egress: Vec::new(),
        })
    }
}

/// Policies by the number of their namespace.
type ByNamespace = HashMap<usize, Vec<NewPolicy>>;

/// Labels as they are kept.
fn labels(written: &[(&str, &str)]) -> Labels {
    written.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect()
}
