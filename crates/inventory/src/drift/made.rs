//! What a cluster makes by itself.
//!
//! Sources: k8s.io/kubernetes v1.36.3, unless a row says otherwise.

use foldhash::HashSet;
use smol_str::{SmolStr, format_smolstr};

use crate::object::{Object, ObjectRef};
use crate::snapshot::Snapshot;

/// What makes what is there from the start.
pub(super) const API_SERVER: &str = "the API server";

/// Objects of one name, in one namespace or (empty) in any, and what makes them.
const NAMED: &[(&str, &str, &str, &str)] = &[
    // pkg/controller/certificates/rootcacertpublisher/publisher.go
    ("ConfigMap", "", "kube-root-ca.crt", "the root CA publisher"),
    // pkg/controller/serviceaccount/serviceaccounts_controller.go
    ("ServiceAccount", "", "default", "the service account controller"),
    // pkg/controlplane/controller/kubernetesservice/controller.go
    ("Service", "default", "kubernetes", API_SERVER),
    // pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go
    ("Namespace", "", "default", API_SERVER),
    ("Namespace", "", "kube-system", API_SERVER),
    ("Namespace", "", "kube-public", API_SERVER),
    ("Namespace", "", "kube-node-lease", API_SERVER),
    // pkg/apis/scheduling/v1/helpers.go, SystemPriorityClasses
    ("PriorityClass", "", "system-cluster-critical", API_SERVER),
    ("PriorityClass", "", "system-node-critical", API_SERVER),
    // OpenShift (openshift/openshift-controller-manager, pkg/serviceaccounts) and service-ca-operator
    ("ConfigMap", "", "openshift-service-ca.crt", "OpenShift"),
    ("ServiceAccount", "", "builder", "OpenShift"),
    ("ServiceAccount", "", "deployer", "OpenShift"),
];

/// Namespaces of the cluster itself: what stands in them comes with it.
const SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];

/// Types of Secrets that are records of programs.
const RECORDS: &[(&str, &str)] = &[
    // helm/helm v3.19 pkg/storage/driver/secrets.go
    ("helm.sh/release.v1", "Helm, as its record of a release"),
    // pkg/controller/serviceaccount/tokens_controller.go, until v1.23
    ("kubernetes.io/service-account-token", "the token controller"),
    // k8s.io/cluster-bootstrap token/api/types.go
    ("bootstrap.kubernetes.io/token", "kubeadm"),
];

/// What makes objects in a cluster, gathered once.
pub(super) struct Makers {
    /// The claims that StatefulSets make, without numbers.
    claims: HashSet<SmolStr>,
}

impl Makers {
    /// Those of a whole cluster.
    pub(super) fn of(live: &Snapshot) -> Self {
        Self { claims: claims(live) }
    }
}

/// What made an object that is in no file.
pub(super) fn by(object: &Object, makers: &Makers) -> Option<&'static str> {
    let (kind, metadata) = (object.kind.as_str(), &object.metadata);
    let named = NAMED.iter().find(|(known, namespace, name, _)| {
        *known == kind && *name == metadata.name && (namespace.is_empty() || *namespace == metadata.namespace)
    });
    if let Some((.., by)) = named {
        return Some(by);
    }
    if SYSTEM.contains(&metadata.namespace.as_str()) {
        return Some("the cluster, for itself");
    }
    if !metadata.owner_references.is_empty() {
        return Some("its owner");
    }
    if kind == "Node" && object.group().is_empty() {
        return Some("its kubelet");
    }
    match (object.group(), kind) {
        // pkg/volume/csi/csi_attacher.go
        ("storage.k8s.io", "VolumeAttachment") => return Some("the attach/detach controller"),
        // k8s.io/dynamic-resource-allocation resourceslice/resourceslicecontroller.go
        ("resource.k8s.io", "ResourceSlice") => return Some("a driver of devices"),
        _ => {}
    }
    if let Some(secret) = object.body.secret() {
        let record = RECORDS.iter().find(|(of, _)| *of == secret.type_);
        // One that a person makes says the same; that it is in no file is told by its account's.
        return record.map(|(_, by)| *by);
    }
    // k8s.io/component-helpers storage/volume/pv_helpers.go, AnnDynamicallyProvisioned
    if metadata.annotations.get("pv.kubernetes.io/provisioned-by").is_some() {
        return Some("a provisioner");
    }
    if object.body.claim().is_some() && makers.claims.contains(&claim_of(&metadata.namespace, &metadata.name))
    {
        return Some("its StatefulSet");
    }
    None
}

/// A claim of a StatefulSet without the number of its pod: `TEMPLATE-SET-0` (getPersistentVolumeClaimName of
/// pkg/controller/statefulset/stateful_set_utils.go).
fn claim_of(namespace: &str, name: &str) -> SmolStr {
    let ordinal =
        |(_, last): &(&str, &str)| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once('-').filter(ordinal) {
        Some((stem, _)) => format_smolstr!("{namespace}/{stem}"),
        None => SmolStr::default(),
    }
}

/// The claims that StatefulSets make, without the numbers of their pods.
fn claims(live: &Snapshot) -> HashSet<SmolStr> {
    let sets = live.objects.iter().filter(|object| object.kind == "StatefulSet" && object.group() == "apps");
    let named = sets.flat_map(|set| {
        let controllers = set.pods.iter().filter_map(|pod| pod.controller.as_deref());
        let templates = controllers.flat_map(|controller| &controller.spec.rare().volume_claim_templates);
        let name = &set.metadata;
        templates.map(|claim| format_smolstr!("{}/{}-{}", name.namespace, claim.metadata.name, name.name))
    });
    named.collect()
}

/// What autoscalers scale: how many pods it has is not written.
pub(super) fn scaled(live: &Snapshot) -> HashSet<ObjectRef> {
    let targets = live.objects.iter().filter_map(|object| {
        let target = match (object.body.autoscaler(), object.body.scaled_object()) {
            (Some(autoscaler), _) => &autoscaler.target,
            (None, Some(scaled)) => &scaled.target,
            (None, None) => return None,
        };
        let group = target.api_version.split_once('/').map_or("apps", |(group, _)| group);
        let kind = if target.kind.is_empty() { "Deployment" } else { target.kind.as_str() };
        Some(ObjectRef {
            group: SmolStr::new(group),
            kind: SmolStr::new(kind),
            namespace: object.metadata.namespace.clone(),
            name: target.name.clone(),
        })
    });
    targets.collect()
}
