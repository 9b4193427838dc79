use seawall_inventory::PodView;
use seawall_inventory::selector::Selector;

crate::check::check! {
    /// Selector that misses its own pods
    ///
    /// ## What it finds
    /// Deployments, StatefulSets, DaemonSets, ReplicaSets and Argo Rollouts whose `selector` does not match the labels of
    /// their template, or cannot be evaluated. Of apps/v1 and apps/v1beta2 also those without a selector, or with an empty
    /// one; before, the labels of the template were taken.
    ///
    /// ## Why it matters
    /// The API server refuses the object: nothing of it runs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:   # <- finding
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: shop
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
    /// spec:   # <- finding
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: agent
    ///     spec:
    ///       containers:
    ///       - name: agent
    ///         image: registry.example/agent:1.0
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
    /// ```
    /// ## How to fix
    /// Give the template the labels that the selector asks for. The selector of an object that exists cannot be changed.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation/validation.go: ValidateDeploymentSpec, ValidateStatefulSetSpec,
    ///   ValidateDaemonSetSpec, ValidateReplicaSetSpec
    /// - k8s.io/apimachinery v0.36.3 pkg/apis/meta/v1/helpers.go: LabelSelectorAsSelector
    id: "SW6019",
    name: "mismatched-selector",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0296", Same, ""),
        kube_linter("mismatching-selector", Same, ""),
        kube_score("deployment-pod-selector-labels-match-template-metadata-labels", Wider, "DaemonSets, ReplicaSets and Rollouts too"),
        kube_score("statefulset-pod-selector-labels-match-template-metadata-labels", Wider, "DaemonSets, ReplicaSets and Rollouts too"),
    ],
    fn run(pod, out) {
        let selects = matches!(
            (pod.object.group(), pod.object.kind.as_str()),
            ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") | ("argoproj.io", "Rollout")
        );
        let Some(controller) = pod.template.controller.as_ref().filter(|_| selects) else {
            return out.not_applicable();
        };
        let path = controller.path.key("selector");
        // apps/v1beta1 took the template's labels when no selector was given (pkg/apis/apps/v1beta1/defaults.go); Rollouts
        // may take it from the Deployment that they refer to.
        let demanded = matches!(pod.object.api_version.as_str(), "apps/v1" | "apps/v1beta2");
        let Some(selector) = &controller.spec.selector else {
            if is_part(pod) {
                return out.unknown("the object is a part that an overlay completes: its containers have no image");
            }
            // One of a wrong type is told by the reader.
            if demanded && !pod.object.malformed {
                out.fail(path, "there is no selector")
                    .missing("the API server refuses the object")
                    .related(pod.template.metadata_path.key("labels"), "the labels to select by");
            }
            return;
        };
        match Selector::of(Some(selector)) {
            Err(reason) => {
                out.fail(path, format!("the selector is refused: {reason}"))
                    .derived("the API server refuses the object");
            }
            Ok(selector) if !selector.matches(&pod.template.labels) => {
                out.fail(path, "the selector does not match the labels of the template")
                    .derived("the API server refuses the object")
                    .related(pod.template.metadata_path.key("labels"), "the labels");
            }
            Ok(selector) if demanded && selector.is_everything() => {
                out.fail(path, "the selector is empty").derived("the API server refuses the object");
            }
            Ok(_) => {}
        }
    }
}

/// Whether the object is a patch: no container says what runs in it.
fn is_part(pod: &PodView<'_>) -> bool {
    pod.template.labels.iter().next().is_none()
        && pod.spec().containers.iter().all(|container| container.image.is_empty())
}
