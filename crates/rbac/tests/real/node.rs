//! What kubelets may do is what the API server's node authorizer lets them do.

use std::time::{Duration, Instant};

use seawall_inventory::KubernetesVersion;
use seawall_rbac::{Attributes, NodeAuthorizer, NodeDecision, Policy, Resource, User};
use seawall_rig::{Random, Setup, fresh_seed};
use serde_json::{Value, json};

use super::client::Ask;
use super::live::{Live, PATIENCE};

/// Requests of nodes: more than 5,000.
const REQUESTS: usize = 6000;
pub const NODES: &[&str] = &["n1", "n2", "n3"];
pub const NAMESPACES: &[&str] = &["alpha", "beta"];
/// Names of Secrets, of ConfigMaps, and of all else that pods name.
pub const NAMES: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h"];

/// Somebody who says that he is a node, and wants something.
#[derive(Debug)]
struct Case {
    user: String,
    groups: Vec<&'static str>,
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    namespace: &'static str,
    name: String,
    selector: Option<String>,
}

#[test]
fn nodes_may_do_what_the_api_server_lets_them_do() {
    let live = Live::start_with(Setup { nodes: true, ..Setup::default() });
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    fill(&live, &mut random);
    let lists = [
        ("/api/v1/pods", "v1", "Pod"),
        ("/api/v1/persistentvolumes", "v1", "PersistentVolume"),
        ("/apis/storage.k8s.io/v1/volumeattachments", "storage.k8s.io/v1", "VolumeAttachment"),
        ("/apis/resource.k8s.io/v1/resourceslices", "resource.k8s.io/v1", "ResourceSlice"),
    ];
    let snapshot = live.read(&lists.map(|(path, version, kind)| (path.to_owned(), version, kind)));
    let roles = live.snapshot();
    let (policy, authorizer) =
        (Policy::new(&roles), NodeAuthorizer::new(&snapshot, KubernetesVersion::minor(36)));

    let mut cases: Vec<Case> = (0..REQUESTS).map(|_| Case::new(&mut random)).collect();
    let (mut allowed, start) = (0, Instant::now());
    // The authorizer comes to know of objects one after another.
    while !cases.is_empty() {
        let reviews: Vec<Value> = cases.iter().map(Case::review).collect();
        let said = live.review(&reviews);
        let mut said = said.iter();
        let mut wrong = Vec::new();
        cases.retain(|case| {
            let (is_allowed, reason) = said.next().unwrap();
            let (decision, expected) = case.expected(&authorizer, &policy);
            if expected == *is_allowed {
                allowed += usize::from(expected);
            } else {
                wrong.push(format!("{case:?}: {decision:?}; the API server: {is_allowed}, {reason}"));
            }
            expected != *is_allowed
        });
        assert!(start.elapsed() < PATIENCE, "seed {seed}: {}", wrong.join("\n"));
        if !wrong.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    println!("seed {seed}: {REQUESTS} requests of nodes, {allowed} allowed");
    assert!((REQUESTS / 6..REQUESTS * 5 / 6).contains(&allowed), "{allowed}: little is at stake");
}

impl Case {
    fn new(random: &mut Random) -> Case {
        let node = random.pick(NODES);
        let mut user = format!("system:node:{node}");
        let mut groups = vec!["system:nodes"];
        match random.below(30) {
            0 => user = random.pick(&["system:node:", "n1", "system:node:n4", "system:nodes"]).to_owned(),
            1 => groups = vec!["system:authenticated"],
            _ => {}
        }
        let resources: [(&str, &str, &[&str], bool); 19] = [
            ("", "secrets", &[""], true),
            ("", "secrets", &[""], true),
            ("", "configmaps", &["", "status"], true),
            ("", "persistentvolumeclaims", &["", "status"], true),
            ("", "persistentvolumes", &["", ""], false),
            ("", "serviceaccounts", &["", "token"], true),
            ("", "pods", &["", "status", "eviction", "log"], true),
            ("", "nodes", &["", "status", "proxy"], false),
            ("resource.k8s.io", "resourceclaims", &["", "status"], true),
            ("resource.k8s.io", "resourceslices", &["", "status"], false),
            ("storage.k8s.io", "volumeattachments", &["", "status"], false),
            ("storage.k8s.io", "csinodes", &["", "status"], false),
            ("storage.k8s.io", "csidrivers", &[""], false),
            ("coordination.k8s.io", "leases", &["", "status"], true),
            ("certificates.k8s.io", "podcertificaterequests", &[""], true),
            ("certificates.k8s.io", "certificatesigningrequests", &["", "approval"], false),
            ("", "services", &["", "status"], true),
            ("node.k8s.io", "runtimeclasses", &[""], false),
            ("events.k8s.io", "events", &[""], true),
        ];
        let (group, resource, subresources, is_namespaced) = random.pick(&resources);
        let verbs: &[&str] = match resource {
            "serviceaccounts" => &["get", "create"],
            _ if random.chance(50) => &["get"],
            _ => &["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
        };
        let subresource = if random.chance(80) { subresources[0] } else { random.pick(subresources) };
        let namespace = match (is_namespaced, resource) {
            (_, "leases") => random.pick(&["kube-node-lease", "kube-node-lease", "alpha"]),
            (true, _) => random.pick(&["alpha", "alpha", "beta", "beta", "", "gamma"]),
            (false, _) => random.pick(&["", "", "", "", "alpha"]),
        };
        let mut name = random.pick(NAMES).to_owned();
        match (resource, random.below(10)) {
            ("persistentvolumeclaims", 0..4) => name = format!("{name}-{}", random.pick(&["a", "b"])),
            ("nodes" | "leases" | "csinodes", 0..6) => name = random.pick(NODES).to_owned(),
            (_, 9) => name = String::new(),
            _ => {}
        }
        let verb = random.pick(verbs);
        let selector =
            (["list", "watch", "deletecollection"].contains(&verb) && random.chance(50)).then(|| {
                let operator = random.pick(&["=", "=", "==", "!="]);
                format!(
                    "{}{operator}{}",
                    random.pick(&["spec.nodeName", "spec.nodeName", "metadata.name"]),
                    random.pick(NODES)
                )
            });
        Case { user, groups, verb, group, resource, subresource, namespace, name, selector }
    }

    fn expected(&self, authorizer: &NodeAuthorizer<'_>, policy: &Policy<'_>) -> (NodeDecision, bool) {
        let user = User::with_groups(&self.user, self.groups.iter().copied());
        let fields: Vec<(&str, &str)> = self
            .selector
            .iter()
            .filter(|selector| !selector.contains("!="))
            .filter_map(|selector| {
                let (field, value) = selector.split_once('=')?;
                Some((field, value.trim_start_matches('=')))
            })
            .collect();
        let attributes = Attributes::resource(
            self.verb,
            Resource {
                group: self.group,
                resource: self.resource,
                subresource: self.subresource,
                namespace: self.namespace,
                name: &self.name,
                fields: &fields,
            },
        );
        let decision = authorizer.decide(&user, &attributes);
        let expected = decision == NodeDecision::Allowed || policy.decide(&user, &attributes).is_allowed();
        (decision, expected)
    }

    fn review(&self) -> Value {
        let mut attributes = json!({
            "verb": self.verb, "group": self.group, "resource": self.resource, "subresource": self.subresource,
            "namespace": self.namespace, "name": self.name,
        });
        if let Some(selector) = &self.selector {
            attributes["fieldSelector"] = json!({"rawSelector": selector});
        }
        let spec = json!({"user": self.user, "groups": self.groups, "resourceAttributes": attributes});
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
    }
}

/// Pods on nodes, and what they name, whether it exists or not; volumes, attachments, devices.
pub fn fill(live: &Live, random: &mut Random) {
    let mut asks = Vec::new();
    for namespace in NAMESPACES {
        for name in NAMES {
            asks.push(Ask::post(&format!("/api/v1/namespaces/{namespace}/pods"), pod(name, random)));
        }
    }
    for name in NAMES {
        asks.push(Ask::post("/api/v1/persistentvolumes", volume(name, random)));
        let attachment = json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": name},
            "spec": {"attacher": "a.example", "nodeName": random.pick(NODES), "source": {"persistentVolumeName": "a"}},
        });
        asks.push(Ask::post("/apis/storage.k8s.io/v1/volumeattachments", attachment));
        let slice = json!({
            "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": name},
            "spec": {
                "driver": "a.example", "nodeName": random.pick(NODES),
                "pool": {"name": name, "generation": 1, "resourceSliceCount": 1}, "devices": [{"name": "d"}],
            },
        });
        asks.push(Ask::post("/apis/resource.k8s.io/v1/resourceslices", slice));
    }
    for said in live.client.ask_all(&asks) {
        assert_eq!(said.status, 201, "{}", said.body);
    }
    made_claims(live, random);
}

