//! What nodes write: what they may, or something near it.

use seawall_rbac::Operation::{self, Create, Delete, Update};
use seawall_rig::Random;
use serde_json::{Value, json};

use super::super::node::{self, NAMES, NODES};
use super::Case;
use super::objects::{AUDIENCES, Objects};

/// Certificate signing requests, as PEM in base64, by the common name that they ask for; their keys are gone.
const REQUESTS: &str = include_str!("signing-requests.json");

const LABELS: &[&str] = &[
    "a",
    "kubernetes.io/hostname",
    "kubernetes.io/a",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/a",
    "node.kubernetes.io/a",
    "x.node.kubernetes.io/a",
    "kubelet.kubernetes.io/a",
    "node-restriction.kubernetes.io/a",
    "x.node-restriction.kubernetes.io/b",
    "node-role.kubernetes.io/control-plane",
    "xkubernetes.io/a",
    "k8s.io/a",
    "x.k8s.io/a",
    "xk8s.io/a",
    "example.com/a",
    "beta.kubernetes.io/os",
    "node.kubernetes.io/instance-type",
];

pub fn case(objects: &Objects, random: &mut Random) -> Case {
    let node = random.pick(NODES);
    let mut case = match random.below(12) {
        0..3 => create_pod(node, objects, random),
        3 => pod(objects, random),
        4 => pod_status(objects, random),
        5 => create_node(random),
        6 | 7 => update_node(objects, random),
        8 => claim(objects, random),
        9 => token(objects, random),
        10 => named(objects, random),
        _ => {
            if random.chance(70) {
                slice(node, objects, random)
            } else {
                signing_request(random)
            }
        }
    };
    // Of an object that says which node it is for, mostly that one.
    let own = ["/spec/nodeName", "/metadata/name"].iter().find_map(|at| {
        let said = case.old.as_ref().unwrap_or(&case.object).pointer(at)?.as_str()?;
        NODES.iter().find(|node| **node == said)
    });
    let node = own.filter(|_| random.chance(75) && case.user.is_empty()).unwrap_or(&node);
    if case.user.is_empty() {
        case.user = format!("system:node:{node}");
    }
    if random.chance(2) {
        case.user = random.pick(&["system:node:", "n1", "system:node:n4"]).to_owned();
    }
    case.is_patch = case.operation == Update && random.chance(40);
    case
}

impl Case {
    fn new(operation: Operation, group: &'static str, resource: &'static str, object: Value) -> Case {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let version = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/v1") };
        let mut case = Case {
            user: String::new(),
            operation,
            group,
            resource,
            subresource: "",
            namespace: "",
            name: name.clone(),
            object: object.clone(),
            path: format!("{version}/{resource}"),
            old: None,
            is_patch: false,
            common_name: None,
        };
        if operation != Create {
            case.path = format!("{}/{name}", case.path);
            case.old = Some(object);
        }
        case
    }

    fn within(mut self, namespace: &str) -> Case {
        let known = ["alpha", "beta", "kube-node-lease"];
        self.namespace = known.iter().find(|known| **known == namespace).unwrap();
        self.path =
            self.path.replacen(self.resource, &format!("namespaces/{namespace}/{}", self.resource), 1);
        self
    }

    fn sub(mut self, subresource: &'static str) -> Case {
        self.subresource = subresource;
        self.path = format!("{}/{subresource}", self.path);
        self
    }
}

fn namespace(object: &Value) -> &str {
    object["metadata"]["namespace"].as_str().unwrap_or_default()
}

/// A mirror pod, or nearly one.
fn create_pod(node: &'static str, objects: &Objects, random: &mut Random) -> Case {
    let owner = json!({"apiVersion": "v1", "kind": "Node", "name": node, "uid": objects.uid_of_node(node), "controller": true});
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "mirror", "annotations": {"kubernetes.io/config.mirror": "x"}, "ownerReferences": [owner]},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "a"}]},
    });
    for _ in 0..random.pick(&[0, 1, 1, 1, 2]) {
        spoil(&mut pod, objects, random);
    }
    let mut case = Case::new(Create, "", "pods", pod).within(random.pick(&["alpha", "beta"]));
    if random.chance(95) {
        case.user = format!("system:node:{node}");
    }
    case
}

