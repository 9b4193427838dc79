//! Decisions, lists of rules and refusals are those of a real API server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod aggregation;
#[path = "../support/bootstrap.rs"]
mod bootstrap;
mod chain;
mod client;
mod escalation;
mod impersonation;
mod live;
mod node;
mod powers;
mod recorded;
mod restriction;
mod shrink;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use client::Ask;
use live::Live;
use seawall_inventory::{Provenance, Snapshot};
use seawall_rbac::{Allowed, Decision, Policy, User, refusal};
use seawall_rig::{Random, fresh_seed};
use seawall_yaml::Limits;
use serde_json::{Value, json};
use world::{Case, World};

/// Worlds, and requests in each: more than 20,000.
const WORLDS: u64 = 14;
const REQUESTS: usize = 1500;
/// Users in each world of whom all rules are listed.
const LISTED: usize = 60;

#[test]
fn decisions_and_lists_and_refusals_are_those_of_the_api_server() {
    let mut live = Live::start();
    let seed = fresh_seed();
    let (mut asked, mut allowed, mut refused, mut listed) = (0, 0, 0, 0);
    for number in 0..WORLDS {
        let mut random = Random::seeded(seed.wrapping_add(number));
        let mut world = World::new(&mut random);
        refused += fill(&mut live, &mut world);
        let snapshot = live.snapshot();
        let policy = Policy::new(&snapshot);

        let cases: Vec<Case> = (0..REQUESTS).map(|_| world.case(&mut random)).collect();
        let reviews: Vec<Value> = cases.iter().map(Case::review).collect();
        for (case, said) in cases.iter().zip(live.review(&reviews)) {
            if let Some(difference) = difference(&policy, case, &said) {
                let (world, case) = shrink::smallest(&mut live, &world, case);
                let world: Vec<String> = world.objects.iter().map(Value::to_string).collect();
                panic!("seed {seed}: {difference}\nsmallest: {case:?}\n{}", world.join("\n"));
            }
            asked += 1;
            allowed += usize::from(said.0);
        }
        listed += compare_lists(&live, &policy, &cases);
        live.clear(&world);
    }
    println!(
        "seed {seed}: {asked} requests, {allowed} allowed; {refused} objects refused; {listed} rules listed"
    );
    assert!(asked >= 20_000);
    assert!(
        (asked / 4..asked * 3 / 4).contains(&allowed),
        "{allowed} of {asked} are allowed: little is at stake"
    );
    assert!(refused > 30 && listed > 1000, "{refused} {listed}");
}

/// Fills the API server, and holds what it refuses against what is said to be refused.
fn fill(live: &mut Live, world: &mut World) -> usize {
    world.objects.sort_by_key(|object| object["roleRef"].is_object());
    let written = world.objects.clone();
    let said = live.fill(world);
    let mut refused = 0;
    for (object, said) in written.iter().zip(said) {
        let snapshot = of_files(std::slice::from_ref(object));
        let expected = refusal(&snapshot.objects[0]);
        assert!(matches!(said.status, 201 | 422), "{object}: {}", said.body);
        assert_eq!(
            expected.is_some(),
            said.status == 422,
            "{object}: {expected:?}, and the API server: {}",
            said.body
        );
        refused += usize::from(said.status == 422);
    }
    refused
}

/// Objects as files.
pub fn of_files(objects: &[Value]) -> Snapshot {
    let readings = objects.iter().enumerate().map(|(number, object)| {
        let path = PathBuf::from(format!("{number:05}.json"));
        seawall_inventory::read(path, object.to_string().as_bytes(), Provenance::Verbatim, &Limits::default())
    });
    Snapshot::assemble(readings.collect(), Vec::new(), Vec::new(), Vec::new())
}

