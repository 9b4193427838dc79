use std::collections::HashSet;

use seawall_finding::Severity;
use seawall_inventory::PodView;
use seawall_inventory::kinds::{PodAffinity, PodAffinityTerm, TopologySpreadConstraint};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_yaml::Path;

use crate::placeholder::is_placeholder;
use crate::Out;

crate::check::check! {
    /// Placement rule without effect
    ///
    /// ## What it finds
    /// Topology spread constraints whose selector is missing or does not match the pod's own labels, and affinity and
    /// anti-affinity to pods without a selector: they select no pod. Constraints that the API server refuses are medium: no
    /// `maxSkew` above zero, no `topologyKey`, a `whenUnsatisfiable` that does not exist, `minDomains` of zero or less or without
    /// `DoNotSchedule`, the same constraint twice. Anti-affinity whose selector names other pods is not meant.
    ///
    /// ## Why it matters
    /// The rule stands there and is relied upon, and the replicas are placed as if it did not: all on one node, perhaps. Affinity that is
    /// required and selects nothing keeps the pods from being placed at all.
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
    ///     spec:
    ///       topologySpreadConstraints:
    ///       - topologyKey: kubernetes.io/hostname   # <- finding
    ///         maxSkew: 1
    ///         whenUnsatisfiable: DoNotSchedule
    ///       - topologyKey: topology.kubernetes.io/zone
    ///         maxSkew: 1
    ///         whenUnsatisfiable: DoNotSchedule
    ///         labelSelector:   # <- finding
    ///           matchLabels:
    ///             app: shop
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   topologySpreadConstraints:
    ///   - topologyKey: kubernetes.io/hostname
    ///     maxSkew: 0   # <- finding: medium
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector:
    ///       matchLabels:
    ///         app: web
    ///   - topologyKey: topology.kubernetes.io/zone
    ///     maxSkew: 1
    ///     minDomains: 2   # <- finding: medium
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector:
    ///       matchLabels:
    ///         app: web
    ///   affinity:
    ///     podAntiAffinity:
    ///       requiredDuringSchedulingIgnoredDuringExecution:
    ///       - topologyKey: kubernetes.io/hostname   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
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
    ///         matchLabelKeys: [pod-template-hash]
    ///       affinity:
    ///         podAntiAffinity:
    ///           preferredDuringSchedulingIgnoredDuringExecution:
    ///           - weight: 1
    ///             podAffinityTerm:
    ///               topologyKey: kubernetes.io/hostname
    ///               labelSelector:
    ///                 matchLabels:
    ///                   app: load-test
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Give the rule a `labelSelector` with labels of the pod template, such as those that the controller selects.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateTopologySpreadConstraints
    /// - k8s.io/kubernetes v1.36.3 pkg/api/pod/warnings.go: "a null labelSelector results in matching no pod"
    /// - k8s.io/kubernetes v1.36.3 pkg/scheduler/framework/plugins/podtopologyspread
    id: "SW6036",
    name: "ineffective-spread",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_score("pod-topology-spread-constraints", Wider, "also selectors that miss the pod itself, and affinity terms"),
    ],
    fn run(pod, out) {
        let constraints = &pod.spec().topology_spread_constraints;
        let affinity = pod.spec().affinity.as_deref();
        if constraints.is_empty() && affinity.is_none() {
            return;
        }
        if pod.object.malformed {
            // What has a wrong type is told by the reader, and looks as if it were not given.
            return out.unknown("a field of the object has a type that Kubernetes refuses");
        }
        let mut seen = HashSet::new();
        for (index, constraint) in constraints.iter().enumerate() {
            let at = || pod.path("topologySpreadConstraints").index(index);
            if let Some((field, reason)) = refused(constraint) {
                out.fail(at().field(field), reason)
                    .severity(Severity::Medium)
                    .derived("the API server refuses the object")
                    .about(at());
            } else if !seen.insert((constraint.topology_key.as_str(), constraint.when_unsatisfiable.as_str())) {
                let message = format!("a second constraint of `{}` with the same `whenUnsatisfiable`", constraint.topology_key);
                out.fail(at().field("topologyKey"), message)
                    .severity(Severity::Medium)
                    .derived("the API server refuses the object")
                    .about(at());
            } else {
                judge_selector(pod, constraint, at, out);
            }
        }
        let Some(affinity) = affinity else { return };
        for (field, rules) in
            [("podAffinity", &affinity.pod_affinity), ("podAntiAffinity", &affinity.pod_anti_affinity)]
        {
            if let Some(rules) = rules.as_deref() {
                judge_terms(pod, field, rules, out);
            }
        }
    }
}

