//! A difference is one of rights, and the same both ways.

use std::path::PathBuf;

use seawall_inventory::{KubernetesVersion, Provenance, Snapshot};
use seawall_rbac::{Attributes, Policy, Resource, User, rule_allows};
use seawall_rig::Random;
use seawall_yaml::Limits;
use serde_json::{Value, json};

use super::{Right, Side, gained};
use crate::args::ask::World;
use crate::command::access::chain::Words;

const GROUP: &str = "rbac.authorization.k8s.io";

fn world(objects: &[Value]) -> World {
    let readings = objects.iter().enumerate().map(|(number, object)| {
        let path = PathBuf::from(format!("{number:03}.json"));
        seawall_inventory::read(path, object.to_string().as_bytes(), Provenance::Verbatim, &Limits::default())
    });
    let snapshot = Snapshot::assemble(readings.collect(), Vec::new(), Vec::new(), Vec::new());
    World { snapshot, version: KubernetesVersion::LATEST, made: Vec::new(), unread: Vec::new() }
}

/// A role, and a binding of it; in no namespace when that is empty.
fn bound(name: &str, namespace: &str, rules: &Value, subjects: &[&str]) -> [Value; 2] {
    let prefix = if namespace.is_empty() { "Cluster" } else { "" };
    let metadata = if namespace.is_empty() {
        json!({"name": name})
    } else {
        json!({"name": name, "namespace": namespace})
    };
    let subjects: Vec<Value> =
        subjects.iter().map(|name| json!({"kind": "User", "apiGroup": GROUP, "name": name})).collect();
    [
        json!({"apiVersion": format!("{GROUP}/v1"), "kind": format!("{prefix}Role"), "metadata": metadata, "rules": rules}),
        json!({
            "apiVersion": format!("{GROUP}/v1"), "kind": format!("{prefix}RoleBinding"), "metadata": metadata,
            "roleRef": {"apiGroup": GROUP, "kind": format!("{prefix}Role"), "name": name}, "subjects": subjects,
        }),
    ]
}

/// What `head` gives and `base` does not.
fn told(base: &World, head: &World) -> Vec<String> {
    let (before, now) = (Policy::new(&base.snapshot), Policy::new(&head.snapshot));
    let gained = gained(&Side::of(base, &before), &Side::of(head, &now));
    assert!(gained.unknowns.is_empty());
    gained
        .gains
        .iter()
        .map(|gain| {
            let may = match &gain.right {
                Right::Known(rule, _) => Words(rule).to_string(),
                Right::OfRole(role, _) => role.clone(),
            };
            format!("{} {}: {may}", gain.subject, gain.namespace.as_deref().unwrap_or("*"))
        })
        .collect()
}

fn rule(verbs: &[&str], resources: &[&str]) -> Value {
    json!([{"verbs": verbs, "apiGroups": [""], "resources": resources}])
}

#[test]
fn what_is_told_are_rights_and_not_how_they_are_written() {
    let read = rule(&["get", "list"], &["pods", "secrets"]);
    let base = bound("read", "shop", &read, &["jane"]);
    let split = json!([
        {"verbs": ["list", "get"], "apiGroups": [""], "resources": ["secrets"]},
        {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]},
        {"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]},
    ]);
    let twice: Vec<Value> =
        [bound("a", "shop", &read, &["jane"]), bound("b", "shop", &read, &["jane"])].concat();
    for (head, gains, losses) in [
        // Renamed, taken apart, given twice.
        (bound("other", "shop", &read, &["jane"]).to_vec(), &[][..], &[][..]),
        (bound("read", "shop", &split, &["jane"]).to_vec(), &[], &[]),
        (twice, &[], &[]),
        // More, and less.
        (
            bound("read", "shop", &rule(&["get", "list", "watch"], &["pods", "secrets"]), &["jane"]).to_vec(),
            &["User jane shop: watch on pods, secrets"],
            &[],
        ),
        (
            bound("read", "shop", &rule(&["get", "list"], &["pods"]), &["jane"]).to_vec(),
            &[],
            &["User jane shop: get, list on secrets"],
        ),
        (
            bound("read", "shop", &rule(&["*"], &["pods", "secrets"]), &["jane"]).to_vec(),
            &["User jane shop: * on pods, secrets"],
            &[],
        ),
        // Elsewhere, everywhere, to others.
        (
            bound("read", "bank", &read, &["jane"]).to_vec(),
            &["User jane bank: get, list on pods, secrets"],
            &["User jane shop: get, list on pods, secrets"],
        ),
        (bound("read", "", &read, &["jane"]).to_vec(), &["User jane *: get, list on pods, secrets"], &[]),
        (
            bound("read", "shop", &read, &["jane", "bob"]).to_vec(),
            &["User bob shop: get, list on pods, secrets"],
            &[],
        ),
        // Of a role that is not there nothing is known but its name.
        (base[1..].to_vec(), &["User jane shop: Role read"], &["User jane shop: get, list on pods, secrets"]),
        (Vec::new(), &[], &["User jane shop: get, list on pods, secrets"]),
    ] {
        let (base, head) = (world(&base), world(&head));
        assert_eq!(told(&base, &head), gains);
        assert_eq!(told(&head, &base), losses);
        assert!(told(&head, &head).is_empty());
    }
}

