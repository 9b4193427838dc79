use seawall_finding::Severity;
use seawall_yaml::Path;

crate::check::check! {
    /// Scheduled job without a deadline for its start
    ///
    /// ## What it finds
    /// CronJobs without `startingDeadlineSeconds`, unless they are suspended. A deadline of less than ten seconds is low.
    ///
    /// ## Why it matters
    /// A run that was missed, since the control plane was down or an earlier run held it up, starts whenever that has passed: a nightly
    /// job in working hours. Often that is right. The controller looks every ten seconds, so that a shorter deadline may
    /// let runs go by.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: batch/v1
    /// kind: CronJob
    /// metadata:
    ///   name: report
    /// spec:   # <- finding
    ///   schedule: "17 3 * * *"
    ///   jobTemplate:
    ///     spec:
    ///       template:
    ///         spec:
    ///           restartPolicy: Never
    ///           containers:
    ///           - name: report
    ///             image: registry.example/report:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: batch/v1
    /// kind: CronJob
    /// metadata:
    ///   name: poll
    /// spec:
    ///   schedule: "* * * * *"
    ///   startingDeadlineSeconds: 5   # <- finding: low
    ///   jobTemplate:
    ///     spec:
    ///       template:
    ///         spec:
    ///           restartPolicy: Never
    ///           containers:
    ///           - name: poll
    ///             image: registry.example/poll:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: batch/v1
    /// kind: CronJob
    /// metadata:
    ///   name: report
    /// spec:
    ///   schedule: "17 3 * * *"
    ///   startingDeadlineSeconds: 3600
    ///   jobTemplate:
    ///     spec:
    ///       template:
    ///         spec:
    ///           restartPolicy: Never
    ///           containers:
    ///           - name: report
    ///             image: registry.example/report:1.0
    /// ```
    /// ## How to fix
    /// Set `startingDeadlineSeconds` to how late a run may start and still be of use.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/cronjob/utils.go: nextScheduleTime, mostRecentScheduleTime
    /// - Kubernetes documentation: CronJob, deadline for delayed Job start
    id: "SW6041",
    name: "late-cron-job",
    severity: Info,
    scope: Object,
    subjects: ["CronJob.batch"],
    since: "0.1.0",
    profile: All,
    peers: [
        kube_score("cronjob-has-deadline", Same, ""),
    ],
    fn run(object, out) {
        let Some(spec) = object.body.cron_job().filter(|spec| spec.suspend != Some(true)) else {
            return out.not_applicable();
        };
        let path = || Path::root().field("spec").field("startingDeadlineSeconds");
        match spec.starting_deadline_seconds {
            None => {
                out.fail(path(), "a run that was missed starts whenever it can").missing("no deadline");
            }
            Some(seconds) if (0..10).contains(&seconds) => {
                let message = format!("runs may be missed: the controller looks every 10 seconds, and {seconds} are too late");
                out.fail(path(), message).severity(Severity::Low).value(seconds.to_string());
            }
            Some(_) => {}
        }
    }
}
