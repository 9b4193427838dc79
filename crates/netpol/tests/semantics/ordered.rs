//! Policies of the whole cluster: random ones, and what the text of their API says of a packet (apis/v1alpha1 and v1alpha2 of
//! sigs.k8s.io/network-policy-api v0.3.0), rule by rule.

use seawall_netpol::{Doubt, End as Ends, Enforcer, Family, Protocol, Verdict, World};
use seawall_rig::{Random, fresh_seed};
use serde_json::{Value, json};

use crate::case::{self, Case, End, HOSTS, NAMES, NODES, PODS, PORTS, PROTOCOLS};
use crate::{QUESTIONS, differing, naive, shrink, some, text};
use seawall_rig::packets::Network;

/// Clusters whose packets are sent.
const WORLDS: usize = 150;

/// Kinds, with the tiers of which they can be.
const KINDS: [(&str, &str, &str); 4] = [
    ("ClusterNetworkPolicy", "v1alpha2", "Admin"),
    ("ClusterNetworkPolicy", "v1beta1", "Baseline"),
    ("AdminNetworkPolicy", "v1alpha1", "Admin"),
    ("BaselineAdminNetworkPolicy", "v1alpha1", "Baseline"),
];

impl Case {
    /// With policies of the whole cluster besides, no two of one priority.
    pub fn random_in_order(random: &mut Random) -> Self {
        let mut case = Self::random(random);
        // What a node is only its pods tell.
        (0..NODES).for_each(|node| case.pods[node].node = node);
        let names: Vec<&str> = case.namespaces.keys().map(|name| name.trim_start_matches("ns-")).collect();
        let mut has_baseline = false;
        for priority in 0..3 + random.below(6) {
            let (kind, version, tier) = random.pick(&KINDS);
            // There is one, which is not asked in an order with others.
            if kind == "BaselineAdminNetworkPolicy" || (has_baseline && tier == "Baseline") {
                if has_baseline || case.ordered.iter().any(|policy| is_of(policy, "Baseline")) {
                    continue;
                }
                has_baseline = true;
            }
            case.ordered.push(policy(random, (kind, version, tier), priority, &names));
        }
        // They are asked by their priorities, wherever they stand.
        case.ordered.reverse();
        case
    }
}

fn policy(
    random: &mut Random,
    (kind, version, tier): (&str, &str, &str),
    priority: usize,
    names: &[&str],
) -> Value {
    let mut spec = json!({"subject": pods(random, names)});
    if kind != "BaselineAdminNetworkPolicy" {
        spec["priority"] = json!(priority * 7);
    }
    if kind == "ClusterNetworkPolicy" {
        spec["tier"] = json!(tier);
    }
    for direction in ["ingress", "egress"] {
        let rules: Vec<Value> =
            (0..1 + random.below(4)).map(|_| rule(random, kind, direction, names)).collect();
        spec[direction] = json!(rules);
    }
    let name =
        if kind == "BaselineAdminNetworkPolicy" { "default".into() } else { format!("ordered-{priority}") };
    json!({
        "apiVersion": format!("policy.networking.k8s.io/{version}"), "kind": kind,
        "metadata": {"name": name}, "spec": spec,
    })
}

/// Whom a policy is about, or a peer of a rule.
fn pods(random: &mut Random, names: &[&str]) -> Value {
    match random.chance(50) {
        _ if random.chance(25) => json!({"namespaces": {}}),
        true => json!({"namespaces": case::spaces(random, names)}),
        false => {
            let (namespaces, pods) = (case::spaces(random, names), case::selector(random));
            json!({"pods": {"namespaceSelector": namespaces, "podSelector": pods}})
        }
    }
}

fn rule(random: &mut Random, kind: &str, direction: &str, names: &[&str]) -> Value {
    let accept = if kind == "ClusterNetworkPolicy" { "Accept" } else { "Allow" };
    let actions = [accept, "Deny", "Pass"];
    let actions = if kind == "BaselineAdminNetworkPolicy" { &actions[..2] } else { &actions[..] };
    let mut are_pods = true;
    let peers: Vec<Value> = (0..1 + random.below(2))
        .map(|_| match random.below(5) {
            0 if direction == "egress" => {
                are_pods = false;
                let networks: Vec<Value> =
                    (0..1 + random.below(2)).map(|_| case::block(random)["cidr"].clone()).collect();
                json!({"networks": networks})
            }
            1 if direction == "egress" => {
                are_pods = false;
                json!({"nodes": {}})
            }
            _ => pods(random, names),
        })
        .collect();
    let peers_name = if direction == "ingress" { "from" } else { "to" };
    let mut rule = json!({"action": random.pick(actions), peers_name: peers});
    if random.chance(60) {
        let is_new = kind == "ClusterNetworkPolicy";
        let ports: Vec<Value> = (0..1 + random.below(2)).map(|_| port(random, is_new, are_pods)).collect();
        rule[if is_new { "protocols" } else { "ports" }] = json!(ports);
    }
    rule
}

