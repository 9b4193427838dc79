//! Backups by Velero (velero.io v1; vmware-tanzu/velero v1.18.3 pkg/apis/velero/v1).

use smol_str::SmolStr;

use crate::decode::{Present, Scalar, record};
use crate::judged::Parameters;
use crate::selector::LabelSelector;

record! {
    /// `ScheduleSpec`.
    ScheduleSpec {
        /// Five fields, or `@every 1h`.
        schedule: SmolStr = "schedule",
        /// Whether it is switched off.
        paused: Option<bool> = "paused",
        /// What is backed up.
        template: BackupSpec = "template",
    }

    /// `BackupSpec`.
    BackupSpec {
        /// Namespaces; all when empty or `*`.
        included_namespaces: Box<[SmolStr]> = "includedNamespaces",
        /// Namespaces that are left out.
        excluded_namespaces: Box<[SmolStr]> = "excludedNamespaces",
        /// Resources; all when empty or `*`.
        included_resources: Box<[SmolStr]> = "includedResources",
        /// Resources that are left out.
        excluded_resources: Box<[SmolStr]> = "excludedResources",
        /// Resources of namespaces; all when empty or `*`.
        included_namespace_scoped_resources: Box<[SmolStr]> = "includedNamespaceScopedResources",
        /// Resources of namespaces that are left out.
        excluded_namespace_scoped_resources: Box<[SmolStr]> = "excludedNamespaceScopedResources",
        /// Objects by labels.
        label_selector: Option<LabelSelector> = "labelSelector",
        /// Objects by labels; one of them must hold.
        or_label_selectors: Box<[LabelSelector]> = "orLabelSelectors",
        /// Whether volumes are snapshotted.
        snapshot_volumes: Option<bool> = "snapshotVolumes",
        /// Whether volumes are backed up as files.
        default_volumes_to_fs_backup: Option<bool> = "defaultVolumesToFsBackup",
        /// How long it is kept; 720h when absent.
        ttl: Option<Scalar> = "ttl",
        /// Where it goes; the default location when empty.
        storage_location: SmolStr = "storageLocation",
    }

    /// `BackupStorageLocationSpec`.
    BackupStorageLocationSpec {
        /// `aws`, `gcp`, `azure`, `velero.io/aws`, …
        provider: SmolStr = "provider",
        /// Settings of the provider.
        config: Parameters = "config",
        /// Where.
        object_storage: ObjectStorage = "objectStorage",
        /// `ReadWrite` when empty, or `ReadOnly`.
        access_mode: SmolStr = "accessMode",
        /// Whether backups that name none go here.
        default: Option<bool> = "default",
    }

    /// `ObjectStorageLocation`.
    ObjectStorage {
        /// The bucket.
        bucket: SmolStr = "bucket",
        /// Whose certificates are trusted.
        ca_cert: Option<Present> = "caCert",
    }
}
