//! Random clusters: few labels, ports and networks, so that policies meet pods.

use std::collections::BTreeMap;
use std::net::IpAddr;

use seawall_inventory::{Coverage, Snapshot};
use seawall_rig::Random;
use seawall_rig::packets::Network;
use serde_json::{Value, json};

use crate::text;

/// Hosts of the network: pods, then nodes, then what is outside.
pub const PODS: usize = 12;
pub const NODES: usize = 2;
pub const OUTSIDE: usize = 2;
pub const HOSTS: usize = PODS + NODES + OUTSIDE;

pub const PORTS: [u16; 6] = [53, 80, 81, 443, 8080, 8443];
pub const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
pub const NAMES: [&str; 3] = ["web", "dns", "admin"];

pub type Labels = BTreeMap<String, String>;

/// A cluster.
#[derive(Clone, Debug)]
pub struct Case {
    pub namespaces: BTreeMap<String, Labels>,
    pub pods: Vec<Pod>,
    /// NetworkPolicies, as an API server has them.
    pub policies: Vec<Value>,
    /// Policies of the whole cluster.
    pub ordered: Vec<Value>,
}

#[derive(Clone, Debug)]
pub struct Pod {
    pub namespace: String,
    pub labels: Labels,
    /// Name, protocol and number.
    pub ports: Vec<(String, String, u16)>,
    pub node: usize,
    pub host_network: bool,
}

/// Where a packet comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Pod(usize),
    Node(usize),
    Outside(usize),
}

impl End {
    /// The host of the network that it is.
    pub fn host(self, case: &Case) -> usize {
        match self {
            Self::Pod(number) if case.pods[number].host_network => PODS + case.pods[number].node,
            Self::Pod(number) => number,
            Self::Node(number) => PODS + number,
            Self::Outside(number) => PODS + NODES + number,
        }
    }

    pub fn address(self, case: &Case, is_v6: bool) -> IpAddr {
        Network::addresses(self.host(case))[usize::from(is_v6)]
    }

    /// The node that it is, or is on the network of.
    pub fn as_node(self, case: &Case) -> Option<usize> {
        match self {
            Self::Pod(number) => case.pods[number].host_network.then_some(case.pods[number].node),
            Self::Node(number) => Some(number),
            Self::Outside(_) => None,
        }
    }
}

impl Case {
    pub fn random(random: &mut Random) -> Self {
        let names = &["a", "b", "c"][..1 + random.below(3)];
        let namespaces = names.iter().map(|name| (format!("ns-{name}"), labels(random))).collect();
        let pods = (0..2 + random.below(PODS - 1)).map(|_| Pod::random(random, names)).collect();
        let policies = (0..random.below(7)).map(|number| policy(random, number, names)).collect();
        Self { namespaces, pods, policies, ordered: Vec::new() }
    }