fn port(random: &mut Random, is_new: bool, may_be_named: bool) -> Value {
    let protocol = random.pick(&PROTOCOLS);
    let first = random.pick(&PORTS);
    let last = first + random.pick(&[1, 30, 8000]);
    let lower = protocol.to_lowercase();
    match (random.below(3), is_new) {
        (0, true) if may_be_named => json!({"destinationNamedPort": random.pick(&NAMES)}),
        (0, false) if may_be_named => json!({"namedPort": random.pick(&NAMES)}),
        (1, true) => json!({lower: {"destinationPort": {"range": {"start": first, "end": last}}}}),
        (1, false) => json!({"portRange": {"protocol": protocol, "start": first, "end": last}}),
        (_, true) => json!({lower: {"destinationPort": {"number": first}}}),
        (_, false) => json!({"portNumber": {"protocol": protocol, "port": first}}),
    }
}

/// Whether a policy is of a tier.
fn is_of(policy: &Value, tier: &str) -> bool {
    match policy["kind"].as_str().unwrap() {
        "AdminNetworkPolicy" => tier == "Admin",
        "BaselineAdminNetworkPolicy" => tier == "Baseline",
        _ => policy["spec"]["tier"] == tier,
    }
}

/// The rules of a tier that are about a pod, in the order in which they are asked: actions, and what rules of NetworkPolicies that mean
/// the same would be.
pub fn rules(case: &Case, pod: usize, direction: &str, tier: &str) -> Vec<(String, Value)> {
    let own = &case.pods[pod];
    let is_about = |policy: &&&Value| {
        let subject = &policy["spec"]["subject"];
        !own.host_network && naive::is_pod(case, &selectors(subject), pod, pod)
    };
    let mut policies: Vec<&Value> =
        case.ordered.iter().filter(|policy| is_of(policy, tier)).filter(|policy| is_about(&policy)).collect();
    policies.sort_by_key(|policy| policy["spec"]["priority"].as_u64().unwrap_or(0));
    let rules = policies.into_iter().flat_map(|policy| naive::rules(policy, direction));
    rules.map(|rule| (rule["action"].as_str().unwrap().to_owned(), as_rule(case, rule, direction))).collect()
}

fn selectors(peer: &Value) -> Value {
    match &peer["pods"] {
        Value::Null => json!({"namespaceSelector": peer["namespaces"]}),
        pods => pods.clone(),
    }
}

fn as_rule(case: &Case, rule: &Value, direction: &str) -> Value {
    let block = |cidr: String| json!({"ipBlock": {"cidr": cidr}});
    let mut peers = Vec::new();
    for peer in naive::peers(rule, direction) {
        if let Some(networks) = peer["networks"].as_array() {
            peers.extend(networks.iter().map(|network| block(network.as_str().unwrap().into())));
        } else if !peer["nodes"].is_null() {
            for node in 0..NODES {
                let addresses = [false, true].map(|is_v6| End::Node(node).address(case, is_v6));
                peers.extend(
                    addresses.map(|address| {
                        block(format!("{address}/{}", if address.is_ipv6() { 128 } else { 32 }))
                    }),
                );
            }
        } else {
            peers.push(selectors(peer));
        }
    }
    let mut ports = Vec::new();
    for port in ["ports", "protocols"].iter().filter_map(|name| rule[name].as_array()).flatten() {
        let names = [&port["namedPort"], &port["destinationNamedPort"]];
        if let Some(name) = names.into_iter().find(|name| name.is_string()) {
            ports.extend(PROTOCOLS.map(|protocol| json!({"protocol": protocol, "port": name})));
        } else if let Some(one) = port["portNumber"].as_object() {
            ports.push(json!({"protocol": one["protocol"], "port": one["port"]}));
        } else if let Some(several) = port["portRange"].as_object() {
            ports.push(
                json!({"protocol": several["protocol"], "port": several["start"], "endPort": several["end"]}),
            );
        } else {
            let (protocol, transport) = port.as_object().unwrap().iter().next().unwrap();
            let (number, range) =
                (&transport["destinationPort"]["number"], &transport["destinationPort"]["range"]);
            let (first, last) =
                if number.is_null() { (&range["start"], &range["end"]) } else { (number, number) };
            ports.push(json!({"protocol": protocol.to_uppercase(), "port": first, "endPort": last}));
        }
    }
    let peers_name = if direction == "Ingress" { "from" } else { "to" };
    json!({peers_name: peers, "ports": ports})
}

#[test]
fn the_text_of_the_api_says_the_same_of_policies_of_the_whole_cluster() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let by_text = |case: &Case, packets: &[naive::Packet]| -> Vec<bool> {
        packets.iter().map(|packet| naive::arrives(case, *packet)).collect()
    };
    let (mut asked, mut differs) = (0, 0);
    while asked < QUESTIONS {
        let case = Case::random_in_order(&mut random);
        let packets = some(&case, 500, &mut random);
        if let Some(packet) = differing(&case, &packets, by_text) {
            shrink(&case, packet, by_text, seed);
        }
        asked += packets.len();
        let without = Case { ordered: Vec::new(), ..case.clone() };
        let (with, without) = (by_text(&case, &packets), by_text(&without, &packets));
        differs += with.iter().zip(&without).filter(|(with, without)| with != without).count();
    }
    let share = differs * 100 / asked;
    assert!(share > 10, "{share} % of {asked} depend on these policies: nothing is tried");
}

