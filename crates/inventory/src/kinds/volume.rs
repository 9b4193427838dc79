//! Volumes of a pod.

use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use super::{ObjectName, VolumeClaimTemplate};
use crate::decode::{Decode, Decoding, Present, record};
use crate::encode::Encode;
use crate::judged::Parameters;
use crate::tree::Tree;

/// `Volume`. `VolumeSource` is inlined, so the type of a volume is the name of its other field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Volume {
    /// Name that mounts refer to.
    pub name: SmolStr,
    /// Names of the source fields present, as in the API: `hostPath`, `secret`, … Exactly one in a valid object; an
    /// object with none is an `emptyDir` (`SetDefaults_Volume` of k8s.io/kubernetes pkg/apis/core/v1/defaults.go).
    pub sources: Box<[SmolStr]>,
    /// A path of the node.
    pub host_path: Option<Box<HostPathVolume>>,
    /// A Secret.
    pub secret: Option<Box<SecretVolume>>,
    /// A ConfigMap.
    pub config_map: Option<Box<NamedVolumeSource>>,
    /// Several sources in one folder.
    pub projected: Option<Box<ProjectedVolume>>,
    /// Scratch space.
    pub empty_dir: Option<Box<EmptyDir>>,
    /// A volume of a CSI driver, inline.
    pub csi: Option<Box<CsiVolume>>,
    /// A claim of the namespace.
    pub persistent_volume_claim: Option<Box<ClaimVolume>>,
    /// A claim that is made for the pod.
    pub ephemeral: Option<Box<EphemeralVolume>>,
    /// The files of an image (KEP-4639).
    pub image: Option<Box<ImageVolume>>,
    /// A volume of a driver that is part of Kubernetes.
    pub driver: Option<Box<DriverVolume>>,
}

/// Sources of which the Secret is read that the driver logs in with.
pub(super) const DRIVERS: &[&str] =
    &["azureFile", "cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"];

impl Decode for Volume {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut volume = Self::default();
        let mut sources = Vec::with_capacity(1);
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    if key == "name" {
                        volume.name = Decode::decode(value, cx);
                        continue;
                    }
                    // `emptyDir:` with nothing behind it is null: absent for Go, and defaulted to emptyDir anyway.
                    if value.is_null() {
                        continue;
                    }
                    sources.push(SmolStr::new(key));
                    match key {
                        "hostPath" => volume.host_path = Decode::decode(value, cx),
                        "secret" => volume.secret = Decode::decode(value, cx),
                        "configMap" => volume.config_map = Decode::decode(value, cx),
                        "projected" => volume.projected = Decode::decode(value, cx),
                        "emptyDir" => volume.empty_dir = Decode::decode(value, cx),
                        "csi" => volume.csi = Decode::decode(value, cx),
                        "persistentVolumeClaim" => volume.persistent_volume_claim = Decode::decode(value, cx),
                        "ephemeral" => volume.ephemeral = Decode::decode(value, cx),
                        "image" => volume.image = Decode::decode(value, cx),
                        _ if DRIVERS.contains(&key) => volume.driver = Decode::decode(value, cx),
                        _ => {}
                    }
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        volume.sources = sources.into();
        volume
    }
}

impl Encode for Volume {
    fn encode(&self) -> Tree {
        let Self {
            name,
            sources,
            host_path,
            secret,
            config_map,
            projected,
            empty_dir,
            csi,
            persistent_volume_claim,
            ephemeral,
            image,
            driver,
        } = self;
        let source = |source: &SmolStr| {
            let known = match source.as_str() {
                "hostPath" => host_path.field(),
                "secret" => secret.field(),
                "configMap" => config_map.field(),
                "projected" => projected.field(),
                "emptyDir" => empty_dir.field(),
                "csi" => csi.field(),
                "persistentVolumeClaim" => persistent_volume_claim.field(),
                "ephemeral" => ephemeral.field(),
                "image" => image.field(),
                other if DRIVERS.contains(&other) => driver.field(),
                _ => None,
            };
            (source.clone(), known.unwrap_or_else(|| Present.encode()))
        };
        let name = name.field().map(|name| (SmolStr::new_static("name"), name));
        Tree::Map(name.into_iter().chain(sources.iter().map(source)).collect())
    }
}

