use seawall_inventory::{ContainerView, PodView};

use super::quota_scope::{Covers, TOO_MANY, covers, too_many};
use super::resources::{applies, is_pod_level, own_limit, own_request, pod_resources};
use crate::Out;

crate::check::check! {
    /// Pod that a quota refuses
    ///
    /// ## What it finds
    /// Workloads in a namespace with a ResourceQuota that limits CPU or memory, of which a container or init container does
    /// not say how much it takes: a quota of `requests.cpu`, `cpu`, `requests.memory` or `memory` wants a request, one of
    /// `limits.cpu` or `limits.memory` a limit. Defaults of a LimitRange that is read count, and only quotas whose scopes hold
    /// for the pod. From v1.34 on a pod with `resources` of its own is not asked.
    ///
    /// ## Why it matters
    /// The object is accepted, and each of its pods is refused: the workload stays at zero pods, and the reason stands in the
    /// events of a ReplicaSet.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: compute
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: "10"
    ///     limits.memory: 20Gi
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:   # <- finding
    ///       requests:
    ///         cpu: 100m
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: compute
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: "10"
    ///     limits.memory: 20Gi
    /// ---
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata:
    ///   name: defaults
    ///   namespace: shop
    /// spec:
    ///   limits:
    ///   - type: Container
    ///     default:
    ///       memory: 256Mi
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         cpu: 100m
    /// ```
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: jobs
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: "10"
    ///   scopes: [Terminating]
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Give the container what is missing, or the namespace a LimitRange with defaults.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/pods.go: podEvaluator.Constraints, podMatchesScopeFunc
    id: "SW6025",
    name: "refused-by-quota",
    severity: Medium,
    scope: Workload,
    reads: ["ResourceQuota", "LimitRange"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW6001", "SW6002"],
    fn run(pod, out) {
        let snapshot = out.snapshot();
        let mut quotas = snapshot.quotas(pod.object).peekable();
        if quotas.peek().is_none() {
            return out.not_applicable();
        }
        if too_many(pod.object, out) {
            return out.unknown(TOO_MANY);
        }
        let mut told = vec![false; pod.containers().filter(applies).count()];
        if told.is_empty() {
            return out.not_applicable();
        }
        for (quota, spec) in quotas {
            let required: Vec<&(&str, Kind, &str)> =
                REQUIRED.iter().filter(|(key, ..)| spec.hard.get(key).is_some()).collect();
            if required.is_empty() || says_for_all(pod, out) {
                continue;
            }
            match covers(spec, pod, out) {
                Covers::No => continue,
                Covers::Unknown(reason) => {
                    out.unknown(reason);
                    continue;
                }
                Covers::Yes => {}
            }
            for (container, told) in pod.containers().filter(applies).zip(&mut told) {
                let lacks = |(_, kind, resource): &&&(&str, Kind, &str)| match kind {
                    Kind::Request => !own_request(&container, resource, out),
                    Kind::Limit => !own_limit(&container, resource, out),
                };
                let lacking: Vec<&str> = required.iter().filter(lacks).map(|(key, ..)| *key).collect();
                if !lacking.is_empty() && !std::mem::replace(told, true) {
                    tell(&container, &lacking, &quota.display_name(), out);
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Request,
    Limit,
}

/// Keys of a quota that every container must say something of (`validationSet`), and what that is.
const REQUIRED: [(&str, Kind, &str); 6] = [
    ("cpu", Kind::Request, "cpu"),
    ("memory", Kind::Request, "memory"),
    ("requests.cpu", Kind::Request, "cpu"),
    ("requests.memory", Kind::Request, "memory"),
    ("limits.cpu", Kind::Limit, "cpu"),
    ("limits.memory", Kind::Limit, "memory"),
];

/// Whether the pod has `resources` of its own that say something (`IsPodLevelResourcesSet`).
fn says_for_all(pod: &PodView<'_>, out: &Out<'_>) -> bool {
    let Some(own) = pod_resources(pod, "cpu", out) else { return false };
    own.requests.iter().chain(own.limits.iter()).any(|(resource, _)| is_pod_level(resource))
}

fn tell(container: &ContainerView<'_>, lacking: &[&str], quota: &str, out: &mut Out<'_>) {
    let path = container.path("resources");
    // The same missing limit of memory is not told twice.
    let anchor = if lacking.contains(&"limits.memory") { container.place() } else { path.clone() };
    let message = format!(
        "quota `{quota}` refuses the pod: container `{}` does not say {}",
        container.name(),
        lacking.join(", ")
    );
    out.fail(path, message).missing("no default of a LimitRange among the objects read").about(anchor);
}