/// A cluster with two pods, `a` and `b`, of namespaces of these names, and what `a` reaches at port 80 of `b`.
pub fn asked(policies: Vec<Value>, enforcer: Enforcer) -> (Verdict, Vec<Doubt>) {
    let mut objects: Vec<Value> = Vec::new();
    for (name, number) in [("a", 0), ("b", 1)] {
        let ip = Network::addresses(number)[0];
        let host = Network::addresses(PODS)[0];
        objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"name": name}}}));
        objects.push(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": name},
            "spec": {"nodeName": "node-0", "containers": [{"name": "main", "image": "example.com/main:1"}]},
            "status": {"phase": "Running", "podIPs": [{"ip": ip}], "hostIPs": [{"ip": host}]},
        }));
    }
    objects.extend(policies);
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let snapshot = text::snapshot(&list.to_string());
    let world = World::new(&snapshot, enforcer);
    let connection = world.connection(Ends::Pods(0), Ends::Pods(1), Family::V4);
    let sides = connection.egress.iter().chain(&connection.ingress);
    let doubts = sides.flat_map(|side| side.doubts.iter().copied()).collect();
    (connection.ports.at(Protocol::Tcp, 80), doubts)
}

fn cluster_policy(name: &str, priority: u32, action: &str, peer: Value) -> Value {
    json!({
        "apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy", "metadata": {"name": name},
        "spec": {
            "tier": "Admin", "priority": priority, "subject": {"namespaces": {}},
            "egress": [{"action": action, "to": [peer]}],
        },
    })
}

#[test]
fn packets_say_the_same_of_policies_of_the_whole_cluster() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let network = Network::start(HOSTS).unwrap();
    let by_packets = |case: &Case, packets: &[naive::Packet]| crate::sent(&network, case, packets, seed);
    for _ in 0..WORLDS {
        let case = Case::random_in_order(&mut random);
        let packets = some(&case, 200, &mut random);
        if let Some(packet) = differing(&case, &packets, by_packets) {
            shrink(&case, packet, by_packets, seed);
        }
    }
}

#[test]
fn which_of_one_priority_counts_is_not_specified() {
    let all = || json!({"namespaces": {}});
    let of = |a, b| vec![cluster_policy("one", 5, a, all()), cluster_policy("two", 5, b, all())];
    let found = |policies| asked(policies, Enforcer::SPECIFICATION);
    let (verdict, doubts) = found(of("Accept", "Deny"));
    assert_eq!(verdict, Verdict::Ambiguous);
    assert!(doubts.iter().any(|doubt| matches!(doubt, Doubt::SamePriority(_))), "{doubts:?}");
    assert_eq!(found(of("Deny", "Deny")), (Verdict::Deny, Vec::new()));
    // What is left to others passes in the end.
    assert_eq!(found(of("Accept", "Pass")), (Verdict::Allow, Vec::new()));
    // One that is asked before both settles it.
    let mut settled = of("Accept", "Deny");
    settled.push(cluster_policy("first", 4, "Deny", all()));
    assert_eq!(found(settled), (Verdict::Deny, Vec::new()));
}

#[test]
fn whoever_does_not_read_them_does_not_enforce_them() {
    let deny = || vec![cluster_policy("one", 5, "Deny", json!({"namespaces": {}}))];
    let found = |enforcer| asked(deny(), Enforcer::named(enforcer).unwrap());
    assert_eq!(found("specification").0, Verdict::Deny);
    assert_eq!(found("kube-network-policies").0, Verdict::Deny);
    assert_eq!(found("kube-router").0, Verdict::Allow);
    assert_eq!(found("antrea").0, Verdict::Allow);
    let (verdict, doubts) = found("calico");
    assert_eq!(verdict, Verdict::Ambiguous);
    assert!(matches!(doubts.as_slice(), [Doubt::NotRead(_)]), "{doubts:?}");
}

#[test]
fn what_the_api_server_refuses_is_not_known() {
    let peers = [
        // A peer is one thing.
        json!({}),
        json!({"namespaces": {}, "networks": ["10.0.0.0/8"]}),
        // Of v0.1.1.
        json!({"namespaces": {"sameLabels": ["team"]}}),
        json!({"networks": ["10.0.0.1/8"]}),
        // Only what is accepted can be told by the names of hosts.
        json!({"domainNames": ["*.example.com"]}),
    ];
    for peer in peers {
        let (verdict, doubts) =
            asked(vec![cluster_policy("one", 5, "Deny", peer.clone())], Enforcer::SPECIFICATION);
        assert_eq!(verdict, Verdict::Unknown, "{peer}");
        assert!(doubts.iter().all(|doubt| matches!(doubt, Doubt::Refused(_))), "{doubts:?}");
    }
}
