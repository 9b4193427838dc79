//! What the kubelet of a node may do: the node authorizer.
//!
//! It decides by what a request says. What a kubelet writes is looked at by admission ([`NodeRestriction`]) when the authorizer has
//! allowed it.
//!
//! Source: k8s.io/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go, pkg/auth/nodeidentifier/default.go v1.36.3.

mod graph;
mod restriction;
mod rules;

use seawall_inventory::{KubernetesVersion, Snapshot, What, Within};

use self::graph::{Graph, Vertex};
pub use self::restriction::{Admission, NodeRestriction, NodeWrite, Operation};
use crate::attributes::{Attributes, Resource, Target};
use crate::doubt::Doubt;
use crate::user::{User, group, node_name};

/// What kubelets may do, by what runs on their nodes.
#[derive(Debug)]
pub struct NodeAuthorizer<'s> {
    snapshot: &'s Snapshot,
    graph: Graph,
    version: KubernetesVersion,
}

/// What the node authorizer says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeDecision {
    /// He may.
    Allowed,
    /// He is no node, or it is none of its business: another authorizer may allow it.
    NoOpinion,
    /// Nothing that is known makes it the business of the node, and these objects were not read.
    Unknown(Vec<Doubt>),
}

/// What a kubelet gets to know of an object.
enum Answer {
    Yes,
    No,
    /// When a node has to do with the object.
    Related(Vertex),
}

impl<'s> NodeAuthorizer<'s> {
    /// That of a version of Kubernetes with the features that are on by default, for what a Snapshot says runs where.
    pub fn new(snapshot: &'s Snapshot, version: KubernetesVersion) -> Self {
        Self { snapshot, graph: Graph::new(snapshot), version }
    }

    /// Whether a node may do something (`NodeAuthorizer.Authorize`).
    pub fn decide(&self, user: &User, attributes: &Attributes<'_>) -> NodeDecision {
        // Only who is in the group is a node, and only by his name is it known which.
        let Some(node) = node_name(&user.name).filter(|node| !node.is_empty() && user.is_in(group::NODES))
        else {
            return NodeDecision::NoOpinion;
        };
        let Target::Resource(asked) = attributes.target else { return NodeDecision::NoOpinion };
        match self.answer(node, attributes.verb, &asked) {
            Answer::Yes => NodeDecision::Allowed,
            Answer::No => NodeDecision::NoOpinion,
            Answer::Related(vertex) => self.related(vertex, node, &asked),
        }
    }

    fn answer(&self, node: &str, verb: &str, asked: &Resource<'_>) -> Answer {
        let with_selectors = rules::WITH_SELECTORS.contains(self.version);
        match (asked.group, asked.resource) {
            ("", "secrets") => read_one(Vertex::Secret, verb, asked),
            ("", "configmaps") => read_one(Vertex::ConfigMap, verb, asked),
            ("", "persistentvolumeclaims") if asked.subresource == "status" => {
                if ["update", "patch"].contains(&verb) { Answer::Related(Vertex::Claim) } else { Answer::No }
            }
            ("", "persistentvolumeclaims") => get(Vertex::Claim, verb, asked),
            ("", "persistentvolumes") => get(Vertex::Volume, verb, asked),
            ("resource.k8s.io", "resourceclaims") => get(Vertex::ResourceClaim, verb, asked),
            ("storage.k8s.io", "volumeattachments") => get(Vertex::Attachment, verb, asked),
            ("", "serviceaccounts") => self.service_account(verb, asked),
            ("coordination.k8s.io", "leases") => {
                if asked.namespace == "kube-node-lease" {
                    own(node, verb, asked)
                } else {
                    Answer::No
                }
            }
            ("storage.k8s.io", "csinodes") => {
                if asked.subresource.is_empty() {
                    own(node, verb, asked)
                } else {
                    Answer::No
                }
            }
            ("resource.k8s.io", "resourceslices") => resource_slice(node, verb, asked, with_selectors),
            ("", "nodes") if with_selectors => node_object(node, verb, asked),
            ("", "pods") if with_selectors => pod(node, verb, asked),
            // Behind a feature that is off (`PodCertificateRequest`).
            ("certificates.k8s.io", "podcertificaterequests") => Answer::No,
            _ => answer(rules::allow(verb, asked, self.version)),
        }
    }

    fn service_account(&self, verb: &str, asked: &Resource<'_>) -> Answer {
        match (verb, asked.subresource) {
            ("get", "") if rules::GET_SERVICE_ACCOUNTS.contains(self.version) => {
                read_one(Vertex::ServiceAccount, verb, asked)
            }
            ("create", "token") => Answer::Related(Vertex::ServiceAccount),
            _ => Answer::No,
        }
    }

