//! How many pods a workload runs.

use seawall_inventory::{Object, PodView, View};

/// How many pods a workload runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// So many at least: what is written, or what its autoscaler keeps.
    AtLeast(i64),
    /// Its kind has no number of replicas: a DaemonSet, a Job.
    Unscaled,
    /// One pod that nobody replaces.
    Alone,
    /// Not said by what was read.
    Unknown(&'static str),
}

/// How many pods of `pod` its workload runs.
pub(super) fn scale(pod: &PodView<'_>, snapshot: View<'_>) -> Scale {
    let object = pod.object;
    match (object.group(), object.kind.as_str()) {
        ("", "Pod") if object.metadata.owner_references.is_empty() => return Scale::Alone,
        ("apps" | "extensions", "DaemonSet") | ("batch", "Job" | "CronJob") => return Scale::Unscaled,
        _ if is_replicated(object) => {}
        _ => return Scale::Unknown("how many pods run is said by another object"),
    }
    let fewest = snapshot.autoscalers_of(object).filter_map(Object::autoscaling).map(|one| one.min).min();
    match fewest.or_else(|| pod.template.controller.as_ref()?.spec.replicas) {
        Some(pods) => Scale::AtLeast(pods),
        None => Scale::Unknown(
            "no number of replicas is written, so that an autoscaler that was not read may set it",
        ),
    }
}

/// Whether the object keeps a number of equal pods.
pub(super) fn is_replicated(object: &Object) -> bool {
    matches!(
        (object.group(), object.kind.as_str()),
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "ReplicaSet")
            | ("", "ReplicationController")
            | ("argoproj.io", "Rollout")
            | ("apps.openshift.io", "DeploymentConfig")
    )
}
