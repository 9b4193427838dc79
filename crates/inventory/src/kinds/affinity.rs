//! Where pods are placed: towards nodes, towards and away from other pods, spread, and taints they tolerate.

use smol_str::SmolStr;

use crate::decode::record;
use crate::selector::{LabelSelector, LabelSelectorRequirement};

record! {
    /// `Affinity`.
    Affinity {
        /// Towards nodes.
        node_affinity: Option<Box<NodeAffinity>> = "nodeAffinity",
        /// Towards other pods.
        pod_affinity: Option<Box<PodAffinity>> = "podAffinity",
        /// Away from other pods.
        pod_anti_affinity: Option<Box<PodAffinity>> = "podAntiAffinity",
    }

    /// `NodeAffinity`.
    NodeAffinity {
        /// What a node must be like.
        required: Option<NodeSelector> = "requiredDuringSchedulingIgnoredDuringExecution",
        /// What a node should be like.
        preferred: Box<[PreferredNode]> = "preferredDuringSchedulingIgnoredDuringExecution",
    }

    /// `NodeSelector`.
    NodeSelector {
        /// One of them must hold.
        terms: Box<[NodeSelectorTerm]> = "nodeSelectorTerms",
    }

    /// `NodeSelectorTerm`. One without requirements selects nothing.
    NodeSelectorTerm {
        /// About labels.
        match_expressions: Box<[LabelSelectorRequirement]> = "matchExpressions",
        /// About fields; `metadata.name` is the only one.
        match_fields: Box<[LabelSelectorRequirement]> = "matchFields",
    }

    /// `PreferredSchedulingTerm`.
    PreferredNode {
        /// 1 to 100.
        weight: Option<i64> = "weight",
        /// The term.
        preference: NodeSelectorTerm = "preference",
    }

    /// `PodAffinity`, `PodAntiAffinity`.
    PodAffinity {
        /// What must hold.
        required: Box<[PodAffinityTerm]> = "requiredDuringSchedulingIgnoredDuringExecution",
        /// What should hold.
        preferred: Box<[PreferredPod]> = "preferredDuringSchedulingIgnoredDuringExecution",
    }

    /// `WeightedPodAffinityTerm`.
    PreferredPod {
        /// 1 to 100.
        weight: Option<i64> = "weight",
        /// The term.
        term: PodAffinityTerm = "podAffinityTerm",
    }

    /// `PodAffinityTerm`.
    PodAffinityTerm {
        /// The other pods; none when absent.
        label_selector: Option<LabelSelector> = "labelSelector",
        /// Label of nodes that makes the domains.
        topology_key: SmolStr = "topologyKey",
        /// Namespaces of the other pods; the pod's own when neither this nor the selector is given.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Namespaces by their labels.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Labels of the pod itself that are taken into the selector.
        match_label_keys: Box<[SmolStr]> = "matchLabelKeys",
        /// Labels of the pod itself that the others must not share.
        mismatch_label_keys: Box<[SmolStr]> = "mismatchLabelKeys",
    }

    /// `Toleration`.
    Toleration {
        /// Taint key; all when empty with operator `Exists`.
        key: SmolStr = "key",
        /// `Exists`, `Equal`; of numbers also `Lt` and `Gt`.
        operator: SmolStr = "operator",
        /// Taint value.
        value: SmolStr = "value",
        /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`; all when empty.
        effect: SmolStr = "effect",
        /// How long `NoExecute` is tolerated; for ever when not given.
        toleration_seconds: Option<i64> = "tolerationSeconds",
    }

    /// `TopologySpreadConstraint`.
    TopologySpreadConstraint {
        /// Label of nodes that makes the domains.
        topology_key: SmolStr = "topologyKey",
        /// By how many pods domains may differ.
        max_skew: Option<i64> = "maxSkew",
        /// `DoNotSchedule` or `ScheduleAnyway`.
        when_unsatisfiable: SmolStr = "whenUnsatisfiable",
        /// The pods that are counted; none when absent.
        label_selector: Option<LabelSelector> = "labelSelector",
        /// How many domains there should be at least.
        min_domains: Option<i64> = "minDomains",
        /// Labels of the pod itself that are taken into the selector.
        match_label_keys: Box<[SmolStr]> = "matchLabelKeys",
        /// `Honor` or `Ignore`: whether nodes that affinity rules out are counted.
        node_affinity_policy: SmolStr = "nodeAffinityPolicy",
        /// `Honor` or `Ignore`: whether nodes that taints rule out are counted.
        node_taints_policy: SmolStr = "nodeTaintsPolicy",
    }
}
