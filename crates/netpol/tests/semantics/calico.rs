//! Policies of Calico: random ones, and what Calico's documentation says of a packet, tier by tier and rule by rule, by addresses alone.

use std::net::IpAddr;

use seawall_netpol::{Doubt, Enforcer, Family, Verdict, What, World};
use seawall_rig::{Random, fresh_seed};
use serde_json::{Value, json};

use crate::case::{self, Case, End, Labels, NAMES, PORTS};
use crate::naive::{self, Packet};
use crate::{QUESTIONS, differing, ordered, shrink, some, text};

/// A selector, and whom it means.
type Known = (&'static str, fn(&Labels) -> bool);

fn is(labels: &Labels, key: &str, value: &str) -> bool {
    labels.get(key).is_some_and(|own| own == value)
}

const SELECTORS: &[Known] = &[
    ("all()", |_| true),
    ("app == 'x'", |own| is(own, "app", "x")),
    ("app != 'x'", |own| !is(own, "app", "x")),
    ("has(tier)", |own| own.contains_key("tier")),
    ("!has(tier)", |own| !own.contains_key("tier")),
    ("app in {'x', 'z'}", |own| is(own, "app", "x")),
    ("app not in {'x'}", |own| !is(own, "app", "x")),
    ("tier starts with 'x' || app == 'y'", |own| is(own, "tier", "x") || is(own, "app", "y")),
    ("app == 'x' && tier ends with 'y'", |own| is(own, "app", "x") && is(own, "tier", "y")),
    ("!(app contains 'x' || has(tier))", |own| !is(own, "app", "x") && !own.contains_key("tier")),
    ("projectcalico.org/namespace == 'ns-a'", |own| is(own, "projectcalico.org/namespace", "ns-a")),
    ("projectcalico.org/orchestrator == 'k8s'", |own| is(own, "projectcalico.org/orchestrator", "k8s")),
    ("projectcalico.org/serviceaccount == 'default'", |own| {
        is(own, "projectcalico.org/serviceaccount", "default")
    }),
    ("pcns.app == 'x'", |own| is(own, "pcns.app", "x")),
];

/// Selectors of namespaces, and of whom by the labels that endpoints have from theirs.
const SPACES: &[Known] = &[
    ("all()", |own| own.contains_key("projectcalico.org/namespace")),
    ("global()", |own| !own.contains_key("projectcalico.org/namespace")),
    ("app == 'x'", |own| is(own, "pcns.app", "x")),
    ("has(tier)", |own| own.contains_key("pcns.tier")),
    ("app != 'y'", |own| !is(own, "pcns.app", "y")),
    ("projectcalico.org/name == 'ns-a'", |own| is(own, "pcns.projectcalico.org/name", "ns-a")),
    ("kubernetes.io/metadata.name in {'ns-b'}", |own| is(own, "pcns.kubernetes.io/metadata.name", "ns-b")),
];

const ACCOUNTS: &[Known] = &[
    ("all()", |_| true),
    ("projectcalico.org/name == 'default'", |own| is(own, "pcsa.projectcalico.org/name", "default")),
    ("projectcalico.org/name != 'default'", |own| !is(own, "pcsa.projectcalico.org/name", "default")),
];

const TIERS: [&str; 3] = ["default", "first", "last"];

impl Case {
    /// With policies of Calico besides, and of the whole cluster in half of all.
    pub fn random_of_calico(random: &mut Random) -> Self {
        let mut case = if random.chance(30) { Self::random_in_order(random) } else { Self::random(random) };
        (0..case::NODES).for_each(|node| case.pods[node].node = node);
        // Which edition reads which of them is another question.
        for (name, order) in [
            ("first", random.pick(&[10, 999, 1001])),
            ("last", random.pick(&[999_999, 1_000_001, 20_000_000])),
        ] {
            let mut spec = json!({"order": order});
            if random.chance(60) {
                spec["defaultAction"] = json!(random.pick(&["Deny", "Pass"]));
            }
            case.ordered.push(object(random, "Tier", name, None, spec));
        }
        let names: Vec<String> = case.namespaces.keys().cloned().collect();
        for number in 0..random.below(3) {
            let nets: Vec<Value> = (0..1 + random.below(2)).map(|_| net(random)).collect();
            let place = random.chance(50).then(|| random.pick(&names));
            let kind = if place.is_some() { "NetworkSet" } else { "GlobalNetworkSet" };
            let labels = json!({"app": random.pick(&["x", "y"])});
            let mut set =
                object(random, kind, &format!("set-{number}"), place.as_deref(), json!({"nets": nets}));
            set["metadata"]["labels"] = labels;
            case.ordered.push(set);
        }
        for number in 0..1 + random.below(6) {
            let policy = policy(random, number, &names);
            case.ordered.push(policy);
        }
        case
    }
}

fn object(random: &mut Random, kind: &str, name: &str, namespace: Option<&str>, spec: Value) -> Value {
    let version = random.pick(&["projectcalico.org/v3", "crd.projectcalico.org/v1"]);
    let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec});
    if let Some(namespace) = namespace {
        object["metadata"]["namespace"] = json!(namespace);
    }
    object
}

