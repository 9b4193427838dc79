use seawall_finding::Severity;
use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Disruption budget that selects nothing
    ///
    /// ## What it finds
    /// PodDisruptionBudgets without a selector, of policy/v1beta1 also with an empty one; these select no pod. Budgets whose
    /// selector the API server refuses, which is medium. When all objects of a cluster were read, also budgets that no pod
    /// matches; in files that is unknown, since the pods may be elsewhere.
    ///
    /// ## Why it matters
    /// The protection that somebody relies on is not there: a node is drained whatever that does to the service.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   maxUnavailable: 1
    /// ```
    /// ```yaml bad
    /// # with kubernetes: 1.24
    /// apiVersion: policy/v1beta1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1
    ///   selector: {}   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1
    ///   selector:   # <- finding: medium
    ///     matchLabels:
    ///       app: web server
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Select the labels of the pod template that the budget is for.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 policy/v1 and policy/v1beta1: PodDisruptionBudgetSpec
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/policy/v1beta1/conversion.go
    id: "SW6034",
    name: "disruption-budget-selects-nothing",
    severity: Low,
    scope: Object,
    subjects: ["PodDisruptionBudget.policy"],
    reads: ["pods"],
    since: "0.1.0",
    profile: Default,
    peers: [
        popeye("POP-900", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(budget) = object.body.disruption_budget() else { return out.not_applicable() };
        let at = || Path::root().field("spec").field("selector");
        let Some(written) = &budget.selector else {
            // One of a wrong type is told by the reader.
            if !object.malformed {
                out.fail(at(), "the budget has no selector and protects no pod").missing("selects nothing");
            }
            return;
        };
        match Selector::of(Some(written)) {
            Err(reason) => {
                let reason = reason.to_string();
                if is_placeholder(&reason) {
                    return out.unknown("the selector holds a placeholder that is filled in before the object is applied");
                }
                out.fail(at(), format!("the selector is refused: {reason}"))
                    .severity(Severity::Medium)
                    .derived("the API server refuses the object");
            }
            Ok(selector) if selector.is_everything() && object.version() == "v1beta1" => {
                out.fail(at(), "the selector is empty, and the budget protects no pod")
                    .derived("in policy/v1beta1 an empty selector selects nothing, in policy/v1 all pods of the namespace");
            }
            Ok(selector) if out.snapshot().pods_selected(object, &selector).is_empty() => {
                if out.snapshot().has_all_pods_beside(object) {
                    out.fail(at(), "no pod and no template has the labels that the budget selects")
                        .derived("selects nothing");
                } else {
                    out.unknown("no pod that the budget selects is among the objects read");
                }
            }
            Ok(_) => {}
        }
    }
}
