//! Cells of policies: which of them are enough for what is needed, and the rules that they make.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};
use ipnet::IpNet;

use super::name::Names;
use super::selectors::Selectors;
use super::{ByNamespace, Labels, Need, NewPeer, NewPolicy, NewRule, Other, Peer};
use crate::connection::End;
use crate::enforcer::Open;
use crate::matching::{self, Family, Match};
use crate::policy::Direction;
use crate::ports::Protocol;
use crate::world::World;

/// What a rule lets pass between some pods and a peer, on one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Cell {
    /// The number of the selector of its policy.
    pods: u32,
    direction: Direction,
    peer: Peer,
    port: Option<(Protocol, u16)>,
}

/// Cells that are enough, and of which none can be left out.
pub(super) struct Cells(BTreeMap<Cell, Vec<usize>>);

impl Cells {
    /// Those of all needs but those of which others do as much.
    pub fn least(world: &World<'_>, selectors: &Selectors, needs: &[Need], family: Family) -> Self {
        let own = |need: &Need| cell(world, selectors, need);
        let mut cells: HashMap<Cell, Vec<usize>> = HashMap::new();
        let mut blocks: BTreeSet<IpNet> = BTreeSet::new();
        for cell in needs.iter().filter_map(own) {
            if let Peer::Block(block) = cell.peer {
                blocks.insert(block);
            }
            cells.entry(cell).or_default();
        }
        // Hosts are found by their address, and networks are few.
        let is_host = |block: &IpNet| block.prefix_len() == block.max_prefix_len();
        let networks: Vec<IpNet> = blocks.iter().copied().filter(|block| !is_host(block)).collect();
        let mut ways: Vec<usize> = vec![0; needs.len()];
        for (number, need) in needs.iter().enumerate() {
            let peers = peers(world, selectors, need, family, &networks, &blocks);
            for pods in selectors.meaning(need.own) {
                for peer in &peers {
                    let mut ports = vec![None];
                    ports.extend(need.port.map(Some));
                    for port in ports {
                        let cell = Cell { pods: *pods, direction: need.direction, peer: *peer, port };
                        if let Some(meeting) = cells.get_mut(&cell) {
                            meeting.push(number);
                            if let Some(count) = ways.get_mut(number) {
                                *count += 1;
                            }
                        }
                    }
                }
            }
        }
        // What lets less pass is left out first.
        let mut order: Vec<Cell> = cells.keys().copied().collect();
        order.sort_unstable_by_key(|cell| (breadth(cell, selectors), *cell));
        for cell in order {
            let Some(meeting) = cells.get(&cell) else { continue };
            let is_spared = meeting.iter().all(|need| ways.get(*need).is_some_and(|count| *count > 1));
            if is_spared {
                for need in cells.remove(&cell).unwrap_or_default() {
                    if let Some(count) = ways.get_mut(need) {
                        *count -= 1;
                    }
                }
            }
        }
        Self(cells.into_iter().collect())
    }

    /// The policies that they make, by namespace.
    pub fn policies(
        &self,
        world: &World<'_>,
        selectors: &Selectors,
        needs: &[Need],
        names: &mut Names,
    ) -> ByNamespace {
        let mut found: BTreeMap<u32, [Peers; 2]> = BTreeMap::new();
        for (cell, meeting) in &self.0 {
            let [ingress, egress] = found.entry(cell.pods).or_default();
            let side = if cell.direction == Direction::Ingress { ingress } else { egress };
            let (ports, wanted) = side.entry(cell.peer).or_default();
            ports.insert(cell.port);
            wanted.extend(meeting.iter().filter_map(|need| needs.get(*need)).map(|need| need.wanted));
        }
        let mut policies: Vec<(usize, bool, NewPolicy)> = Vec::new();
        for (pods, [ingress, egress]) in found {
            let Some((namespace, labels)) = selectors.get(pods) else { continue };
            let rules = |peers| rules(world, selectors, namespace, peers);
            let (ingress, egress) = (rules(ingress), rules(egress));
            let mut directions = Vec::new();
            directions.extend((!ingress.is_empty()).then_some(Direction::Ingress));
            directions.extend((!egress.is_empty()).then_some(Direction::Egress));
            let meeting = self.0.iter().filter(|(cell, _)| cell.pods == pods).flat_map(|(_, needs)| needs);
            let name = wish(world, needs, meeting, labels);
            policies.push((
                namespace,
                !labels.is_empty(),
                NewPolicy {
                    name,
                    namespace: world.namespace(namespace).unwrap_or_default().into(),
                    pods: labels.clone(),
                    directions,
                    ingress,
                    egress,
                },
            ));
        }
        // Names are given in the order of what they are made of, and not of what was read first.
        policies.sort_by(|(one, specific, policy), (other, others, second)| {
            let key = |policy: &NewPolicy| (policy.name.clone(), policy.pods.clone());
            (one, specific, key(policy)).cmp(&(other, others, key(second)))
        });
        let mut by_namespace = ByNamespace::new();
        for (namespace, _, mut policy) in policies {
            policy.name = names.take(namespace, &policy.name);
            by_namespace.entry(namespace).or_default().push(policy);
        }
        by_namespace
    }
}

/// By peer its ports, and what it is for.
type Peers = BTreeMap<Peer, (BTreeSet<Option<(Protocol, u16)>>, BTreeSet<usize>)>;

