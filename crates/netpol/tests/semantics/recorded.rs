//! A million packets in ten thousand clusters, recorded: the generator makes clusters and packets again, and what became of each is one
//! bit.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use seawall_netpol::World;
use seawall_rig::packets::{Answer, Network, Probe};
use seawall_rig::{Digest, Random, workspace_root};

use crate::case::{Case, HOSTS};
use crate::naive::Packet;
use crate::{Judge, by_address, probe, rules, some};

/// Clusters, each of the seed of its number, and packets in each.
const WORLDS: usize = 10_000;
const PACKETS: usize = 104;

/// For each cluster what tells whether the generator still makes it so, and a bit for each packet, the lowest first.
const RECORD: &str = "crates/netpol/tests/semantics/recorded.bin";
const LENGTH: usize = Digest::LENGTH + PACKETS / 8;

/// Set, the packets are sent anew.
const RECORDING: &str = "SEAWALL_RECORD";

const HOW: &str = "record it again with: SEAWALL_RECORD=1 cargo test -p seawall-netpol --test semantics -- recorded --nocapture";

#[test]
fn recorded_packets_arrive_as_they_did() {
    if std::env::var_os(RECORDING).is_some() {
        record(&|told| println!("{told}"));
    }
    let record = fs::read(path()).unwrap();
    let of_world: Vec<&[u8]> = record.chunks(LENGTH).collect();
    assert_eq!(of_world.len(), WORLDS, "it is cut off: {HOW}");
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let arrived: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let of_world = &of_world;
                let numbers = (first..WORLDS).step_by(threads);
                scope.spawn(move || numbers.map(|number| replay(number, of_world[number])).sum::<usize>())
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    let sent = WORLDS * PACKETS;
    println!("{sent} recorded packets, {arrived} arrived");
    assert!((sent / 5..sent * 4 / 5).contains(&arrived), "{arrived} of {sent}: little is at stake");
}

/// Says of each packet of a cluster whether it arrives. How many did.
fn replay(number: usize, recorded: &[u8]) -> usize {
    let (digest, bits) = recorded.split_at(Digest::LENGTH);
    let (case, packets) = made(number);
    assert_eq!(
        digest,
        digest_of(&case, &packets),
        "the generator no longer makes cluster {number} as it was when its packets were sent: {HOW}"
    );
    let snapshot = case.snapshot();
    let judge = Judge { world: World::new(&snapshot, by_address()), case: &case };
    let mut arrived = 0;
    for (at, packet) in packets.iter().enumerate() {
        let expected = bits[at / 8] >> (at % 8) & 1 == 1;
        assert_eq!(
            judge.arrives(*packet),
            expected,
            "cluster {number}: {packet:?} arrived: {expected}\n{case:#?}"
        );
        arrived += usize::from(expected);
    }
    arrived
}

/// A cluster, and packets in it: one may stand there twice.
fn made(number: usize) -> (Case, Vec<Packet>) {
    let mut random = Random::seeded(number as u64);
    let case = Case::random(&mut random);
    let all = some(&case, usize::MAX, &mut random);
    let packets = all.iter().cycle().take(PACKETS).copied().collect();
    (case, packets)
}

/// Sends packets, going on where the record ends that the generator still makes so.
fn record(say: &dyn Fn(String)) {
    let network = Network::start(HOSTS).unwrap();
    let started = Instant::now();
    let mut record = fs::read(path()).unwrap_or_default();
    for number in 0..WORLDS {
        let (case, packets) = made(number);
        let (at, digest) = (number * LENGTH, digest_of(&case, &packets));
        if record.get(at..at + Digest::LENGTH) == Some(&digest) && record.len() >= at + LENGTH {
            continue;
        }
        network.filter(&rules::rules(&case)).unwrap();
        let probes: Vec<Probe> = packets.iter().map(|packet| probe(&case, *packet)).collect();
        let answers = network.probe(&probes).unwrap();
        let byte = |answers: &[Answer]| {
            answers
                .iter()
                .enumerate()
                .fold(0, |byte, (at, answer)| byte | u8::from(*answer == Answer::Arrived) << at)
        };
        record.truncate(at);
        record.extend(digest);
        record.extend(answers.chunks(8).map(byte));
        if number % 100 == 99 {
            fs::write(path(), &record).unwrap();
            say(format!("{} clusters after {} s", number + 1, started.elapsed().as_secs()));
        }
    }
    fs::write(path(), &record).unwrap();
}

fn path() -> PathBuf {
    workspace_root().join(RECORD)
}

fn digest_of(case: &Case, packets: &[Packet]) -> [u8; Digest::LENGTH] {
    let mut digest = Digest::default();
    digest.add(&format!("{:?} {:?}", case.namespaces, case.pods));
    case.policies.iter().for_each(|policy| digest.add(&policy.to_string()));
    digest.add(&format!("{packets:?}"));
    digest.bytes()
}
