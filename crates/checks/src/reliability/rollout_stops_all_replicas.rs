use seawall_finding::Severity;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{ControllerSpec, RollingUpdate};

use super::share::{Share, share};

crate::check::check! {
    /// Rollout that stops all replicas at once
    ///
    /// ## What it finds
    /// Rolling updates of Deployments and DaemonSets whose `maxUnavailable` allows all pods to be missing: `100%`, or as many
    /// as there are replicas, of which there are two or more. Also numbers that the API server refuses: more than `100%`, and
    /// zero for both `maxUnavailable` and `maxSurge`; these are medium. A StatefulSet replaces one pod after another,
    /// whatever it says: the gate MaxUnavailableStatefulSet is off.
    ///
    /// ## Why it matters
    /// Each new version takes the service away until its pods have started, and for good when they do not start.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   replicas: 3
    ///   strategy:
    ///     rollingUpdate:
    ///       maxUnavailable: 3   # <- finding
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
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata:
    ///   name: agent
    /// spec:
    ///   updateStrategy:
    ///     type: RollingUpdate
    ///     rollingUpdate:
    ///       maxUnavailable: 100%   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: agent
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: agent
    ///     spec:
    ///       containers:
    ///       - name: agent
    ///         image: registry.example/agent:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   strategy:
    ///     rollingUpdate:
    ///       maxUnavailable: 0   # <- finding: medium
    ///       maxSurge: 0%
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
    ///   strategy:
    ///     rollingUpdate:
    ///       maxUnavailable: 66%
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
    /// Leave `maxUnavailable` out (it is `25%`, rounded down, of a Deployment and 1 of a DaemonSet), or give a smaller one.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/deployment/util/deployment_util.go: ResolveFenceposts, MaxUnavailable
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation/validation.go: ValidateRollingUpdateDeployment,
    ///   ValidateRollingUpdateDaemonSet
    /// - k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go: MaxUnavailableStatefulSet
    id: "SW6037",
    name: "rollout-stops-all-replicas",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("no-rolling-update-strategy", Narrower, "rolling updates that stop all replicas at once; Recreate is SW6017"),
        kube_linter("update-configuration", Narrower, "there a template that asks for nothing until configured"),
    ],
    fn run(pod, out) {
        let kind = match (pod.object.group(), pod.object.kind.as_str()) {
            ("apps" | "extensions", kind @ ("Deployment" | "DaemonSet")) => kind,
            _ => return out.not_applicable(),
        };
        let Some(controller) = pod.template.controller.as_deref() else { return out.not_applicable() };
        let Some((field, rolling)) = rolling_update(kind, &controller.spec) else { return };
        let Some(unavailable) = &rolling.max_unavailable else { return };
        let at = || controller.path.key(field).key("rollingUpdate").key("maxUnavailable");
        let told = match unavailable {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::Str(text) => text.to_string(),
        };
        let refused = "the API server refuses the object";
        match share(unavailable) {
            Share::Placeholder => {
                out.unknown("`maxUnavailable` is a placeholder that is filled in before the object is applied");
            }
            Share::Refused => {
                let message = format!("`maxUnavailable` is `{told}`, which is no number and no percentage");
                out.fail(at(), message).severity(Severity::Medium).derived(refused);
            }
            Share::Percent(percent) if percent > 100 => {
                out.fail(at(), "`maxUnavailable` is more than `100%`").severity(Severity::Medium).derived(refused);
            }
            Share::Percent(0) | Share::Number(0) if keeps_all(kind, rolling) => {
                out.fail(at(), "no pod may be missing and none be added, so none can be replaced")
                    .severity(Severity::Medium)
                    .derived(refused);
            }
            Share::Percent(100) if controller.spec.replicas.is_none_or(|replicas| replicas > 1) => {
                out.fail(at(), "a rollout may stop all pods at once").value(&told);
            }
            Share::Number(number) if kind != "DaemonSet" => {
                let Some(replicas) = controller.spec.replicas.filter(|replicas| *replicas > 1) else { return };
                if number >= replicas {
                    let message = format!("a rollout may stop {told} pods at once, and there are {replicas}");
                    out.fail(at(), message).value(&told).related(controller.path.key("replicas"), "the replicas");
                }
            }
            Share::Percent(_) | Share::Number(_) => {}
        }
    }
}

/// How a controller of `kind` replaces pods one after another, when it does, and the name of the field.
fn rolling_update<'s>(kind: &str, spec: &'s ControllerSpec) -> Option<(&'static str, &'s RollingUpdate)> {
    let (field, strategy) = match kind {
        "Deployment" => ("strategy", spec.strategy.as_deref()?),
        _ => ("updateStrategy", spec.rare().update_strategy.as_deref()?),
    };
    let rolling = matches!(strategy.type_.as_str(), "" | "RollingUpdate");
    Some((field, strategy.rolling_update.as_deref().filter(|_| rolling)?))
}

/// Whether no pod may be added either. A Deployment adds 25 % when it does not say, a DaemonSet none.
fn keeps_all(kind: &str, rolling: &RollingUpdate) -> bool {
    match &rolling.max_surge {
        None => kind != "Deployment",
        Some(surge) => matches!(share(surge), Share::Percent(0) | Share::Number(0)),
    }
}
