//! What is there before nodes write.

use std::collections::BTreeMap;

use seawall_rig::Random;
use serde_json::{Value, json};

use super::super::client::Ask;
use super::super::live::Live;
use super::super::node::{self, NAMES, NAMESPACES, NODES};
use super::super::world::{GROUP, World};

pub const AUDIENCES: &[&str] = &["", "vault", "registry", "other"];

/// Objects that are there, as the API server gives them, by their resource.
pub struct Objects {
    found: BTreeMap<&'static str, Vec<Value>>,
}

impl Objects {
    pub fn fill(live: &mut Live, random: &mut Random) -> Objects {
        let mut world = World { objects: rules() };
        live.fill(&mut world);
        node::fill(live, random);
        let mut asks = Vec::new();
        for name in NODES {
            asks.push(Ask::post("/api/v1/nodes", a_node(name)));
            let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": {"holderIdentity": name}});
            asks.push(Ask::post("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", lease));
            let csi = json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": name}, "spec": {"drivers": []}});
            asks.push(Ask::post("/apis/storage.k8s.io/v1/csinodes", csi));
        }
        for namespace in NAMESPACES {
            for name in NAMES {
                let place = format!("/api/v1/namespaces/{namespace}");
                let claim = json!({
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "labels": {"a": "b"}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                });
                asks.push(Ask::post(&format!("{place}/persistentvolumeclaims"), claim));
                let account =
                    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
                asks.push(Ask::post(&format!("{place}/serviceaccounts"), account));
                asks.push(Ask::post(&format!("{place}/pods"), with_tokens(name, random)));
            }
        }
        for said in live.client.ask_all(&asks) {
            assert_eq!(said.status, 201, "{}", said.body);
        }
        let lists = [
            ("pods", "/api/v1/pods", "v1", "Pod"),
            ("nodes", "/api/v1/nodes", "v1", "Node"),
            ("persistentvolumeclaims", "/api/v1/persistentvolumeclaims", "v1", "PersistentVolumeClaim"),
            (
                "leases",
                "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
                "coordination.k8s.io/v1",
                "Lease",
            ),
            ("csinodes", "/apis/storage.k8s.io/v1/csinodes", "storage.k8s.io/v1", "CSINode"),
            (
                "resourceslices",
                "/apis/resource.k8s.io/v1/resourceslices",
                "resource.k8s.io/v1",
                "ResourceSlice",
            ),
        ];
        let list = |(resource, path, version, kind): (&'static str, &str, &str, &str)| {
            let mut items = live.client.ask(&Ask::get(path)).json()["items"].as_array().unwrap().clone();
            for item in &mut items {
                (item["apiVersion"], item["kind"]) = (json!(version), json!(kind));
            }
            (resource, items)
        };
        Objects { found: lists.map(list).into_iter().collect() }
    }

    /// One of a resource.
    pub fn one(&self, resource: &str, random: &mut Random) -> Value {
        random.pick(&self.found[resource])
    }

    /// The uid of a node.
    pub fn uid_of_node(&self, name: &str) -> Value {
        let nodes = &self.found["nodes"];
        nodes.iter().find(|node| node["metadata"]["name"] == name).unwrap()["metadata"]["uid"].clone()
    }
}

/// Nodes may do everything of these as far as authorizers are concerned, so that the plugin decides alone; of tokens those for one
/// audience.
fn rules() -> Vec<Value> {
    let version = format!("{GROUP}/v1");
    let resources = json!([
        "pods",
        "pods/status",
        "pods/eviction",
        "pods/ephemeralcontainers",
        "nodes",
        "nodes/status",
        "persistentvolumeclaims",
        "persistentvolumeclaims/status",
        "serviceaccounts",
        "serviceaccounts/token",
        "leases",
        "csinodes",
        "resourceslices",
        "certificatesigningrequests"
    ]);
    let rules = json!([
        {"verbs": ["*"], "apiGroups": ["*"], "resources": resources},
        {"verbs": ["request-serviceaccounts-token-audience"], "apiGroups": [""], "resources": ["registry"], "resourceNames": ["a", "b", "c", "d"]},
    ]);
    let subjects = json!([{"kind": "Group", "apiGroup": GROUP, "name": "system:nodes"}]);
    vec![
        json!({"apiVersion": version, "kind": "ClusterRole", "metadata": {"name": "kubelets"}, "rules": rules}),
        json!({
            "apiVersion": version, "kind": "ClusterRoleBinding", "metadata": {"name": "kubelets"}, "subjects": subjects,
            "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "kubelets"},
        }),
    ]
}

fn a_node(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/hostname": name, "node-restriction.kubernetes.io/a": "b", "example.com/a": "b", "a": "b", "x.k8s.io/a": "b"},
        },
        "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}, {"key": "b", "value": "c", "effect": "NoExecute"}]},
    })
}

/// A pod whose tokens are for whom it says.
fn with_tokens(name: &str, random: &mut Random) -> Value {
    let sources = |random: &mut Random| {
        let source = |random: &mut Random| json!({"serviceAccountToken": {"path": "token", "audience": random.pick(AUDIENCES)}});
        json!([source(random)])
    };
    let mut volumes = vec![json!({"name": "a", "projected": {"sources": sources(random)}})];
    if random.chance(30) {
        volumes.push(json!({"name": "b", "projected": {"sources": sources(random)}}));
    }
    if random.chance(10) {
        volumes.push(json!({"name": "c", "csi": {"driver": "a.example"}}));
    }
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("tokens-{name}"), "labels": {"a": "b"}},
        "spec": {
            "containers": [{"name": "main", "image": "a"}], "nodeName": random.pick(&[NODES[0], NODES[1]]),
            "serviceAccountName": random.pick(NAMES), "volumes": volumes,
        },
    })
}
