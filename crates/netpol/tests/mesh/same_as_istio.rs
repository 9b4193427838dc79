//! Istio's own code says the same: of modes of mutual TLS, and of what AuthorizationPolicies make of connections.

use std::fmt::Write;

use seawall_inventory::Coverage;
use seawall_netpol::{End, Enforcer, Family, Protocol, Verdict, World};
use seawall_rig::{IstioConnection, IstioQuestion, Random, fresh_seed, istio};
use serde_json::{Value, json};

use crate::text;

/// Connections that are asked about.
const QUESTIONS: usize = 20_000;
const PORTS: [u16; 4] = [80, 81, 8080, 9090];
const NAMESPACES: [&str; 4] = ["istio-system", "shop", "web", "ns"];
const ACCOUNTS: [&str; 3] = ["default", "web", "sa"];
const LABELS: [&str; 2] = ["a", "b"];

struct Pod {
    namespace: &'static str,
    account: &'static str,
    label: &'static str,
    is_in_mesh: bool,
    address: String,
}

#[test]
fn istio_says_the_same() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let mut other = istio().unwrap();
    let (mut asked, mut passed, mut open) = (0, 0, 0);
    while asked < QUESTIONS {
        let pods: Vec<Pod> = (0..6).map(|number| pod(&mut random, number)).collect();
        let peers: Vec<Value> = (0..random.below(5)).map(|number| peer(&mut random, number)).collect();
        let policies: Vec<Value> = (0..random.below(5)).map(|number| policy(&mut random, number)).collect();
        let written = written(&pods, peers.iter().chain(&policies));
        let mut snapshot = text::snapshot(&written);
        snapshot.coverage = Coverage::live(Vec::new());
        let world = World::new(&snapshot, Enforcer::SPECIFICATION);
        for (to, receiver) in pods.iter().enumerate().filter(|(_, pod)| pod.is_in_mesh) {
            let sent: Vec<(usize, u16)> = (0..12)
                .map(|_| (random.below(pods.len()), random.pick(&PORTS)))
                .filter(|(from, _)| *from != to)
                .collect();
            let connections = sent.iter().map(|(from, port)| {
                let from = &pods[*from];
                let identity = format!("spiffe://cluster.local/ns/{}/sa/{}", from.namespace, from.account);
                IstioConnection {
                    identity: if from.is_in_mesh { identity } else { String::new() },
                    from: from.address.clone(),
                    to: receiver.address.clone(),
                    port: *port,
                }
            });
            let question = IstioQuestion {
                root: "istio-system".to_owned(),
                namespace: receiver.namespace.to_owned(),
                labels: json!({"app": receiver.label}),
                peers: peers.clone(),
                policies: policies.clone(),
                connections: connections.collect(),
            };
            let answer = other.ask(&question).unwrap();
            let modes = world.mesh_modes(to).unwrap();
            for (number, (from, port)) in sent.into_iter().enumerate() {
                let context =
                    || format!("SEAWALL_SEED={seed}: {:?}\n{written}", question.connections[number]);
                // Of several that are as near files do not say the oldest.
                if modes.doubts.is_empty() {
                    assert_eq!(modes.at(port).to_string(), answer.modes[number], "{}", context());
                }
                let side = world.mesh_side(End::Pods(from), End::Pods(to), Family::V4);
                let verdict = side.map_or(Verdict::Allow, |side| side.ports.at(Protocol::Tcp, port));
                match verdict {
                    Verdict::Allow => assert!(answer.passes[number], "{}", context()),
                    Verdict::Deny => assert!(!answer.passes[number], "{}", context()),
                    Verdict::Unknown => open += 1,
                    Verdict::Ambiguous => panic!("{}", context()),
                }
                asked += 1;
                passed += usize::from(answer.passes[number]);
            }
        }
    }
    let (share, open) = (passed * 100 / asked, open * 100 / asked);
    assert!((15..85).contains(&share), "{share} % of {asked} pass: nothing is tried");
    assert!(open < 40, "{open} % of {asked} are not known");
}

fn pod(random: &mut Random, number: usize) -> Pod {
    Pod {
        namespace: random.pick(&NAMESPACES[1..]),
        account: random.pick(&ACCOUNTS),
        label: random.pick(&LABELS),
        is_in_mesh: number == 0 || random.chance(60),
        address: format!("10.0.{}.{}", number % 2, number + 1),
    }
}

/// They as running pods, with what else there is.
fn written<'o>(pods: &[Pod], objects: impl Iterator<Item = &'o Value>) -> String {
    let mut text = String::new();
    for (number, pod) in pods.iter().enumerate() {
        let Pod { namespace, account, label, is_in_mesh, address } = pod;
        let proxy = if *is_in_mesh { ", {name: istio-proxy}" } else { "" };
        writeln!(
            text,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{namespace: {namespace}, name: pod-{number}, labels: {{app: {label}}}}}\n\
             spec: {{serviceAccountName: {account}, containers: [{{name: main}}{proxy}]}}\nstatus: {{phase: Running, podIP: {address}, podIPs: [{{ip: {address}}}]}}"
        )
        .unwrap();
    }
    for object in objects {
        writeln!(text, "---\n{object}").unwrap();
    }
    text
}