fn policy(random: &mut Random, number: usize, names: &[String]) -> Value {
    let tier = random.pick(&TIERS);
    let place = random.chance(50).then(|| random.pick(names));
    let mut spec = json!({});
    if tier != "default" || random.chance(30) {
        spec["tier"] = json!(tier);
    }
    if random.chance(80) {
        spec["order"] = random.pick(&[json!(1), json!(500.5), json!(1000), json!(2000)]);
    }
    if random.chance(80) {
        spec["selector"] = json!(random.pick(SELECTORS).0);
    }
    if place.is_none() && random.chance(40) {
        spec["namespaceSelector"] = json!(random.pick(SPACES).0);
    }
    if random.chance(10) {
        spec["serviceAccountSelector"] = json!(random.pick(ACCOUNTS).0);
    }
    if random.chance(50) {
        spec["types"] = random.pick(&[json!(["Ingress"]), json!(["Egress"]), json!(["Ingress", "Egress"])]);
    }
    for direction in ["ingress", "egress"] {
        if random.chance(75) {
            let rules: Vec<Value> = (0..random.below(4)).map(|_| rule(random)).collect();
            spec[direction] = json!(rules);
        }
    }
    // Some stand before NetworkPolicies of their order, and some behind them.
    let name = format!("{}-{number}", random.pick(&["a", "policy", "z"]));
    let name = if random.chance(50) { name } else { format!("{tier}.{name}") };
    let kind = if place.is_some() { "NetworkPolicy" } else { "GlobalNetworkPolicy" };
    object(random, kind, &name, place.as_deref(), spec)
}

fn rule(random: &mut Random) -> Value {
    let mut rule = json!({"action": random.pick(&["Allow", "Allow", "Deny", "Pass", "Log"])});
    let has_ports = random.chance(40);
    if has_ports || random.chance(20) {
        rule["protocol"] = random.pick(&[json!("TCP"), json!("UDP"), json!("SCTP"), json!(6), json!("udp")]);
    } else if random.chance(10) {
        rule["protocol"] = random.pick(&[json!("ICMP"), json!(58), json!(99)]);
    }
    if random.chance(15) {
        rule["notProtocol"] = random.pick(&[json!("TCP"), json!(17), json!("ICMP")]);
    }
    if random.chance(15) {
        rule["ipVersion"] = json!(random.pick(&[4, 6]));
    }
    for end in ["source", "destination"] {
        if random.chance(55) {
            rule[end] = entity(random);
        }
    }
    if has_ports {
        let name = random.pick(&["ports", "notPorts"]);
        let ports: Vec<Value> = (0..1 + random.below(2)).map(|_| port(random)).collect();
        rule["destination"][name] = json!(ports);
    }
    rule
}

fn entity(random: &mut Random) -> Value {
    let mut entity = json!({});
    match random.below(4) {
        0 => {
            let nets: Vec<Value> = (0..1 + random.below(2)).map(|_| net(random)).collect();
            entity["nets"] = json!(nets);
        }
        1 => entity["notNets"] = json!([net(random)]),
        _ => {}
    }
    if random.chance(45) {
        entity["selector"] = json!(random.pick(SELECTORS).0);
    }
    if random.chance(12) {
        entity["notSelector"] = json!(random.pick(SELECTORS).0);
    }
    if random.chance(25) {
        entity["namespaceSelector"] = json!(random.pick(SPACES).0);
    }
    match random.below(12) {
        0 => entity["serviceAccounts"] = json!({"names": random.pick(&[vec!["default"], vec!["x", "y"]])}),
        1 => entity["serviceAccounts"] = json!({"selector": random.pick(ACCOUNTS).0}),
        _ => {}
    }
    entity
}

