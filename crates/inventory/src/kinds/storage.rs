//! Volumes of the cluster: claims, volumes, classes (k8s.io/api core/v1, storage/v1 v0.37.2).

use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use super::affinity::NodeSelector;
use super::core::ObjectName;
use super::volume::DRIVERS;
use super::{DriverVolume, HostPathVolume, ResourceMap};
use crate::decode::{Decode, Decoding, Fields, Present, record};
use crate::encode::Encode;
use crate::judged::Parameters;
use crate::selector::LabelSelector;
use crate::tree::Tree;

record! {
    /// `PersistentVolumeClaimSpec`.
    ClaimSpec {
        /// `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`.
        access_modes: Box<[SmolStr]> = "accessModes",
        /// What is asked for.
        resources: ClaimResources = "resources",
        /// The class; the default one when absent, none at all when empty.
        storage_class_name: Option<SmolStr> = "storageClassName",
        /// `Filesystem` when absent, or `Block`.
        volume_mode: Option<SmolStr> = "volumeMode",
        /// The volume it is bound to.
        volume_name: SmolStr = "volumeName",
        /// Labels a volume must have.
        selector: Option<LabelSelector> = "selector",
        /// What it is filled from.
        data_source: Option<Present> = "dataSource",
        /// What it is filled from.
        data_source_ref: Option<Present> = "dataSourceRef",
        /// Class of changeable attributes.
        volume_attributes_class_name: Option<SmolStr> = "volumeAttributesClassName",
    }

    /// `VolumeResourceRequirements`.
    ClaimResources {
        /// What is asked for; `storage` is the only resource.
        requests: ResourceMap = "requests",
        /// At most.
        limits: ResourceMap = "limits",
    }

    /// The fields of `PersistentVolumeSpec` besides its source.
    VolumeSettings {
        /// As of a claim.
        access_modes: Box<[SmolStr]> = "accessModes",
        /// What it offers.
        capacity: ResourceMap = "capacity",
        /// `Retain` when empty, `Delete` or `Recycle`.
        reclaim_policy: SmolStr = "persistentVolumeReclaimPolicy",
        /// Its class; none when empty.
        storage_class_name: SmolStr = "storageClassName",
        /// Options of the mount.
        mount_options: Box<[SmolStr]> = "mountOptions",
        /// The claim it is bound to.
        claim_ref: Option<Box<ObjectName>> = "claimRef",
        /// `Filesystem` when absent, or `Block`.
        volume_mode: Option<SmolStr> = "volumeMode",
        /// Nodes it can be reached from.
        node_affinity: Option<VolumeNodeAffinity> = "nodeAffinity",
        /// A volume of a CSI driver.
        csi: Option<Box<CsiPersistentVolume>> = "csi",
        /// A path of a node.
        host_path: Option<Box<HostPathVolume>> = "hostPath",
        /// A share of an NFS server.
        nfs: Option<Box<NfsVolume>> = "nfs",
    }

    /// `VolumeNodeAffinity`.
    VolumeNodeAffinity {
        /// What a node must be like.
        required: Option<NodeSelector> = "required",
    }

    /// `CSIPersistentVolumeSource`.
    CsiPersistentVolume {
        /// Name of the driver.
        driver: SmolStr = "driver",
        /// Parameters of the driver.
        volume_attributes: Parameters = "volumeAttributes",
        /// File system.
        fs_type: SmolStr = "fsType",
        /// Secret to publish it on a node with.
        node_publish_secret_ref: Option<Box<ObjectName>> = "nodePublishSecretRef",
        /// Secret to stage it on a node with.
        node_stage_secret_ref: Option<Box<ObjectName>> = "nodeStageSecretRef",
        /// Secret to grow it on a node with.
        node_expand_secret_ref: Option<Box<ObjectName>> = "nodeExpandSecretRef",
    }

    /// `VolumeAttachmentSpec`.
    VolumeAttachmentSpec {
        /// The node.
        node_name: SmolStr = "nodeName",
    }

    /// `NFSVolumeSource`.
    NfsVolume {
        /// Its server.
        server: SmolStr = "server",
        /// What it exports.
        path: SmolStr = "path",
    }

    /// `StorageClass`.
    StorageClass {
        /// Driver that makes the volumes.
        provisioner: SmolStr = "provisioner",
        /// Parameters of the driver.
        parameters: Parameters = "parameters",
        /// `Delete` when absent, or `Retain`.
        reclaim_policy: Option<SmolStr> = "reclaimPolicy",
        /// Options of the mount.
        mount_options: Box<[SmolStr]> = "mountOptions",
        /// `Immediate` when absent, or `WaitForFirstConsumer`.
        volume_binding_mode: Option<SmolStr> = "volumeBindingMode",
        /// Whether volumes can grow.
        allow_volume_expansion: Option<bool> = "allowVolumeExpansion",
        /// Nodes that volumes may be made for.
        allowed_topologies: Box<[TopologyTerm]> = "allowedTopologies",
    }

    /// `TopologySelectorTerm`.
    TopologyTerm {
        /// Labels.
        match_label_expressions: Box<[TopologyRequirement]> = "matchLabelExpressions",
    }

    /// `TopologySelectorLabelRequirement`.
    TopologyRequirement {
        /// Key of the label.
        key: SmolStr = "key",
    }

    /// `VolumeAttributesClass`.
    VolumeAttributesClass {
        /// Driver that it is for.
        driver_name: SmolStr = "driverName",
        /// Parameters of the driver.
        parameters: Parameters = "parameters",
    }
}

/// `PersistentVolumeSpec`. `PersistentVolumeSource` is inlined, so the type of a volume is the name of a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersistentVolumeSpec {
    /// Name of the source field, as in the API; empty when there is none.
    pub source: SmolStr,
    /// A volume of a driver that is part of Kubernetes.
    pub driver: Option<Box<DriverVolume>>,
    /// The other fields.
    pub settings: VolumeSettings,
}

/// The fields of `PersistentVolumeSource`.
const SOURCES: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
];

impl Decode for PersistentVolumeSpec {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut spec = Self::default();
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    if SOURCES.contains(&key) && !value.is_null() && spec.source.is_empty() {
                        spec.source = SmolStr::new(key);
                        if DRIVERS.contains(&key) {
                            spec.driver = Decode::decode(value, cx);
                        }
                    }
                    spec.settings.take(key, value, cx);
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        spec
    }
}

impl Encode for PersistentVolumeSpec {
    fn encode(&self) -> Tree {
        let Self { source, driver, settings } = self;
        let mut fields = Vec::new();
        settings.give(&mut fields);
        if !source.is_empty() {
            // The first source is the one that counts.
            let known = fields.iter().position(|(key, _)| key == source).map(|at| fields.remove(at));
            let driver = || driver.field().unwrap_or_else(|| Present.encode());
            fields.insert(0, known.unwrap_or_else(|| (source.clone(), driver())));
        }
        Tree::Map(fields)
    }
}
