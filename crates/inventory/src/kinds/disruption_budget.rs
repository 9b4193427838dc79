//! How many pods must stay when nodes are drained.

use smol_str::SmolStr;

use crate::decode::{IntOrString, record};
use crate::selector::LabelSelector;

record! {
    /// `PodDisruptionBudgetSpec` of k8s.io/api policy v1 and v1beta1.
    PodDisruptionBudgetSpec {
        /// How many pods must stay: a number, or a percentage.
        min_available: Option<IntOrString> = "minAvailable",
        /// How many pods may be missing: a number, or a percentage.
        max_unavailable: Option<IntOrString> = "maxUnavailable",
        /// The pods. Absent it selects none; empty it selects all in v1, and none in v1beta1.
        selector: Option<LabelSelector> = "selector",
        /// `IfHealthyBudget` when absent, or `AlwaysAllow`.
        unhealthy_pod_eviction_policy: Option<SmolStr> = "unhealthyPodEvictionPolicy",
    }
}
