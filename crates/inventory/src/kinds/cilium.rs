//! Policies of Cilium: that there are some, and whether they are about pods. What their rules say is not read.

use crate::decode::{Present, record};

record! {
    /// `Rule` of github.com/cilium/cilium pkg/policy/api v1.20.2, as `spec` of a `CiliumNetworkPolicy` or
    /// `CiliumClusterwideNetworkPolicy`.
    CiliumPolicySpec {
        /// The nodes that it is about, and then it is about no pods.
        node_selector: Option<Present> = "nodeSelector",
    }
}
