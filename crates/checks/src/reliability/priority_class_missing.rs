crate::check::check! {
    /// No priority class
    ///
    /// ## What it finds
    /// Pods without `priorityClassName`. Jobs and CronJobs are exempt.
    ///
    /// ## Why it matters
    /// When nodes are full, the scheduler takes pods of lower priority away for those of higher, and the kubelet evicts by
    /// it. Without classes what matters and what does not count the same.
    ///
    /// ## Bad
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
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       priorityClassName: business
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Make two or three PriorityClasses for the cluster, one of them `globalDefault`, and name one.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Priority and Preemption
    id: "SW6014",
    name: "priority-class-missing",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    peers: [
        kube_linter("priority-class-name", Narrower, "any class will do"),
        polaris("priorityClassNotSet", Same, ""),
    ],
    fn run(pod, out) {
        let of_job = pod.object.metadata.controller().is_some_and(|owner| owner.kind == "Job");
        if of_job || matches!(pod.object.kind.as_str(), "Job" | "CronJob") {
            return out.not_applicable();
        }
        if !pod.spec().rare().priority_class_name.is_empty() {
            return;
        }
        if pod.template.partial.is_some() {
            return out.reads_pod_level(pod);
        }
        out.fail(pod.path("priorityClassName"), "the pod counts as much as any other when nodes are full")
            .missing("the cluster's default class, or 0");
    }
}
