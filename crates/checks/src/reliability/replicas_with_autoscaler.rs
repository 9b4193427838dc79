use seawall_finding::{Fix, Safety};

use super::scale::is_replicated;

crate::check::check! {
    /// Number of replicas beside an autoscaler
    ///
    /// ## What it finds
    /// Deployments, StatefulSets, ReplicaSets and Rollouts that write `replicas` although an autoscaler that is read scales them: a
    /// HorizontalPodAutoscaler or a ScaledObject of KEDA. Zero, which switches the autoscaler off, is not meant, and neither
    /// are objects that were read from a cluster: there the number is the autoscaler's.
    ///
    /// ## Why it matters
    /// Each time the object is applied, the number is set back to what is written, under load to fewer pods than are needed, until
    /// the autoscaler has noticed.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 2   # <- finding
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
    /// ```
    /// ## Good
    /// ```yaml good
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
    /// ---
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
    /// ```
    /// ## How to fix
    /// Take `replicas` out. Of an object that was applied with it by `kubectl apply`, first remove it from the annotation
    /// `last-applied-configuration` (`kubectl apply edit-last-applied`), else the number becomes 1 once.
    ///
    /// ## References
    /// - Kubernetes documentation: Horizontal Pod Autoscaling, migrating Deployments and StatefulSets to horizontal autoscaling
    id: "SW6030",
    name: "replicas-with-autoscaler",
    severity: Low,
    scope: Workload,
    reads: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW6013"],
    peers: [
        kube_score("deployment-targeted-by-hpa-does-not-have-replicas-configured", Wider, "StatefulSets and Rollouts, and KEDA, too"),
    ],
    fn run(pod, out) {
        let live = pod.object.metadata.uid().is_some();
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_replicated(pod.object) && !live) else {
            return out.not_applicable();
        };
        let Some(scaler) = out.snapshot().autoscalers_of(pod.object).next() else { return out.not_applicable() };
        let Some(replicas) = controller.spec.replicas.filter(|replicas| *replicas != 0) else { return };
        let path = controller.path.key("replicas");
        let message = format!(
            "each apply sets back to {replicas} what {} `{}` decided",
            scaler.kind,
            scaler.display_name()
        );
        let fix = Fix::remove(path.clone(), Safety::Review);
        out.fail(path, message).value(replicas.to_string()).fix(fix);
    }
}