    fn related(&self, vertex: Vertex, node: &str, asked: &Resource<'_>) -> NodeDecision {
        if asked.name.is_empty() {
            return NodeDecision::NoOpinion;
        }
        if self.graph.leads(vertex, asked.namespace, asked.name, node) {
            return NodeDecision::Allowed;
        }
        let doubts: Vec<Doubt> =
            sources(vertex).iter().filter_map(|kind| self.not_read(*kind, asked.namespace)).collect();
        if doubts.is_empty() { NodeDecision::NoOpinion } else { NodeDecision::Unknown(doubts) }
    }

    /// Whether objects of a kind were not read that may have something to do with what is asked for.
    fn not_read(&self, (group, kind): (&str, &str), namespace: &str) -> Option<Doubt> {
        let what = What::Kind { group: group.into(), kind: kind.into() };
        let within = match kind {
            "Pod" if namespace.is_empty() => Within::Everywhere,
            "Pod" => Within::Namespace(namespace.into()),
            _ => Within::Cluster,
        };
        self.snapshot.coverage.gap(&what, &within, None).map(Doubt::NotRead)
    }
}

/// By objects of which kinds a node has to do with others.
fn sources(vertex: Vertex) -> &'static [(&'static str, &'static str)] {
    match vertex {
        // Through a claim of another namespace, too.
        Vertex::Secret | Vertex::Volume => &[("", "Pod"), ("", "PersistentVolume")],
        Vertex::Attachment => &[("storage.k8s.io", "VolumeAttachment")],
        Vertex::ResourceSlice => &[("resource.k8s.io", "ResourceSlice")],
        Vertex::ConfigMap | Vertex::ServiceAccount | Vertex::Pod | Vertex::Claim | Vertex::ResourceClaim => {
            &[("", "Pod")]
        }
    }
}

fn answer(is_allowed: bool) -> Answer {
    if is_allowed { Answer::Yes } else { Answer::No }
}

/// `authorizeGet`.
fn get(vertex: Vertex, verb: &str, asked: &Resource<'_>) -> Answer {
    if verb == "get" && asked.subresource.is_empty() { Answer::Related(vertex) } else { Answer::No }
}

/// `authorizeReadNamespacedObject`.
fn read_one(vertex: Vertex, verb: &str, asked: &Resource<'_>) -> Answer {
    let is_read = ["get", "list", "watch"].contains(&verb);
    let is_one = asked.subresource.is_empty() && !asked.namespace.is_empty();
    if is_read && is_one { Answer::Related(vertex) } else { Answer::No }
}

/// `authorizeLease`, `authorizeCSINode`: what has the name of the node; of what is made the name is not known yet.
fn own(node: &str, verb: &str, asked: &Resource<'_>) -> Answer {
    match verb {
        "create" => Answer::Yes,
        "get" | "update" | "patch" | "delete" => answer(asked.name == node),
        _ => Answer::No,
    }
}

/// `authorizeResourceSlice`.
fn resource_slice(node: &str, verb: &str, asked: &Resource<'_>, with_selectors: bool) -> Answer {
    if !asked.subresource.is_empty() {
        return Answer::No;
    }
    match verb {
        "create" => Answer::Yes,
        "get" | "update" | "patch" | "delete" => Answer::Related(Vertex::ResourceSlice),
        "watch" | "list" | "deletecollection" => {
            answer(!with_selectors || asked.fields.contains(&("spec.nodeName", node)))
        }
        _ => Answer::No,
    }
}

/// `authorizeNode`.
fn node_object(node: &str, verb: &str, asked: &Resource<'_>) -> Answer {
    match (asked.subresource, verb) {
        ("", "create" | "update" | "patch") | ("status", "update" | "patch") => Answer::Yes,
        ("", "get" | "list" | "watch") => answer(asked.name == node),
        _ => Answer::No,
    }
}

/// `authorizePod`.
fn pod(node: &str, verb: &str, asked: &Resource<'_>) -> Answer {
    match (asked.subresource, verb) {
        ("", "get") => Answer::Related(Vertex::Pod),
        ("", "list" | "watch") if asked.fields.contains(&("spec.nodeName", node)) => Answer::Yes,
        ("", "list" | "watch") => Answer::Related(Vertex::Pod),
        ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => Answer::Yes,
        _ => Answer::No,
    }
}
