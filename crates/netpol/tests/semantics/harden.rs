//! Policies that are made for wanted traffic: all of it passes, each rule is needed, what passes besides is told, and there is nothing
//! left to be made.

use std::net::IpAddr;

use seawall_inventory::{Coverage, Snapshot};
use seawall_netpol::{
    Direction, Enforcer, Family, NewPolicy, Place, Protocol, Replay, Verdict, Wanted, Whom, Why, World,
};
use seawall_rig::{Random, fresh_seed};
use seawall_yaml::{Limits, parse};
use serde_json::Value;

use crate::case::{Case, End, OUTSIDE, PORTS, PROTOCOLS};
use crate::naive::{self, Packet};
use crate::text;

/// Clusters for which policies are made.
const WORLDS: usize = 400;

fn wanted(case: &Case, random: &mut Random) -> Vec<Wanted> {
    let pods = case.pods.len();
    let mut found = Vec::new();
    for line in 0..1 + random.below(12) {
        let address = End::Outside(random.below(OUTSIDE)).address(case, random.chance(30));
        let length = if address.is_ipv4() { random.pick(&[32, 29, 24]) } else { random.pick(&[128, 125]) };
        let network = ipnet::IpNet::new(address, length).unwrap().trunc();
        let other = match random.below(12) {
            0 => Place::Internet,
            1 => Place::Anywhere,
            2 | 3 => Place::Network(network),
            _ => Place::Pods(random.below(pods)),
        };
        let own = Place::Pods(random.below(pods));
        let (from, to) = if random.chance(50) { (own, other) } else { (other, own) };
        let port = (Protocol::named(random.pick(&PROTOCOLS)).unwrap(), random.pick(&PORTS));
        let port = (!random.chance(10)).then_some(port);
        found.push(Wanted { from, to, port, why: Why::Seen(format!("{line}").into()), at: None });
    }
    if random.chance(50) {
        let server = Place::Pods(random.below(pods));
        let all = (0..pods).map(Place::Pods);
        let port = Some((Protocol::Udp, 53));
        found.extend(all.map(|from| Wanted { from, to: server, port, why: Why::Dns, at: None }));
    }
    found
}

fn snapshot(case: &Case, policies: &[NewPolicy], runs: bool) -> Snapshot {
    let mut written = case.text(runs);
    for policy in policies {
        written += "\n---\n";
        written += &policy.yaml(|wanted| vec![format!("for {wanted:?}")]);
    }
    let mut snapshot = text::snapshot(&written);
    if runs {
        snapshot.coverage = Coverage::live(Vec::new());
    }
    snapshot
}

/// The case with policies, as the second evaluator reads them.
fn with(case: &Case, policies: &[NewPolicy]) -> Case {
    let mut more = case.clone();
    for policy in policies {
        let stream = parse(policy.yaml(|_| Vec::new()).as_bytes(), &Limits::default());
        let value: Value = seawall_yaml::de::from_node(stream.documents[0].root()).unwrap();
        more.policies.push(value);
    }
    more
}

/// What is wanted as packets, where that is one.
fn packet(case: &Case, wanted: &Wanted, family: Family) -> Option<Packet> {
    let version = |place: Place| match place {
        Place::Network(network) => Some(network.addr().is_ipv6()),
        _ => None,
    };
    let is_v6 = version(wanted.from).or(version(wanted.to)).unwrap_or(family == Family::V6);
    let end = |place: Place| match place {
        Place::Pods(number) => Some(End::Pod(number)),
        Place::Network(network) => (0..OUTSIDE).map(End::Outside).find(|end| {
            let address: IpAddr = end.address(case, is_v6);
            network.contains(&address)
        }),
        Place::Internet | Place::Anywhere => None,
    };
    let (protocol, port) = wanted.port.unwrap_or((Protocol::Tcp, 81));
    let protocol = PROTOCOLS.into_iter().find(|name| Protocol::named(name) == Some(protocol)).unwrap();
    let (from, to) = (end(wanted.from)?, end(wanted.to)?);
    (from.host(case) != to.host(case)).then_some(Packet { from, to, is_v6, protocol, port })
}

