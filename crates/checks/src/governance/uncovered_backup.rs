use std::collections::BTreeMap;

use seawall_inventory::kinds::BackupSpec;
use seawall_inventory::{Object, View};
use seawall_yaml::Path;

use super::wildcard;
use crate::out::Out;

crate::check::check! {
    /// Namespace with data that no backup covers
    ///
    /// ## What it finds
    /// Namespaces with PersistentVolumeClaims or StatefulSets that have claims, which none of the Schedules of Velero that were
    /// read includes. Where no Schedule is read, the check says nothing: backups may be made otherwise, and that is why it
    /// belongs to the strict profile.
    ///
    /// ## Why it matters
    /// A list of namespaces is right on the day it is written. What comes later is missing in it, and that is found out when it is to
    /// be restored.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: velero.io/v1
    /// kind: Schedule
    /// metadata:
    ///   name: nightly
    ///   namespace: velero
    /// spec:
    ///   schedule: 0 3 * * *
    ///   template:
    ///     includedNamespaces: [billing]
    /// ---
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: orders
    ///   namespace: shop   # <- finding
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   resources: {requests: {storage: 1Gi}}
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: velero.io/v1
    /// kind: Schedule
    /// metadata:
    ///   name: nightly
    ///   namespace: velero
    /// spec:
    ///   schedule: 0 3 * * *
    ///   template:
    ///     includedNamespaces: ["*"]
    ///     excludedNamespaces: [scratch]
    /// ---
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: orders
    ///   namespace: shop
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   resources: {requests: {storage: 1Gi}}
    /// ```
    /// ## How to fix
    /// Include all namespaces, and exclude those that need no backup.
    ///
    /// ## References
    /// - vmware-tanzu/velero v1.18.3 pkg/apis/velero/v1/backup_types.go: IncludedNamespaces, ExcludedNamespaces
    /// - vmware-tanzu/velero v1.18.3 pkg/util/collections/includes_excludes.go: ShouldInclude
    id: "SW9022",
    name: "uncovered-backup",
    severity: Low,
    scope: Snapshot,
    reads: ["Schedule.velero.io", "PersistentVolumeClaim", "StatefulSet.apps"],
    since: "0.1.0",
    profile: Strict,
    fn run(snapshot, out) {
        let schedules: Vec<&BackupSpec> = snapshot
            .of_kind("velero.io", "Schedule")
            .filter_map(|object| Some(&object.body.backup_schedule()?.template))
            .collect();
        if schedules.is_empty() {
            return out.not_applicable();
        }
        judge(&schedules, *snapshot, out);
    }
}

/// Comparisons of namespaces with patterns in all; beyond, somebody wants to keep the scanner busy.
const COMPARISONS: usize = 10_000_000;

fn judge(schedules: &[&BackupSpec], snapshot: View<'_>, out: &mut Out<'_>) {
    let mut with_data: BTreeMap<&str, usize> = BTreeMap::new();
    let claims = snapshot.numbered("", "PersistentVolumeClaim");
    let sets = snapshot.numbered("apps", "StatefulSet").filter(|(_, object)| has_claims(object));
    for (index, object) in claims.chain(sets).filter(|(_, object)| !object.metadata.namespace.is_empty()) {
        let first = with_data.entry(&object.metadata.namespace).or_insert(index);
        *first = index.min(*first);
    }
    let patterns: usize = schedules
        .iter()
        .map(|schedule| 1 + schedule.included_namespaces.len() + schedule.excluded_namespaces.len())
        .sum();
    if patterns.saturating_mul(with_data.len()) > COMPARISONS {
        return out.unknown("there are too many namespaces and schedules to compare");
    }
    for (namespace, index) in with_data {
        match covered(namespace, schedules) {
            Some(true) => {}
            Some(false) => {
                let path = Path::root().field("metadata").field("namespace");
                let message = format!("no backup covers namespace `{namespace}`, which has volumes");
                out.fail_on(index, path, message).value(namespace);
            }
            None => out.unknown(format!("a pattern of a schedule may name namespace `{namespace}`")),
        }
    }
}

fn has_claims(object: &Object) -> bool {
    object.pods.iter().any(|pod| {
        pod.controller.as_ref().is_some_and(|controller| !controller.spec.rare().volume_claim_templates.is_empty())
    })
}

/// Whether a schedule includes the namespace; `None` when that depends on a pattern that is not understood.
fn covered(namespace: &str, schedules: &[&BackupSpec]) -> Option<bool> {
    let mut unsure = false;
    for schedule in schedules {
        let all = schedule.included_namespaces.is_empty();
        let included = if all { Some(true) } else { any(&schedule.included_namespaces, namespace) };
        match (included, any(&schedule.excluded_namespaces, namespace)) {
            (Some(true), Some(false)) => return Some(true),
            (Some(false), _) | (_, Some(true)) => {}
            _ => unsure = true,
        }
    }
    (!unsure).then_some(false)
}

fn any(patterns: &[smol_str::SmolStr], namespace: &str) -> Option<bool> {
    let mut unsure = false;
    for pattern in patterns {
        if pattern.contains(['?', '[', '{', '\\']) {
            unsure = true;
        } else if wildcard::matches(pattern, namespace) {
            return Some(true);
        }
    }
    (!unsure).then_some(false)
}