fn net(random: &mut Random) -> Value {
    case::block(random)["cidr"].clone()
}

fn port(random: &mut Random) -> Value {
    let first = random.pick(&PORTS);
    match random.below(4) {
        0 => json!(random.pick(&NAMES)),
        1 => json!(format!("{first}:{}", first + random.pick(&[0, 1, 30, 8000]))),
        2 => json!(first.to_string()),
        _ => json!(first),
    }
}

fn words<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Whether labels are what the selector of a text asks for.
fn selects(known: &[Known], text: &str, labels: &Labels) -> bool {
    let found = known.iter().find(|(own, _)| *own == text);
    text.is_empty() || found.unwrap().1(labels)
}

/// The labels of the endpoint of a pod, with those of its profiles; none of a pod on its node's network, which has no endpoint.
fn labels(case: &Case, pod: usize) -> Option<Labels> {
    let own = &case.pods[pod];
    let mut labels = of_space(case, &own.namespace);
    labels.insert("pcsa.projectcalico.org/name".into(), "default".into());
    labels.extend(own.labels.clone());
    labels.insert("projectcalico.org/orchestrator".into(), "k8s".into());
    labels.insert("projectcalico.org/serviceaccount".into(), "default".into());
    (!own.host_network).then_some(labels)
}

fn of_space(case: &Case, name: &str) -> Labels {
    let own = case.namespaces[name].iter().map(|(key, value)| (format!("pcns.{key}"), value.clone()));
    let mut labels: Labels = own.collect();
    labels.insert("pcns.kubernetes.io/metadata.name".into(), name.into());
    labels.insert("pcns.projectcalico.org/name".into(), name.into());
    labels.insert("projectcalico.org/namespace".into(), name.into());
    labels
}

pub fn arrives(case: &Case, packet: Packet) -> bool {
    let leaves = match packet.from {
        End::Pod(pod) => passes(case, packet, pod, packet.to, "Egress"),
        End::Node(_) | End::Outside(_) => true,
    };
    let enters = match packet.to {
        End::Pod(pod) => passes(case, packet, pod, packet.from, "Ingress"),
        End::Node(_) | End::Outside(_) => true,
    };
    leaves && enters
}

/// The order of a policy, its name, and what its rules do, each with whether it means the packet.
type InOrder = (f64, String, Vec<(String, bool)>);

fn passes(case: &Case, packet: Packet, pod: usize, other: End, direction: &str) -> bool {
    let is_own_node = other.as_node(case) == Some(case.pods[pod].node);
    let Some(labels) = labels(case, pod) else { return true };
    if is_own_node && direction == "Ingress" {
        return true;
    }
    // "Tiers are ordered by their order, then by name."
    let mut tiers: Vec<(f64, &str, bool)> =
        vec![(1_000_000.0, "default", true), (1_000.0, "Admin", false), (10_000_000.0, "Baseline", false)];
    tiers.extend(case.ordered.iter().filter(|object| object["kind"] == "Tier").map(|tier| {
        let order = tier["spec"]["order"].as_f64().unwrap_or(f64::INFINITY);
        (order, words(&tier["metadata"], "name"), words(&tier["spec"], "defaultAction") != "Pass")
    }));
    tiers.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    for (_, tier, denies) in tiers {
        let mut rules: Vec<InOrder> = Vec::new();
        if matches!(tier, "Admin" | "Baseline") {
            let own = ordered::rules(case, pod, direction, tier).into_iter();
            let own = own
                .map(|(action, rule)| (action, naive::means(case, &rule, packet, (pod, other), direction)));
            rules.push((0.0, String::new(), own.collect()));
        }
        for policy in &case.ordered {
            if is_of(policy, tier) && is_about(policy, &labels, direction) {
                let order = policy["spec"]["order"].as_f64().unwrap_or(f64::INFINITY);
                let place = policy["metadata"]["namespace"].as_str();
                let own = list(&policy["spec"], &direction.to_lowercase());
                let own = own
                    .iter()
                    .map(|rule| (words(rule, "action").to_owned(), means(case, rule, packet, place)));
                rules.push((order, name(policy, tier), own.collect()));
            }
        }
        if tier == "default" {
            for policy in naive::isolating(case, pod, direction) {
                let mut own: Vec<(String, bool)> = naive::rules(policy, direction)
                    .map(|rule| {
                        ("Allow".to_owned(), naive::means(case, rule, packet, (pod, other), direction))
                    })
                    .collect();
                own.push(("Allow".to_owned(), is_own_node));
                let (place, name) =
                    (words(&policy["metadata"], "namespace"), words(&policy["metadata"], "name"));
                rules.push((1_000.0, format!("{place}/knp.default.{name}"), own));
            }
        }
        rules.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let mut all = rules.iter().flat_map(|(_, _, rules)| rules);
        match all.find(|(action, is_meant)| *is_meant && action != "Log").map(|(action, _)| action.as_str()) {
            Some("Allow" | "Accept") => return true,
            Some("Deny") => return false,
            Some("Pass") => {}
            // "If a tier applies to an endpoint but takes no action on the packet, the packet is dropped", or as its default action says.
            None if denies && !rules.is_empty() => return false,
            _ => {}
        }
    }
    true
}

