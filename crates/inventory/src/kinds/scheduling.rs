//! Classes that pods name: priority and runtime.

use smol_str::SmolStr;

use super::{ResourceMap, Toleration};
use crate::decode::{StringMap, record};

record! {
    /// `PriorityClass` of scheduling/v1.
    PriorityClass {
        /// Higher goes first.
        value: Option<i64> = "value",
        /// Whether pods that name none have it.
        global_default: Option<bool> = "globalDefault",
        /// `PreemptLowerPriority` when absent, or `Never`.
        preemption_policy: Option<SmolStr> = "preemptionPolicy",
    }

    /// `RuntimeClass` of node/v1.
    RuntimeClass {
        /// Configuration of the container runtime that it names.
        handler: SmolStr = "handler",
        /// What each of its pods costs beside its containers.
        overhead: Option<Overhead> = "overhead",
        /// Where its pods run.
        scheduling: Option<Box<RuntimeScheduling>> = "scheduling",
    }

    /// `Overhead`.
    Overhead {
        /// The resources.
        pod_fixed: ResourceMap = "podFixed",
    }

    /// `Scheduling` of node/v1.
    RuntimeScheduling {
        /// Labels a node must have.
        node_selector: StringMap = "nodeSelector",
        /// Taints that are tolerated.
        tolerations: Box<[Toleration]> = "tolerations",
    }
}
