//! Policies as large as an API server takes them, and larger: what they say is worked out all the same. A way that is not bounded
//! by their size would not end here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod text;

use core::net::IpAddr;

use seawall_inventory::{Coverage, Snapshot};
use seawall_netpol::{Direction, End, Enforcer, Family, Map, Protocol, Verdict, World};
use serde_json::{Value, json};

fn cluster(policies: Vec<Value>, pods: usize) -> Snapshot {
    let pods = (0..pods).map(|number| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("pod-{number}"), "namespace": "shop", "labels": {"app": format!("app-{number}")}},
            "spec": {"nodeName": "node", "containers": [{"name": "main", "image": "example.com/main:1"}]},
            "status": {"phase": "Running", "podIPs": [{"ip": format!("10.0.{}.{}", number / 250, number % 250 + 1)}]},
        })
    });
    let objects: Vec<Value> = pods.chain(policies).collect();
    let mut snapshot =
        text::snapshot(&json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string());
    snapshot.coverage = Coverage::live(Vec::new());
    snapshot
}

fn policy(name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "shop"}, "spec": spec,
    })
}

fn world(snapshot: &Snapshot) -> World<'_> {
    World::new(snapshot, Enforcer::named("calico").unwrap())
}

/// What comes from an address to a port of the first pod.
fn from(world: &World<'_>, address: &str, port: u16) -> Verdict {
    let address: IpAddr = address.parse().unwrap();
    let connection = world.connection(End::Address(address), End::Pods(0), Family::of(&address));
    connection.ports.at(Protocol::Tcp, port)
}

#[test]
fn ten_thousand_exceptions_of_everything() {
    // One address of each block of 256, from 20.0.0.0 on.
    let except = (0..10_000).map(|number| format!("20.{}.{}.77/32", number / 256, number % 256));
    let block = json!({"cidr": "0.0.0.0/0", "except": except.collect::<Vec<_>>()});
    let snapshot = cluster(
        vec![policy("many", json!({"podSelector": {}, "ingress": [{"from": [{"ipBlock": block}]}]}))],
        3,
    );
    let world = world(&snapshot);
    assert_eq!(from(&world, "20.0.0.76", 80), Verdict::Allow);
    assert_eq!(from(&world, "20.0.0.77", 80), Verdict::Deny);
    assert_eq!(from(&world, "20.39.15.77", 80), Verdict::Deny, "the last one");
    assert_eq!(from(&world, "20.39.16.77", 80), Verdict::Allow, "none");
    let outside = world.internet(0, Direction::Ingress, Family::V4, &[]);
    let ranges = |verdict| {
        let parts = outside.iter().filter(|outside| outside.ports.uniform() == Some(verdict));
        parts.map(|outside| outside.ranges.len()).sum::<usize>()
    };
    assert_eq!(ranges(Verdict::Deny), 10_000);
    assert!(ranges(Verdict::Allow) > 10_000);
    let mut map = Map::new(&world, Family::V4);
    let mut pairs = 0;
    map.each_block(|from, to, _| pairs += from.len() * to.len());
    assert_eq!(pairs, map.parties().len().pow(2));
}

#[test]
fn every_port_by_itself() {
    // All but one, each in a rule's list of its own, and backwards.
    let ports = (1..=u16::MAX).rev().filter(|port| *port != 4_242).map(|port| json!({"port": port}));
    let rules = json!([{"ports": ports.collect::<Vec<_>>()}]);
    let snapshot = cluster(vec![policy("ports", json!({"podSelector": {}, "ingress": rules}))], 2);
    let world = world(&snapshot);
    for (port, verdict) in [
        (1, Verdict::Allow),
        (4_241, Verdict::Allow),
        (4_242, Verdict::Deny),
        (4_243, Verdict::Allow),
        (u16::MAX, Verdict::Allow),
    ] {
        assert_eq!(from(&world, "203.0.113.7", port), verdict, "{port}");
    }
}

