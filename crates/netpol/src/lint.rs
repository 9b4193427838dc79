//! What in policies has no effect, or another one than it seems.

mod calico;
mod in_order;

use foldhash::HashSet;
use ipnet::IpNet;
use seawall_inventory::Object;
use seawall_inventory::selector::Selector;
use smol_str::SmolStr;

use crate::connection::{Asked, End, Nearness, RuleId};
use crate::enforcer::Enforcer;
use crate::map::Map;
use crate::map::meant::Meant;
use crate::matching::{self, Family, Match};
use crate::policy::{Direction, Peer, Policy, PortMatch, Rule};
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// Something in a policy that has no effect, or another one than it seems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// Number of the object of the policy.
    pub policy: usize,
    /// Where in it.
    pub at: At,
    /// What it is.
    pub what: What,
}

/// A part of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// All of it.
    Policy,
    /// Its rules of a direction.
    Rules(Direction),
    /// A rule, by its number.
    Rule(Direction, usize),
    /// A peer of a rule, by the numbers of both.
    Peer(Direction, usize, usize),
    /// A port of a rule, by the numbers of both.
    Port(Direction, usize, usize),
    /// An exception of a block, by the numbers of rule, peer and exception.
    Except(Direction, usize, usize, usize),
}

/// What can be the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The API server refuses it.
    Refused,
    /// Nobody enforces policies.
    NotEnforced,
    /// It selects none of the pods that were read.
    SelectsNothing,
    /// It means none of the pods that were read.
    MeansNobody,
    /// Its policy is not about this direction.
    OtherDirection,
    /// No pod that is meant has a port of this name.
    NoSuchPort(SmolStr),
    /// Whatever it lets pass, others let pass: without it the same passes between all pods that were read, and all addresses.
    Redundant,
    /// What it leaves out is let in by others.
    LetsIn,
    /// Pods of it may go somewhere, and not ask DNS for the way.
    NoDns,
    /// Whoever enforces policies does not read those of this kind.
    NotRead,
    /// It is staged: Calico says what it would do, and enforces nothing of it.
    Staged,
    /// Whatever the rule means, rules that are asked before it decide.
    ComesTooLate,
    /// A policy of the same priority says otherwise of some connection, and which of them counts is not specified.
    SamePriority,
}

impl World<'_> {
    /// Goes through all policies, in the order of namespaces. What is not known is nothing to be told.
    pub fn lint(&self, family: Family) -> Vec<Lint> {
        let map = Map::new(self, family);
        let meant = Meant::new(self, family, map.everybody());
        let mut linter = Linter {
            world: self,
            map: &map,
            meant,
            family,
            servers: servers(self, &map),
            operated: operated(self),
            found: Vec::new(),
            redundant: Vec::new(),
        };
        for (number, space) in (0..).map_while(|number| Some((number, self.space(number)?))) {
            linter.redundant.clear();
            space.policies.iter().for_each(|policy| linter.policy(policy, number));
        }
        linter.in_order();
        linter.calico();
        linter.found
    }
}

struct Linter<'w, 's, 'm> {
    world: &'w World<'s>,
    map: &'m Map,
    meant: Meant<'w, 's, 'm>,
    family: Family,
    /// Pods that may answer for DNS.
    servers: Vec<End>,
    /// Namespaces in which operators may make pods that nobody wrote.
    operated: HashSet<usize>,
    found: Vec<Lint>,
    /// Rules of the namespace that were found to be redundant.
    redundant: Vec<RuleId>,
}

/// A rule, with the policy and the place that it is of.
#[derive(Clone, Copy)]
struct Of<'w> {
    policy: &'w Policy,
    namespace: usize,
    direction: Direction,
    number: usize,
    rule: &'w Rule,
}

impl<'w> Linter<'w, '_, '_> {
    fn tell(&mut self, policy: &Policy, at: At, what: What) {
        self.found.push(Lint { policy: policy.object, at, what });
    }

