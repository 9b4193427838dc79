//! Which objects have to do with which nodes, through the pods that run there.
//!
//! Source: k8s.io/kubernetes plugin/pkg/auth/authorizer/node/graph.go, graph_populator.go; pkg/api/v1/pod/util.go;
//! pkg/api/v1/persistentvolume/util.go v1.36.3.

use foldhash::{HashMap, HashMapExt, HashSet};
use seawall_inventory::kinds::{Container, ObjectName, PersistentVolumeSpec, PodSpec, PodStatus};
use seawall_inventory::{Object, PodView, Snapshot, View};
use smol_str::{SmolStr, format_smolstr};

/// A kind of object that a node has to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Vertex {
    ConfigMap,
    Secret,
    ServiceAccount,
    Pod,
    Claim,
    Volume,
    Attachment,
    ResourceClaim,
    ResourceSlice,
}

/// An object by its namespace and name.
type Place = (SmolStr, SmolStr);

/// Which objects have to do with which nodes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: HashMap<(Vertex, SmolStr, SmolStr), HashSet<SmolStr>>,
}

impl Graph {
    pub(super) fn new(snapshot: &Snapshot) -> Self {
        let view = View::from(snapshot);
        let mut graph = Self { nodes: HashMap::new() };
        for object in view.of_kind("", "Pod") {
            view.pods_of(object).for_each(|pod| graph.add_pod(object, &pod));
        }
        // Volumes lead to claims, which by now lead to nodes.
        for object in view.of_kind("", "PersistentVolume") {
            graph.add_volume(object);
        }
        for object in view.of_kind("storage.k8s.io", "VolumeAttachment") {
            let node = object.body.volume_attachment().map(|attachment| &attachment.node_name);
            graph.add_of_node(Vertex::Attachment, object, node);
        }
        for object in view.of_kind("resource.k8s.io", "ResourceSlice") {
            let node = object.body.resource_slice().map(|slice| &slice.node_name);
            graph.add_of_node(Vertex::ResourceSlice, object, node);
        }
        graph
    }

    /// Whether a node has to do with an object.
    pub(super) fn leads(&self, from: Vertex, namespace: &str, name: &str, node: &str) -> bool {
        let nodes = self.nodes.get(&(from, SmolStr::new(namespace), SmolStr::new(name)));
        nodes.is_some_and(|nodes| nodes.contains(node))
    }

    fn add(&mut self, vertex: Vertex, namespace: &SmolStr, name: &SmolStr, node: &SmolStr) {
        if !name.is_empty() {
            let nodes = self.nodes.entry((vertex, namespace.clone(), name.clone())).or_default();
            nodes.insert(node.clone());
        }
    }

    fn add_of_node(&mut self, vertex: Vertex, object: &Object, node: Option<&SmolStr>) {
        if let Some(node) = node.filter(|node| !node.is_empty()) {
            self.add(vertex, &SmolStr::default(), &object.metadata.name, node);
        }
    }

    /// `AddPod`: what a pod that is on a node names.
    fn add_pod(&mut self, object: &Object, pod: &PodView<'_>) {
        let spec = &*pod.template.spec;
        let node = &spec.rare().node_name;
        if node.is_empty() {
            return;
        }
        let (namespace, name) = (&object.metadata.namespace, &object.metadata.name);
        self.add(Vertex::Pod, namespace, name, node);
        // A mirror pod is what a node says of itself: it gets nothing by that.
        if object.metadata.annotations.get(MIRROR).is_some() {
            return;
        }
        self.add(Vertex::ServiceAccount, namespace, &spec.service_account_name, node);
        secrets_of_pod(spec).for_each(|secret| self.add(Vertex::Secret, namespace, secret, node));
        config_maps_of_pod(spec).for_each(|config| self.add(Vertex::ConfigMap, namespace, config, node));
        for volume in &spec.volumes {
            if let Some(claim) = &volume.persistent_volume_claim {
                self.add(Vertex::Claim, namespace, &claim.claim_name, node);
            } else if volume.ephemeral.is_some() {
                self.add(Vertex::Claim, namespace, &format_smolstr!("{name}-{}", volume.name), node);
            }
        }
        for claim in resource_claims(spec, object.body.pod_status()) {
            self.add(Vertex::ResourceClaim, namespace, claim, node);
        }
    }

    /// `AddPV`: a volume, and the Secrets that a kubelet needs for it, for the nodes of its claim.
    fn add_volume(&mut self, object: &Object) {
        let Some(spec) = object.body.persistent_volume() else { return };
        let Some(claim) = &spec.settings.claim_ref else { return };
        let key = (Vertex::Claim, claim.namespace.clone(), claim.name.clone());
        let Some(nodes) = self.nodes.get(&key).cloned() else { return };
        for node in &nodes {
            self.add(Vertex::Volume, &SmolStr::default(), &object.metadata.name, node);
            for (namespace, secret) in secrets_of_volume(spec, claim) {
                self.add(Vertex::Secret, &namespace, &secret, node);
            }
        }
    }
}

