//! What holds of policies whatever they say.

use seawall_netpol::World;
use seawall_rig::{Random, fresh_seed};
use serde_json::{Value, json};

use crate::case::{self, Case};
use crate::naive::{self, Packet};
use crate::{Judge, by_address, packets};

/// Clusters of which each property is tried.
const WORLDS: usize = 80;

/// Which packets of a case arrive.
fn arriving(case: &Case, sent: &[Packet]) -> Vec<bool> {
    let snapshot = case.snapshot();
    let judge = Judge { world: World::new(&snapshot, by_address()), case };
    sent.iter().map(|packet| judge.arrives(*packet)).collect()
}

/// Makes a case of each one, and tells of packets that arrived before and after: `None` where nothing is changed.
fn changing(
    change: impl Fn(&Case, &mut Random) -> Option<Case>,
    mut hold: impl FnMut(bool, bool) -> bool,
) -> usize {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let mut differing = 0;
    for _ in 0..WORLDS {
        let case = Case::random(&mut random);
        let Some(changed) = change(&case, &mut random) else { continue };
        let sent = packets(&case);
        let (before, after) = (arriving(&case, &sent), arriving(&changed, &sent));
        for ((packet, before), after) in sent.iter().zip(before).zip(after) {
            assert!(
                hold(before, after),
                "SEAWALL_SEED={seed}: {packet:?} arrived: {before}, now {after}\n{case:#?}\n{changed:#?}"
            );
            differing += usize::from(before != after);
        }
    }
    differing
}

#[test]
fn a_rule_that_is_added_closes_nothing() {
    let added = |case: &Case, random: &mut Random| {
        let mut more = case.clone();
        let number = random.below(more.policies.len().max(1));
        let policy = more.policies.get_mut(number)?;
        let direction = random.pick(&["Ingress", "Egress"]);
        if !naive::is_of(&policy["spec"], direction) {
            return None;
        }
        let (list, peers) = if direction == "Ingress" { ("ingress", "from") } else { ("egress", "to") };
        // Rules of egress alone would make a policy without types one of egress.
        let rules = policy["spec"][list].as_array().cloned().unwrap_or_default();
        let names: Vec<&str> = case.namespaces.keys().map(|name| name.strip_prefix("ns-").unwrap()).collect();
        let rule = case::rule(random, peers, &names);
        policy["spec"][list] = rules.into_iter().chain([rule]).collect();
        Some(more)
    };
    let opened = changing(added, |before, after| after || !before);
    assert!(opened > 1_000, "{opened} packets were let in: nothing is tried");
}

#[test]
fn a_denial_by_default_opens_nothing() {
    let denied = |case: &Case, random: &mut Random| {
        let mut more = case.clone();
        let namespaces: Vec<&String> = case.namespaces.keys().collect();
        more.policies.push(json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny", "namespace": random.pick(&namespaces)},
            "spec": {"podSelector": {}, "policyTypes": random.pick(&[vec!["Ingress"], vec!["Egress"], vec!["Ingress", "Egress"]])},
        }));
        Some(more)
    };
    let closed = changing(denied, |before, after| before || !after);
    assert!(closed > 1_000, "{closed} packets were kept out: nothing is tried");
}

#[test]
fn the_order_of_policies_says_nothing() {
    let turned = |case: &Case, _: &mut Random| {
        let mut turned = case.clone();
        turned.policies.reverse();
        for policy in &mut turned.policies {
            for list in ["ingress", "egress"] {
                if let Some(rules) = policy["spec"][list].as_array_mut() {
                    rules.reverse();
                }
            }
        }
        Some(turned)
    };
    changing(turned, |before, after| before == after);
}

#[test]
fn labels_are_only_names() {
    let renamed = |case: &Case, _: &mut Random| {
        let mut renamed = case.clone();
        let labels =
            renamed.namespaces.values_mut().chain(renamed.pods.iter_mut().map(|pod| &mut pod.labels));
        for labels in labels {
            *labels =
                std::mem::take(labels).into_iter().map(|(key, value)| (name(&key), name(&value))).collect();
        }
        for policy in &mut renamed.policies {
            policy["spec"] = rename(&policy["spec"]);
        }
        Some(renamed)
    };
    changing(renamed, |before, after| before == after);
}

/// Another name for each label and value that cases have.
fn name(of: &str) -> String {
    let known = [("app", "example.com/application"), ("tier", "a"), ("x", "tier"), ("y", "x")];
    known.into_iter().find(|(own, _)| *own == of).map_or(of, |(_, other)| other).to_owned()
}

fn rename(value: &Value) -> Value {
    match value {
        Value::String(text) => name(text).into(),
        Value::Array(items) => items.iter().map(rename).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| (name(key), rename(field)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
