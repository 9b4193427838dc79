crate::check::check! {
    /// Job without an end
    ///
    /// ## What it finds
    /// Jobs and CronJobs without `activeDeadlineSeconds`.
    ///
    /// ## Why it matters
    /// A job that hangs holds its resources, and in a CronJob with `concurrencyPolicy: Forbid` keeps all later runs from
    /// starting, until somebody notices.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: report
    /// spec:   # <- finding
    ///   template:
    ///     spec:
    ///       restartPolicy: Never
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: report
    /// spec:
    ///   activeDeadlineSeconds: 3600
    ///   template:
    ///     spec:
    ///       restartPolicy: Never
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ## How to fix
    /// Set `activeDeadlineSeconds` to a few times what the job takes.
    ///
    /// ## References
    /// - Kubernetes documentation: Jobs, termination and cleanup
    id: "SW6016",
    name: "unbounded-job",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    fn run(pod, out) {
        let is_job = pod.object.group() == "batch";
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_job) else {
            return out.not_applicable();
        };
        if controller.spec.rare().active_deadline_seconds.is_none() {
            out.fail(controller.path.key("activeDeadlineSeconds"), "the job runs for as long as it likes")
                .missing("no deadline");
        }
    }
}