    fn policy(&mut self, policy: &'w Policy, namespace: usize) {
        if policy.is_refused {
            return self.tell(policy, At::Policy, What::Refused);
        }
        if !self.world.enforcer().enforces {
            return self.tell(policy, At::Policy, What::NotEnforced);
        }
        for direction in self.idle(policy) {
            self.tell(policy, At::Rules(direction), What::OtherDirection);
        }
        let selected = self.selected(policy, namespace);
        if selected.is_empty() && self.operated.contains(&namespace) {
            return;
        }
        if selected.is_empty() {
            return self.tell(policy, At::Policy, What::SelectsNothing);
        }
        for direction in [Direction::Ingress, Direction::Egress] {
            let rules = policy.rules(direction).unwrap_or_default();
            for (number, rule) in rules.iter().enumerate() {
                let rule = Of { policy, namespace, direction, number, rule };
                let before = self.found.len();
                let is_open = self.parts(rule, &selected);
                let is_told = self.found.len() > before;
                if !is_told && !is_open && self.is_redundant(rule, &selected) {
                    self.redundant.push((policy.object, direction, number));
                    self.tell(policy, At::Rule(direction, number), What::Redundant);
                }
                self.exceptions(rule, &selected);
            }
        }
        if self.forgets_dns(policy, namespace, &selected) {
            self.tell(policy, At::Rules(Direction::Egress), What::NoDns);
        }
    }

    /// Directions of which a policy has rules and says nothing.
    fn idle(&self, policy: &Policy) -> Vec<Direction> {
        let object = self.world.snapshot().objects.get(policy.object);
        let Some(spec) = object.and_then(|object| object.body.network_policy()) else { return Vec::new() };
        let ingress = (!spec.ingress.is_empty() && policy.ingress.is_none()).then_some(Direction::Ingress);
        let egress = (!spec.egress.is_empty() && policy.egress.is_none()).then_some(Direction::Egress);
        ingress.into_iter().chain(egress).collect()
    }

    /// Pods that a policy is about, or may be: one of each party.
    fn selected(&self, policy: &Policy, namespace: usize) -> Vec<End> {
        let beside = self.map.everybody().within(Some(namespace)).iter();
        let pods = beside.filter_map(|party| self.map.everybody().end(*party));
        pods.filter(|end| self.selects(policy, *end)).collect()
    }

    /// Whether a policy is about pods, or may be.
    fn selects(&self, policy: &Policy, pods: End) -> bool {
        let endpoint = number(pods).and_then(|number| Some((number, self.world.endpoint(number)?)));
        endpoint.is_some_and(|(number, endpoint)| self.world.selected(policy, number, endpoint) != Match::No)
    }

    /// Peers that mean nobody, and ports that nobody has; whether the rule may mean pods that nobody wrote.
    fn parts(&mut self, of: Of<'w>, selected: &[End]) -> bool {
        let Of { policy, namespace, direction, number: at, rule } = of;
        let mut receivers: Vec<End> = match direction {
            Direction::Ingress => selected.to_vec(),
            Direction::Egress => Vec::new(),
        };
        let mut is_open = false;
        for (peer_at, peer) in rule.peers.iter().enumerate() {
            let meant = self.meant_by(peer, namespace, self.world.enforcer());
            let may_be_made = self.may_be_made(peer, namespace);
            is_open |= may_be_made;
            if meant.is_empty() && !may_be_made && !matches!(peer, Peer::Block { .. }) {
                self.tell(policy, At::Peer(direction, at, peer_at), What::MeansNobody);
            }
            receivers.extend(meant.into_iter().filter(|_| direction == Direction::Egress));
        }
        if direction == Direction::Egress && rule.peers.is_empty() {
            receivers.extend(self.map.parties().iter().map(|party| party.end));
        }
        for (port_at, port) in rule.ports.iter().enumerate() {
            let PortMatch::Named(protocol, name) = port else { continue };
            let endpoints = receivers.iter().filter_map(|end| self.world.endpoint(number(*end)?));
            let has = endpoints.into_iter().any(|endpoint| endpoint.port(name, *protocol).is_some());
            let may_have = is_open && direction == Direction::Egress;
            if !has && !may_have {
                self.tell(policy, At::Port(direction, at, port_at), What::NoSuchPort(name.clone()));
            }
        }
        is_open
    }

