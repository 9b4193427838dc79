//! What the text of the API says, sentence by sentence (k8s.io/api networking/v1 types.go v0.36.3), for one packet at a time, of
//! objects as they are written. Where it leaves something to those who enforce policies, addresses are what counts, and a pod on its
//! node's network is the node.

use std::net::IpAddr;

use serde_json::Value;

use crate::case::{Case, End, Labels};
use crate::ordered;

/// A first packet.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    pub from: End,
    pub to: End,
    pub is_v6: bool,
    pub protocol: &'static str,
    pub port: u16,
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

/// The policies that isolate a pod in a direction.
pub fn isolating<'c>(case: &'c Case, pod: usize, direction: &str) -> Vec<&'c Value> {
    let own = &case.pods[pod];
    if own.host_network {
        return Vec::new();
    }
    let policies = case.policies.iter().filter(|policy| {
        policy["metadata"]["namespace"] == own.namespace.as_str()
            && selects(&policy["spec"]["podSelector"], &own.labels)
            && is_of(&policy["spec"], direction)
    });
    policies.collect()
}

fn passes(case: &Case, packet: Packet, pod: usize, other: End, direction: &str) -> bool {
    let is_own_node = other.as_node(case) == Some(case.pods[pod].node);
    if is_own_node && direction == "Ingress" {
        return true;
    }
    let means = |rule: &Value| means(case, rule, packet, (pod, other), direction);
    let first = |tier: &str| {
        let mut rules = ordered::rules(case, pod, direction, tier).into_iter();
        rules.find(|(_, rule)| means(rule)).map(|(action, _)| action)
    };
    // "If Admin tier has made a final decision (Accept or Deny) on a connection, then no further evaluation is done."
    match first("Admin").as_deref() {
        Some("Accept" | "Allow") => return true,
        Some("Deny") => return false,
        _ => {}
    }
    let policies = isolating(case, pod, direction);
    // "Further evaluation only happens for Pods not selected by a v1.NetworkPolicy."
    if policies.is_empty() {
        return first("Baseline").as_deref() != Some("Deny");
    }
    is_own_node || policies.iter().flat_map(|policy| rules(policy, direction)).any(means)
}

/// Whether a rule means a packet between a pod and another end.
pub fn means(case: &Case, rule: &Value, packet: Packet, (pod, other): (usize, End), direction: &str) -> bool {
    is_peer(case, rule, pod, other, direction, packet.is_v6) && is_port(case, rule, packet)
}

pub fn rules<'c>(policy: &'c Value, direction: &str) -> impl Iterator<Item = &'c Value> + use<'c> {
    let rules = &policy["spec"][direction.to_lowercase()];
    rules.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

/// "If this field is not specified, it will default based on the existence of ingress or egress rules; policies that contain an
/// egress section are assumed to affect egress, and all policies (whether or not they contain an ingress section) are assumed to
/// affect ingress."
pub fn is_of(spec: &Value, direction: &str) -> bool {
    let types = spec["policyTypes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has_egress = spec["egress"].as_array().is_some_and(|rules| !rules.is_empty());
    match types {
        [] => direction == "Ingress" || has_egress,
        types => types.iter().any(|own| own == direction),
    }
}

/// The peers of a rule, none for everybody.
pub fn peers<'c>(rule: &'c Value, direction: &str) -> &'c [Value] {
    let name = if direction == "Ingress" { "from" } else { "to" };
    rule[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is_peer(case: &Case, rule: &Value, pod: usize, other: End, direction: &str, is_v6: bool) -> bool {
    let peers = peers(rule, direction);
    let is = |peer: &Value| match other {
        _ if !peer["ipBlock"].is_null() => is_in(&peer["ipBlock"], other.address(case, is_v6)),
        End::Pod(other) => is_pod(case, peer, pod, other),
        End::Node(_) | End::Outside(_) => false,
    };
    peers.is_empty() || peers.iter().any(is)
}

/// Whether a peer with selectors means a pod, in a policy of the namespace of `own`.
pub fn is_pod(case: &Case, peer: &Value, own: usize, other: usize) -> bool {
    let (own, other) = (&case.pods[own], &case.pods[other]);
    let in_namespace = match &peer["namespaceSelector"] {
        Value::Null => other.namespace == own.namespace,
        selector => {
            let mut labels = case.namespaces[&other.namespace].clone();
            labels.insert("kubernetes.io/metadata.name".into(), other.namespace.clone());
            selects(selector, &labels)
        }
    };
    let is_selected = peer["podSelector"].is_null() || selects(&peer["podSelector"], &other.labels);
    !other.host_network && in_namespace && is_selected
}

fn is_in(block: &Value, address: IpAddr) -> bool {
    let has = |cidr: &Value| cidr.as_str().unwrap().parse::<ipnet::IpNet>().unwrap().contains(&address);
    let except = block["except"].as_array().map(Vec::as_slice).unwrap_or_default();
    has(&block["cidr"]) && !except.iter().any(has)
}

fn is_port(case: &Case, rule: &Value, packet: Packet) -> bool {
    let ports = rule["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is = |port: &Value| {
        let is_of_protocol = port["protocol"].as_str().unwrap_or("TCP") == packet.protocol;
        let is_number = match &port["port"] {
            Value::Null => true,
            Value::Number(first) => {
                let first = first.as_u64().unwrap();
                let last = port["endPort"].as_u64().unwrap_or(first);
                (first..=last).contains(&u64::from(packet.port))
            }
            name => named(case, packet.to, name.as_str().unwrap(), packet.protocol) == Some(packet.port),
        };
        is_of_protocol && is_number
    };
    ports.is_empty() || ports.iter().any(is)
}

/// The number that a pod gives to the name of a port.
pub fn named(case: &Case, to: End, name: &str, protocol: &str) -> Option<u16> {
    let End::Pod(pod) = to else { return None };
    if case.pods[pod].host_network {
        return None;
    }
    let mut ports = case.pods[pod].ports.iter();
    ports.find(|(own, of, _)| own == name && of == protocol).map(|(_, _, number)| *number)
}

pub fn selects(selector: &Value, labels: &Labels) -> bool {
    let all = selector["matchLabels"].as_object().into_iter().flatten();
    let equal = all.into_iter().all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str());
    let expressions = selector["matchExpressions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let holds = |expression: &Value| {
        let label = labels.get(expression["key"].as_str().unwrap());
        let values = expression["values"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_one = label.is_some_and(|label| values.iter().any(|value| value == label.as_str()));
        match expression["operator"].as_str().unwrap() {
            "In" => is_one,
            "NotIn" => !is_one,
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            other => panic!("{other}"),
        }
    };
    equal && expressions.iter().all(holds)
}