    /// All pairs of ends of which one is a pod, but what is the same host.
    pub fn pairs(&self) -> Vec<(End, End)> {
        let pods = (0..self.pods.len()).map(End::Pod);
        let ends: Vec<End> =
            pods.chain((0..NODES).map(End::Node)).chain((0..OUTSIDE).map(End::Outside)).collect();
        let is_pod = |end: End| matches!(end, End::Pod(_));
        let all = ends.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to)));
        all.filter(|(from, to)| (is_pod(*from) || is_pod(*to)) && from.host(self) != to.host(self)).collect()
    }

    /// As a cluster that was read.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.snapshot_of(true);
        snapshot.coverage = Coverage::live(Vec::new());
        snapshot
    }

    /// Its objects, with what a cluster says of pods that run.
    pub fn snapshot_of(&self, runs: bool) -> Snapshot {
        text::snapshot(&self.text(runs))
    }

    /// They as a text.
    pub fn text(&self, runs: bool) -> String {
        let mut objects: Vec<Value> = Vec::new();
        for (name, labels) in &self.namespaces {
            let mut labels = labels.clone();
            labels.insert("kubernetes.io/metadata.name".into(), name.clone());
            objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}));
        }
        for (number, pod) in self.pods.iter().enumerate() {
            let ports: Vec<Value> = pod
                .ports
                .iter()
                .map(|(name, protocol, number)| json!({"name": name, "protocol": protocol, "containerPort": number}))
                .collect();
            let addresses = |end: End| [false, true].map(|is_v6| json!({"ip": end.address(self, is_v6)}));
            let (ips, host) = (addresses(End::Pod(number)), addresses(End::Node(pod.node)));
            let mut object = json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": format!("pod-{number}"), "namespace": pod.namespace, "labels": pod.labels},
                "spec": {
                    "hostNetwork": pod.host_network,
                    "containers": [{"name": "main", "image": "example.com/main:1", "ports": ports}],
                },
            });
            if runs {
                object["spec"]["nodeName"] = json!(format!("node-{}", pod.node));
                object["status"] = json!({"phase": "Running", "podIPs": ips, "hostIPs": host});
            }
            objects.push(object);
        }
        objects.extend(self.policies.iter().chain(&self.ordered).cloned());
        json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string()
    }

    /// Cases with one thing less.
    pub fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for number in 0..self.policies.len() {
            let mut less = self.clone();
            less.policies.remove(number);
            found.push(less);
        }
        for (number, policy) in self.policies.iter().enumerate() {
            for smaller in parts(&policy["spec"]) {
                let mut less = self.clone();
                less.policies[number]["spec"] = smaller;
                found.push(less);
            }
        }
        for number in 0..self.ordered.len() {
            let mut less = self.clone();
            less.ordered.remove(number);
            found.push(less);
        }
        for (number, policy) in self.ordered.iter().enumerate() {
            for smaller in parts(&policy["spec"]) {
                let mut less = self.clone();
                less.ordered[number]["spec"] = smaller;
                found.push(less);
            }
        }
        if self.pods.len() > 2 {
            for number in 0..self.pods.len() {
                let mut less = self.clone();
                less.pods.remove(number);
                found.push(less);
            }
        }
        found
    }
}

/// A value with one item of one list less.
fn parts(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let mut found = Vec::new();
            for (number, item) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(number);
                // An empty list says another thing than a missing one, and than one with items.
                if !less.is_empty() {
                    found.push(Value::Array(less));
                }
                for smaller in parts(item) {
                    let mut with = items.clone();
                    with[number] = smaller;
                    found.push(Value::Array(with));
                }
            }
            found
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| {
                parts(field).into_iter().map(move |smaller| {
                    let mut with = fields.clone();
                    with.insert(name.clone(), smaller);
                    Value::Object(with)
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

impl Pod {
    fn random(random: &mut Random, namespaces: &[&str]) -> Self {
        let mut ports = Vec::new();
        for name in NAMES {
            if random.chance(50) {
                ports.push((name.to_owned(), random.pick(&PROTOCOLS).to_owned(), random.pick(&PORTS)));
            }
        }
        Self {
            namespace: format!("ns-{}", random.pick(namespaces)),
            labels: labels(random),
            ports,
            node: random.below(NODES),
            host_network: random.chance(12),
        }
    }
}

fn labels(random: &mut Random) -> Labels {
    let mut labels = Labels::new();
    for key in ["app", "tier"] {
        if random.chance(70) {
            labels.insert(key.into(), random.pick(&["x", "y"]).into());
        }
    }
    labels
}

pub fn selector(random: &mut Random) -> Value {
    let mut selector = serde_json::Map::new();
    if random.chance(40) {
        let key = random.pick(&["app", "tier"]);
        selector.insert("matchLabels".into(), json!({key: random.pick(&["x", "y"])}));
    }
    if random.chance(30) {
        let key = random.pick(&["app", "tier"]);
        let expression = match random.below(4) {
            0 => json!({"key": key, "operator": "In", "values": values(random)}),
            1 => json!({"key": key, "operator": "NotIn", "values": values(random)}),
            2 => json!({"key": key, "operator": "Exists"}),
            _ => json!({"key": key, "operator": "DoesNotExist"}),
        };
        selector.insert("matchExpressions".into(), json!([expression]));
    }
    Value::Object(selector)
}

fn values(random: &mut Random) -> Vec<&'static str> {
    random.pick(&[vec!["x"], vec!["y"], vec!["x", "y"]])
}

fn policy(random: &mut Random, number: usize, namespaces: &[&str]) -> Value {
    let mut spec = json!({"podSelector": selector(random)});
    match random.below(5) {
        0 => {}
        1 => spec["policyTypes"] = json!(["Ingress"]),
        2 => spec["policyTypes"] = json!(["Egress"]),
        3 => spec["policyTypes"] = json!(["Ingress", "Egress"]),
        _ => spec["policyTypes"] = json!([]),
    }
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        if random.chance(70) {
            let rules: Vec<Value> = (0..random.below(4)).map(|_| rule(random, peers, namespaces)).collect();
            spec[direction] = json!(rules);
        }
    }
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": format!("policy-{number}"), "namespace": format!("ns-{}", random.pick(namespaces))},
        "spec": spec,
    })
}