/// The annotation of mirror pods (`MirrorPodAnnotationKey` of k8s.io/api/core/v1).
const MIRROR: &str = "kubernetes.io/config.mirror";

fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.init_containers.iter().chain(&spec.containers).chain(&spec.ephemeral_containers)
}

/// `VisitPodSecretNames`.
fn secrets_of_pod(spec: &PodSpec) -> impl Iterator<Item = &SmolStr> {
    let pull = spec.image_pull_secrets.iter().map(|secret| &secret.name);
    let of_containers = containers(spec).flat_map(|container| {
        let whole = container.env_from.iter().filter_map(|source| source.secret_ref.as_ref());
        let keys = container.env.iter().filter_map(|variable| variable.value_from.as_ref());
        let keys = keys.filter_map(|source| source.secret_key_ref.as_ref());
        whole.map(|source| &source.name).chain(keys.map(|key| &key.name))
    });
    let of_volumes = spec.volumes.iter().flat_map(|volume| {
        let own = volume.secret.iter().map(|secret| &secret.secret_name);
        let projected = volume.projected.iter().flat_map(|projected| &projected.sources);
        let projected = projected.filter_map(|source| source.secret.as_ref()).map(|secret| &secret.name);
        let csi = volume.csi.iter().filter_map(|csi| csi.node_publish_secret_ref.as_ref());
        // Azure names its Secret by itself, all others by a reference.
        let is_azure = volume.sources.iter().any(|source| source == "azureFile");
        let driver = volume.driver.iter().filter_map(move |driver| {
            if is_azure { Some(&driver.secret_name) } else { driver.secret_ref.as_ref().map(|one| &one.name) }
        });
        own.chain(projected).chain(csi.map(|secret| &secret.name)).chain(driver)
    });
    pull.chain(of_containers).chain(of_volumes)
}

/// `VisitPodConfigmapNames`.
fn config_maps_of_pod(spec: &PodSpec) -> impl Iterator<Item = &SmolStr> {
    let of_containers = containers(spec).flat_map(|container| {
        let whole = container.env_from.iter().filter_map(|source| source.config_map_ref.as_ref());
        let keys = container.env.iter().filter_map(|variable| variable.value_from.as_ref());
        let keys = keys.filter_map(|source| source.config_map_key_ref.as_ref());
        whole.map(|source| &source.name).chain(keys.map(|key| &key.name))
    });
    let of_volumes = spec.volumes.iter().flat_map(|volume| {
        let own = volume.config_map.iter().map(|config| &config.name);
        let projected = volume.projected.iter().flat_map(|projected| &projected.sources);
        own.chain(projected.filter_map(|source| source.config_map.as_ref()).map(|config| &config.name))
    });
    of_containers.chain(of_volumes)
}

/// The claims of devices of a pod: those that it names, those that were made of templates (`Name` of
/// k8s.io/dynamic-resource-allocation resourceclaim), and the one that was made of its resources.
fn resource_claims<'s>(
    spec: &'s PodSpec,
    status: Option<&'s PodStatus>,
) -> impl Iterator<Item = &'s SmolStr> {
    let made = status.and_then(|status| status.resource_claim_statuses.as_deref()).unwrap_or_default();
    let claims = spec.rare().resource_claims.iter().flatten();
    let named = claims.filter_map(move |claim| {
        match (&claim.resource_claim_name, &claim.resource_claim_template_name) {
            (Some(name), _) => Some(name),
            (None, Some(_)) => {
                made.iter().find(|status| status.name == claim.name)?.resource_claim_name.as_ref()
            }
            (None, None) => None,
        }
    });
    let extended = status.and_then(|status| status.extended_resource_claim_status.as_deref());
    named.chain(extended.map(|status| &status.resource_claim_name))
}

/// `VisitPVSecretNames`, those that a kubelet sees.
fn secrets_of_volume(spec: &PersistentVolumeSpec, claim: &ObjectName) -> Vec<Place> {
    let or_claim =
        |namespace: &SmolStr| if namespace.is_empty() { claim.namespace.clone() } else { namespace.clone() };
    let place = |secret: &ObjectName| (secret.namespace.clone(), secret.name.clone());
    match (spec.source.as_str(), &spec.driver, &spec.settings.csi) {
        ("azureFile", Some(driver), _) => {
            vec![(or_claim(&driver.secret_namespace), driver.secret_name.clone())]
        }
        ("cinder" | "storageos", Some(driver), _) => driver.secret_ref.iter().map(place).collect(),
        (_, Some(driver), _) => driver
            .secret_ref
            .iter()
            .map(|secret| (or_claim(&secret.namespace), secret.name.clone()))
            .collect(),
        ("csi", None, Some(csi)) => {
            let secrets =
                [&csi.node_publish_secret_ref, &csi.node_stage_secret_ref, &csi.node_expand_secret_ref];
            secrets.into_iter().flatten().map(|secret| place(secret)).collect()
        }
        _ => Vec::new(),
    }
}
