//! What reaches whom, against the text of the API, and against packets in network namespaces.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod calico;
mod calico_selectors;
mod case;
mod cyclonus;
mod harden;
mod lint;
mod map;
mod naive;
mod ordered;
mod properties;
mod recorded;
mod rules;
#[path = "../text/mod.rs"]
mod text;
mod update;
mod watch;

use std::net::IpAddr;

use seawall_netpol::{Enforcer, Family, Open, Protocol, Verdict, World};
use seawall_rig::packets::{Answer, Network, Probe, Transport};
use seawall_rig::{Random, fresh_seed};

use case::{Case, End, HOSTS, PORTS};
use naive::Packet;

/// Questions to the second evaluator.
const QUESTIONS: usize = 200_000;
/// Clusters whose packets are sent.
const WORLDS: usize = 500;
/// Packets of each.
const PACKETS: usize = 300;

/// All packets that could be sent in a case.
fn packets(case: &Case) -> Vec<Packet> {
    let mut found = Vec::new();
    for (from, to) in case.pairs() {
        for is_v6 in [false, true] {
            for protocol in case::PROTOCOLS {
                found.extend(PORTS.iter().map(|port| Packet { from, to, is_v6, protocol, port: *port }));
            }
        }
    }
    found
}

/// Some of them.
fn some(case: &Case, count: usize, random: &mut Random) -> Vec<Packet> {
    let all = packets(case);
    (0..count.min(all.len())).map(|_| random.pick(&all)).collect()
}

/// What the product says of a packet.
struct Judge<'s> {
    world: World<'s>,
    case: &'s Case,
}

impl Judge<'_> {
    /// A node of which no pod tells is an address like others.
    fn node(&self, name: &str, address: IpAddr) -> seawall_netpol::End {
        let number = self.world.nodes().iter().position(|node| node.name == name);
        number.map_or(seawall_netpol::End::Address(address), seawall_netpol::End::Node)
    }

    fn arrives(&self, packet: Packet) -> bool {
        let end = |end: End| match end {
            End::Pod(number) => seawall_netpol::End::Pods(number),
            End::Node(number) => self.node(&format!("node-{number}"), end.address(self.case, packet.is_v6)),
            End::Outside(_) => seawall_netpol::End::Address(end.address(self.case, packet.is_v6)),
        };
        let family = if packet.is_v6 { Family::V6 } else { Family::V4 };
        let connection = self.world.connection(end(packet.from), end(packet.to), family);
        let protocol = Protocol::named(packet.protocol).unwrap();
        match connection.ports.at(protocol, packet.port) {
            Verdict::Allow => true,
            Verdict::Deny => false,
            open => panic!("{open}: {packet:?} {connection:?}\n{:#?}", self.case),
        }
    }
}

fn by_address() -> Enforcer {
    let found = Enforcer::named("kube-network-policies").unwrap();
    Enforcer { reads_admin_policies: Open::Yes, reads_calico: Open::Yes, ..found }
}

/// A packet of which two say different things.
fn differing(
    case: &Case,
    packets: &[Packet],
    other: impl Fn(&Case, &[Packet]) -> Vec<bool>,
) -> Option<Packet> {
    let snapshot = case.snapshot();
    let judge = Judge { world: World::new(&snapshot, by_address()), case };
    let others = other(case, packets);
    packets
        .iter()
        .zip(others)
        .find(|(packet, other)| judge.arrives(**packet) != *other)
        .map(|(packet, _)| *packet)
}

/// Stops with the smallest case like this one of which the two say different things.
fn shrink(case: &Case, packet: Packet, other: impl Fn(&Case, &[Packet]) -> Vec<bool>, seed: u64) -> ! {
    let (mut case, mut packet) = (case.clone(), packet);
    while let Some((smaller, differs)) = case
        .smaller()
        .into_iter()
        .find_map(|case| differing(&case, &packets(&case), &other).map(|packet| (case, packet)))
    {
        (case, packet) = (smaller, differs);
    }
    let says = other(&case, &[packet]);
    let policies = serde_json::to_string_pretty(&[&case.policies, &case.ordered]).unwrap();
    panic!(
        "SEAWALL_SEED={seed}: {packet:?} arrives: {says:?}\n{:#?}\n{:#?}\n{policies}",
        case.namespaces, case.pods
    );
}

#[test]
fn the_text_of_the_api_says_the_same() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let by_text = |case: &Case, packets: &[Packet]| -> Vec<bool> {
        packets.iter().map(|packet| naive::arrives(case, *packet)).collect()
    };
    let (mut asked, mut arrived) = (0, 0);
    while asked < QUESTIONS {
        let case = Case::random(&mut random);
        let packets = some(&case, 500, &mut random);
        if let Some(packet) = differing(&case, &packets, by_text) {
            shrink(&case, packet, by_text, seed);
        }
        asked += packets.len();
        arrived += by_text(&case, &packets).into_iter().filter(|arrives| *arrives).count();
    }
    let share = arrived * 100 / asked;
    assert!((20..80).contains(&share), "{share} % of {asked} arrive: nothing is tried");
}

#[test]
fn packets_say_the_same() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let network = Network::start(HOSTS).unwrap();
    let by_packets = |case: &Case, packets: &[Packet]| sent(&network, case, packets, seed);
    for _ in 0..WORLDS {
        let case = Case::random(&mut random);
        let packets = some(&case, PACKETS, &mut random);
        if let Some(packet) = differing(&case, &packets, by_packets) {
            shrink(&case, packet, by_packets, seed);
        }
    }
}

/// Sends packets in a network that is filtered by the policies of a case: which arrive.
fn sent(network: &Network, case: &Case, packets: &[Packet], seed: u64) -> Vec<bool> {
    network.filter(&rules::rules(case)).unwrap();
    let probes: Vec<Probe> = packets.iter().map(|packet| probe(case, *packet)).collect();
    let answers = network.probe(&probes).unwrap_or_else(|error| panic!("SEAWALL_SEED={seed}: {error:#}"));
    answers.into_iter().map(|answer| answer == Answer::Arrived).collect()
}

fn probe(case: &Case, packet: Packet) -> Probe {
    let transport = match packet.protocol {
        "TCP" => Transport::Tcp,
        "UDP" => Transport::Udp,
        _ => Transport::Sctp,
    };
    Probe {
        from: packet.from.host(case),
        to: packet.to.address(case, packet.is_v6),
        transport,
        port: packet.port,
    }
}
