//! What a kubelet may write of what the node authorizer lets it: the admission plugin `NodeRestriction`.
//!
//! The authorizer sees which object is written and not what is written in it. This plugin does, and is on in most clusters
//! (`--enable-admission-plugins`); one without it lets a node take any label, any taint and the token of any pod of its own.
//!
//! Source: k8s.io/kubernetes plugin/pkg/admission/noderestriction/admission.go v1.36.3.

mod audience;
mod labels;
mod pods;
mod same;
mod versions;
mod write;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::{KubernetesVersion, Object, Snapshot, View, What, Within};
use seawall_yaml::Node;
use smol_str::SmolStr;

use self::labels::forbidden_labels;
use self::same::same;
use crate::decision::Decision;
use crate::doubt::Doubt;
use crate::policy::Policy;
use crate::user::{User, group, node_name};

pub use self::write::{NodeWrite, Operation};

/// What kubelets may write, by what runs on their nodes.
#[derive(Debug)]
pub struct NodeRestriction<'s> {
    snapshot: &'s Snapshot,
    policy: &'s Policy<'s>,
    version: KubernetesVersion,
    pods: HashMap<(&'s str, &'s str), &'s Object>,
    nodes: HashMap<&'s str, &'s Object>,
}

/// What the plugin says of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It has nothing against it.
    Allowed,
    /// It refuses it (403), and why.
    Forbidden(String),
    /// What the write is about is not there (404), by its kind, namespace and name.
    NotFound(&'static str, SmolStr, SmolStr),
    /// Whether it refuses it depends on objects that were not read.
    Unknown(Vec<Doubt>),
    /// Whether it refuses a request of a certificate for a pod depends on the identities of the pod and its account, which it is not held
    /// against here.
    RequestNotHeld,
    /// Whether it refuses a token depends on for whom the drivers of a pod's volumes want tokens, which is not read.
    DriversNotRead,
}

/// A refusal, or what is not known; nothing is an admission.
type Verdict = Result<(), Admission>;

impl<'s> NodeRestriction<'s> {
    /// That of a version of Kubernetes with the features that are on by default, for what a Snapshot says runs where. `policy` is
    /// asked for tokens of other audiences.
    pub fn new(snapshot: &'s Snapshot, policy: &'s Policy<'s>, version: KubernetesVersion) -> Self {
        let view = View::from(snapshot);
        let mut pods = HashMap::new();
        for pod in view.of_kind("", "Pod") {
            pods.insert((pod.metadata.namespace.as_str(), pod.metadata.name.as_str()), pod);
        }
        let mut nodes = HashMap::new();
        for node in view.of_kind("", "Node") {
            nodes.insert(node.metadata.name.as_str(), node);
        }
        Self { snapshot, policy, version, pods, nodes }
    }

    /// Whether somebody may write something, as far as this plugin is concerned: who is no node may (`Plugin.Admit`). Whether an
    /// authorizer lets him is another question, which comes before.
    pub fn admit(&self, user: &User, write: &NodeWrite<'_>) -> Admission {
        if !user.is_in(group::NODES) {
            return Admission::Allowed;
        }
        let Some(node) = node_name(&user.name) else { return Admission::Allowed };
        if node.is_empty() {
            return Admission::Forbidden("which node it is cannot be told".to_owned());
        }
        match self.admit_node(node, user, write) {
            Ok(()) => Admission::Allowed,
            Err(admission) => admission,
        }
    }