fn spoil(pod: &mut Value, objects: &Objects, random: &mut Random) {
    match random.below(16) {
        0 => drop(pod["metadata"].as_object_mut().unwrap().remove("annotations")),
        1 => pod["spec"]["nodeName"] = json!(random.pick(&["n1", "n2", "n4", ""])),
        2 => pod["metadata"]["ownerReferences"] = json!([]),
        3 => {
            let owner = pod["metadata"]["ownerReferences"][0].clone();
            if let Some(owners) = pod["metadata"]["ownerReferences"].as_array_mut() {
                owners.push(owner);
            }
        }
        4 | 5 if pod["metadata"]["ownerReferences"][0].is_object() => {
            let other = objects.uid_of_node("n3");
            let (field, value) = random.pick(&[
                ("apiVersion", json!("v2")),
                ("kind", json!("Pod")),
                ("name", json!("n3")),
                ("uid", other),
                ("controller", json!(false)),
                ("controller", json!(null)),
                ("blockOwnerDeletion", json!(true)),
                ("blockOwnerDeletion", json!(false)),
            ]);
            pod["metadata"]["ownerReferences"][0][field] = value;
        }
        6 => {
            let field = random.pick(&["serviceAccountName", "serviceAccount"]);
            pod["spec"][field] = json!(random.pick(&["a", ""]));
        }
        7 => pod["spec"]["imagePullSecrets"] = json!([{"name": random.pick(&["a", ""])}]),
        8 => {
            let key = random.pick(&["secretKeyRef", "configMapKeyRef"]);
            pod["spec"]["containers"][0]["env"] =
                json!([{"name": "A", "valueFrom": {key: {"name": "a", "key": "k"}}}]);
        }
        9 => {
            let whole = random.pick(&["secretRef", "configMapRef"]);
            let list = random.pick(&["containers", "initContainers"]);
            pod["spec"][list] = json!([{"name": "first", "image": "a", "envFrom": [{whole: {"name": "a"}}]}]);
        }
        10 => pod["spec"]["resourceClaims"] = json!([{"name": "x", "resourceClaimName": "a"}]),
        11 => pod["metadata"]["labels"] = json!({random.pick(LABELS): "v"}),
        _ => pod["spec"]["volumes"] = json!([volume(random)]),
    }
}

