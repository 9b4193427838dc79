//! Devices that a driver offers.

use smol_str::SmolStr;

use crate::decode::record;

record! {
    /// `ResourceSliceSpec` of k8s.io/api resource/v1 v0.36.
    ResourceSliceSpec {
        /// The node that has them; empty for those of several.
        node_name: SmolStr = "nodeName",
    }
}
