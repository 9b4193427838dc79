crate::check::check! {
    /// Restart policy that the controller refuses
    ///
    /// ## What it finds
    /// Jobs and CronJobs whose pods have no `restartPolicy`, which is `Always`, or that one; with a `podFailurePolicy` also
    /// `OnFailure`. Deployments, StatefulSets, DaemonSets, ReplicaSets and ReplicationControllers whose pods have another
    /// than `Always`. Pods with a value that does not exist.
    ///
    /// ## Why it matters
    /// The API server refuses the object: nothing of it runs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: report
    /// spec:
    ///   template:
    ///     spec:   # <- finding
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: report
    /// spec:
    ///   podFailurePolicy:
    ///     rules: []
    ///   template:
    ///     spec:
    ///       restartPolicy: OnFailure   # <- finding
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ```yaml bad
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
    ///       restartPolicy: OnFailure   # <- finding
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   restartPolicy: never   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: report
    /// spec:
    ///   template:
    ///     spec:
    ///       restartPolicy: Never
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// For a job `Never`, which keeps the pods that failed and their logs, or `OnFailure`. For the others leave the field out.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/batch/validation/validation.go: validateJobSpec
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/apps/validation/validation.go: ValidatePodTemplateSpecForStatefulSet,
    ///   ValidateDaemonSetSpec, ValidatePodTemplateSpecForReplicaSet
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateRestartPolicy
    id: "SW6040",
    name: "invalid-restart-policy",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("restart-policy", Narrower, "none given is right where Always is right; what the API server refuses fails"),
        kube_score("cronjob-restartpolicy", Wider, "Jobs and all other controllers too"),
    ],
    fn run(pod, out) {
        let policy = pod.spec().rare().restart_policy.as_str();
        let refused = match (pod.object.group(), pod.object.kind.as_str()) {
            ("batch", "Job" | "CronJob") => {
                let judges_failures = pod
                    .template
                    .controller
                    .as_ref()
                    .is_some_and(|controller| controller.spec.rare().pod_failure_policy.is_some());
                match policy {
                    "Never" => None,
                    "OnFailure" if !judges_failures => None,
                    "OnFailure" => Some("a job with `podFailurePolicy` takes only `Never`"),
                    _ => Some("a job takes `Never` or `OnFailure`"),
                }
            }
            ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("", "ReplicationController") => match policy {
                "" | "Always" => None,
                _ => Some("the controller takes only `Always`"),
            },
            ("", "Pod") => match policy {
                "" | "Always" | "OnFailure" | "Never" => None,
                _ => Some("a pod takes `Always`, `OnFailure` or `Never`"),
            },
            _ => return out.not_applicable(),
        };
        let Some(reason) = refused else { return };
        let path = pod.path("restartPolicy");
        if policy.is_empty() {
            // One of a wrong type is told by the reader.
            if !pod.object.malformed {
                out.fail(path, reason).missing("defaults to `Always`, which the API server refuses here");
            }
        } else {
            out.fail(path, reason).value(policy);
        }
    }
}