/// By ports, and whether anybody is meant, the peers and what they are for.
type ByPorts = BTreeMap<(bool, Vec<(Protocol, u16)>), (Vec<NewPeer>, BTreeSet<usize>)>;

/// The cell that is made for a need.
fn cell(world: &World<'_>, selectors: &Selectors, need: &Need) -> Option<Cell> {
    let namespace = world.endpoint(need.own)?.namespace;
    let common = need.is_common.then(|| selectors.everybody(namespace)).flatten();
    let peer = match need.other {
        Other::Pods(other) => Peer::Pods(selectors.own(other)?),
        Other::Network(network) | Other::Public(network) => Peer::Block(network.trunc()),
        Other::Anybody => Peer::Anybody,
    };
    let pods = common.or_else(|| selectors.own(need.own))?;
    Some(Cell { pods, direction: need.direction, peer, port: need.port })
}

/// The peers that mean for certain whoever is at the other end.
fn peers(
    world: &World<'_>,
    selectors: &Selectors,
    need: &Need,
    family: Family,
    networks: &[IpNet],
    blocks: &BTreeSet<IpNet>,
) -> Vec<Peer> {
    let mut found = vec![Peer::Anybody];
    match need.other {
        Other::Pods(other) => {
            found.extend(selectors.meaning(other).iter().map(|number| Peer::Pods(*number)));
            let has = |block: &&IpNet| {
                matching::block(block, &[], End::Pods(other), family, world, world.enforcer()) == Match::Yes
            };
            if world.enforcer().blocks_mean_pods == Open::Yes {
                let addresses = world.endpoint(other).map(|pods| pods.addresses.as_slice());
                let hosts = addresses.unwrap_or_default().iter().map(|address| IpNet::from(*address));
                let hosts: Vec<IpNet> = hosts.filter(|host| blocks.contains(host)).collect();
                found.extend(networks.iter().chain(&hosts).filter(has).map(|block| Peer::Block(*block)));
            }
        }
        Other::Network(own) | Other::Public(own) => {
            let own = own.trunc();
            let is_listed = networks.contains(&own);
            found.extend((!is_listed && blocks.contains(&own)).then_some(Peer::Block(own)));
            let around = networks.iter().filter(|network| network.contains(&own));
            found.extend(around.map(|network| Peer::Block(*network)));
        }
        Other::Anybody => {}
    }
    found
}

/// How much a cell lets pass, from the least on.
fn breadth(cell: &Cell, selectors: &Selectors) -> (u8, usize, usize, u8) {
    let narrow = |number: u32| {
        let labels = selectors.get(number).map(|(_, labels)| labels.len()).unwrap_or_default();
        usize::MAX - labels
    };
    let (kind, peer) = match cell.peer {
        Peer::Pods(number) => (0, narrow(number)),
        Peer::Block(block) => (1, usize::from(block.max_prefix_len() - block.prefix_len())),
        Peer::Anybody => (2, 0),
    };
    (kind, peer, narrow(cell.pods), u8::from(cell.port.is_none()))
}

/// Rules, one for all peers of the same ports.
fn rules(world: &World<'_>, selectors: &Selectors, own: usize, peers: Peers) -> Vec<NewRule> {
    // What passes on all ports passes on each.
    let mut by_ports = ByPorts::new();
    for (peer, (ports, wanted)) in peers {
        let is_every = ports.contains(&None);
        let ports: Vec<(Protocol, u16)> =
            if is_every { Vec::new() } else { ports.into_iter().flatten().collect() };
        let (all, of) = by_ports.entry((peer == Peer::Anybody, ports)).or_default();
        of.extend(wanted);
        match peer {
            Peer::Block(block) => all.push(NewPeer::Block(block)),
            Peer::Pods(number) => {
                let Some((namespace, labels)) = selectors.get(number) else { continue };
                all.push(match world.namespace(namespace) {
                    Some(name) if namespace != own => NewPeer::PodsIn(name.into(), labels.clone()),
                    _ => NewPeer::Pods(labels.clone()),
                });
            }
            Peer::Anybody => {}
        }
    }
    let rules = by_ports.into_iter().map(|((_, ports), (mut peers, wanted))| {
        peers.sort();
        NewRule { peers, ports, wanted: wanted.into_iter().collect() }
    });
    let mut rules: Vec<NewRule> = rules.collect();
    rules.sort_by(|one, other| (&one.peers, &one.ports).cmp(&(&other.peers, &other.ports)));
    rules
}

/// What a policy is to be called: after its workload, of several after the first by name.
fn wish<'n>(
    world: &World<'_>,
    needs: &[Need],
    meeting: impl Iterator<Item = &'n usize>,
    labels: &Labels,
) -> String {
    let meeting: Vec<&Need> = meeting.filter_map(|need| needs.get(*need)).collect();
    if labels.is_empty() {
        let is_dns = meeting.iter().all(|need| need.is_common);
        return (if is_dns { "allow-dns" } else { "allow-all-pods" }).to_owned();
    }
    // It may mean pods of other workloads, too: it is called after one whose own labels these are.
    let own = meeting.iter().filter_map(|need| world.endpoint(need.own));
    let own = own.filter(|own| super::labels(&own.workload_labels(world.snapshot())) == *labels);
    let name = own.map(|own| own.workload.name.as_str()).min().unwrap_or("pods");
    format!("allow-{name}")
}
