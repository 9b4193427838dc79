//! `LimitRange`: defaults and bounds of resources in a namespace.

use smol_str::SmolStr;

use super::ResourceMap;
use crate::decode::record;

record! {
    /// `LimitRangeSpec`.
    LimitRangeSpec {
        /// The limits.
        limits: Box<[LimitRangeItem]> = "limits",
    }

    /// `LimitRangeItem`.
    LimitRangeItem {
        /// What is limited: `Container`, `Pod` or `PersistentVolumeClaim`.
        type_: SmolStr = "type",
        /// Limits of containers that give none.
        default: ResourceMap = "default",
        /// Requests of containers that give none.
        default_request: ResourceMap = "defaultRequest",
        /// The most that is allowed; the default limit when no other is given.
        max: ResourceMap = "max",
        /// The least that is allowed; the default request when no other is given.
        min: ResourceMap = "min",
        /// How many times its request a limit may be.
        max_limit_request_ratio: ResourceMap = "maxLimitRequestRatio",
    }
}