    /// Whether a peer may mean pods that an operator makes, or those of the cluster's own namespace when it was not read.
    fn may_be_made(&self, peer: &Peer, own: usize) -> bool {
        let is_system = |namespaces: &Selector| {
            let system = Namespace::unread(SYSTEM);
            !namespaces.is_everything() && matching::namespace(namespaces, 0, &system) == Match::Yes
        };
        if let Peer::PodsIn { namespaces, .. } = peer
            && self.world.number_of(SYSTEM).is_none()
            && is_system(namespaces)
        {
            return true;
        }
        self.operated.iter().any(|number| match peer {
            Peer::Pods(_) => *number == own,
            Peer::PodsIn { namespaces, .. } => self
                .world
                .space(*number)
                .is_some_and(|space| matching::namespace(namespaces, *number, space) != Match::No),
            Peer::Block { .. } | Peer::Nodes(_) | Peer::Names => false,
        })
    }

    /// Whom of the pods a peer means, or may mean.
    fn meant_by(&mut self, peer: &'w Peer, own: usize, enforcer: &Enforcer) -> Vec<End> {
        let everybody = self.map.everybody();
        let whom = self.meant.by(peer, own, enforcer);
        let homes = whom.homes.iter().filter_map(|(home, _)| everybody.homes.get(*home as usize));
        let parties = homes.flat_map(|home| &home.parties).chain(whom.parties.iter().map(|(party, _)| party));
        let ends = parties.filter_map(|party| everybody.end(*party));
        ends.filter(|end| number(*end).is_some()).collect()
    }

    fn asked(&self, direction: Direction, own: End, other: End) -> Asked<'static> {
        Asked {
            direction,
            own,
            other,
            family: self.family,
            nearness: Nearness::Any,
            without: &[],
            isolated: None,
        }
    }

    fn ports(&self, asked: Asked<'_>) -> Ports {
        self.world.side(asked).map(|side| side.ports).unwrap_or_default()
    }

    /// Whether without a rule, and those that were found to be redundant before it, the same passes.
    fn is_redundant(&self, of: Of<'w>, selected: &[End]) -> bool {
        let Of { policy, namespace, direction, number, .. } = of;
        if direction == Direction::Egress && self.says_nothing_without(policy) {
            return false;
        }
        let others = self.map.others_of(namespace, direction).iter();
        let others: Vec<End> = others.filter_map(|party| self.map.everybody().end(*party)).collect();
        let without: Vec<RuleId> =
            self.redundant.iter().copied().chain([(policy.object, direction, number)]).collect();
        let same = |own: End, other: End| {
            let asked = self.asked(direction, own, other);
            let with = self.ports(asked);
            // What is not known may be one way or the other.
            let is_certain = !with.any(|verdict| matches!(verdict, Verdict::Unknown | Verdict::Ambiguous));
            is_certain && with == self.ports(Asked { without: &without, ..asked })
        };
        !others.is_empty() && selected.iter().all(|own| others.iter().all(|other| same(*own, *other)))
    }

    /// Whether a policy is about egress only because it has a rule for it, of which one is left.
    fn says_nothing_without(&self, policy: &Policy) -> bool {
        let object = self.world.snapshot().objects.get(policy.object);
        let spec = object.and_then(|object| object.body.network_policy());
        let is_gone = |(of, direction, _): &&RuleId| *of == policy.object && *direction == Direction::Egress;
        let gone = self.redundant.iter().filter(is_gone);
        let left = policy.rules(Direction::Egress).unwrap_or_default().len().saturating_sub(gone.count());
        left < 2 && spec.is_none_or(|spec| spec.policy_types.is_empty())
    }

    /// Exceptions that others let in.
    fn exceptions(&mut self, of: Of<'w>, selected: &[End]) {
        let Of { policy, direction, number, rule, .. } = of;
        for (at, peer) in rule.peers.iter().enumerate() {
            let Peer::Block { except, .. } = peer else { continue };
            for (exception, network) in except.iter().enumerate() {
                if self.is_let_in(network, of, selected) {
                    self.tell(policy, At::Except(direction, number, at, exception), What::LetsIn);
                }
            }
        }
    }

    /// Whether all addresses of a network come through on all ports of a rule all the same.
    fn is_let_in(&self, network: &IpNet, of: Of<'w>, selected: &[End]) -> bool {
        // What a name means depends on the pods.
        if of.rule.ports.iter().any(|port| matches!(port, PortMatch::Named(..))) {
            return false;
        }
        let atoms = &self.map.everybody().atoms;
        let asked = numbers(of.rule);
        let first = |atom: usize| atoms.addresses(atom).map(|(first, _)| End::Address(first));
        let mut addresses = atoms.range(network).filter_map(first).peekable();
        let comes = |own: End, address: End| {
            let ports = self.ports(self.asked(of.direction, own, address));
            asked.where_more_than(&ports).best() == Verdict::Deny
        };
        asked.best() != Verdict::Deny
            && addresses.peek().is_some()
            && addresses.all(|address| selected.iter().all(|own| comes(*own, address)))
    }

    /// Whether pods of a policy may go somewhere, and ask DNS of nobody.
    fn forgets_dns(&self, policy: &Policy, namespace: usize, selected: &[End]) -> bool {
        let rules = policy.rules(Direction::Egress).unwrap_or_default();
        let Some(own) = selected.first().filter(|_| !rules.is_empty()) else { return false };
        // OpenShift's pods of DNS listen on 5353.
        let asks =
            |ports: &Ports| [53, 5353].into_iter().any(|port| ports.at(Protocol::Udp, port) != Verdict::Deny);
        // On a node, and outside of the cluster, whoever it is may be one.
        let others = self.map.others().iter().filter_map(|party| self.map.everybody().end(*party));
        let mut servers = self.servers.iter().copied().chain(others);
        if servers.any(|other| asks(&self.ports(self.asked(Direction::Egress, *own, other)))) {
            return false;
        }
        // Its pods may not be among what was read.
        let space = self.world.space(namespace).into_iter().flat_map(|space| &space.policies);
        let space = space.filter(|policy| self.selects(policy, *own));
        let mut rules = space.flat_map(|policy| policy.rules(Direction::Egress).unwrap_or_default());
        let system = Namespace::unread(SYSTEM);
        let may_mean_system = |peer: &Peer| match peer {
            Peer::PodsIn { namespaces, .. } => matching::namespace(namespaces, 0, &system) != Match::No,
            Peer::Pods(_) | Peer::Block { .. } | Peer::Nodes(_) | Peer::Names => false,
        };
        let may_ask = rules.any(|rule| asks(&numbers(rule)) && rule.peers.iter().any(may_mean_system));
        !(may_ask && self.world.number_of(SYSTEM).is_none())
    }
}