record! {
    /// `HostPathVolumeSource`.
    HostPathVolume {
        /// Path on the node.
        path: SmolStr = "path",
        /// `Directory`, `File`, `Socket`, …; empty: not checked.
        type_: Option<SmolStr> = "type",
    }

    /// `SecretVolumeSource`.
    SecretVolume {
        /// Name of the Secret.
        secret_name: SmolStr = "secretName",
        /// File mode bits; 0644 when not given.
        default_mode: Option<i64> = "defaultMode",
        /// Whether the Secret may be missing.
        optional: Option<bool> = "optional",
        /// Keys that become files; all when empty.
        items: Box<[KeyToPath]> = "items",
    }

    /// A source that names one object: `ConfigMapVolumeSource` and its like.
    NamedVolumeSource {
        /// Name of the object.
        name: SmolStr = "name",
        /// File mode bits; 0644 when not given.
        default_mode: Option<i64> = "defaultMode",
        /// Whether the object may be missing.
        optional: Option<bool> = "optional",
        /// Keys that become files; all when empty.
        items: Box<[KeyToPath]> = "items",
    }

    /// `KeyToPath`.
    KeyToPath {
        /// Key in the object.
        key: SmolStr = "key",
        /// File below the mount.
        path: SmolStr = "path",
    }

    /// `PersistentVolumeClaimVolumeSource`.
    ClaimVolume {
        /// Name of the claim.
        claim_name: SmolStr = "claimName",
        /// Whether all mounts of it are read-only.
        read_only: Option<bool> = "readOnly",
    }

    /// `EphemeralVolumeSource`.
    EphemeralVolume {
        /// The claim that is made.
        volume_claim_template: Option<Box<VolumeClaimTemplate>> = "volumeClaimTemplate",
    }

    /// What is read of a source whose driver is part of Kubernetes.
    DriverVolume {
        /// The Secret; of a pod always one of its namespace.
        secret_ref: Option<ObjectName> = "secretRef",
        /// Its name, of Azure.
        secret_name: SmolStr = "secretName",
        /// Its namespace, of Azure; that of the claim when empty.
        secret_namespace: SmolStr = "secretNamespace",
    }

    /// `ImageVolumeSource`.
    ImageVolume {
        /// Image reference.
        reference: SmolStr = "reference",
        /// `Always`, `IfNotPresent` or `Never`; defaulted from the tag when not given.
        pull_policy: Option<SmolStr> = "pullPolicy",
    }

    /// `ProjectedVolumeSource`.
    ProjectedVolume {
        /// The sources.
        sources: Box<[ProjectedSource]> = "sources",
        /// File mode bits; 0644 when not given.
        default_mode: Option<i64> = "defaultMode",
    }

    /// `VolumeProjection`.
    ProjectedSource {
        /// A Secret.
        secret: Option<Box<NamedVolumeSource>> = "secret",
        /// A ConfigMap.
        config_map: Option<Box<NamedVolumeSource>> = "configMap",
        /// A token of the pod's service account.
        service_account_token: Option<Box<ServiceAccountTokenProjection>> = "serviceAccountToken",
        /// Fields of the pod.
        downward_api: Option<Present> = "downwardAPI",
        /// Certificates that are trusted (KEP-3257).
        cluster_trust_bundle: Option<Present> = "clusterTrustBundle",
        /// A certificate of the pod (KEP-4317).
        pod_certificate: Option<Present> = "podCertificate",
    }

    /// `ServiceAccountTokenProjection`.
    ServiceAccountTokenProjection {
        /// Intended audience; the API server's when empty.
        audience: SmolStr = "audience",
        /// Requested lifetime in seconds; 3600 when not given.
        expiration_seconds: Option<i64> = "expirationSeconds",
        /// File below the mount.
        path: SmolStr = "path",
    }

    /// `EmptyDirVolumeSource`.
    EmptyDir {
        /// `Memory` for tmpfs.
        medium: SmolStr = "medium",
        /// Upper bound.
        size_limit: Option<super::container::QuantityText> = "sizeLimit",
    }

    /// `CSIVolumeSource`.
    CsiVolume {
        /// Name of the driver.
        driver: SmolStr = "driver",
        /// Whether it is mounted read-only.
        read_only: Option<bool> = "readOnly",
        /// Parameters of the driver.
        volume_attributes: Parameters = "volumeAttributes",
        /// Secret with credentials for the driver.
        node_publish_secret_ref: Option<ObjectName> = "nodePublishSecretRef",
    }
}