/// The field for which the API server refuses the constraint, and why.
fn refused(constraint: &TopologySpreadConstraint) -> Option<(&'static str, &'static str)> {
    let strict = constraint.when_unsatisfiable == "DoNotSchedule";
    let unsatisfiable = constraint.when_unsatisfiable.as_str();
    if constraint.max_skew.unwrap_or(0) <= 0 {
        Some(("maxSkew", "`maxSkew` must be above zero"))
    } else if constraint.topology_key.is_empty() {
        Some(("topologyKey", "there is no `topologyKey`"))
    } else if !strict && unsatisfiable != "ScheduleAnyway" && !is_placeholder(unsatisfiable) {
        Some(("whenUnsatisfiable", "`whenUnsatisfiable` must be `DoNotSchedule` or `ScheduleAnyway`"))
    } else if constraint.min_domains.is_some_and(|domains| domains <= 0) {
        Some(("minDomains", "`minDomains` must be above zero"))
    } else if constraint.min_domains.is_some() && !strict {
        Some(("minDomains", "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`"))
    } else {
        None
    }
}

/// Finds a selector that does not count the pod itself.
fn judge_selector(
    pod: &PodView<'_>,
    constraint: &TopologySpreadConstraint,
    at: impl Fn() -> Path,
    out: &mut Out<'_>,
) {
    let path = || at().field("labelSelector");
    let Some(written) = &constraint.label_selector else {
        if constraint.match_label_keys.is_empty() {
            out.fail(path(), "the constraint has no selector and spreads nothing")
                .missing("counts no pod")
                .about(at());
        }
        return;
    };
    match Selector::of(Some(written)) {
        Ok(selector) if selector.matches(&pod.template.labels) => {}
        _ if holds_placeholder(written) => {
            out.unknown("a selector holds a placeholder that is filled in before the object is applied");
        }
        Ok(_) if pod.template.partial.is_some() => out.reads_pod_level(pod),
        Ok(_) => {
            out.fail(path(), "the selector does not match the pod itself, so its replicas are not spread")
                .derived("pods that the selector does not match are not counted")
                .about(at());
        }
        Err(reason) => {
            out.fail(path(), format!("the selector is refused: {reason}"))
                .severity(Severity::Medium)
                .derived("the API server refuses the object")
                .about(at());
        }
    }
}

fn holds_placeholder(selector: &LabelSelector) -> bool {
    let in_labels = selector.match_labels.iter().any(|(key, value)| is_placeholder(key) || is_placeholder(value));
    in_labels || selector.match_expressions.iter().any(|one| one.values.iter().any(|value| is_placeholder(value)))
}

/// Finds terms that select no pod.
fn judge_terms(pod: &PodView<'_>, field: &'static str, rules: &PodAffinity, out: &mut Out<'_>) {
    let mut judge = |term: &PodAffinityTerm, path: &dyn Fn() -> Path| {
        let keys = term.match_label_keys.is_empty() && term.mismatch_label_keys.is_empty();
        if term.label_selector.is_none() && keys {
            out.fail(path().field("labelSelector"), "the rule has no selector and concerns no pod")
                .missing("selects no pod")
                .about(path());
        }
    };
    let at = |list: &'static str, index| pod.path("affinity").field(field).field(list).index(index);
    for (index, term) in rules.required.iter().enumerate() {
        judge(term, &|| at("requiredDuringSchedulingIgnoredDuringExecution", index));
    }
    for (index, preferred) in rules.preferred.iter().enumerate() {
        let list = "preferredDuringSchedulingIgnoredDuringExecution";
        judge(&preferred.term, &|| at(list, index).field("podAffinityTerm"));
    }
}
