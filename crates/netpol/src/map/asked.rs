//! What policies ask for: by nothing else can they tell pods apart.

use foldhash::{HashMap, HashSet};
use ipnet::IpNet;
use seawall_inventory::selector::Selector;
use smol_str::SmolStr;

use super::party::{atoms_of, nearness};
use crate::atoms::Atoms;
use crate::calico;
use crate::endpoint::Endpoint;
use crate::policy::{Direction, Peer, Policy, PortMatch, Rule};
use crate::ports::Protocol;
use crate::world::World;

/// What policies ask for, and numbers for what they can know of pods.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Labels by key, with a number for each value that was seen, and for that of pods that get it later.
    labels: HashMap<SmolStr, HashMap<SmolStr, u32>>,
    /// Names of ports, with their numbers.
    ports: HashMap<SmolStr, HashSet<Protocol>>,
    /// Blocks of addresses, and what is excepted from them.
    pub blocks: HashSet<IpNet>,
    names: HashMap<SmolStr, u32>,
    /// Whether the service account of pods is asked for.
    accounts: bool,
    /// How many numbers of values were given.
    count: u32,
    /// Of one: what policies can know, as numbers in lists that say how long they are.
    pub known: Vec<u32>,
}

/// Parties of pods by the labels that policies ask for.
#[derive(Debug, Default)]
pub(crate) struct Labelled {
    by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<u32>>>,
    /// Those that get it later, by its key.
    later: HashMap<SmolStr, Vec<u32>>,
}

impl Asked {
    pub fn of(world: &World<'_>) -> Self {
        let mut asked = Self::default();
        for space in (0..).map_while(|number| world.space(number)) {
            space.policies.iter().for_each(|policy| asked.policy(policy));
        }
        for policy in world.ordered() {
            asked.selector(&policy.pods);
            policy.ingress.iter().chain(&policy.egress).for_each(|ruling| asked.rule(&ruling.rule));
        }
        for policy in world.calico_policies() {
            asked.accounts = true;
            asked.calico(world, policy);
        }
        asked
    }

    /// Whether all that a policy asks for was asked for before.
    pub fn has(&self, policy: &Policy) -> bool {
        let mut own = Self::default();
        own.policy(policy);
        let is_known = |(name, protocols): (&SmolStr, &HashSet<Protocol>)| {
            self.ports.get(name).is_some_and(|known| protocols.is_subset(known))
        };
        own.labels.keys().all(|key| self.labels.contains_key(key))
            && own.ports.iter().all(is_known)
            && own.blocks.is_subset(&self.blocks)
    }

    fn policy(&mut self, policy: &Policy) {
        self.selector(&policy.pods);
        let rules = |direction| policy.rules(direction).unwrap_or_default().iter();
        rules(Direction::Ingress).chain(rules(Direction::Egress)).for_each(|rule| self.rule(rule));
    }

    /// Of a policy of Calico.
    fn calico(&mut self, world: &World<'_>, policy: &calico::Policy) {
        policy.keys(&mut |key| {
            self.labels.entry(key.clone()).or_default();
        });
        for rule in policy.all_rules() {
            for (name, protocol) in rule.names() {
                self.ports.entry(name.clone()).or_default().insert(protocol);
            }
            self.blocks.extend(world.calico_blocks(rule));
        }
    }

    fn rule(&mut self, rule: &Rule) {
        for port in &rule.ports {
            if let PortMatch::Named(protocol, name) = port {
                self.ports.entry(name.clone()).or_default().insert(*protocol);
            }
        }
        for peer in &rule.peers {
            match peer {
                Peer::Pods(pods) | Peer::PodsIn { pods, .. } => self.selector(pods),
                Peer::Block { cidr, except } => self.blocks.extend([cidr].into_iter().chain(except)),
                // Of these nobody is told from others of where he is.
                Peer::Nodes(_) | Peer::Names => {}
            }
        }
    }

    fn selector(&mut self, selector: &Selector) {
        for requirement in selector.requirements().unwrap_or_default() {
            if !self.labels.contains_key(requirement.key()) {
                self.labels.insert(SmolStr::new(requirement.key()), HashMap::default());
            }
        }
    }

    /// Takes down what policies can know of these pods.
    pub fn learn(&mut self, endpoint: &Endpoint<'_>, atoms: &Atoms) {
        let Self { labels, ports, names, accounts, count, known, .. } = self;
        known.clear();
        known.extend([
            endpoint.namespace as u32,
            nearness(endpoint),
            u32::from(endpoint.addresses.is_empty()),
        ]);
        if *accounts {
            known.push(number(names, endpoint.account()));
        }
        let own = |known: &mut Vec<u32>| {
            for (key, value) in endpoint.labels().iter() {
                let Some(values) = labels.get_mut(key) else { continue };
                known.push(match values.get(value) {
                    Some(number) => *number,
                    None => {
                        *count += 1;
                        values.insert(SmolStr::new(value), *count);
                        *count
                    }
                });
            }
        };
        list(known, own);
        let later = |known: &mut Vec<u32>| {
            for key in endpoint.later().filter(|key| labels.contains_key(*key)) {
                known.push(number(names, key));
            }
        };
        list(known, later);
        let named = |known: &mut Vec<u32>| {
            for (name, protocol, port) in &endpoint.named_ports {
                if ports.get(name).is_some_and(|asked| asked.contains(protocol)) {
                    known.extend([number(names, name), *protocol as u32, u32::from(*port)]);
                }
            }
        };
        list(known, named);
        list(known, |known| known.extend(atoms_of(endpoint, atoms).into_iter().map(|atom| atom as u32)));
    }
}

/// Writes a list, with how long it is before it.
fn list(known: &mut Vec<u32>, write: impl FnOnce(&mut Vec<u32>)) {
    let at = known.len();
    known.push(0);
    write(known);
    let length = known.len() - at;
    if let Some(place) = known.get_mut(at) {
        *place = length as u32;
    }
}

/// The number of a name, which is made known.
fn number(names: &mut HashMap<SmolStr, u32>, name: &str) -> u32 {
    if let Some(number) = names.get(name) {
        return *number;
    }
    let number = names.len() as u32;
    names.insert(SmolStr::new(name), number);
    number
}

impl Labelled {
    /// Takes down a party of pods, which are like these.
    pub fn enter(&mut self, party: u32, endpoint: &Endpoint<'_>, asked: &Asked) {
        for (key, value) in endpoint.labels().iter().filter(|(key, _)| asked.labels.contains_key(*key)) {
            if !self.by_label.contains_key(key) {
                self.by_label.insert(SmolStr::new(key), HashMap::default());
            }
            let Some(values) = self.by_label.get_mut(key) else { continue };
            match values.get_mut(value) {
                Some(parties) => parties.push(party),
                None => drop(values.insert(SmolStr::new(value), vec![party])),
            }
        }
        for key in endpoint.later().filter(|key| asked.labels.contains_key(*key)) {
            self.later.entry(SmolStr::new_static(key)).or_default().push(party);
        }
    }

    /// Forgets a party.
    pub fn leave(&mut self, party: u32) {
        let values = self.by_label.values_mut().flat_map(HashMap::values_mut);
        values.chain(self.later.values_mut()).for_each(|parties| parties.retain(|other| *other != party));
    }

    /// Those with a label, or of which nobody knows its value yet when there is none.
    pub fn of(&self, key: &str, value: Option<&str>) -> Option<&Vec<u32>> {
        match value {
            Some(value) => self.by_label.get(key)?.get(value),
            None => self.later.get(key),
        }
    }
}