/// The name by which a policy is sorted: with its tier, and behind its namespace.
fn name(policy: &Value, tier: &str) -> String {
    let own = words(&policy["metadata"], "name");
    let own = if own.contains('.') { own.to_owned() } else { format!("{tier}.{own}") };
    match policy["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{namespace}/{own}"),
        None => own,
    }
}

fn is_of(policy: &Value, tier: &str) -> bool {
    let own = policy["spec"]["tier"].as_str().unwrap_or("default");
    let is_calico = words(policy, "apiVersion").contains("projectcalico.org");
    is_calico && matches!(words(policy, "kind"), "NetworkPolicy" | "GlobalNetworkPolicy") && own == tier
}

fn is_about(policy: &Value, labels: &Labels, direction: &str) -> bool {
    let spec = &policy["spec"];
    let (has_ingress, has_egress) = (!list(spec, "ingress").is_empty(), !list(spec, "egress").is_empty());
    let types: Vec<&str> = match (list(spec, "types"), words(policy, "apiVersion")) {
        (types @ [_, ..], _) => types.iter().filter_map(Value::as_str).collect(),
        ([], "crd.projectcalico.org/v1") => vec!["Ingress", "Egress"],
        // "If no types are given: Ingress if there are no egress rules, Egress if there are only egress rules, and both if both."
        ([], _) if !has_egress => vec!["Ingress"],
        ([], _) if !has_ingress => vec!["Egress"],
        ([], _) => vec!["Ingress", "Egress"],
    };
    let is_there = match policy["metadata"]["namespace"].as_str() {
        Some(namespace) => is(labels, "projectcalico.org/namespace", namespace),
        None => selects(SPACES, words(spec, "namespaceSelector"), labels),
    };
    types.contains(&direction)
        && is_there
        && selects(SELECTORS, words(spec, "selector"), labels)
        && selects(ACCOUNTS, words(spec, "serviceAccountSelector"), labels)
}

fn means(case: &Case, rule: &Value, packet: Packet, place: Option<&str>) -> bool {
    let is_protocol = |value: &Value| match value {
        Value::String(name) => name.eq_ignore_ascii_case(packet.protocol),
        number => {
            number.as_u64()
                == Some(match packet.protocol {
                    "TCP" => 6,
                    "UDP" => 17,
                    _ => 132,
                })
        }
    };
    let version = if packet.is_v6 { 6 } else { 4 };
    let ends = [("source", packet.from), ("destination", packet.to)];
    (rule["protocol"].is_null() || is_protocol(&rule["protocol"]))
        && (rule["notProtocol"].is_null() || !is_protocol(&rule["notProtocol"]))
        && (rule["ipVersion"].is_null() || rule["ipVersion"] == version)
        && ends
            .into_iter()
            .all(|(name, end)| is_end(case, &rule[name], end.address(case, packet.is_v6), place))
        && are_ports(case, &rule["destination"], packet)
}

fn are_ports(case: &Case, entity: &Value, packet: Packet) -> bool {
    let is_one = |port: &Value| match port {
        Value::String(text) => match text.split_once(':') {
            Some((first, last)) => (first.parse().unwrap()..=last.parse().unwrap()).contains(&packet.port),
            None => match text.parse::<u16>() {
                Ok(number) => number == packet.port,
                Err(_) => naive::named(case, packet.to, text, packet.protocol) == Some(packet.port),
            },
        },
        number => number.as_u64() == Some(packet.port.into()),
    };
    (entity["ports"].is_null() || list(entity, "ports").iter().any(is_one))
        && !list(entity, "notPorts").iter().any(is_one)
}

