//! What a namespace may use in all.

use smol_str::SmolStr;

use super::ResourceMap;
use crate::decode::record;

record! {
    /// `ResourceQuotaSpec` of core/v1.
    ResourceQuotaSpec {
        /// The most of each resource.
        hard: ResourceMap = "hard",
        /// What a pod must be like to count; all must hold.
        scopes: Box<[SmolStr]> = "scopes",
        /// The same, with values; all must hold.
        scope_selector: Option<Box<ScopeSelector>> = "scopeSelector",
    }

    /// `ScopeSelector`.
    ScopeSelector {
        /// The requirements.
        match_expressions: Box<[ScopeRequirement]> = "matchExpressions",
    }

    /// `ScopedResourceSelectorRequirement`.
    ScopeRequirement {
        /// `PriorityClass`, `Terminating`, `BestEffort`, …
        scope_name: SmolStr = "scopeName",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
        operator: SmolStr = "operator",
        /// Values for the operator.
        values: Box<[SmolStr]> = "values",
    }
}
