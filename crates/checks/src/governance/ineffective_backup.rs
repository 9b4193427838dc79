use seawall_yaml::Path;

crate::check::check! {
    /// Backup that is not made
    ///
    /// ## What it finds
    /// Schedules of Velero that are paused, or whose `schedule` Velero refuses because it has not five fields; and a default storage
    /// location that is read-only, so that backups which name none fail.
    ///
    /// ## Why it matters
    /// It is found out on the day the backup is needed.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: velero.io/v1
    /// kind: Schedule
    /// metadata:
    ///   name: nightly
    ///   namespace: velero
    /// spec:
    ///   paused: true   # <- finding
    ///   schedule: 0 3 * * * *   # <- finding
    ///   template: {}
    /// ---
    /// apiVersion: velero.io/v1
    /// kind: BackupStorageLocation
    /// metadata:
    ///   name: default
    ///   namespace: velero
    /// spec:
    ///   provider: aws
    ///   default: true
    ///   accessMode: ReadOnly   # <- finding
    ///   objectStorage: {bucket: backups}
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: velero.io/v1
    /// kind: Schedule
    /// metadata:
    ///   name: nightly
    ///   namespace: velero
    /// spec:
    ///   schedule: 0 3 * * *
    ///   template: {}
    /// ---
    /// apiVersion: velero.io/v1
    /// kind: BackupStorageLocation
    /// metadata:
    ///   name: default
    ///   namespace: velero
    /// spec:
    ///   provider: aws
    ///   default: true
    ///   objectStorage: {bucket: backups}
    /// ```
    /// ## How to fix
    /// Take `paused` away, write minute, hour, day, month and weekday, or `@every 24h`, and set `accessMode: ReadWrite` once a restore
    /// is done.
    ///
    /// ## References
    /// - vmware-tanzu/velero v1.18.3 pkg/controller/schedule_controller.go: parseCronSchedule (`cron.ParseStandard`)
    /// - vmware-tanzu/velero v1.18.3 pkg/controller/backup_controller.go: prepareBackupRequest
    id: "SW9024",
    name: "ineffective-backup",
    severity: Low,
    scope: Object,
    subjects: ["BackupStorageLocation.velero.io", "Schedule.velero.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(schedule) = object.body.backup_schedule() {
            if schedule.paused == Some(true) {
                out.fail(spec.field("paused"), "the schedule makes no backups: it is paused").value("true");
            }
            let text = schedule.schedule.trim();
            let zoned = text.starts_with("TZ=") || text.starts_with("CRON_TZ=");
            let fields = text.split_ascii_whitespace().count().saturating_sub(usize::from(zoned));
            let is_word = text.split_ascii_whitespace().nth(usize::from(zoned)).is_some_and(|word| word.starts_with('@'));
            // What is filled in later is no schedule yet.
            if !text.is_empty() && !is_word && fields != 5 && !text.contains(['{', '$']) {
                let message = format!("Velero refuses a schedule of {fields} fields, and makes no backups");
                out.fail(spec.field("schedule"), message).value(text.chars().take(60).collect::<String>());
            }
        } else if let Some(location) = object.body.backup_storage_location() {
            if location.default == Some(true) && location.access_mode == "ReadOnly" {
                let message = "backups that name no location fail: the default one is read-only";
                out.fail(spec.field("accessMode"), message).value("ReadOnly");
            }
        } else {
            out.not_applicable();
        }
    }
}
