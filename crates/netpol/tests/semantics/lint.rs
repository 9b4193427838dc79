//! What is said to have no effect has none: without it every packet fares as before.

use std::collections::BTreeMap;

use seawall_netpol::{At, Direction, Family, Lint, What, World};
use seawall_rig::{Random, fresh_seed};
use serde_json::Value;

use crate::case::Case;
use crate::{Judge, by_address, packets};

/// Clusters whose policies are gone through.
const WORLDS: usize = 600;

#[test]
fn what_has_no_effect_can_go() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..WORLDS {
        let case = Case::random(&mut random);
        for family in [Family::V4, Family::V6] {
            let snapshot = case.snapshot();
            let lints = World::new(&snapshot, by_address()).lint(family);
            let first = snapshot.objects.len() - case.policies.len();
            for (word, is_it) in KINDS {
                let own: Vec<&Lint> = lints.iter().filter(|lint| is_it(&lint.what)).collect();
                if own.is_empty() {
                    continue;
                }
                *told.entry(word).or_default() += own.len();
                let mut less = case.clone();
                // From the last on, so that numbers stay what they are.
                for lint in own.iter().rev() {
                    remove(&mut less.policies[lint.policy - first], lint.at);
                }
                less.policies.retain(|policy| !policy.is_null());
                let packets: Vec<_> = packets(&case)
                    .into_iter()
                    .filter(|packet| packet.is_v6 == (family == Family::V6))
                    .collect();
                let (before, after) = (case.snapshot(), less.snapshot());
                let before = Judge { world: World::new(&before, by_address()), case: &case };
                let after = Judge { world: World::new(&after, by_address()), case: &less };
                let differs =
                    packets.iter().find(|packet| before.arrives(**packet) != after.arrives(**packet));
                assert!(differs.is_none(), "SEAWALL_SEED={seed}: {differs:?} by {own:?} of {case:#?}");
            }
        }
    }
    for (word, _) in KINDS {
        let count = told.get(word).copied().unwrap_or_default();
        assert!(count > 20, "{word}: {count}: nothing is tried");
    }
}

/// A kind of what is told, by its word.
type Kind = (&'static str, fn(&What) -> bool);

const KINDS: [Kind; 3] = [
    ("redundant", |what| *what == What::Redundant),
    ("selects nothing", |what| *what == What::SelectsNothing),
    ("lets in", |what| *what == What::LetsIn),
];

/// Takes a part out of a policy; all of it leaves nothing.
fn remove(policy: &mut Value, at: At) {
    let names = |direction| match direction {
        Direction::Ingress => ("ingress", "from"),
        Direction::Egress => ("egress", "to"),
    };
    match at {
        At::Policy => *policy = Value::Null,
        At::Rule(direction, rule) => {
            policy["spec"][names(direction).0].as_array_mut().unwrap().remove(rule);
        }
        At::Except(direction, rule, peer, except) => {
            let (rules, peers) = names(direction);
            let block = &mut policy["spec"][rules][rule][peers][peer]["ipBlock"];
            block["except"].as_array_mut().unwrap().remove(except);
        }
        At::Rules(_) | At::Peer(..) | At::Port(..) => panic!("{at:?} has an effect"),
    }
}
