use seawall_finding::{Param, ParamDefault};
use seawall_yaml::Path;

crate::check::check! {
    /// Autoscaler that goes down to one replica
    ///
    /// ## What it finds
    /// HorizontalPodAutoscalers that may leave fewer replicas than the parameter `least` (2), and ScaledObjects of KEDA that do
    /// while there is something to do. To scale to zero is meant so.
    ///
    /// ## Why it matters
    /// In quiet hours one pod is left. When its node is drained, fails or is upgraded, the service is gone until another pod has
    /// started. Whether that matters is a choice, as with a written number of replicas.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   scaleTargetRef:
    ///     apiVersion: apps/v1
    ///     kind: Deployment
    ///     name: web
    ///   maxReplicas: 5
    /// ```
    /// ```yaml bad
    /// apiVersion: keda.sh/v1alpha1
    /// kind: ScaledObject
    /// metadata:
    ///   name: web
    /// spec:
    ///   scaleTargetRef:
    ///     name: web
    ///   minReplicaCount: 1   # <- finding
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
    ///   maxReplicas: 5
    /// ```
    /// ## How to fix
    /// Set `minReplicas` (of a ScaledObject `minReplicaCount`) to 2 or more.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 autoscaling/v2: HorizontalPodAutoscalerSpec
    id: "SW6028",
    name: "single-replica-autoscaler",
    severity: Info,
    scope: Object,
    subjects: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: All,
    params: [Param { name: "least", doc: "Replicas that are enough.", default: ParamDefault::Int(2) }],
    peers: [
        kube_linter("hpa-minimum-three-replicas", Narrower, "two by default (parameter `least`)"),
        polaris("hpaMinAvailability", Same, ""),
        kube_score("horizontalpodautoscaler-replicas", Same, ""),
    ],
    fn run(object, out) {
        let (field, written) = if let Some(spec) = object.body.autoscaler() {
            ("minReplicas", spec.min_replicas)
        } else if let Some(spec) = object.body.scaled_object() {
            ("minReplicaCount", spec.min_replica_count)
        } else {
            return out.not_applicable();
        };
        let Some(scaling) = object.autoscaling() else { return out.not_applicable() };
        let min = scaling.min;
        if (1..out.param_int("least")).contains(&min) {
            let message = format!("the autoscaler may leave {min} replica{}", if min == 1 { "" } else { "s" });
            let draft = out.fail(Path::root().field("spec").field(field), message);
            match written {
                Some(_) => draft.value(min.to_string()),
                None => draft.missing("defaults to 1"),
            };
        }
    }
}
