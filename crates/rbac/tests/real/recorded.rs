//! A million decisions of a real API server, recorded: the generator makes the worlds and requests again, and what was said of each is
//! one bit.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use seawall_inventory::{KubernetesVersion, Snapshot};
use seawall_rbac::{Policy, refusal};
use seawall_rig::{Digest, Random, workspace_root};
use serde_json::Value;

use super::live::{KINDS, Live, listed, whole};
use super::world::{Case, GROUP, What, World};
use super::{bootstrap, of_files};

/// Worlds, each of the seed of its number, and requests in each: a million.
const WORLDS: usize = 250;
const REQUESTS: usize = 4000;

/// For each world eight bytes that tell whether the generator still makes it so, and a bit for each request, the lowest first.
const RECORD: &str = "crates/rbac/tests/real/recorded.bin";
const LENGTH: usize = Digest::LENGTH + REQUESTS / 8;

/// Set, the API server is asked anew.
const RECORDING: &str = "SEAWALL_RECORD";

const HOW: &str =
    "record it again with: SEAWALL_RECORD=1 cargo test --workspace --test real -- recorded --nocapture";

#[test]
fn recorded_decisions_are_those_of_the_api_server() {
    if std::env::var_os(RECORDING).is_some() {
        record(&|told| println!("{told}"));
    }
    let record = fs::read(path()).unwrap();
    let of_world: Vec<&[u8]> = record.chunks(LENGTH).collect();
    assert_eq!(of_world.len(), WORLDS, "it is cut off: {HOW}");
    let bootstrap = bootstrap::made_by(KubernetesVersion::minor(36));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let allowed: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let (of_world, bootstrap) = (&of_world, &bootstrap);
                let numbers = (first..WORLDS).step_by(threads);
                scope.spawn(move || {
                    numbers.map(|number| replay(number, of_world[number], bootstrap)).sum::<usize>()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    let asked = WORLDS * REQUESTS;
    println!("{asked} recorded decisions, {allowed} allowed");
    assert!(asked >= 1_000_000);
    assert!((asked / 4..asked * 3 / 4).contains(&allowed), "{allowed}: little is at stake");
}

/// Decides all requests of a world. How many were allowed.
fn replay(number: usize, recorded: &[u8], bootstrap: &[Value]) -> usize {
    let (digest, bits) = recorded.split_at(Digest::LENGTH);
    let (world, cases) = made(number);
    assert_eq!(
        digest,
        digest_of(&world, &cases),
        "the generator no longer makes world {number} as it was when the API server was asked: {HOW}"
    );
    let snapshot = snapshot(&world, bootstrap);
    let policy = Policy::new(&snapshot);
    let mut allowed = 0;
    for (at, case) in cases.iter().enumerate() {
        let expected = bits[at / 8] >> (at % 8) & 1 == 1;
        let decision = policy.decide(&case.asker(), &case.attributes());
        assert_eq!(
            decision.is_allowed(),
            expected,
            "world {number}, request {at}: {case:?}: {decision:?}; the API server: {expected}"
        );
        allowed += usize::from(expected);
    }
    allowed
}

/// The roles and bindings of a world beside those that the API server makes itself, as it lists them.
fn snapshot(world: &World, bootstrap: &[Value]) -> Snapshot {
    let version = format!("{GROUP}/v1");
    let lists = KINDS.map(|(kind, plural)| {
        let objects = world.objects.iter().chain(bootstrap).filter(|object| object["kind"] == kind);
        listed(plural, &version, kind, objects)
    });
    whole(lists.into())
}

/// A world, without what the API server refuses, and the requests in it.
fn made(number: usize) -> (World, Vec<Case>) {
    let mut random = Random::seeded(number as u64);
    let mut world = World::new(&mut random);
    world.objects.sort_by_key(|object| object["roleRef"].is_object());
    world.objects.retain(|object| refusal(&of_files(std::slice::from_ref(object)).objects[0]).is_none());
    let cases = (0..REQUESTS).map(|_| world.case(&mut random)).collect();
    (world, cases)
}

/// Asks a real API server, going on where the record ends that the generator still makes so.
fn record(say: &dyn Fn(String)) {
    let mut live = Live::start();
    let started = Instant::now();
    let mut record = fs::read(path()).unwrap_or_default();
    for number in 0..WORLDS {
        let (mut world, cases) = made(number);
        let (at, digest) = (number * LENGTH, digest_of(&world, &cases));
        if record.get(at..at + Digest::LENGTH) == Some(&digest) && record.len() >= at + LENGTH {
            continue;
        }
        let valid = world.objects.len();
        live.fill(&mut world);
        assert_eq!(
            world.objects.len(),
            valid,
            "world {number}: the API server refuses what is said to be valid"
        );
        record.truncate(at);
        record.extend(digest);
        let reviews: Vec<Value> = cases.iter().map(Case::review).collect();
        let byte = |said: &[(bool, String)]| {
            said.iter().enumerate().fold(0, |byte, (at, (allowed, _))| byte | u8::from(*allowed) << at)
        };
        record.extend(live.review(&reviews).chunks(8).map(byte));
        fs::write(path(), &record).unwrap();
        say(format!("{} decisions after {} s", (number + 1) * REQUESTS, started.elapsed().as_secs()));
        live.clear(&world);
    }
}

fn path() -> PathBuf {
    workspace_root().join(RECORD)
}

fn digest_of(world: &World, cases: &[Case]) -> [u8; Digest::LENGTH] {
    let mut digest = Digest::default();
    world.objects.iter().for_each(|object| digest.add(&object.to_string()));
    for Case { user, groups, verb, what } in cases {
        [user, verb].into_iter().chain(groups).for_each(|text| digest.add(text));
        match what {
            What::Path(path) => digest.add(path),
            What::Resource { group, resource, subresource, namespace, name } => {
                [group, resource, subresource, namespace, name].iter().for_each(|text| digest.add(text));
            }
        }
    }
    digest.bytes()
}
