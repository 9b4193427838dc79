//! Pods that a node makes, and what it says of those that it runs.
//!
//! Source: `admitPodCreate`, `admitPodStatus` of admission.go; `HasAPIObjectReference`, `VisitPodSecretNames`,
//! `VisitPodConfigmapNames` of k8s.io/kubernetes pkg/api/pod/util.go v1.36.3.

use seawall_inventory::Within;
use seawall_yaml::Node;

use super::same::same;
use super::{NodeRestriction, NodeWrite, Verdict, at, ensure, forbid, text, versions};

/// The annotation of mirror pods (`MirrorPodAnnotationKey` of k8s.io/api/core/v1).
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Volumes that refer to nothing of the API; all of them but those of a CSI driver, and of claims.
const PLAIN: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "cephfs",
    "cinder",
    "downwardAPI",
    "emptyDir",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "hostPath",
    "image",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
];

impl NodeRestriction<'_> {
    /// `admitPodCreate`: a mirror pod of the node, that refers to nothing.
    pub(super) fn create_pod(&self, node: &str, write: &NodeWrite<'_>) -> Verdict {
        let pod = write.object;
        let annotations = at(pod, &["metadata", "annotations"]);
        ensure(
            annotations.is_some_and(|own| own.get(MIRROR).is_some()),
            || "a node makes no pods but mirror pods",
        )?;
        ensure(text(pod, &["spec", "nodeName"]) == node, || "the pod is for another node")?;
        let mut owners = at(pod, &["metadata", "ownerReferences"]).into_iter().flat_map(Node::items);
        let owner = owners.next();
        // An owner that is told several times is one (`dedupOwnerReferences` of k8s.io/apiserver pkg/endpoints/handlers/rest.go).
        let (Some(owner), true) = (owner, owners.all(|other| same(owner, Some(other)))) else {
            return forbid("a mirror pod has one owner, the node");
        };
        self.owner(node, owner)?;
        match self.reference(pod) {
            Some(what) => forbid(format!("a mirror pod does not refer to {what}")),
            None => Ok(()),
        }
    }

    fn owner(&self, node: &str, owner: Node<'_>) -> Verdict {
        let said = |field| text(Some(owner), &[field]);
        let flag = |field| owner.get(field).and_then(Node::as_bool).unwrap_or_default();
        let is_node = said("apiVersion") == "v1" && said("kind") == "Node" && said("name") == node;
        ensure(is_node, || "a mirror pod has one owner, the node")?;
        ensure(flag("controller"), || "the node is the controller of a mirror pod")?;
        ensure(!flag("blockOwnerDeletion"), || "a mirror pod does not keep its node from being deleted")?;
        let Some(known) = self.nodes.get(node) else {
            return Err(self.missing("Node", Within::Cluster, "", node));
        };
        ensure(known.metadata.uid() == Some(said("uid")), || "the node has another uid")
    }

    /// `admitPodStatus`.
    pub(super) fn pod_status(&self, node: &str, write: &NodeWrite<'_>) -> Verdict {
        let is_here = text(write.old, &["spec", "nodeName"]) == node;
        ensure(is_here, || "the pod is on another node")?;
        let unchanged = |path: &[&str]| same(at(write.object, path), at(write.old, path));
        ensure(unchanged(&["metadata", "labels"]), || "a node does not change labels of pods")?;
        for (field, range) in [
            ("resourceClaimStatuses", versions::CLAIM_STATUSES),
            ("extendedResourceClaimStatus", versions::EXTENDED_STATUS),
            ("nodeAllocatableResourceClaimStatuses", versions::ALLOCATABLE_STATUSES),
        ] {
            let is_free = !range.contains(self.version);
            ensure(is_free || unchanged(&["status", field]), || format!("a node does not change `{field}`"))?;
        }
        Ok(())
    }

    /// What of the API a pod refers to.
    fn reference(&self, pod: Option<Node<'_>>) -> Option<&'static str> {
        let spec = at(pod, &["spec"]);
        let has = |field| !text(spec, &[field]).is_empty();
        if has("serviceAccountName") || has("serviceAccount") {
            return Some("service accounts");
        }
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        let containers = || lists.iter().flat_map(|list| items(spec, list));
        let volumes = || items(spec, "volumes");
        let names = |node: Node<'_>, path: &[&str]| !text(Some(node), path).is_empty();
        let of_containers = |whole: &str, key: &str| {
            containers().any(|container| {
                items(Some(container), "envFrom").any(|source| names(source, &[whole, "name"]))
                    || items(Some(container), "env").any(|env| names(env, &["valueFrom", key, "name"]))
            })
        };
        let of_sources = |field: &str| {
            volumes().any(|volume| {
                items(volume.get("projected"), "sources").any(|source| names(source, &[field, "name"]))
            })
        };
        let drivers = ["cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"];
        let of_volumes = || {
            volumes().any(|volume| {
                names(volume, &["azureFile", "secretName"])
                    || names(volume, &["secret", "secretName"])
                    || names(volume, &["csi", "nodePublishSecretRef", "name"])
                    || drivers.iter().any(|driver| names(volume, &[driver, "secretRef", "name"]))
            })
        };
        if items(spec, "imagePullSecrets").any(|secret| names(secret, &["name"]))
            || of_containers("secretRef", "secretKeyRef")
            || of_sources("secret")
            || of_volumes()
        {
            return Some("Secrets");
        }
        if of_containers("configMapRef", "configMapKeyRef")
            || of_sources("configMap")
            || volumes().any(|volume| names(volume, &["configMap", "name"]))
        {
            return Some("ConfigMaps");
        }
        if versions::NO_CLAIMS.contains(self.version) && items(spec, "resourceClaims").next().is_some() {
            return Some("ResourceClaims");
        }
        volumes().find_map(|volume| self.reference_of_volume(volume))
    }

    fn reference_of_volume(&self, volume: Node<'_>) -> Option<&'static str> {
        let has = |node: Node<'_>, field: &str| node.get(field).is_some_and(|value| !value.is_null());
        if !versions::NO_REFERENCES.contains(self.version) {
            let bundles =
                || items(volume.get("projected"), "sources").any(|one| has(one, "clusterTrustBundle"));
            return if has(volume, "persistentVolumeClaim") {
                Some("PersistentVolumeClaims")
            } else {
                (versions::NO_BUNDLES.contains(self.version) && bundles()).then_some("ClusterTrustBundles")
            };
        }
        if PLAIN.iter().any(|field| has(volume, field)) {
            return None;
        }
        let others = [
            ("configMap", "ConfigMaps"),
            ("secret", "Secrets"),
            ("csi", "CSIDrivers"),
            ("glusterfs", "Endpoints"),
            ("persistentVolumeClaim", "PersistentVolumeClaims"),
            ("ephemeral", "PersistentVolumeClaims"),
            ("azureFile", "Secrets"),
        ];
        if let Some((_, what)) = others.iter().find(|(field, _)| has(volume, field)) {
            return Some(what);
        }
        // Without a source it is an empty folder.
        let plain = |source: &Node<'_>| {
            let others =
                ["configMap", "secret", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];
            has(*source, "downwardAPI") && !others.iter().any(|field| has(*source, field))
        };
        let source = items(volume.get("projected"), "sources").find(|source| !plain(source));
        source.map(|_| "what a projected volume takes from the API")
    }
}

/// The items of a list.
fn items<'w>(node: Option<Node<'w>>, field: &str) -> impl Iterator<Item = Node<'w>> + use<'w> {
    node.and_then(|node| node.get(field)).into_iter().flat_map(Node::items)
}
