use std::collections::HashSet;

use seawall_finding::Severity;
use seawall_inventory::kinds::PodDisruptionBudgetSpec;
use seawall_inventory::selector::Selector;
use seawall_inventory::{Object, PodView};
use seawall_yaml::Path;

use super::scale::{Scale, scale};
use super::share::{Share, share};
use crate::Out;

crate::check::check! {
    /// Disruption budget that lets no pod go
    ///
    /// ## What it finds
    /// PodDisruptionBudgets that never allow an eviction: `maxUnavailable` of 0, `minAvailable` of `100%` or of as many pods as
    /// run (of an autoscaler: as it keeps at least; percentages are rounded up, so 50% of one pod is that pod); neither of the two;
    /// percentages and `maxUnavailable` over pods whose kind has no number of replicas; a pod that several budgets select,
    /// which the eviction refuses. Also both fields at once and percentages that the API server refuses, which are medium.
    /// Where replicas are not written and no autoscaler is read, only the certain cases are judged.
    ///
    /// ## Why it matters
    /// Draining a node waits for as long as the budget says no: upgrades of the cluster hang until a person deletes the pod,
    /// and autoscalers keep nodes that nobody needs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 0   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   minAvailable: 50%   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: web
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
    /// ```
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   minAvailable: 1
    ///   maxUnavailable: 1   # <- finding: medium
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1%
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ```yaml good
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   minAvailable: 2
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ---
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
    /// Set `maxUnavailable: 1` and nothing else: it holds for any number of replicas. Run two replicas of what must not stop.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/disruption/disruption.go: getExpectedPodCount, getExpectedScale, updatePdbStatus
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/core/pod/storage/eviction.go: one budget for each pod
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/policy/validation/validation.go: ValidatePodDisruptionBudgetSpec
    id: "SW6032",
    name: "blocked-eviction",
    severity: Low,
    scope: Object,
    subjects: ["PodDisruptionBudget.policy"],
    reads: ["pods", "PodDisruptionBudget.policy", "HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW6033"],
    peers: [
        kube_linter("pdb-max-unavailable", Wider, "all reasons for which no pod may be evicted, with rounding and autoscaler"),
        kube_linter("pdb-min-available", Wider, "all reasons for which no pod may be evicted, with rounding and autoscaler"),
        polaris("pdbDisruptionsIsZero", Wider, "all reasons for which no pod may be evicted, with rounding and autoscaler"),
        polaris("pdbMinAvailableGreaterThanHPAMinReplicas", Wider, "all reasons for which no pod may be evicted, with rounding and autoscaler"),
        kube_score("poddisruptionbudget-has-policy", Wider, "a budget without policy blocks all; so do others"),
        popeye("POP-209", Wider, "all reasons for which no pod may be evicted"),
        popeye("POP-901", Wider, "all reasons for which no pod may be evicted"),
    ],
    fn run(object, out) {
        let Some(budget) = object.body.disruption_budget() else { return out.not_applicable() };
        let selector = match Selector::of(budget.selector.as_ref()) {
            Ok(selector) if selector.is_everything() && object.version() == "v1beta1" => return out.not_applicable(),
            Ok(selector) if selector.requirements().is_some() => selector,
            // It protects nothing, which disruption-budget-selects-nothing says.
            _ => return out.not_applicable(),
        };
        if judge_alone(budget, object, out) {
            return;
        }
        let pods = out.snapshot().pods_selected(object, &selector);
        if let Some((pod, other)) = second_budget(&pods, object, out) {
            let message = format!(
                "`{}` selects pods of {} `{}` too, and a pod with two budgets cannot be evicted",
                other.metadata.name,
                pod.object.kind,
                pod.object.display_name()
            );
            out.fail(spec().field("selector"), message)
                .derived("the eviction is answered with an error")
                .about(spec());
            return;
        }
        judge_with(budget, &pods, out);
    }
}

fn spec() -> Path {
    Path::root().field("spec")
}

/// What the budget says by itself. Returns whether that decides.
fn judge_alone(budget: &PodDisruptionBudgetSpec, object: &Object, out: &mut Out<'_>) -> bool {
    let fields = [("minAvailable", &budget.min_available), ("maxUnavailable", &budget.max_unavailable)];
    for (field, value) in fields {
        let Some(value) = value else { continue };
        let refused = match share(value) {
            Share::Refused => "neither a number of pods nor a percentage",
            Share::Percent(percent) if percent > 100 => "more than `100%`",
            Share::Placeholder => {
                out.unknown("a number of pods is a placeholder that is filled in before the object is applied");
                return true;
            }
            Share::Number(_) | Share::Percent(_) => continue,
        };
        out.fail(spec().field(field), format!("`{field}` is {refused}"))
            .severity(Severity::Medium)
            .derived("the API server refuses the object")
            .about(spec());
        return true;
    }
    match (budget.min_available.as_ref().map(share), budget.max_unavailable.as_ref().map(share)) {
        (Some(_), Some(_)) => {
            out.fail(spec().field("maxUnavailable"), "`minAvailable` and `maxUnavailable` exclude each other")
                .severity(Severity::Medium)
                .derived("the API server refuses the object")
                .about(spec());
        }
        // A field of a wrong type is told by the reader.
        (None, None) if object.malformed => {}
        (None, None) => {
            out.fail(spec().field("maxUnavailable"), "the budget says no number, and no pod may be evicted")
                .missing("neither `minAvailable` nor `maxUnavailable`: the allowed disruptions are 0")
                .about(spec());
        }
        (None, Some(Share::Number(0) | Share::Percent(0))) => {
            out.fail(spec().field("maxUnavailable"), "no pod may be missing, so none may be evicted")
                .value("0")
                .about(spec());
        }
        (Some(Share::Percent(100)), None) => {
            out.fail(spec().field("minAvailable"), "all pods must stay, so none may be evicted")
                .value("100%")
                .about(spec());
        }
        (Some(Share::Number(0) | Share::Percent(0)), None) => return true,
        _ => return false,
    }
    true
}

/// Pods that are looked at for a second budget: those that one selector selects mostly have the same.
const LOOKED_AT: usize = 8;

/// A pod that another budget selects too. Of two budgets the one whose name comes later is told.
fn second_budget<'s>(
    pods: &[PodView<'s>],
    object: &Object,
    out: &Out<'s>,
) -> Option<(PodView<'s>, &'s Object)> {
    let name = &object.metadata.name;
    pods.iter().take(LOOKED_AT).find_map(|pod| {
        let pod = *pod;
        let other =
            out.snapshot().budgets_selecting(&pod).map(|(other, _)| other).find(|other| other.metadata.name < *name)?;
        Some((pod, other))
    })
}

/// What the budget says of the pods that it selects.
fn judge_with(budget: &PodDisruptionBudgetSpec, pods: &[PodView<'_>], out: &mut Out<'_>) {
    let mut total: i64 = 0;
    let mut alone: i64 = 0;
    let mut unscaled = None;
    let mut counted = false;
    let mut unknown = None;
    let mut seen = HashSet::new();
    for pod in pods {
        // What a controller made is counted with the controller.
        if pod.object.metadata.owner_references.iter().any(|owner| owner.controller == Some(true)) {
            continue;
        }
        // What several charts or overlays define is one workload in a cluster.
        if !seen.insert((pod.object.kind.as_str(), pod.object.display_name())) {
            continue;
        }
        counted = true;
        match scale(pod, out.snapshot()) {
            Scale::AtLeast(pods) => total = total.saturating_add(pods.max(0)),
            Scale::Alone => alone += 1,
            Scale::Unscaled => unscaled = unscaled.or(Some(pod.object)),
            Scale::Unknown(reason) => unknown = unknown.or(Some(reason)),
        }
    }
    let (field, value) = match (&budget.min_available, &budget.max_unavailable) {
        (Some(value), _) => ("minAvailable", share(value)),
        (_, Some(value)) => ("maxUnavailable", share(value)),
        _ => return,
    };
    let needs_scale = field == "maxUnavailable" || matches!(value, Share::Percent(_));
    if let Some(object) = unscaled.filter(|_| needs_scale) {
        let message = format!(
            "pods of {} `{}` have no number of replicas, and the budget allows no eviction",
            object.kind,
            object.display_name()
        );
        out.fail(spec().field(field), message)
            .derived("the disruption controller finds no scale and allows 0 disruptions")
            .about(spec());
        return;
    }
    if !counted {
        if field == "minAvailable" {
            out.unknown("the pods that the budget selects are not among the objects read");
        }
        return;
    }
    if let Some(reason) = unknown {
        if field == "minAvailable" {
            out.unknown(reason);
        }
        return;
    }
    if unscaled.is_some() {
        return out.unknown("how many pods a DaemonSet or a Job runs is not written");
    }
    if needs_scale && total == 0 && alone > 0 {
        out.fail(spec().field(field), "pods without a controller are not counted, and none may be evicted")
            .derived("the disruption controller expects 0 pods and allows 0 disruptions")
            .about(spec());
        return;
    }
    let running = if needs_scale { total } else { total.saturating_add(alone) };
    if field == "maxUnavailable" || running == 0 {
        return;
    }
    let Some(stay) = value.rounded_up(running) else { return };
    if stay >= running {
        let (all, pods) = if running == 1 { ("the one pod", "pod") } else { ("all pods", "pods") };
        out.fail(spec().field(field), format!("{all} must stay, so none may be evicted"))
            .derived(format!("{stay} of at least {running} {pods} must stay"))
            .about(spec());
    }
}
