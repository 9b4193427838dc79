use std::collections::HashSet;

use seawall_finding::{Fix, Safety};
use seawall_inventory::kinds::StorageClass;
use seawall_inventory::{Object, View};
use seawall_yaml::Path;

/// Which classes are the default (k8s.io/kubernetes v1.36.3 pkg/apis/storage/util/helpers.go: IsDefaultAnnotation).
const DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
/// Provisioners of disks that are gone with their node: there is nothing to retain them for.
const SCRATCH: &[&str] = &[
    "docker.io/hostpath",
    "hostpath.csi.k8s.io",
    "k8s.io/minikube-hostpath",
    "kubernetes.io/no-provisioner",
    "local.csi.openebs.io",
    "microk8s.io/hostpath",
    "openebs.io/local",
    "rancher.io/local-path",
];

crate::check::check! {
    /// Volume that is deleted with its claim
    ///
    /// ## What it finds
    /// StorageClasses with the reclaim policy `Delete`, which is what they have when they do not say, that are the default class or that a
    /// StatefulSet names for its claims; and PersistentVolumes written with `Delete`. Not those of local disks. It is in `all`: the other
    /// choice leaves data behind, and its costs.
    ///
    /// ## Why it matters
    /// Who deletes a claim, or the namespace with all its claims, deletes the data: a wrong context, a pruning deployment and an attacker
    /// need one command. Kept volumes can be bound again.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: storage.k8s.io/v1   # <- finding
    /// kind: StorageClass
    /// metadata:
    ///   name: standard
    ///   annotations:
    ///     storageclass.kubernetes.io/is-default-class: "true"
    /// provisioner: pd.csi.storage.gke.io
    /// ---
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: fast
    /// provisioner: pd.csi.storage.gke.io
    /// reclaimPolicy: Delete   # <- finding
    /// ---
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: db
    /// spec:
    ///   serviceName: db
    ///   selector:
    ///     matchLabels:
    ///       app: db
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: db
    ///     spec:
    ///       containers:
    ///       - name: db
    ///         image: registry.example/db:1
    ///   volumeClaimTemplates:
    ///   - metadata:
    ///       name: data
    ///     spec:
    ///       storageClassName: fast
    ///       accessModes: [ReadWriteOnce]
    ///       resources:
    ///         requests:
    ///           storage: 1Gi
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   capacity:
    ///     storage: 5Gi
    ///   persistentVolumeReclaimPolicy: Delete   # <- finding
    ///   csi:
    ///     driver: ebs.csi.aws.com
    ///     volumeHandle: vol-1234567890
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: standard
    ///   annotations:
    ///     storageclass.kubernetes.io/is-default-class: "true"
    /// provisioner: pd.csi.storage.gke.io
    /// reclaimPolicy: Retain
    /// ---
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: cache
    /// provisioner: pd.csi.storage.gke.io
    /// ---
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   capacity:
    ///     storage: 5Gi
    ///   csi:
    ///     driver: ebs.csi.aws.com
    ///     volumeHandle: vol-1234567890
    /// ```
    /// ## How to fix
    /// Set `reclaimPolicy: Retain` in a class for data that matters; of a class that is in use it cannot be changed, of a volume it can. Keep
    /// backups all the same.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/storage/v1/defaults.go: SetDefaults_StorageClass
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go: SetDefaults_PersistentVolume
    id: "SW4013",
    name: "volume-deleted-with-claim",
    severity: Info,
    scope: Snapshot,
    reads: ["StorageClass.storage.k8s.io", "PersistentVolume", "StatefulSet.apps"],
    since: "0.1.0",
    profile: All,
    fn run(snapshot, out) {
        let mut any = false;
        let mut named = None;
        let classes = snapshot.numbered("storage.k8s.io", "StorageClass");
        for (index, object) in classes.chain(snapshot.numbered("", "PersistentVolume")) {
            if object.malformed {
                out.unknown("a field of a volume or its class has a type that Kubernetes refuses");
            }
            if let Some(class) = object.body.storage_class() {
                any = true;
                let named = named.get_or_insert_with(|| named_by_stateful_sets(*snapshot));
                if !deletes(class) || !(is_default(object) || named.contains(object.metadata.name.as_str())) {
                    continue;
                }
                let path = Path::root().field("reclaimPolicy");
                let fix = Fix::set(path.clone(), "Retain", Safety::Review);
                let message = format!("volumes of class `{}` are deleted with their claims", object.metadata.name);
                let finding = out.fail_on(index, path, message).fix(fix);
                match &class.reclaim_policy {
                    Some(policy) => finding.value(policy),
                    None => finding.missing("defaults to `Delete`"),
                };
            } else if let Some(volume) = object.body.persistent_volume() {
                any = true;
                // Of what a driver made for a class, the class is the cause.
                let made = object.metadata.annotations.get("pv.kubernetes.io/provisioned-by").is_some();
                let local = matches!(volume.source.as_str(), "hostPath" | "local");
                if volume.settings.reclaim_policy == "Delete" && !made && !local {
                    let path = Path::root().field("spec").field("persistentVolumeReclaimPolicy");
                    let fix = Fix::set(path.clone(), "Retain", Safety::Review);
                    out.fail_on(index, path, "the volume is deleted with its claim").value("Delete").fix(fix);
                }
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}

fn deletes(class: &StorageClass) -> bool {
    class.reclaim_policy.as_deref().is_none_or(|policy| policy == "Delete" || policy.is_empty())
        && !SCRATCH.contains(&class.provisioner.as_str())
}

fn is_default(object: &Object) -> bool {
    DEFAULT.iter().any(|name| object.metadata.annotations.get(name) == Some("true"))
}

/// Classes that StatefulSets name for their claims.
fn named_by_stateful_sets(snapshot: View<'_>) -> HashSet<&str> {
    let controllers = snapshot
        .of_kind("apps", "StatefulSet")
        .flat_map(|object| &object.pods)
        .filter_map(|pod| pod.controller.as_ref());
    controllers
        .flat_map(|controller| &controller.spec.rare().volume_claim_templates)
        .filter_map(|template| template.spec.as_ref()?.storage_class_name.as_deref())
        .collect()
}
