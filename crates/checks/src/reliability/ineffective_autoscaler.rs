use seawall_finding::Severity;
use seawall_inventory::kinds::ResourceMetric;
use seawall_inventory::{Object, ContainerClass};
use seawall_yaml::Path;

use super::resources::{has_request, own_request};
use crate::Out;

crate::check::check! {
    /// Autoscaler that scales nothing
    ///
    /// ## What it finds
    /// HorizontalPodAutoscalers and ScaledObjects whose target is of a kind that has no scale (DaemonSet, Job, CronJob, Pod), has
    /// the name of a workload of another kind or API group, has `replicas: 0`, or has another autoscaler already; whose
    /// smallest number is their greatest; and those that aim at a percentage of requests that a container of the target does not
    /// have. A target that is not among the objects read is unknown. That the greatest number is below the smallest or is not
    /// given is refused by the API server, and medium.
    ///
    /// ## Why it matters
    /// The number of pods stays what it is while the load grows, although somebody relies on the autoscaler.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata:
    ///   name: web
    /// spec:
    ///   scaleTargetRef:
    ///     apiVersion: apps/v1
    ///     kind: Deployment
    ///     name: web
    ///   minReplicas: 2
    ///   maxReplicas: 10
    ///   metrics:
    ///   - type: Resource
    ///     resource:   # <- finding
    ///       name: cpu
    ///       target:
    ///         type: Utilization
    ///         averageUtilization: 70
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
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
    ///         resources:
    ///           requests:
    ///             memory: 128Mi
    /// ```
    /// ```yaml bad
    /// apiVersion: autoscaling/v1
    /// kind: HorizontalPodAutoscaler
    /// metadata:
    ///   name: agent
    /// spec:
    ///   scaleTargetRef:
    ///     apiVersion: apps/v1
    ///     kind: DaemonSet   # <- finding
    ///     name: agent
    ///   maxReplicas: 10
    /// ```
    /// ```yaml bad
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata:
    ///   name: web
    /// spec:
    ///   scaleTargetRef:
    ///     apiVersion: apps/v1
    ///     kind: Deployment
    ///     name: web
    ///   minReplicas: 5
    ///   maxReplicas: 3   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata:
    ///   name: web
    /// spec:
    ///   scaleTargetRef:
    ///     apiVersion: apps/v1
    ///     kind: Deployment
    ///     name: web
    ///   minReplicas: 2
    ///   maxReplicas: 10
    ///   metrics:
    ///   - type: Resource
    ///     resource:
    ///       name: cpu
    ///       target:
    ///         type: Utilization
    ///         averageUtilization: 70
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
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
    ///         resources:
    ///           requests:
    ///             cpu: 100m
    /// ```
    /// ## How to fix
    /// Name the workload by its own `apiVersion` and `kind`, give all its containers the request that the percentage is of, and
    /// leave room between the smallest and the greatest number.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/podautoscaler/replica_calculator.go: calculateRequests
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/podautoscaler/horizontal.go: reconcileAutoscaler, AmbiguousSelector
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/autoscaling/validation/validation.go
    id: "SW6029",
    name: "ineffective-autoscaler",
    severity: Low,
    scope: Object,
    subjects: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    reads: ["pods", "HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh", "LimitRange"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0300", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        kube_linter("dangling-horizontalpodautoscaler", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        polaris("hpaMaxAvailability", Wider, "all reasons for which it scales nothing"),
        kube_score("horizontalpodautoscaler-has-target", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-600", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-601", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(scaling) = object.autoscaling() else { return out.not_applicable() };
        if object.malformed {
            // What has a wrong type is told by the reader, and looks as if it were not given.
            return out.unknown("a field of the autoscaler has a type that Kubernetes refuses");
        }
        judge_bounds(object, scaling.min, scaling.max, out);
        let target = || spec().field("scaleTargetRef");
        let has_no_scale = matches!(
            (scaling.group, scaling.kind),
            ("apps", "DaemonSet") | ("batch", "Job" | "CronJob") | ("", "Pod")
        );
        if has_no_scale {
            out.fail(target().field("kind"), format!("a {} has no number of replicas to change", scaling.kind))
                .value(scaling.kind);
            return;
        }
        let snapshot = out.snapshot();
        let mut found = snapshot.named(object, scaling.group, scaling.kind, scaling.name).peekable();
        if found.peek().is_none() {
            let other = SCALABLE.iter().find_map(|(group, kind)| {
                snapshot.named(object, group, kind, scaling.name).next().map(|other| (other, *kind))
            });
            match other {
                Some((other, kind)) if kind.eq_ignore_ascii_case(scaling.kind) => {
                    let message = format!(
                        "there is no `{}` of the group `{}`, but {} `{}` of `{}`",
                        scaling.kind, scaling.group, other.kind, scaling.name, other.api_version
                    );
                    out.fail(target(), message).derived("the autoscaler does not find its target");
                }
                _ => out.unknown("what the autoscaler scales is not among the objects read"),
            }
            return;
        }
        for workload in found {
            let replicas = workload.pods.first().and_then(|pod| pod.controller.as_ref()?.spec.replicas);
            if replicas == Some(0) {
                out.fail(target(), format!("{} `{}` has `replicas: 0`", workload.kind, scaling.name))
                    .derived("the autoscaler is switched off while the number is zero");
                return;
            }
            // Of two autoscalers the one whose name comes later is told.
            let rival = snapshot
                .autoscalers_of(workload)
                .find(|other| other.metadata.name < object.metadata.name);
            if let Some(rival) = rival {
                let message = format!(
                    "{} `{}` scales {} `{}` too",
                    rival.kind, rival.metadata.name, workload.kind, scaling.name
                );
                out.fail(target(), message).derived("neither of two autoscalers of one workload works");
                return;
            }
            judge_metrics(object, workload, out);
        }
    }
}

/// Kinds with a scale that a target may be meant to be.
const SCALABLE: [(&str, &str); 4] =
    [("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "ReplicaSet"), ("argoproj.io", "Rollout")];

fn spec() -> Path {
    Path::root().field("spec")
}

fn judge_bounds(object: &Object, min: i64, max: Option<i64>, out: &mut Out<'_>) {
    let field = if object.body.autoscaler().is_some() { "maxReplicas" } else { "maxReplicaCount" };
    let path = || spec().field(field);
    let refused = "the API server refuses the object";
    match max {
        None => {
            out.fail(path(), "there is no greatest number of replicas").severity(Severity::Medium).missing(refused);
        }
        Some(max) if max < min || max <= 0 => {
            out.fail(path(), format!("at most {max} replicas, but at least {min}"))
                .severity(Severity::Medium)
                .derived(refused);
        }
        Some(max) if max == min => {
            out.fail(path(), format!("at least and at most {max}: nothing is scaled")).value(max.to_string());
        }
        Some(_) => {}
    }
}

/// Finds percentages of requests that are not there.
fn judge_metrics(object: &Object, workload: &Object, out: &mut Out<'_>) {
    let Some(spec_of) = object.body.autoscaler() else { return };
    if spec_of.metrics.is_empty() {
        // autoscaling/v1 keeps its other metrics in an annotation.
        let elsewhere = object.metadata.annotations.get("autoscaling.alpha.kubernetes.io/metrics").is_some();
        if !elsewhere || spec_of.target_cpu_utilization_percentage.is_some() {
            let field = match spec_of.target_cpu_utilization_percentage {
                Some(_) => "targetCPUUtilizationPercentage",
                None => "metrics",
            };
            judge_requests(spec().field(field), "cpu", None, workload, out);
        }
    }
    for (index, metric) in spec_of.metrics.iter().enumerate() {
        let at = || spec().field("metrics").index(index);
        if let Some(resource) = metric.resource.as_deref().filter(|metric| is_utilization(metric)) {
            judge_requests(at().field("resource"), &resource.name, None, workload, out);
        }
        if let Some(resource) = metric.container_resource.as_deref().filter(|metric| is_utilization(metric)) {
            let of = Some(resource.container.as_str());
            judge_requests(at().field("containerResource"), &resource.name, of, workload, out);
        }
    }
}

fn is_utilization(metric: &ResourceMetric) -> bool {
    metric.target_average_utilization.is_some()
        || metric
            .target
            .as_ref()
            .is_some_and(|target| target.type_ == "Utilization" || target.average_utilization.is_some())
}

/// Finds containers of the workload that run on and do not request `resource`; of the container `only`, when given.
fn judge_requests(path: Path, resource: &str, only: Option<&str>, workload: &Object, out: &mut Out<'_>) {
    for pod in out.snapshot().pods_of(workload) {
        let mut running = pod.containers().filter(|container| {
            matches!(container.class, ContainerClass::Regular | ContainerClass::Sidecar)
                && only.is_none_or(|name| container.name() == name)
        });
        let lacking = running.find(|container| match only {
            // Of one container its own request counts, not that of the pod.
            Some(_) => !own_request(container, resource, out),
            None => !has_request(container, resource, out),
        });
        if let Some(container) = lacking {
            let message = format!(
                "container `{}` of {} `{}` requests no {resource} that a percentage could be taken of",
                container.name(),
                workload.kind,
                workload.display_name()
            );
            out.fail(path, message).derived("the autoscaler cannot work the metric out");
            return;
        }
    }
}
