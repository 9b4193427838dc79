use super::scale::{Scale, is_replicated, scale};

crate::check::check! {
    /// Replicas without a disruption budget
    ///
    /// ## What it finds
    /// Deployments, StatefulSets, ReplicaSets and Rollouts that run two or more replicas, by their number or their autoscaler, and that no
    /// PodDisruptionBudget among the objects read selects. Without a number and without an autoscaler the verdict is unknown.
    ///
    /// ## Why it matters
    /// When nodes are drained for an upgrade, all replicas may be evicted at about the same time, although there are several. It costs
    /// an object for each workload, which is why it is asked of hardened clusters only.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 3   # <- finding
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
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 3
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
    /// ---
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ## How to fix
    /// Add a PodDisruptionBudget with `maxUnavailable: 1` and the selector of the workload.
    ///
    /// ## References
    /// - Kubernetes documentation: Specifying a Disruption Budget for your Application
    id: "SW6031",
    name: "disruption-budget-missing",
    severity: Low,
    scope: Workload,
    reads: ["PodDisruptionBudget.policy", "HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        polaris("missingPodDisruptionBudget", Narrower, "single replicas have nothing to keep"),
        kube_score("deployment-has-poddisruptionbudget", Same, ""),
        kube_score("statefulset-has-poddisruptionbudget", Same, ""),
        popeye("POP-206", Narrower, "workloads with two replicas at least"),
    ],
    fn run(pod, out) {
        let owned = !pod.object.metadata.owner_references.is_empty();
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_replicated(pod.object) && !owned) else {
            return out.not_applicable();
        };
        match scale(pod, out.snapshot()) {
            Scale::AtLeast(replicas) if replicas > 1 => {
                if out.snapshot().budgets_selecting(pod).next().is_none() {
                    let message = format!("no disruption budget keeps some of the {replicas} replicas");
                    out.fail(controller.path.key("replicas"), message)
                        .derived("no PodDisruptionBudget among the objects read selects the pods");
                }
            }
            Scale::Unknown(reason) => out.unknown(reason),
            Scale::AtLeast(_) | Scale::Alone | Scale::Unscaled => out.not_applicable(),
        }
    }
}