fn volume(random: &mut Random) -> Value {
    let sources = [
        json!({"projected": {"sources": [{"downwardAPI": {"items": []}}]}}),
        json!({"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}),
        json!({"projected": {"sources": [{"downwardAPI": {"items": []}}, {"clusterTrustBundle": {"name": "a", "path": "p"}}]}}),
        json!({"projected": {"sources": [{"podCertificate": {"signerName": "a.example/b", "keyType": "ED25519"}}]}}),
        json!({"projected": {"sources": []}}),
        json!({"projected": {"sources": [{}]}}),
        json!({"hostPath": {"path": "/"}}),
        json!({"downwardAPI": {"items": []}}),
        json!({"nfs": {"server": "s", "path": "/"}}),
        json!({"image": {"reference": "a"}}),
        json!({"gitRepo": {"repository": "r"}}),
        json!({"glusterfs": {"endpoints": "e", "path": "p"}}),
        json!({"cephfs": {"monitors": ["m"]}}),
        json!({"secret": {}}),
        json!({"configMap": {"name": "", "optional": true}}),
        json!({}),
    ];
    // Those that refer to Secrets and the like, as pods have them.
    let others = node::pod("a", random)["spec"]["volumes"].clone();
    let mut volume = if random.chance(60) { random.pick(&sources) } else { others[0].clone() };
    volume["name"] = json!("v");
    volume
}

/// A pod is deleted or evicted, or changed, which no node does.
fn pod(objects: &Objects, random: &mut Random) -> Case {
    let pod = objects.one("pods", random);
    let at = namespace(&pod).to_owned();
    if random.chance(10) {
        return Case::new(Update, "", "pods", pod).within(&at);
    }
    let name = if random.chance(8) { "none" } else { pod["metadata"]["name"].as_str().unwrap() }.to_owned();
    if random.chance(50) {
        let mut case = Case::new(Delete, "", "pods", json!({"metadata": {"name": name}})).within(&at);
        case.user = user_of(&pod, random);
        return case;
    }
    let eviction =
        json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": at}});
    let mut case = Case::new(Create, "", "pods", eviction).within(&at);
    case.path = format!("{}/{name}", case.path);
    case.user = user_of(&pod, random);
    case.sub("eviction")
}

/// Mostly the node that a pod is on.
fn user_of(pod: &Value, random: &mut Random) -> String {
    let node = pod["spec"]["nodeName"].as_str().filter(|_| random.chance(70));
    format!("system:node:{}", node.unwrap_or(random.pick(NODES)))
}

fn pod_status(objects: &Objects, random: &mut Random) -> Case {
    let pod = objects.one("pods", random);
    let mut case = Case::new(Update, "", "pods", pod.clone()).within(namespace(&pod)).sub("status");
    case.user = user_of(&pod, random);
    let object = &mut case.object;
    match random.below(8) {
        0 => object["status"]["phase"] = json!("Running"),
        1 => object["metadata"]["labels"] = json!({"b": "c"}),
        2 => drop(object["metadata"].as_object_mut().unwrap().remove("labels")),
        3 => object["status"]["resourceClaimStatuses"] = json!([{"name": "y", "resourceClaimName": "a"}]),
        4 => drop(object["status"].as_object_mut().unwrap().remove("resourceClaimStatuses")),
        5 => {
            object["status"]["extendedResourceClaimStatus"] = json!({"resourceClaimName": "a", "requestMappings": [{"containerName": "main", "resourceName": "r.example/a", "requestName": "q"}]});
        }
        6 => object["metadata"]["annotations"] = json!({"a": "b"}),
        _ => {}
    }
    case
}

fn create_node(random: &mut Random) -> Case {
    let mut node =
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": random.pick(NODES)}, "spec": {}});
    for _ in 0..random.below(3) {
        node["metadata"]["labels"][random.pick(LABELS)] = json!("v");
    }
    if random.chance(40) {
        node["spec"]["taints"] = json!([{"key": "a", "effect": "NoSchedule"}]);
    }
    if random.chance(15) {
        node["spec"]["configSource"] = config_source();
    }
    if random.chance(20) {
        node["metadata"]["ownerReferences"] =
            json!([{"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "u"}]);
    }
    Case::new(Create, "", "nodes", node)
}

fn config_source() -> Value {
    json!({"configMap": {"namespace": "alpha", "name": "a", "kubeletConfigKey": "k"}})
}

fn update_node(objects: &Objects, random: &mut Random) -> Case {
    let mut case = Case::new(Update, "", "nodes", objects.one("nodes", random));
    if random.chance(50) {
        case = case.sub("status");
    }
    let object = &mut case.object;
    match random.below(9) {
        0..3 => object["metadata"]["labels"][random.pick(LABELS)] = json!("v"),
        3 => drop(object["metadata"]["labels"].as_object_mut().unwrap().remove(random.pick(LABELS))),
        4 => object["spec"]["taints"] = json!([{"key": "a", "effect": "NoSchedule"}]),
        5 => drop(object["spec"].as_object_mut().unwrap().remove("taints")),
        6 => {
            object["metadata"]["ownerReferences"] =
                json!([{"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "u"}])
        }
        7 => object["spec"]["configSource"] = config_source(),
        _ => object["metadata"]["annotations"] = json!({"a": "b"}),
    }
    case
}

fn claim(objects: &Objects, random: &mut Random) -> Case {
    let claim = objects.one("persistentvolumeclaims", random);
    let at = namespace(&claim).to_owned();
    let mut case = Case::new(Update, "", "persistentvolumeclaims", claim).within(&at);
    if random.chance(90) {
        case = case.sub("status");
    }
    let object = &mut case.object;
    match random.below(12) {
        0 => object["status"]["capacity"] = json!({"storage": "2Gi"}),
        1 => object["status"]["conditions"] = json!([{"type": "Resizing", "status": "True"}]),
        2 => object["status"]["allocatedResources"] = json!({"storage": "2Gi"}),
        3 => object["status"]["allocatedResourceStatuses"] = json!({"storage": "NodeResizeInProgress"}),
        4 => object["status"]["phase"] = json!("Bound"),
        5 => object["metadata"]["labels"] = json!({"a": "c"}),
        6 => object["metadata"]["finalizers"] = json!(["example.com/a"]),
        7 => object["spec"]["resources"]["requests"]["storage"] = json!(random.pick(&["1024Mi", "2Gi"])),
        8 => drop(
            object["metadata"].as_object_mut().unwrap().remove(random.pick(&["managedFields", "labels"])),
        ),
        9 => drop(object["spec"].as_object_mut().unwrap().remove("volumeMode")),
        10 => drop(object.as_object_mut().unwrap().remove("status")),
        _ => object["metadata"]["annotations"] = json!({}),
    }
    case
}

fn token(objects: &Objects, random: &mut Random) -> Case {
    let pod = loop {
        let pod = objects.one("pods", random);
        if pod["metadata"]["name"].as_str().unwrap().starts_with("tokens-") || random.chance(10) {
            break pod;
        }
    };
    let mut to = json!({"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]});
    if random.chance(25) {
        let (field, value) = random.pick(&[
            ("apiVersion", json!("v2")),
            ("kind", json!("Node")),
            ("name", json!("none")),
            ("name", json!("")),
            ("uid", json!("")),
            ("uid", json!("u")),
        ]);
        to[field] = value;
    }
    let own = pod.pointer("/spec/volumes/0/projected/sources/0/serviceAccountToken/audience");
    let own = own.and_then(Value::as_str).unwrap_or_default();
    let audiences = match random.below(6) {
        0..3 => json!([own]),
        3 => json!([random.pick(AUDIENCES)]),
        4 => json!([]),
        _ => json!([own, "vault"]),
    };
    let mut spec = json!({"audiences": audiences, "boundObjectRef": to});
    if random.chance(5) {
        spec["boundObjectRef"] = json!(null);
    }
    let account = pod["spec"]["serviceAccountName"].as_str().filter(|_| random.chance(80));
    let name = account.unwrap_or(random.pick(NAMES)).to_owned();
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {"name": name}, "spec": spec});
    let mut case = Case::new(Create, "", "serviceaccounts", request).within(namespace(&pod));
    case.path = format!("{}/{name}", case.path);
    case.user = user_of(&pod, random);
    case.sub("token")
}

/// What has the name of its node.
fn named(objects: &Objects, random: &mut Random) -> Case {
    let (group, resource) = random.pick(&[("coordination.k8s.io", "leases"), ("storage.k8s.io", "csinodes")]);
    let operation = random.pick(&[Create, Update, Delete]);
    let mut object = objects.one(resource, random);
    if operation == Create {
        object["metadata"] = json!({"name": object["metadata"]["name"]});
    }
    let case = Case::new(operation, group, resource, object);
    match (resource, operation) {
        ("leases", Create) => case.within(random.pick(&["kube-node-lease", "kube-node-lease", "alpha"])),
        ("leases", _) => case.within("kube-node-lease"),
        _ => case,
    }
}

fn slice(node: &str, objects: &Objects, random: &mut Random) -> Case {
    let group = "resource.k8s.io";
    if random.chance(40) {
        let operation = random.pick(&[Update, Delete]);
        return Case::new(operation, group, "resourceslices", objects.one("resourceslices", random));
    }
    let mut slice = json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": "made"},
        "spec": {
            "driver": "a.example", "nodeName": node, "pool": {"name": node, "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "d"}],
        },
    });
    if random.chance(30) {
        drop(slice["spec"].as_object_mut().unwrap().remove("nodeName"));
        slice["spec"]["allNodes"] = json!(true);
    }
    Case::new(Create, group, "resourceslices", slice)
}

fn signing_request(random: &mut Random) -> Case {
    let requests: Value = serde_json::from_str(REQUESTS).unwrap();
    let name = random.pick(&["system:node:n1", "system:node:n1", "system:node:n2", "jane"]);
    let signers = [
        "kubernetes.io/kubelet-serving",
        "kubernetes.io/kube-apiserver-client-kubelet",
        "kubernetes.io/kube-apiserver-client",
        "example.com/a",
    ];
    let object = json!({
        "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "made"},
        "spec": {"request": requests[name], "signerName": random.pick(&signers), "usages": ["client auth"]},
    });
    let mut case = Case::new(Create, "certificates.k8s.io", "certificatesigningrequests", object);
    case.common_name = Some(name.to_owned());
    if let Some(node) = name.strip_prefix("system:node:").filter(|_| random.chance(60)) {
        case.user = format!("system:node:{node}");
    }
    case
}