fn pick(random: &mut Random, pool: &[&'static str]) -> &'static str {
    pool[random.below(pool.len())]
}

/// Four roles, each bound to somebody.
fn some(random: &mut Random, prefix: &str) -> Vec<Value> {
    (0..4)
        .flat_map(|number| {
            let rules = json!([{
                "verbs": [pick(random, &["get", "list", "*"])],
                "apiGroups": [pick(random, &["", "apps", "*"])],
                "resources": [pick(random, &["pods", "pods/log", "*/log", "*"])],
            }]);
            let namespace = pick(random, &["", "shop", "bank"]);
            bound(&format!("{prefix}{number}"), namespace, &rules, &[pick(random, &["jane", "bob"])])
        })
        .collect()
}

/// Bindings only give: who has more of them gains, or has it already, and loses nothing.
#[test]
fn what_is_added_takes_nothing_away() {
    let mut random = Random::seeded(11);
    let mut different = 0;
    for _ in 0..300 {
        let base = some(&mut random, "base");
        let both = [base.clone(), some(&mut random, "more")].concat();
        let (base, both) = (world(&base), world(&both));
        // What is lost is what is gained the other way: nothing, where bindings are added.
        assert!(told(&both, &base).is_empty());
        different += usize::from(!told(&base, &both).is_empty());
    }
    assert!(different > 200, "{different}");
}

/// Whatever somebody may now and could not before is allowed by a right that is told, in the place where he may.
#[test]
fn every_new_answer_is_of_a_right_that_is_told() {
    let mut random = Random::seeded(23);
    let mut new = 0;
    for _ in 0..150 {
        let [base, head] = ["base", "head"].map(|prefix| world(&some(&mut random, prefix)));
        let (before, now) = (Policy::new(&base.snapshot), Policy::new(&head.snapshot));
        let gained = gained(&Side::of(&base, &before), &Side::of(&head, &now)).gains;
        for (who, verb, group, resource, subresource, namespace) in questions() {
            let user = User::with_groups(who, [""; 0]);
            let asked = Resource { group, resource, subresource, namespace, ..Resource::default() };
            let asked = Attributes::resource(verb, asked);
            if before.decide(&user, &asked).is_allowed() || !now.decide(&user, &asked).is_allowed() {
                continue;
            }
            let is_told = gained.iter().any(|gain| {
                let is_here = gain.namespace.as_deref().is_none_or(|own| own == namespace);
                let is_his = gain.subject.is(&user);
                is_here && is_his && matches!(&gain.right, Right::Known(rule, _) if rule_allows(rule, &asked))
            });
            assert!(is_told, "{who} {asked}");
            new += 1;
        }
    }
    assert!(new > 1000, "{new}");
}

type Question = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

fn questions() -> Vec<Question> {
    let mut questions = Vec::new();
    for who in ["jane", "bob"] {
        for verb in ["get", "list", "watch"] {
            for group in ["", "apps", "batch"] {
                for (resource, subresource) in
                    [("pods", ""), ("pods", "log"), ("jobs", "log"), ("secrets", "")]
                {
                    for namespace in ["", "shop", "bank", "else"] {
                        questions.push((who, verb, group, resource, subresource, namespace));
                    }
                }
            }
        }
    }
    questions
}