/// Says of some pods which claims were made of their templates.
fn made_claims(live: &Live, random: &mut Random) {
    for namespace in NAMESPACES {
        for name in NAMES {
            if random.chance(40) {
                continue;
            }
            let path = format!("/api/v1/namespaces/{namespace}/pods/{name}/status");
            let mut pod = live.client.ask(&Ask::get(&path)).json();
            let claims = pod["spec"]["resourceClaims"].as_array().cloned().unwrap_or_default();
            let made = claims.iter().filter(|claim| claim["resourceClaimTemplateName"].is_string());
            let made: Vec<Value> = made
                .map(|claim| {
                    let mut status = json!({"name": claim["name"]});
                    if random.chance(80) {
                        status["resourceClaimName"] = json!(random.pick(NAMES));
                    }
                    status
                })
                .collect();
            pod["status"]["resourceClaimStatuses"] = json!(made);
            let said = live.client.ask(&Ask { method: "PUT", ..Ask::post(&path, pod) });
            assert_eq!(said.status, 200, "{}", said.body);
        }
    }
}

pub fn pod(name: &str, random: &mut Random) -> Value {
    let mut word = |random: &mut Random| json!(random.pick(NAMES));
    let container = |random: &mut Random, word: &mut dyn FnMut(&mut Random) -> Value, name: &str| {
        json!({
            "name": name, "image": "a", "env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": word(random), "key": "k"}}},
                {"name": "B", "valueFrom": {"configMapKeyRef": {"name": word(random), "key": "k"}}},
            ],
            "envFrom": [random.pick(&[
                json!({"secretRef": {"name": "a"}}), json!({"configMapRef": {"name": "b"}}), json!({"secretRef": {"name": "c"}})
            ])],
        })
    };
    let mut spec = json!({"containers": [container(random, &mut word, "main")]});
    if random.chance(30) {
        spec["initContainers"] = json!([container(random, &mut word, "first")]);
    }
    if random.chance(80) {
        spec["nodeName"] = json!(random.pick(NODES));
    }
    spec["serviceAccountName"] = word(random);
    spec["imagePullSecrets"] = json!([{"name": word(random)}]);
    let sources = [
        json!({"secret": {"secretName": "d"}}),
        json!({"configMap": {"name": "d"}}),
        json!({"projected": {"sources": [{"secret": {"name": "e"}}, {"configMap": {"name": "e"}}]}}),
        json!({"azureFile": {"secretName": "f", "shareName": "s"}}),
        json!({"cephfs": {"monitors": ["m"], "secretRef": {"name": "g"}}}),
        json!({"rbd": {"monitors": ["m"], "image": "i", "secretRef": {"name": "h"}}}),
        json!({"iscsi": {"targetPortal": "t", "iqn": "iqn.2026-01.example:a", "lun": 0, "secretRef": {"name": "a"}}}),
        json!({"flexVolume": {"driver": "x/y", "secretRef": {"name": "b"}}}),
        json!({"cinder": {"volumeID": "v", "secretRef": {"name": "c"}}}),
        json!({"csi": {"driver": "a.example", "nodePublishSecretRef": {"name": "d"}}}),
        json!({"persistentVolumeClaim": {"claimName": random.pick(NAMES)}}),
        json!({"persistentVolumeClaim": {"claimName": random.pick(NAMES)}}),
        json!({"ephemeral": {"volumeClaimTemplate": {"spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}
        }}}}),
        json!({"emptyDir": {}}),
    ];
    let volumes = ["a", "b"].map(|name| {
        let mut volume = random.pick(&sources).clone();
        volume["name"] = json!(name);
        volume
    });
    spec["volumes"] = json!(volumes);
    if random.chance(50) {
        spec["resourceClaims"] = json!([
            {"name": "x", "resourceClaimName": random.pick(NAMES)}, {"name": "y", "resourceClaimTemplateName": "t"}
        ]);
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
}