fn is_end(case: &Case, entity: &Value, address: IpAddr, place: Option<&str>) -> bool {
    let net = |value: &Value| value.as_str().unwrap().parse::<ipnet::IpNet>().unwrap();
    let has = |nets: &[Value]| nets.iter().any(|value| net(value).contains(&address));
    let of_family =
        |nets: &[Value]| nets.iter().any(|value| net(value).addr().is_ipv4() == address.is_ipv4());
    let (nets, not_nets) = (list(entity, "nets"), list(entity, "notNets"));
    let (selector, not_selector) = (words(entity, "selector"), words(entity, "notSelector"));
    let (spaces, accounts) = (words(entity, "namespaceSelector"), &entity["serviceAccounts"]);
    let by_labels = |labels: &Labels| {
        let is_named = |names: &[Value]| {
            names.iter().any(|name| is(labels, "projectcalico.org/serviceaccount", name.as_str().unwrap()))
        };
        // "If a namespaced policy has a selector and no namespaceSelector, it means its own namespace alone."
        let is_there = match (spaces, place) {
            ("", Some(place)) => is(labels, "projectcalico.org/namespace", place),
            (spaces, _) => selects(SPACES, spaces, labels),
        };
        is_there
            && selects(SELECTORS, selector, labels)
            && (list(accounts, "names").is_empty() || is_named(list(accounts, "names")))
            && selects(ACCOUNTS, words(accounts, "selector"), labels)
    };
    let asks = !selector.is_empty()
        || !accounts.is_null()
        || !spaces.is_empty()
        || (place.is_some() && !not_selector.is_empty());
    (nets.is_empty() || has(nets))
        && (not_nets.is_empty() || (of_family(not_nets) && !has(not_nets)))
        && (!asks || is_meant(case, address, &by_labels))
        && (not_selector.is_empty()
            || !is_meant(case, address, &|labels| selects(SELECTORS, not_selector, labels)))
}

/// Whether an address is one of endpoints, or in sets, of which labels are so.
fn is_meant(case: &Case, address: IpAddr, by_labels: &dyn Fn(&Labels) -> bool) -> bool {
    let is_pod = |pod: usize| {
        End::Pod(pod).address(case, address.is_ipv6()) == address
            && labels(case, pod).is_some_and(|labels| by_labels(&labels))
    };
    let is_set = |set: &Value| {
        let mut labels =
            set["metadata"]["namespace"].as_str().map(|place| of_space(case, place)).unwrap_or_default();
        let own = set["metadata"]["labels"].as_object().unwrap().iter();
        labels.extend(own.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())));
        let mut nets = list(&set["spec"], "nets").iter();
        nets.any(|net| net.as_str().unwrap().parse::<ipnet::IpNet>().unwrap().contains(&address))
            && by_labels(&labels)
    };
    let mut sets = case.ordered.iter().filter(|object| words(object, "kind").ends_with("NetworkSet"));
    (0..case.pods.len()).any(is_pod) || sets.any(is_set)
}

#[test]
fn the_documentation_says_the_same_of_policies_of_calico() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let by_text = |case: &Case, packets: &[Packet]| -> Vec<bool> {
        packets.iter().map(|packet| arrives(case, *packet)).collect()
    };
    let (mut asked, mut differs, mut arrived) = (0, 0, 0);
    while asked < QUESTIONS {
        let case = Case::random_of_calico(&mut random);
        let packets = some(&case, 500, &mut random);
        if let Some(packet) = differing(&case, &packets, by_text) {
            shrink(&case, packet, by_text, seed);
        }
        asked += packets.len();
        let is_calico = |object: &Value| words(object, "apiVersion").contains("projectcalico.org");
        let mut without = case.clone();
        without.ordered.retain(|object| !is_calico(object));
        let (with, without) = (by_text(&case, &packets), by_text(&without, &packets));
        differs += with.iter().zip(&without).filter(|(with, without)| with != without).count();
        arrived += with.iter().filter(|arrives| **arrives).count();
    }
    let (share, arrived) = (differs * 100 / asked, arrived * 100 / asked);
    assert!(share > 20, "{share} % of {asked} depend on these policies: nothing is tried");
    assert!((10..80).contains(&arrived), "{arrived} % of {asked} arrive: nothing is tried");
}

fn deny_all() -> Value {
    json!({
        "apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkPolicy", "metadata": {"name": "deny"},
        "spec": {"selector": "all()", "types": ["Ingress"]},
    })
}