pub fn rule(random: &mut Random, peers: &str, namespaces: &[&str]) -> Value {
    let mut rule = serde_json::Map::new();
    if random.chance(75) {
        let list: Vec<Value> = (0..random.below(3)).map(|_| peer(random, namespaces)).collect();
        rule.insert(peers.into(), json!(list));
    }
    if random.chance(65) {
        let list: Vec<Value> = (0..random.below(3)).map(|_| port(random)).collect();
        rule.insert("ports".into(), json!(list));
    }
    Value::Object(rule)
}

fn peer(random: &mut Random, namespaces: &[&str]) -> Value {
    match random.below(5) {
        0 => json!({"podSelector": selector(random)}),
        1 => json!({"namespaceSelector": spaces(random, namespaces)}),
        2 => json!({"podSelector": selector(random), "namespaceSelector": spaces(random, namespaces)}),
        _ => json!({"ipBlock": block(random)}),
    }
}

pub fn spaces(random: &mut Random, namespaces: &[&str]) -> Value {
    if random.chance(40) {
        let name = format!("ns-{}", random.pick(namespaces));
        return json!({"matchLabels": {"kubernetes.io/metadata.name": name}});
    }
    selector(random)
}

/// Of the network that all hosts are in, or of everything.
pub fn block(random: &mut Random) -> Value {
    let is_v6 = random.chance(40);
    let cidr = |random: &mut Random, lengths: &[u8]| {
        let length = random.pick(lengths);
        let address = Network::addresses(random.below(HOSTS))[usize::from(is_v6)];
        match (length, is_v6) {
            (0, false) => "0.0.0.0/0".to_owned(),
            (0, true) => "::/0".to_owned(),
            (length, false) => format!("{address}/{length}"),
            (length, true) => format!("{address}/{}", 96 + length),
        }
    };
    let canonical = |text: String| text.parse::<ipnet::IpNet>().unwrap().trunc();
    let outer = canonical(cidr(random, &[0, 16, 28, 29, 30, 32]));
    let inner = |random: &mut Random| canonical(cidr(random, &[24, 29, 30, 31, 32]));
    let except: Vec<String> = (0..random.below(3))
        .map(|_| inner(random))
        .filter(|part| outer.contains(part) && part.prefix_len() > outer.prefix_len())
        .map(|part| part.to_string())
        .collect();
    if except.is_empty() {
        json!({"cidr": outer.to_string()})
    } else {
        json!({"cidr": outer.to_string(), "except": except})
    }
}

fn port(random: &mut Random) -> Value {
    let mut port = serde_json::Map::new();
    if random.chance(70) {
        port.insert("protocol".into(), json!(random.pick(&PROTOCOLS)));
    }
    match random.below(5) {
        0 => {}
        1 => drop(port.insert("port".into(), json!(random.pick(&NAMES)))),
        2 => {
            let first = random.pick(&PORTS);
            port.insert("port".into(), json!(first));
            port.insert("endPort".into(), json!(first + random.pick(&[0, 1, 30, 8000])));
        }
        _ => drop(port.insert("port".into(), json!(random.pick(&PORTS)))),
    }
    Value::Object(port)
}