fn volume(name: &str, random: &mut Random) -> Value {
    let reference = |random: &mut Random| {
        let mut reference = json!({"name": random.pick(NAMES)});
        if random.chance(60) {
            reference["namespace"] = json!(random.pick(NAMESPACES));
        }
        reference
    };
    let whole =
        |random: &mut Random| json!({"name": random.pick(NAMES), "namespace": random.pick(NAMESPACES)});
    let source = match random.below(6) {
        0 => {
            json!({"azureFile": {"shareName": "s", "secretName": random.pick(NAMES), "secretNamespace": random.pick(NAMESPACES)}})
        }
        1 => json!({"cephfs": {"monitors": ["m"], "secretRef": reference(random)}}),
        2 => json!({"rbd": {"monitors": ["m"], "image": "i", "secretRef": reference(random)}}),
        3 => json!({"flexVolume": {"driver": "x/y", "secretRef": reference(random)}}),
        4 => json!({"cinder": {"volumeID": "v", "secretRef": whole(random)}}),
        _ => json!({"csi": {
            "driver": "a.example", "volumeHandle": "v", "nodePublishSecretRef": whole(random), "nodeStageSecretRef": whole(random),
            "nodeExpandSecretRef": whole(random), "controllerPublishSecretRef": whole(random),
        }}),
    };
    let mut spec = json!({"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]});
    spec.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
    if random.chance(85) {
        spec["claimRef"] = json!({"namespace": random.pick(NAMESPACES), "name": random.pick(NAMES)});
    }
    json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec})
}
