//! What stands around a pod template: how many pods, which of them, how they are replaced, when they end.

use smol_str::SmolStr;

use super::{ClaimSpec, Metadata};
use crate::decode::{IntOrString, Present, record};
use crate::selector::LabelSelector;

record! {
    /// The spec that holds a pod template: `DeploymentSpec`, `StatefulSetSpec`, `DaemonSetSpec`, `ReplicaSetSpec`, `JobSpec` and
    /// their like, of which each kind has a part of these fields (k8s.io/api apps/v1, batch/v1).
    ControllerSpec {
        /// How many pods; 1 when not given.
        replicas: Option<i64> = "replicas",
        /// Which pods are its own. Empty for kinds whose selector is a plain map.
        selector: Option<LabelSelector> = "selector",
        /// How a Deployment replaces pods.
        strategy: Option<Box<UpdateStrategy>> = "strategy";
        /// What few controllers say.
        rare: RareControllerFields
    }

    /// Fields of controllers that few give, or only Jobs and StatefulSets.
    RareControllerFields {
        /// Seconds after which a Job is stopped; never when not given.
        active_deadline_seconds: Option<i64> = "activeDeadlineSeconds",
        /// Seconds after its end in which a Job is deleted; never when not given.
        ttl_seconds_after_finished: Option<i64> = "ttlSecondsAfterFinished",
        /// How a StatefulSet or DaemonSet replaces pods.
        update_strategy: Option<Box<UpdateStrategy>> = "updateStrategy",
        /// Claims that a StatefulSet makes for each pod; they are volumes of the pod under their names.
        volume_claim_templates: Box<[VolumeClaimTemplate]> = "volumeClaimTemplates",
        /// Headless Service of a StatefulSet.
        service_name: SmolStr = "serviceName",
        /// How many pods of a Job run at once; 1 when not given.
        parallelism: Option<i64> = "parallelism",
        /// How many pods of a Job must succeed.
        completions: Option<i64> = "completions",
        /// How often a Job is tried again; 6 when not given.
        backoff_limit: Option<i64> = "backoffLimit",
        /// Whether a Job waits.
        suspend: Option<bool> = "suspend",
        /// What a Job does about failed pods (KEP-3329).
        pod_failure_policy: Option<Present> = "podFailurePolicy",
        /// Seconds that a new pod must be ready; 0 when not given.
        min_ready_seconds: Option<i64> = "minReadySeconds",
    }

    /// `DeploymentStrategy`, `StatefulSetUpdateStrategy`, `DaemonSetUpdateStrategy`.
    UpdateStrategy {
        /// `RollingUpdate`, `Recreate` or `OnDelete`.
        type_: SmolStr = "type",
        /// How fast.
        rolling_update: Option<Box<RollingUpdate>> = "rollingUpdate",
    }

    /// `RollingUpdateDeployment`, `RollingUpdateStatefulSetStrategy`, `RollingUpdateDaemonSet`.
    RollingUpdate {
        /// How many pods may be missing: a number, or a percentage.
        max_unavailable: Option<IntOrString> = "maxUnavailable",
        /// How many pods there may be too many: a number, or a percentage.
        max_surge: Option<IntOrString> = "maxSurge",
        /// Of a StatefulSet: pods of a lower number stay as they are.
        partition: Option<i64> = "partition",
    }

    /// `CronJobSpec`: what stands around the job template.
    CronJobSpec {
        /// Five fields, or `@daily` and its like.
        schedule: SmolStr = "schedule",
        /// How late a job may start; any time when not given.
        starting_deadline_seconds: Option<i64> = "startingDeadlineSeconds",
        /// `Allow` when absent, `Forbid` or `Replace`.
        concurrency_policy: Option<SmolStr> = "concurrencyPolicy",
        /// Whether no jobs are started.
        suspend: Option<bool> = "suspend",
        /// Jobs that are kept; 3 when not given.
        successful_jobs_history_limit: Option<i64> = "successfulJobsHistoryLimit",
        /// Jobs that are kept; 1 when not given.
        failed_jobs_history_limit: Option<i64> = "failedJobsHistoryLimit",
    }

    /// `PersistentVolumeClaim` in a StatefulSet.
    VolumeClaimTemplate {
        /// Its name is the volume's.
        metadata: Metadata = "metadata",
        /// What is claimed.
        spec: Option<Box<ClaimSpec>> = "spec",
    }
}
