//! The map of all pods says of each pair what a question about it says.

use std::collections::BTreeMap;
use std::net::IpAddr;

use seawall_inventory::{Coverage, Snapshot};
use seawall_netpol::{End, Enforcer, Family, Map, Ports, Protocol, Verdict, World};
use seawall_rig::{Random, fresh_seed};

use crate::case::{self, Case};

/// Clusters that are mapped: with each enforcer, as they run and before.
const WORLDS: usize = 150;

#[test]
fn a_map_says_what_each_question_says() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let (mut asked, mut verdicts) = (0, BTreeMap::new());
    for number in 0..WORLDS {
        let case = match number % 3 {
            0 => Case::random(&mut random),
            1 => Case::random_of_calico(&mut random),
            _ => Case::random_in_order(&mut random),
        };
        let running = case.snapshot();
        let written = case.written();
        // Others do as one of these.
        for enforcer in ["specification", "calico", "cilium", "none"] {
            let enforcer = Enforcer::named(enforcer).unwrap();
            for (snapshot, what) in [(&running, "running"), (&written, "written")] {
                for family in [Family::V4, Family::V6] {
                    let said = compare(&World::new(snapshot, enforcer), &case, family);
                    let said = said.unwrap_or_else(|differs| {
                        panic!(
                            "SEAWALL_SEED={seed}, world {number}, {what}, {}: {differs}\n{case:#?}",
                            enforcer.name
                        )
                    });
                    asked += said.len();
                    said.into_iter().for_each(|verdict| *verdicts.entry(verdict).or_insert(0) += 1);
                }
            }
        }
    }
    for verdict in [Verdict::Deny, Verdict::Ambiguous, Verdict::Unknown, Verdict::Allow] {
        let count = verdicts.get(&verdict).copied().unwrap_or(0);
        assert!(count * 100 > asked, "{verdict} is only {count} of {asked} answers: nothing is tried");
    }
}

/// The best of each pair, or a pair of which the two say different things.
fn compare(world: &World<'_>, case: &Case, family: Family) -> Result<Vec<Verdict>, String> {
    let mut map = Map::new(world, family);
    let outside: Vec<(End, u32)> = case
        .outside(family == Family::V6)
        .into_iter()
        .map(|address| (End::Address(address), party_of(&map, address)))
        .collect();
    let pods = (0..world.endpoints().len()).map(|number| (End::Pods(number), map.party_of(number).unwrap()));
    let ends: Vec<(End, u32)> = pods.chain(outside).collect();
    let mut blocks: BTreeMap<(u32, u32), Ports> = BTreeMap::new();
    let mut twice = None;
    map.each_block(|from, to, ports| {
        for pair in from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))) {
            if blocks.insert(pair, ports.clone()).is_some() {
                twice = Some(pair);
            }
        }
    });
    if let Some(pair) = twice {
        return Err(format!("the pair {pair:?} is in two blocks"));
    }
    let all = map.parties().len();
    if blocks.len() != all * all {
        return Err(format!("of {all} parties {} pairs are in blocks", blocks.len()));
    }
    let mut said = Vec::new();
    for ((from, sender), (to, receiver)) in
        ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to))).filter(|(from, to)| from != to)
    {
        let mapped = map.ports(*sender, *receiver);
        let in_block = blocks.get(&(*sender, *receiver));
        if in_block != Some(&mapped) {
            return Err(format!("{from:?} to {to:?}: {mapped}, and {in_block:?} in its block"));
        }
        let connection = world.connection(*from, *to, family);
        for side in connection.egress.iter().chain(&connection.ingress) {
            let is_open = |verdict| matches!(verdict, Verdict::Unknown | Verdict::Ambiguous);
            if side.ports.any(is_open) && side.doubts.is_empty() {
                return Err(format!("{from:?} to {to:?}: nothing says why it is not known: {side:?}"));
            }
        }
        let asked = connection.ports;
        if !agree(world, *from, *to, &mapped, &asked) {
            return Err(format!("{from:?} to {to:?}: mapped {mapped}, asked {asked}"));
        }
        said.push(mapped.best());
    }
    Ok(said)
}

/// Of a node's pods a map says what holds wherever they run.
fn agree(world: &World<'_>, from: End, to: End, mapped: &Ports, asked: &Ports) -> bool {
    let is_of_a_node = |end| matches!(end, End::Pods(number) if world.endpoints()[number].host_network);
    let mut all = Protocol::ALL.into_iter().flat_map(|protocol| case::PORTS.map(|port| (protocol, port)));
    let says_no_more = |(protocol, port)| {
        let (mapped, asked) = (mapped.at(protocol, port), asked.at(protocol, port));
        mapped == asked || mapped == Verdict::Unknown
    };
    mapped == asked || ((is_of_a_node(from) || is_of_a_node(to)) && all.all(says_no_more))
}

pub fn party_of(map: &Map, address: IpAddr) -> u32 {
    let has = |number: &&u32| {
        let addresses = map.parties()[**number as usize].addresses;
        addresses.is_some_and(|(first, last)| (first..=last).contains(&address))
    };
    *map.others().iter().find(has).unwrap()
}

impl Case {
    /// As it is written, before anything runs.
    fn written(&self) -> Snapshot {
        let mut snapshot = self.snapshot_of(false);
        snapshot.coverage = Coverage::default();
        snapshot
    }

    fn outside(&self, is_v6: bool) -> Vec<IpAddr> {
        (0..case::OUTSIDE).map(|number| case::End::Outside(number).address(self, is_v6)).collect()
    }
}