#[test]
fn ten_thousand_selectors() {
    let peers =
        (0..10_000).map(|number| json!({"podSelector": {"matchLabels": {"app": format!("app-{number}")}}}));
    let rules = json!([{"from": peers.collect::<Vec<_>>()}]);
    let snapshot = cluster(vec![policy("selectors", json!({"podSelector": {}, "ingress": rules}))], 300);
    let world = world(&snapshot);
    let passes = |from, to| world.connection(End::Pods(from), End::Pods(to), Family::V4).ports.uniform();
    assert_eq!(passes(299, 0), Some(Verdict::Allow));
    assert_eq!(from(&world, "10.0.9.9", 80), Verdict::Deny);
    let map = Map::new(&world, Family::V4);
    let party = |number| map.party_of(number).unwrap();
    assert_eq!(map.ports(party(7), party(8)).uniform(), Some(Verdict::Allow));
}

#[test]
fn one_requirement_after_the_other() {
    // A pod has to be in all of them: it is none of the values, whichever.
    let expressions = (0..10_000)
        .map(|number| json!({"key": "app", "operator": "NotIn", "values": [format!("other-{number}")]}));
    let selector = json!({"matchExpressions": expressions.collect::<Vec<_>>()});
    let snapshot = cluster(vec![policy("expressions", json!({"podSelector": selector}))], 50);
    let world = world(&snapshot);
    assert_eq!(from(&world, "203.0.113.7", 80), Verdict::Deny, "all of them are isolated");
}

#[test]
fn one_address_of_many_pods() {
    // As in a list that was read while pods came and went.
    let mut objects: Vec<Value> = Vec::new();
    for number in 0..500 {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("pod-{number}"), "namespace": "shop", "labels": {"app": format!("app-{}", number % 2)}},
            "spec": {"nodeName": "node", "containers": [{"name": "main", "image": "example.com/main:1"}]},
            "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}]},
        }));
    }
    let peers = json!([{"from": [{"ipBlock": {"cidr": "10.0.0.1/32"}}]}]);
    objects
        .push(policy("address", json!({"podSelector": {"matchLabels": {"app": "app-0"}}, "ingress": peers})));
    let mut snapshot =
        text::snapshot(&json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string());
    snapshot.coverage = Coverage::live(Vec::new());
    let world = world(&snapshot);
    let passes = |from, to| world.connection(End::Pods(from), End::Pods(to), Family::V4).ports.uniform();
    assert_eq!(passes(1, 0), Some(Verdict::Allow), "the block means the address of both");
    assert_eq!(passes(0, 1), Some(Verdict::Allow), "the other is not isolated");
}

/// Of one priority none is asked before the others, and each port of each rule may say something else.
#[test]
fn a_thousand_policies_of_the_whole_cluster() {
    let rule = |action: &str, number: u32| {
        let port = json!({"tcp": {"destinationPort": {"number": number}}});
        json!({"action": action, "to": [{"networks": ["10.0.0.0/8"]}, {"namespaces": {}}], "protocols": [port]})
    };
    let of = |priority: u32, number: u32| {
        // The one that is asked last denies all; the others agree on all ports but one.
        let rules: Vec<Value> = match priority {
            1000 => vec![json!({"action": "Deny", "to": [{"namespaces": {}}]})],
            _ => (1..=25).map(|rule_number| rule("Accept", number % 40 * 25 + rule_number)).collect(),
        };
        json!({
            "apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy",
            "metadata": {"name": format!("policy-{priority}-{number}")},
            "spec": {"tier": "Admin", "priority": priority, "subject": {"namespaces": {}}, "egress": rules},
        })
    };
    let mut policies: Vec<Value> = (0..1_000).map(|number| of(7, number)).collect();
    policies.push(of(1000, 0));
    let mut odd = of(7, 1_000_000);
    odd["spec"]["egress"] = json!([rule("Deny", 500)]);
    policies.push(odd);
    let snapshot = cluster(policies, 3);
    let world = World::new(&snapshot, Enforcer::SPECIFICATION);
    let ports = world.connection(End::Pods(0), End::Pods(1), Family::V4).ports;
    let expected = [
        (499, Verdict::Allow),
        (500, Verdict::Ambiguous),
        (501, Verdict::Allow),
        (1000, Verdict::Allow),
        (1001, Verdict::Deny),
    ];
    for (port, verdict) in expected {
        assert_eq!(ports.at(Protocol::Tcp, port), verdict, "{port}");
    }
    let map = Map::new(&world, Family::V4);
    assert_eq!(map.ports(map.party_of(0).unwrap(), map.party_of(1).unwrap()), ports);
}
