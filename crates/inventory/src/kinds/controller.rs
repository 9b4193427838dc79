//! What stands around a pod template: how many pods, which of them, how they are replaced, when they end.

use smol_str::SmolStr;

use super::Metadata;
use crate::decode::record;
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
        strategy: Option<UpdateStrategy> = "strategy",
        /// How a StatefulSet or DaemonSet replaces pods.
        update_strategy: Option<UpdateStrategy> = "updateStrategy",
        /// Seconds after which a Job is stopped; never when not given.
        active_deadline_seconds: Option<i64> = "activeDeadlineSeconds",
        /// Seconds after its end in which a Job is deleted; never when not given.
        ttl_seconds_after_finished: Option<i64> = "ttlSecondsAfterFinished",
        /// Claims that a StatefulSet makes for each pod; they are volumes of the pod under their names.
        volume_claim_templates: Box<[VolumeClaimTemplate]> = "volumeClaimTemplates",
    }

    /// `DeploymentStrategy`, `StatefulSetUpdateStrategy`, `DaemonSetUpdateStrategy`.
    UpdateStrategy {
        /// `RollingUpdate`, `Recreate` or `OnDelete`.
        type_: SmolStr = "type",
    }

    /// `PersistentVolumeClaim` in a StatefulSet.
    VolumeClaimTemplate {
        /// Its name is the volume's.
        metadata: Metadata = "metadata",
    }
}