    fn admit_node(&self, node: &str, user: &User, write: &NodeWrite<'_>) -> Verdict {
        match (write.group, write.resource) {
            ("", "pods") => match (write.subresource, write.operation) {
                ("", Operation::Create) => self.create_pod(node, write),
                ("", Operation::Delete) => self.pod_is_on(node, write.namespace, write.name).map(drop),
                ("status", Operation::Update) => self.pod_status(node, write),
                ("eviction", Operation::Create) => {
                    let named = || text(write.object, &["metadata", "name"]);
                    let name = if write.name.is_empty() { named() } else { write.name };
                    if name.is_empty() {
                        return forbid("which pod it is cannot be told");
                    }
                    self.pod_is_on(node, write.namespace, name).map(drop)
                }
                _ => forbid("a node creates and deletes pods, updates their status and evicts them"),
            },
            ("", "nodes") => self.own_node(node, write),
            ("", "persistentvolumeclaims") => self.claim_status(write),
            ("", "serviceaccounts")
                if (write.operation, write.subresource) == (Operation::Create, "token") =>
            {
                self.token(node, user, write)
            }
            // Behind a feature that is off (`PodCertificateRequest`).
            ("certificates.k8s.io", "podcertificaterequests")
                if versions::CERTIFICATES.contains(self.version) =>
            {
                forbid("requests of certificates for pods are switched off")
            }
            ("certificates.k8s.io", "podcertificaterequests")
                if versions::CERTIFICATES.until.is_some_and(|on| self.version >= on) =>
            {
                if write.operation != Operation::Create || !write.subresource.is_empty() {
                    return forbid("a node makes requests of certificates for pods, and changes none");
                }
                let named = text(write.object, &["spec", "nodeName"]);
                ensure(named == node, || "it is a request for a pod of another node")?;
                Err(Admission::RequestNotHeld)
            }
            ("coordination.k8s.io", "leases") if write.namespace != "kube-node-lease" => {
                forbid("leases of nodes stand in `kube-node-lease`")
            }
            ("coordination.k8s.io", "leases") | ("storage.k8s.io", "csinodes") => {
                let is_create = write.operation == Operation::Create;
                let name = if is_create { text(write.object, &["metadata", "name"]) } else { write.name };
                ensure(name == node, || "it has another name than the node")
            }
            ("resource.k8s.io", "resourceslices") if versions::SLICES.contains(self.version) => {
                let slice = match write.operation {
                    Operation::Create => write.object,
                    Operation::Delete => write.old,
                    Operation::Update => return Ok(()),
                };
                ensure(text(slice, &["spec", "nodeName"]) == node, || "it is not a slice of the node")
            }
            ("certificates.k8s.io", "certificatesigningrequests")
                if versions::REQUESTS.contains(self.version) =>
            {
                self.signing_request(node, write)
            }
            _ => Ok(()),
        }
    }

    /// `admitNode`.
    fn own_node(&self, node: &str, write: &NodeWrite<'_>) -> Verdict {
        ensure(write.name == node, || "it is another node")?;
        let is_create = write.operation == Operation::Create;
        if write.operation == Operation::Delete {
            return Ok(());
        }
        let (new, old) = (write.object, write.old.filter(|_| !is_create));
        let source = ["spec", "configSource"];
        let is_set = at(new, &source).is_some_and(|source| !source.is_null());
        ensure(
            !is_set || !is_create && same(at(new, &source), at(old, &source)),
            || "a node does not say where its configuration comes from",
        )?;
        if !is_create {
            let taints = ["spec", "taints"];
            ensure(same(at(new, &taints), at(old, &taints)), || "a node does not change its taints")?;
            let owners = ["metadata", "ownerReferences"];
            ensure(
                !versions::OWNERS.contains(self.version) || same(at(new, &owners), at(old, &owners)),
                || "a node does not change who owns it",
            )?;
        }
        let forbidden = forbidden_labels(new, old);
        ensure(forbidden.is_empty(), || format!("a node does not set the labels {}", forbidden.join(", ")))
    }

    /// `admitPVCStatus`: nothing changes but how large it is and how that stands.
    fn claim_status(&self, write: &NodeWrite<'_>) -> Verdict {
        ensure(
            (write.subresource, write.operation) == ("status", Operation::Update),
            || "a node writes nothing of claims but their status",
        )?;
        let with_recovery = versions::RECOVERY.contains(self.version);
        ensure(
            same::is_claim_as_before(write.object, write.old, with_recovery),
            || "a node changes nothing of a claim but its capacity and conditions",
        )
    }

