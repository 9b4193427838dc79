//! A map that took changes in says what one says that is made anew.

use std::collections::BTreeMap;

use seawall_inventory::Snapshot;
use seawall_netpol::{Enforcer, Family, Map, Ports, World};
use seawall_rig::{Random, fresh_seed};
use serde_json::Value;

use crate::case::{self, Case, OUTSIDE};

/// Clusters that are changed, and how often each.
const WORLDS: usize = 250;
const CHANGES: usize = 8;

/// A change: of the policy of this number, which is gone when there is none any more, or of labels of a pod or of a namespace.
#[derive(Clone, Copy, Debug)]
enum Change {
    Policy(usize),
    Labels(usize),
    Namespace(usize),
}

/// What a policy is that is gone: one of another kind, so that all others keep their numbers.
fn gone() -> Value {
    serde_json::json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone", "namespace": "none"}})
}

fn change(case: &Case, random: &mut Random) -> (Case, Change) {
    let other = Case::random(random);
    let mut case = case.clone();
    if !case.policies.is_empty() && random.chance(60) {
        let number = random.below(case.policies.len());
        let namespace = case.pods[random.below(case.pods.len())].namespace.clone();
        let was = case.policies[number]["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
        case.policies[number] = match other.policies.first() {
            Some(policy) if was != "none" => {
                let mut policy = policy.clone();
                policy["metadata"]["namespace"] = was.into();
                policy
            }
            Some(policy) => {
                let mut policy = policy.clone();
                policy["metadata"]["namespace"] = namespace.into();
                policy
            }
            None => gone(),
        };
        return (case, Change::Policy(number));
    }
    if random.chance(30) {
        let number = random.below(case.namespaces.len());
        let name = case.namespaces.keys().nth(number).unwrap().clone();
        let labels = other.namespaces.values().next().unwrap().clone();
        case.namespaces.insert(name, labels);
        return (case, Change::Namespace(number));
    }
    let number = random.below(case.pods.len());
    case.pods[number].labels = other.pods[0].labels.clone();
    (case, Change::Labels(number))
}

type Answers = BTreeMap<(usize, usize), Ports>;

/// What passes between all pods, and addresses outside, by the numbers of both; these come behind the pods.
fn answers(map: &Map, case: &Case, family: Family) -> Answers {
    let outside = (0..OUTSIDE).map(|number| {
        let address = case::End::Outside(number).address(case, family == Family::V6);
        crate::map::party_of(map, address)
    });
    let pods = (0..case.pods.len()).map(|number| map.party_of(number).unwrap());
    let parties: Vec<u32> = pods.chain(outside).collect();
    let mut found = Answers::new();
    for (from, sender) in parties.iter().enumerate() {
        for (to, receiver) in parties.iter().enumerate() {
            found.insert((from, to), map.ports(*sender, *receiver));
        }
    }
    found
}

#[test]
fn a_changed_map_says_what_a_new_one_says() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let (mut kept, mut differing) = (0, 0);
    for world_number in 0..WORLDS {
        let mut cases = vec![if world_number % 2 == 0 {
            Case::random(&mut random)
        } else {
            Case::random_in_order(&mut random)
        }];
        let mut changes = Vec::new();
        for _ in 0..CHANGES {
            let (case, change) = change(cases.last().unwrap(), &mut random);
            cases.push(case);
            changes.push(change);
        }
        let snapshots: Vec<Snapshot> = cases.iter().map(Case::snapshot).collect();
        let enforcer = Enforcer::named(random.pick(&["specification", "calico", "cilium"])).unwrap();
        let family = random.pick(&[Family::V4, Family::V6]);
        let mut world = World::new(&snapshots[0], enforcer);
        let mut map = Map::new(&world, family);
        for (number, change) in changes.iter().enumerate() {
            let (case, snapshot) = (&cases[number + 1], &snapshots[number + 1]);
            let before = answers(&map, case, family);
            let changed = match *change {
                Change::Policy(policy) => {
                    let object = case.namespaces.len() + case.pods.len() + policy;
                    let spec = snapshot.objects[object].body.network_policy();
                    let of = if spec.is_some() { case } else { &cases[number] };
                    let namespace = of.policies[policy]["metadata"]["namespace"].as_str().unwrap();
                    world.put_policy(object, namespace, spec)
                }
                Change::Labels(pod) => {
                    let object = case.namespaces.len() + pod;
                    world.put_labels(pod, &snapshot.objects[object].pods[0])
                }
                Change::Namespace(namespace) => world.put_namespace(&snapshot.objects[namespace].metadata),
            };
            // One that is gone, and was before, is of no namespace.
            let Some(changed) = changed else { continue };
            let touched = map.update(&world, changed);
            let now = answers(&map, case, family);
            let anew = answers(&Map::new(&World::new(snapshot, enforcer), family), case, family);
            let differs = now.iter().find(|(pair, ports)| anew[pair] != **ports);
            assert!(
                differs.is_none(),
                "SEAWALL_SEED={seed}, world {world_number}: after {change:?} {differs:?}, anew {:?}\n{case:#?}",
                anew[differs.unwrap().0]
            );
            differing += now.iter().filter(|(pair, ports)| before[pair] != **ports).count();
            let Some(touched) = touched else { continue };
            kept += 1;
            let mut blocks: BTreeMap<(u32, u32), Ports> = BTreeMap::new();
            map.each_block_of(&touched, |from, to, ports| {
                for pair in from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))) {
                    assert!(
                        blocks.insert(pair, ports.clone()).is_none(),
                        "SEAWALL_SEED={seed}: {pair:?} is in two blocks"
                    );
                }
            });
            for (from, to) in
                (0..case.pods.len()).flat_map(|from| (0..case.pods.len()).map(move |to| (from, to)))
            {
                let pair = (map.party_of(from).unwrap(), map.party_of(to).unwrap());
                match blocks.get(&pair) {
                    Some(ports) => assert_eq!(*ports, now[&(from, to)], "SEAWALL_SEED={seed}"),
                    // Who is in no block is as he was.
                    None => assert_eq!(before[&(from, to)], now[&(from, to)], "SEAWALL_SEED={seed}"),
                }
            }
        }
    }
    assert!(kept * 3 > WORLDS * CHANGES, "{kept}: nearly all was made anew");
    assert!(differing > WORLDS * CHANGES, "{differing}: nothing is tried");
}