/// How a decision differs from that of the API server.
pub fn difference(policy: &Policy<'_>, case: &Case, (allowed, reason): &(bool, String)) -> Option<String> {
    let (user, attributes) = (case.asker(), case.attributes());
    let decision = policy.decide(&user, &attributes);
    let grants: Vec<String> = policy.grants(&user, &attributes).map(|grant| grant.to_string()).collect();
    let holders = policy.who_can(&attributes);
    let is_holder = holders.holders.iter().any(|holder| holder.subject.is(&user));
    let is_right = match &decision {
        Decision::Allowed(Allowed::Privileged) => *allowed && reason.is_empty(),
        Decision::Allowed(Allowed::Granted(grant)) => {
            let first = grant.to_string();
            // Go and Rust do not quote everything alike.
            let can_tell = reason.chars().all(|char| matches!(char, ' '..='~')) && first.is_ascii();
            let told = reason.strip_prefix("RBAC: allowed by ").unwrap_or_default();
            *allowed
                && grants.first() == Some(&first)
                && (!can_tell || grants.iter().any(|grant| grant == told))
        }
        Decision::NoOpinion(denied) => {
            // Every role that is missing is named.
            !*allowed && grants.is_empty() && denied.dangling.is_empty() == reason.is_empty()
        }
        Decision::Unknown(_) => false,
    };
    let is_right = is_right && is_holder == *allowed && holders.doubts.is_empty();
    (!is_right).then(|| {
        format!("{user:?} {attributes}: {decision:?}, {grants:?}, held: {is_holder}; the API server: {allowed}, {reason}")
    })
}

/// Holds lists of rules against SelfSubjectRulesReviews.
fn compare_lists(live: &Live, policy: &Policy<'_>, cases: &[Case]) -> usize {
    // What can stand in a header, and may ask for the list at all.
    let can_ask = |case: &&Case| {
        let is_plain = |text: &String| {
            text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
                && !text.is_empty()
                && text != "system:unauthenticated"
        };
        is_plain(&case.user)
            && case.user != "system:anonymous"
            && !case.groups.is_empty()
            && case.groups.iter().all(is_plain)
    };
    let cases: Vec<&Case> = cases.iter().filter(can_ask).take(LISTED).collect();
    let asks: Vec<Ask> = cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let body = json!({
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
                "spec": {"namespace": world::NAMESPACES[number % 3]},
            });
            let as_user = Some((case.user.clone(), case.groups.clone()));
            Ask { as_user, ..Ask::post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body) }
        })
        .collect();
    let mut listed = 0;
    for ((number, case), said) in cases.iter().enumerate().zip(live.client.ask_all(&asks)) {
        assert_eq!(said.status, 201, "{case:?}: {}", said.body);
        let status = said.json()["status"].clone();
        let user = User::authenticated(&case.user, case.groups.iter().map(String::as_str));
        let rules = policy.rules_for(&user, world::NAMESPACES[number % 3]);
        let resources = rules.resource_rules().map(|rule| {
            lists([Some(rule.verbs), Some(rule.api_groups), Some(rule.resources), Some(rule.resource_names)])
        });
        let paths = rules
            .non_resource_rules()
            .map(|rule| lists([Some(rule.verbs), Some(rule.non_resource_urls), None, None]));
        assert_eq!(
            counted(resources),
            told(&status["resourceRules"], &["verbs", "apiGroups", "resources", "resourceNames"]),
            "{case:?}"
        );
        assert_eq!(
            counted(paths),
            told(&status["nonResourceRules"], &["verbs", "nonResourceURLs"]),
            "{case:?}"
        );
        assert_eq!(rules.dangling.is_empty(), status["evaluationError"].is_null(), "{case:?}: {status}");
        assert!(rules.doubts.is_empty());
        listed += rules.grants.len();
    }
    listed
}

fn lists<T: ToString>(lists: [Option<&[T]>; 4]) -> String {
    let lists: Vec<Vec<String>> =
        lists.into_iter().flatten().map(|list| list.iter().map(T::to_string).collect()).collect();
    json!(lists).to_string()
}

fn told(rules: &Value, fields: &[&str]) -> BTreeMap<String, usize> {
    let rules = rules.as_array().map(Vec::as_slice).unwrap_or_default();
    counted(rules.iter().map(|rule| {
        let list = |field: &&str| {
            rule.get(*field).filter(|list| list.is_array()).cloned().unwrap_or_else(|| json!([]))
        };
        Value::Array(fields.iter().map(list).collect()).to_string()
    }))
}

fn counted(rules: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    rules.for_each(|rule| *counted.entry(rule).or_default() += 1);
    counted
}