#[test]
fn all_that_is_wanted_passes_and_no_rule_can_go() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let (mut rules, mut expressed, mut all, mut besides) = (0, 0, 0, 0);
    for world in 0..WORLDS {
        let mut case = Case::random(&mut random);
        if random.chance(50) {
            case.policies.clear();
        }
        let runs = random.chance(70);
        let name = random.pick(&["specification", "calico", "cilium"]);
        let enforcer = Enforcer::named(name).unwrap();
        let family = random.pick(&[Family::V4, Family::V6]);
        let wanted = wanted(&case, &mut random);
        let at = format!("SEAWALL_SEED={seed}, world {world}, {name}, {family:?}, runs: {runs}");
        let replay = |policies: &[NewPolicy], wanted: &[Wanted]| -> Replay {
            World::new(&snapshot(&case, policies, runs), enforcer).replay(wanted, family, |_| true)
        };
        let before = snapshot(&case, &[], runs);
        let plan = World::new(&before, enforcer).harden(&wanted, family, |_| true);
        let numbers = 0..wanted.len();
        let asked: Vec<Wanted> =
            numbers.filter(|one| !plan.unexpressed.contains(one)).map(|one| wanted[one].clone()).collect();
        let is_bound = |place: Place| match place {
            Place::Pods(number) => !case.pods[number].host_network,
            _ => true,
        };
        // Whether policies hold for pods on the node's network is nobody's word.
        let asked: Vec<Wanted> =
            asked.into_iter().filter(|one| is_bound(one.from) && is_bound(one.to)).collect();
        let is_known = case.policies.is_empty();
        let after = replay(&plan.policies, &asked);
        for failing in &after.failing {
            let is_open = !is_known && failing.verdict != Verdict::Deny;
            assert!(is_open, "{at}: {failing:?} {:?} of {plan:#?} for {case:#?}", asked[failing.wanted]);
        }
        let more = with(&case, &plan.policies);
        let sent: Vec<Packet> = asked.iter().filter_map(|one| packet(&case, one, family)).collect();
        if name == "calico" && runs {
            for packet in &sent {
                assert!(naive::arrives(&more, *packet), "{at}: {packet:?} with {plan:#?} of {case:#?}");
            }
        }
        for (number, policy) in plan.policies.iter().enumerate() {
            for direction in [Direction::Ingress, Direction::Egress] {
                let list = |policy: &NewPolicy| match direction {
                    Direction::Ingress => policy.ingress.len(),
                    Direction::Egress => policy.egress.len(),
                };
                for rule in 0..list(policy) {
                    let mut less = plan.policies.clone();
                    match direction {
                        Direction::Ingress => drop(less[number].ingress.remove(rule)),
                        Direction::Egress => drop(less[number].egress.remove(rule)),
                    }
                    let failing = replay(&less, &asked).failing;
                    assert!(
                        failing.len() > after.failing.len(),
                        "{at}: nothing needs {direction:?} {rule} of {policy:#?} in {plan:#?} for {wanted:#?} of {case:#?}"
                    );
                    rules += 1;
                }
            }
        }
        let made = snapshot(&case, &plan.policies, runs);
        let again = World::new(&made, enforcer).harden(&wanted, family, |_| true);
        assert!(again.policies.is_empty(), "{at}: {again:#?} after {plan:#?} of {case:#?}");
        if name == "calico" && runs {
            besides += tells_all_else(&more, &asked, &after, family, &at);
        }
        expressed += asked.len();
        all += wanted.len();
    }
    assert!(rules > WORLDS && expressed * 2 > all && besides > 20, "{rules} {expressed} {all} {besides}");
}

/// Each packet between pods that arrives is wanted, or told; how many are told.
fn tells_all_else(case: &Case, asked: &[Wanted], replay: &Replay, family: Family, at: &str) -> usize {
    let mut count = 0;
    for packet in crate::packets(case) {
        let (End::Pod(from), End::Pod(to)) = (packet.from, packet.to) else { continue };
        let is_node = case.pods[from].host_network || case.pods[to].host_network;
        if is_node || packet.is_v6 != (family == Family::V6) || !naive::arrives(case, packet) {
            continue;
        }
        let protocol = Protocol::named(packet.protocol).unwrap();
        let is_wanted = asked.iter().any(|one| {
            let is_port = one.port.is_none_or(|port| port == (protocol, packet.port));
            (one.from, one.to) == (Place::Pods(from), Place::Pods(to)) && is_port
        });
        let is_told = replay.beyond.iter().any(|beyond| {
            beyond.to == Whom::Workload(to)
                && beyond.from.contains(&Whom::Workload(from))
                && beyond.ports.at(protocol, packet.port) == Verdict::Allow
        });
        assert_eq!(is_told, !is_wanted, "{at}: {packet:?} {:#?} of {case:#?}", replay.beyond);
        count += usize::from(is_told);
    }
    count
}