#[test]
fn whether_calico_enforces_policies_is_asked() {
    let found = |enforcer| ordered::asked(vec![deny_all()], Enforcer::named(enforcer).unwrap());
    assert_eq!(found("calico").0, Verdict::Deny);
    assert_eq!(found("cilium").0, Verdict::Allow);
    assert_eq!(found("kube-network-policies").0, Verdict::Allow);
    let (verdict, doubts) = found("specification");
    assert_eq!(verdict, Verdict::Unknown);
    assert!(matches!(doubts.as_slice(), [Doubt::OnlyCalico(_)]), "{doubts:?}");
    // Of whom it is not about, the answer is what it was.
    let mut other = deny_all();
    other["spec"]["selector"] = json!("app == 'other'");
    assert_eq!(ordered::asked(vec![other], Enforcer::SPECIFICATION), (Verdict::Allow, Vec::new()));
}

#[test]
fn what_calico_refuses_or_is_not_there_is_not_known() {
    let changes = [
        ("tier", json!("missing")),
        ("selector", json!("app = 'x'")),
        ("ingress", json!([{"action": "allow"}])),
        ("ingress", json!([{"action": "Allow", "destination": {"ports": [80]}}])),
        ("ingress", json!([{"action": "Allow", "source": {"nets": ["10.0.0.0/33"]}}])),
        ("ingress", json!([{"action": "Allow", "protocol": "TCP", "source": {"ports": [80]}}])),
        ("ingress", json!([{"action": "Allow", "source": {"services": {"name": "x", "namespace": "y"}}}])),
        ("ingress", json!([{"action": "Allow", "source": {"serviceAccounts": {"selector": "team == 'a'"}}}])),
        ("order", json!("first")),
    ];
    for (field, value) in changes {
        let mut policy = deny_all();
        policy["spec"][field] = value;
        let (verdict, doubts) = ordered::asked(vec![policy.clone()], Enforcer::named("calico").unwrap());
        assert_eq!(verdict, Verdict::Unknown, "{policy}: {doubts:?}");
        assert!(!doubts.is_empty(), "{policy}");
    }
}

#[test]
fn what_is_staged_or_of_hosts_keeps_nothing_from_pods() {
    for kind in ["StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy"] {
        let mut policy = deny_all();
        policy["kind"] = json!(kind);
        let found = ordered::asked(vec![policy], Enforcer::named("calico").unwrap());
        assert_eq!(found, (Verdict::Allow, Vec::new()), "{kind}");
    }
    for field in ["preDNAT", "doNotTrack"] {
        let mut policy = deny_all();
        policy["spec"][field] = json!(true);
        policy["spec"]["applyOnForward"] = json!(true);
        let found = ordered::asked(vec![policy], Enforcer::named("calico").unwrap());
        assert_eq!(found, (Verdict::Allow, Vec::new()), "{field}");
    }
}

#[test]
fn what_keeps_nothing_from_anybody_is_told() {
    let of = |kind: &str, name: &str, selector: &str| {
        let mut policy = deny_all();
        policy["kind"] = json!(kind);
        policy["metadata"]["name"] = json!(name);
        policy["spec"]["selector"] = json!(selector);
        policy
    };
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "a", "labels": {"app": "x"}},
        "spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]},
    });
    let objects = vec![
        pod,
        of("StagedGlobalNetworkPolicy", "staged", "all()"),
        of("GlobalNetworkPolicy", "nobody", "app == 'y'"),
        of("GlobalNetworkPolicy", "refused", "app"),
        of("GlobalNetworkPolicy", "good", "app == 'x'"),
    ];
    let snapshot = text::snapshot(&json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string());
    let found = |enforcer| -> Vec<(usize, What)> {
        let world = World::new(&snapshot, Enforcer::named(enforcer).unwrap());
        let mut found: Vec<_> =
            world.lint(Family::V4).into_iter().map(|lint| (lint.policy, lint.what)).collect();
        found.sort_by_key(|(policy, _)| *policy);
        found
    };
    let told = vec![(1, What::Staged), (2, What::SelectsNothing), (3, What::Refused)];
    assert_eq!(found("calico"), told);
    assert_eq!(found("specification"), told);
    let not_read = vec![(1, What::Staged), (2, What::NotRead), (3, What::Refused), (4, What::NotRead)];
    assert_eq!(found("cilium"), not_read);
}
