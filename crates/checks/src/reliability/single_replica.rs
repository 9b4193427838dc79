use seawall_finding::{Param, ParamDefault};

crate::check::check! {
    /// One replica alone
    ///
    /// ## What it finds
    /// Deployments, Argo Rollouts and StatefulSets with fewer replicas than the parameter `least` (2). When `replicas` is
    /// not given, which leaves the number to an autoscaler, and when an autoscaler that is read decides it, the check says
    /// nothing. Zero replicas are meant so.
    ///
    /// ## Why it matters
    /// When the pod's node is drained, fails or is upgraded, the service is gone until another pod has started.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 1   # <- finding
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
    /// ```
    /// ## How to fix
    /// Run two or more, spread over nodes and zones (`topologySpreadConstraints`), with a PodDisruptionBudget. A program
    /// that cannot run twice needs a leader election or a quick restart.
    ///
    /// ## References
    /// - Kubernetes documentation: Disruptions
    id: "SW6013",
    name: "single-replica",
    severity: Info,
    scope: Workload,
    reads: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: All,
    params: [Param { name: "least", doc: "Replicas that are enough.", default: ParamDefault::Int(2) }],
    peers: [
        kube_linter("minimum-three-replicas", Narrower, "two by default (parameter `least`); no number given may be an autoscaler's"),
        polaris("deploymentMissingReplicas", Narrower, "no number given may be an autoscaler's"),
        kube_score("deployment-replicas", Wider, "StatefulSets and Rollouts too, and without a Service that is read"),
    ],
    fn run(pod, out) {
        let replicated = matches!(pod.object.kind.as_str(), "Deployment" | "StatefulSet" | "Rollout");
        let Some(controller) = pod.template.controller.as_ref().filter(|_| replicated) else {
            return out.not_applicable();
        };
        let Some(replicas) = controller.spec.replicas else {
            return out.not_applicable();
        };
        // What the autoscaler keeps at least is judged by single-replica-autoscaler.
        if out.snapshot().autoscalers_of(pod.object).next().is_some() {
            return out.not_applicable();
        }
        if replicas > 0 && replicas < out.param_int("least") {
            let message = format!(
                "the service is gone while its {replicas} replica{} moves",
                if replicas == 1 { "" } else { "s" }
            );
            out.fail(controller.path.key("replicas"), message).value(replicas.to_string());
        }
    }
}