fn selector(random: &mut Random, percent: usize) -> Value {
    if random.chance(percent) { json!({"matchLabels": {"app": random.pick(&LABELS)}}) } else { Value::Null }
}

fn peer(random: &mut Random, number: usize) -> Value {
    let mode =
        |random: &mut Random| json!({"mode": random.pick(&["UNSET", "DISABLE", "PERMISSIVE", "STRICT"])});
    let mut spec = json!({});
    let selector = selector(random, 50);
    if !selector.is_null() {
        spec["selector"] = selector;
        for port in PORTS {
            if random.chance(25) {
                spec["portLevelMtls"][port.to_string()] = mode(random);
            }
        }
    }
    if random.chance(80) {
        spec["mtls"] = mode(random);
    }
    json!({
        "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
        "metadata": {"namespace": random.pick(&NAMESPACES), "name": format!("peer-{number}")}, "spec": spec,
    })
}

fn policy(random: &mut Random, number: usize) -> Value {
    let mut spec = json!({"action": random.pick(&["ALLOW", "ALLOW", "DENY", "DENY", "AUDIT"])});
    let selector = selector(random, 40);
    if !selector.is_null() {
        spec["selector"] = selector;
    }
    let rules: Vec<Value> = (0..random.below(4)).map(|_| rule(random)).collect();
    if !rules.is_empty() {
        spec["rules"] = json!(rules);
    }
    let annotations = if random.chance(10) { json!({"istio.io/dry-run": "true"}) } else { json!({}) };
    json!({
        "apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy",
        "metadata": {"namespace": random.pick(&NAMESPACES), "name": format!("policy-{number}"), "annotations": annotations},
        "spec": spec,
    })
}

fn rule(random: &mut Random) -> Value {
    let mut rule = json!({});
    if random.chance(70) {
        let from: Vec<Value> = (0..1 + random.below(2)).map(|_| json!({"source": source(random)})).collect();
        rule["from"] = json!(from);
    }
    if random.chance(50) {
        let to: Vec<Value> =
            (0..1 + random.below(2)).map(|_| json!({"operation": operation(random)})).collect();
        rule["to"] = json!(to);
    }
    if random.chance(30) {
        let key = random.pick(&[
            "source.ip",
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "destination.ip",
            "destination.port",
        ]);
        let field = random.pick(&["values", "notValues"]);
        let value = match key {
            "source.namespace" => namespace(random),
            "source.principal" => principal(random),
            "source.serviceAccount" => account(random),
            "destination.port" => random.pick(&PORTS).to_string(),
            _ => block(random),
        };
        rule["when"] = json!([{"key": key, field: [value]}]);
    }
    rule
}

/// A field, its negation, and what makes a value of it.
type Field = (&'static str, &'static str, fn(&mut Random) -> String);

fn source(random: &mut Random) -> Value {
    let mut source = json!({});
    let fields: [Field; 4] = [
        ("principals", "notPrincipals", principal),
        ("namespaces", "notNamespaces", namespace),
        ("serviceAccounts", "notServiceAccounts", account),
        ("ipBlocks", "notIpBlocks", block),
    ];
    for _ in 0..1 + random.below(2) {
        let (field, not, value) = random.pick(&fields);
        let values: Vec<String> = (0..1 + random.below(2)).map(|_| value(random)).collect();
        source[if random.chance(70) { field } else { not }] = json!(values);
    }
    source
}

fn operation(random: &mut Random) -> Value {
    let ports: Vec<String> = (0..1 + random.below(2)).map(|_| random.pick(&PORTS).to_string()).collect();
    let mut operation = json!({random.pick(&["ports", "notPorts"]): ports});
    if random.chance(10) {
        operation["methods"] = json!(["GET"]);
    }
    operation
}

fn principal(random: &mut Random) -> String {
    let domain = if random.chance(90) { "cluster.local" } else { "example.org" };
    let (namespace, account) = (random.pick(&NAMESPACES), random.pick(&ACCOUNTS));
    match random.below(6) {
        0 => "*".to_owned(),
        1 => format!("{domain}/ns/{namespace}/*"),
        2 => format!("*/ns/{namespace}/sa/{account}"),
        3 => format!("*{account}"),
        _ => format!("{domain}/ns/{namespace}/sa/{account}"),
    }
}

fn namespace(random: &mut Random) -> String {
    let name = random.pick(&NAMESPACES);
    let (start, end) = name.split_at(1);
    match random.below(5) {
        0 => format!("{start}*"),
        1 => format!("*{end}"),
        2 => "*".to_owned(),
        _ => name.to_owned(),
    }
}

fn account(random: &mut Random) -> String {
    let account = random.pick(&ACCOUNTS);
    if random.chance(50) { format!("{}/{account}", random.pick(&NAMESPACES)) } else { account.to_owned() }
}

fn block(random: &mut Random) -> String {
    random.pick(&["10.0.0.0/24", "10.0.1.0/24", "10.0.0.1", "0.0.0.0/0", "10.0.1.2/32"]).to_owned()
}
