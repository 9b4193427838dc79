use seawall_finding::Severity;
use seawall_inventory::kinds::ClaimSpec;
use seawall_inventory::{Object, PodView};

use super::scale::is_replicated;
use super::share::{Share, share};
use crate::Out;

crate::check::check! {
    /// Replicas that share a volume for one
    ///
    /// ## What it finds
    /// Workloads that run two or more replicas, or whose autoscaler may, and mount one PersistentVolumeClaim that is read and has
    /// only `ReadWriteOnce`, which binds it to one node, or `ReadWriteOncePod`, which binds it to one pod; the latter is medium.
    /// Also Deployments of one replica whose rolling update starts the new pod before the old one has gone, with `ReadWriteOncePod`.
    /// Claims that a StatefulSet makes for each pod are not meant.
    ///
    /// ## Why it matters
    /// Pods on other nodes wait for the volume and never start. With `ReadWriteOncePod` the second replica is never placed, and a
    /// rolling update waits for ever.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: uploads
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   resources:
    ///     requests:
    ///       storage: 1Gi
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 2
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///       volumes:
    ///       - name: uploads
    ///         persistentVolumeClaim:
    ///           claimName: uploads   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: uploads
    /// spec:
    ///   accessModes: [ReadWriteOncePod]
    ///   resources:
    ///     requests:
    ///       storage: 1Gi
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 1
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///       volumes:
    ///       - name: uploads
    ///         persistentVolumeClaim:
    ///           claimName: uploads   # <- finding
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
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 1
    ///   strategy:
    ///     type: Recreate
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///       volumes:
    ///       - name: uploads
    ///         persistentVolumeClaim:
    ///           claimName: uploads
    /// ```
    /// ## How to fix
    /// Use a volume with `ReadWriteMany`, a StatefulSet with a claim for each replica, or one replica with `strategy: Recreate`.
    ///
    /// ## References
    /// - Kubernetes documentation: Persistent Volumes, access modes
    /// - KEP-2485: ReadWriteOncePod
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/deployment/util/deployment_util.go: NewRSNewReplicas, ResolveFenceposts
    id: "SW6043",
    name: "exclusive-volume-with-replicas",
    severity: Low,
    scope: Workload,
    reads: ["PersistentVolumeClaim", "HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        if !is_replicated(pod.object) {
            return out.not_applicable();
        }
        let mut judged = false;
        for (index, volume) in pod.spec().volumes.iter().enumerate() {
            let Some(source) = &volume.persistent_volume_claim else { continue };
            judged = true;
            let mut claims = out
                .snapshot()
                .named(pod.object, "", "PersistentVolumeClaim", &source.claim_name)
                .filter_map(|claim| claim.body.claim())
                .peekable();
            if claims.peek().is_none() {
                out.unknown("a claim that the pods mount is not among the objects read");
                continue;
            }
            let Some(exclusive) = claims.find_map(exclusive) else { continue };
            let path = || pod.path("volumes").index(index).field("persistentVolumeClaim").field("claimName");
            match most(pod, out) {
                Some(replicas) if replicas > 1 => {
                    let (bound, severity) = match exclusive {
                        Exclusive::Node => ("one node", Severity::Low),
                        Exclusive::Pod => ("one pod", Severity::Medium),
                    };
                    let message =
                        format!("up to {replicas} replicas mount `{}`, which is for {bound}", source.claim_name);
                    out.fail(path(), message).severity(severity).value(&source.claim_name);
                }
                Some(_) => {
                    if matches!(exclusive, Exclusive::Pod) && starts_before_it_stops(pod) {
                        let message = format!(
                            "a rolling update starts a second pod with `{}`, which is for one pod",
                            source.claim_name
                        );
                        out.fail(path(), message).value(&source.claim_name);
                    }
                }
                None => out.unknown("no number of replicas is written, so that an autoscaler that was not read may set it"),
            }
        }
        if !judged {
            out.not_applicable();
        }
    }
}

/// What a claim is for.
#[derive(Clone, Copy)]
enum Exclusive {
    Node,
    Pod,
}

/// What the claim is for, when not for several nodes.
fn exclusive(claim: &ClaimSpec) -> Option<Exclusive> {
    let only = |wanted: &str| !claim.access_modes.is_empty() && claim.access_modes.iter().all(|mode| mode == wanted);
    if only("ReadWriteOncePod") {
        Some(Exclusive::Pod)
    } else if only("ReadWriteOnce") {
        Some(Exclusive::Node)
    } else {
        None
    }
}

/// The most replicas there may be.
fn most(pod: &PodView<'_>, out: &Out<'_>) -> Option<i64> {
    let scalers = out.snapshot().autoscalers_of(pod.object).filter_map(Object::autoscaling);
    scalers.filter_map(|one| one.max).max().or_else(|| pod.template.controller.as_ref()?.spec.replicas)
}

/// Whether a rolling update of one replica starts the new pod and waits for it before it stops the old one: so does a
/// Deployment that does not say otherwise, since 25 % of one pod are rounded down for those that may be missing.
fn starts_before_it_stops(pod: &PodView<'_>) -> bool {
    if pod.object.kind != "Deployment" {
        return false;
    }
    let Some(strategy) = pod.template.controller.as_ref().and_then(|one| one.spec.strategy.as_deref()) else {
        return true;
    };
    let unavailable = strategy.rolling_update.as_ref().and_then(|rolling| rolling.max_unavailable.as_ref());
    let none_missing = unavailable.is_none_or(|share_of| match share(share_of) {
        Share::Number(number) => number == 0,
        Share::Percent(percent) => percent < 100,
        Share::Refused | Share::Placeholder => false,
    });
    matches!(strategy.type_.as_str(), "" | "RollingUpdate") && none_missing
}
