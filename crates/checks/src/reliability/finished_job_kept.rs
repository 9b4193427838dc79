crate::check::check! {
    /// Finished job that is kept
    ///
    /// ## What it finds
    /// Jobs without `ttlSecondsAfterFinished` that nobody else cleans up. Jobs of a CronJob are bounded by its history; hooks of Helm
    /// and Argo CD by the policy that they name; jobs with an owner go with it.
    ///
    /// ## Why it matters
    /// The job and its pods stay after their end, with all that their specs say, and add to what the API server and everybody who
    /// lists pods carries. Some keep them on purpose, to read their logs.
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
    ///   ttlSecondsAfterFinished: 86400
    ///   template:
    ///     spec:
    ///       restartPolicy: Never
    ///       containers:
    ///       - name: report
    ///         image: registry.example/report:1.0
    /// ```
    /// ## How to fix
    /// Set `ttlSecondsAfterFinished` to as long as somebody may want to look at it.
    ///
    /// ## References
    /// - Kubernetes documentation: Automatic Cleanup for Finished Jobs
    id: "SW6024",
    name: "finished-job-kept",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    peers: [
        kube_linter("job-ttl-seconds-after-finished", Narrower, "jobs of CronJobs are bounded by their history, hooks by their policy"),
    ],
    fn run(pod, out) {
        let metadata = &pod.object.metadata;
        let is_job = pod.object.group() == "batch" && pod.object.kind == "Job";
        let hook = ["helm.sh/hook-delete-policy", "argocd.argoproj.io/hook-delete-policy"];
        let cleaned = hook.iter().any(|name| metadata.annotations.get(name).is_some())
            || !metadata.owner_references.is_empty();
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_job && !cleaned) else {
            return out.not_applicable();
        };
        if controller.spec.rare().ttl_seconds_after_finished.is_none() {
            out.fail(controller.path.key("ttlSecondsAfterFinished"), "the job and its pods stay after their end")
                .missing("kept until somebody deletes them");
        }
    }
}