/// Namespaces with objects of which operators make what they will; of a cluster the pods themselves are read.
fn operated(world: &World<'_>) -> HashSet<usize> {
    let snapshot = world.snapshot();
    let is_an_operators = |object: &&Object| {
        let group = object.group();
        group.contains('.') && !group.ends_with(".k8s.io") && object.pods.is_empty()
    };
    let objects = snapshot.objects.iter().filter(|_| !snapshot.coverage.live).filter(is_an_operators);
    objects.filter_map(|object| world.number_of(&snapshot.identity(object.reference()).namespace)).collect()
}

/// The namespace of the parts of a cluster.
const SYSTEM: &str = "kube-system";

/// Pods that may answer for DNS: those of the cluster's own namespace, and those that listen for it.
fn servers(world: &World<'_>, map: &Map) -> Vec<End> {
    let system = world.number_of(SYSTEM);
    let parties = map.parties().iter().map(|party| party.end);
    let may_answer = |end: &End| {
        number(*end).and_then(|number| world.endpoint(number)).is_some_and(|endpoint| {
            Some(endpoint.namespace) == system
                || endpoint
                    .ports()
                    .any(|(protocol, port, _)| protocol == Protocol::Udp && matches!(port, 53 | 5353))
        })
    };
    parties.filter(may_answer).collect()
}

/// The endpoint of pods.
fn number(end: End) -> Option<usize> {
    match end {
        End::Pods(number) => Some(number),
        End::Address(_) | End::OwnNode | End::OtherNode | End::Node(_) => None,
    }
}

/// The ports of a rule that have numbers.
fn numbers(rule: &Rule) -> Ports {
    if rule.ports.is_empty() {
        return Ports::all(Verdict::Allow);
    }
    let numbers = rule.ports.iter().filter_map(|port| match port {
        PortMatch::Numbers(protocol, numbers) => Some(Ports::some(*protocol, numbers, Verdict::Allow)),
        PortMatch::Named(..) => None,
    });
    numbers.fold(Ports::default(), |found, more| found.or(&more))
}