    /// `admitServiceAccount`: a token is for a pod of the node, and for whom the pod says.
    fn token(&self, node: &str, user: &User, write: &NodeWrite<'_>) -> Verdict {
        let to = |field| text(write.object, &["spec", "boundObjectRef", field]);
        ensure(
            to("apiVersion") == "v1" && to("kind") == "Pod" && !to("name").is_empty(),
            || "the token is not bound to a pod",
        )?;
        ensure(!to("uid").is_empty(), || "the token is bound to a pod without a uid")?;
        let pod = self.pod(write.namespace, to("name"))?;
        ensure(pod.metadata.uid() == Some(to("uid")), || "the pod has another uid")?;
        ensure(node_of(pod, self.snapshot) == Some(node), || "the pod is on another node")?;
        if versions::AUDIENCES.contains(self.version) { self.audience(user, pod, write) } else { Ok(()) }
    }

    /// `admitCSR`.
    fn signing_request(&self, node: &str, write: &NodeWrite<'_>) -> Verdict {
        let signer = text(write.object, &["spec", "signerName"]);
        let of_kubelets = ["kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet"]
            .contains(&signer);
        if write.operation != Operation::Create || !of_kubelets {
            return Ok(());
        }
        let is_own = write.common_name.and_then(node_name) == Some(node);
        ensure(is_own, || "a node requests certificates for itself")
    }

    /// The pod of this name, when it is on the node.
    fn pod_is_on(&self, node: &str, namespace: &str, name: &str) -> Result<&'s Object, Admission> {
        let pod = self.pod(namespace, name)?;
        ensure(node_of(pod, self.snapshot) == Some(node), || "the pod is on another node")?;
        Ok(pod)
    }

    fn pod(&self, namespace: &str, name: &str) -> Result<&'s Object, Admission> {
        let found = self.pods.get(&(namespace, name)).copied();
        found.ok_or_else(|| self.missing("Pod", Within::Namespace(namespace.into()), namespace, name))
    }

    /// What an object that was not read means: that it is not there, if it would have been read.
    fn missing(&self, kind: &'static str, within: Within, namespace: &str, name: &str) -> Admission {
        let what = What::Kind { group: SmolStr::default(), kind: kind.into() };
        match self.snapshot.coverage.gap(&what, &within, None) {
            Some(gap) => Admission::Unknown(vec![Doubt::NotRead(gap)]),
            None => Admission::NotFound(kind, namespace.into(), name.into()),
        }
    }

    /// Whether the authorizers let a node do something besides, by RBAC.
    fn is_granted(&self, user: &User, asked: &crate::attributes::Attributes<'_>) -> Result<bool, Vec<Doubt>> {
        match self.policy.decide(user, asked) {
            Decision::Allowed(_) => Ok(true),
            Decision::NoOpinion(_) => Ok(false),
            Decision::Unknown(doubts) => Err(doubts),
        }
    }
}

/// The node that a pod is on.
fn node_of<'s>(pod: &'s Object, snapshot: &'s Snapshot) -> Option<&'s str> {
    let view = View::from(snapshot);
    let view = view.pods_of(pod).next()?;
    let node = view.template.spec.rare().node_name.as_str();
    (!node.is_empty()).then_some(node)
}

fn forbid(why: impl Into<String>) -> Verdict {
    Err(Admission::Forbidden(why.into()))
}

fn ensure<T: Into<String>>(holds: bool, why: impl FnOnce() -> T) -> Verdict {
    if holds { Ok(()) } else { forbid(why()) }
}

/// What stands at a path.
fn at<'w>(object: Option<Node<'w>>, path: &[&str]) -> Option<Node<'w>> {
    path.iter().try_fold(object?, |node, field| node.get(field))
}

/// The text that stands at a path; empty when there is none.
fn text<'w>(object: Option<Node<'w>>, path: &[&str]) -> &'w str {
    at(object, path).and_then(Node::as_str).unwrap_or_default()
}
