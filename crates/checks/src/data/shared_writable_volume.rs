use std::collections::BTreeSet;

use seawall_inventory::{Object, PodView, View};
use seawall_yaml::Path;

crate::check::check! {
    /// Volume that several workloads write
    ///
    /// ## What it finds
    /// PersistentVolumeClaims with `ReadWriteMany` that two or more workloads of their namespace mount writable. Replicas of one workload
    /// count once. It is in `all`, as an inventory: some programs are made for it.
    ///
    /// ## Why it matters
    /// Who has broken into one of them changes what the others read: code, configuration, data. No NetworkPolicy stands between them.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: uploads
    /// spec:
    ///   accessModes: [ReadWriteMany]   # <- finding
    ///   resources:
    ///     requests:
    ///       storage: 1Gi
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     volumeMounts:
    ///     - name: uploads
    ///       mountPath: /uploads
    ///   volumes:
    ///   - name: uploads
    ///     persistentVolumeClaim:
    ///       claimName: uploads
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: resizer
    /// spec:
    ///   containers:
    ///   - name: resizer
    ///     image: registry.example/resizer:1
    ///     volumeMounts:
    ///     - name: uploads
    ///       mountPath: /work
    ///   volumes:
    ///   - name: uploads
    ///     persistentVolumeClaim:
    ///       claimName: uploads
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: uploads
    /// spec:
    ///   accessModes: [ReadWriteOncePod]
    ///   resources:
    ///     requests:
    ///       storage: 1Gi
    /// ```
    /// ## How to fix
    /// Mount it with `readOnly: true` where a workload only reads, give each its own volume, or let one of them serve the data to the others.
    ///
    /// ## References
    /// - Kubernetes documentation, Persistent Volumes: access modes
    id: "SW4014",
    name: "shared-writable-volume",
    severity: Info,
    scope: Object,
    subjects: ["PersistentVolumeClaim"],
    reads: ["pods"],
    since: "0.1.0",
    profile: All,
    fn run(object, out) {
        let Some(claim) = object.body.claim() else { return out.not_applicable() };
        if !claim.access_modes.iter().any(|mode| mode == "ReadWriteMany") {
            return;
        }
        let snapshot = out.snapshot();
        let name = object.metadata.name.as_str();
        let writers: BTreeSet<(&str, &str)> = snapshot
            .pods_claiming(object)
            .filter(|pod| !pod.object.body.pod_status().is_some_and(|status| status.has_ended()))
            .filter(|pod| writes(pod, name))
            .map(|pod| root(pod.object, snapshot))
            .collect();
        let mut some = writers.iter();
        let (Some(first), Some(second)) = (some.next(), some.next()) else {
            if !snapshot.has_all_pods_beside(object) {
                out.unknown("workloads that were not read may mount the claim too");
            }
            return;
        };
        let others = some.count();
        let more = if others == 0 { String::new() } else { format!(", and {others} more,") };
        let message = format!("`{}/{}` and `{}/{}`{more} write to one volume", first.0, first.1, second.0, second.1);
        out.fail(Path::root().field("spec").field("accessModes"), message).value("ReadWriteMany");
    }
}

/// Whether a container of the pod can write to the claim.
fn writes(pod: &PodView<'_>, claim: &str) -> bool {
    let volumes = pod.spec().volumes.iter().filter(|volume| {
        let source = volume.persistent_volume_claim.as_ref();
        source.is_some_and(|source| source.claim_name == claim && source.read_only != Some(true))
    });
    let names: BTreeSet<&str> = volumes.map(|volume| volume.name.as_str()).collect();
    !names.is_empty()
        && pod.containers().any(|container| {
            let mounts = &container.container.volume_mounts;
            mounts.iter().any(|mount| mount.read_only != Some(true) && names.contains(mount.name.as_str()))
        })
}

/// Kind and name of the workload that an object is part of: the controller of its controllers.
fn root<'s>(object: &'s Object, snapshot: View<'s>) -> (&'s str, &'s str) {
    /// A pod, its ReplicaSet, its Deployment, and what made that.
    const DEPTH: usize = 4;
    let mut at = object;
    for _ in 0..DEPTH {
        let Some(owner) = at.metadata.owner_references.iter().find(|owner| owner.controller == Some(true)) else { break };
        let group = owner.api_version.split_once('/').map_or("", |(group, _)| group);
        match snapshot.named(at, group, &owner.kind, &owner.name).next() {
            Some(next) => at = next,
            None => return (&owner.kind, &owner.name),
        }
    }
    (&at.kind, &at.metadata.name)
}
