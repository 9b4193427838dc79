use seawall_inventory::PodView;
use seawall_inventory::selector::{LabelSelector, Selector};

use super::scale::{Scale, is_replicated, scale};

crate::check::check! {
    /// Replicas that may share a node
    ///
    /// ## What it finds
    /// Deployments, StatefulSets, ReplicaSets and Rollouts with two or more replicas, by their number or their autoscaler, that ask
    /// neither by a topology spread constraint nor by anti-affinity to keep their own pods apart, on nodes or in zones.
    ///
    /// ## Why it matters
    /// All replicas may run on one node and end with it. The scheduler spreads pods of one workload by itself, as long as nothing
    /// else weighs more; whether that is enough is a choice.
    ///
    /// ## Bad
    /// ```yaml bad
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
    ///     spec:   # <- finding
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
    ///       topologySpreadConstraints:
    ///       - topologyKey: kubernetes.io/hostname
    ///         maxSkew: 1
    ///         whenUnsatisfiable: ScheduleAnyway
    ///         labelSelector:
    ///           matchLabels:
    ///             app: web
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: store
    /// spec:
    ///   replicas: 3
    ///   serviceName: store
    ///   selector:
    ///     matchLabels:
    ///       app: store
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: store
    ///     spec:
    ///       affinity:
    ///         podAntiAffinity:
    ///           requiredDuringSchedulingIgnoredDuringExecution:
    ///           - topologyKey: topology.kubernetes.io/zone
    ///             labelSelector:
    ///               matchLabels:
    ///                 app: store
    ///       containers:
    ///       - name: store
    ///         image: registry.example/store:1.0
    /// ```
    /// ## How to fix
    /// Add `topologySpreadConstraints` over `kubernetes.io/hostname` with the labels of the pods.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Topology Spread Constraints, built-in default constraints
    id: "SW6035",
    name: "unspread-replicas",
    severity: Info,
    scope: Workload,
    reads: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: All,
    peers: [
        kube_linter("no-anti-affinity", Narrower, "spread constraints count as well as anti-affinity, and the scheduler has defaults"),
        polaris("topologySpreadConstraint", Narrower, "anti-affinity counts as well"),
        kube_score("deployment-has-host-podantiaffinity", Narrower, "spread constraints count as well as anti-affinity, and the scheduler has defaults"),
        kube_score("statefulset-has-host-podantiaffinity", Narrower, "spread constraints count as well as anti-affinity, and the scheduler has defaults"),
    ],
    fn run(pod, out) {
        if !is_replicated(pod.object) || !matches!(scale(pod, out.snapshot()), Scale::AtLeast(2..)) {
            return out.not_applicable();
        }
        let spec = pod.spec();
        let apart = spec.affinity.as_ref().and_then(|affinity| affinity.pod_anti_affinity.as_deref()).is_some_and(|rules| {
            let preferred = rules.preferred.iter().map(|preferred| &preferred.term);
            rules.required.iter().chain(preferred).any(|term| selects_itself(pod, term.label_selector.as_ref()))
        });
        // A constraint that does not select the pods is ineffective-spread's.
        if !apart && spec.topology_spread_constraints.is_empty() {
            out.fail(pod.path("topologySpreadConstraints"), "all replicas may run on one node")
                .missing("the scheduler's own constraints, which are preferences");
        }
    }
}

fn selects_itself(pod: &PodView<'_>, selector: Option<&LabelSelector>) -> bool {
    Selector::of(selector).is_ok_and(|selector| selector.matches(&pod.template.labels))
}
