//! Policies of the network for the whole cluster, of sigs.k8s.io/network-policy-api v0.3.0: `ClusterNetworkPolicy` (v1alpha2, v1beta1),
//! and what came before it, `AdminNetworkPolicy` and `BaselineAdminNetworkPolicy` (v1alpha1).

use smol_str::SmolStr;

use crate::decode::{StringMap, record};
use crate::selector::{LabelSelector, LabelSelectorRequirement};

record! {
    /// `ClusterNetworkPolicySpec`, `AdminNetworkPolicySpec`, `BaselineAdminNetworkPolicySpec`.
    ClusterNetworkPolicySpec {
        /// `Admin` or `Baseline`: before all NetworkPolicies, or after them. Of the kinds of v1alpha1 the kind says it.
        tier: SmolStr = "tier",
        /// From 0, which comes first, to 1000. A `BaselineAdminNetworkPolicy` has none.
        priority: Option<i64> = "priority",
        /// The pods that it is about.
        subject: ClusterPolicyPeer = "subject",
        /// For what comes in, the first rule that means it decides.
        ingress: Box<[ClusterPolicyRule]> = "ingress",
        /// For what goes out, the first rule that means it decides.
        egress: Box<[ClusterPolicyRule]> = "egress",
    }

    /// A rule of either direction.
    ClusterPolicyRule {
        /// What it is called.
        name: SmolStr = "name",
        /// `Accept` (in v1alpha1 `Allow`), `Deny` or `Pass`: leave it to what comes after the policies of this tier.
        action: SmolStr = "action",
        /// From where, of a rule for what comes in.
        from: Box<[ClusterPolicyPeer]> = "from",
        /// To where, of a rule for what goes out.
        to: Box<[ClusterPolicyPeer]> = "to",
        /// Ports of where it goes, in v1alpha1; all when empty.
        ports: Box<[AdminPolicyPort]> = "ports",
        /// Ports of where it goes; all when empty.
        protocols: Box<[ClusterPolicyProtocol]> = "protocols",
    }

    /// Who is at the other end, or what a policy is about: one of these.
    ClusterPolicyPeer {
        /// All pods of these namespaces.
        namespaces: Option<ClusterPolicyNamespaces> = "namespaces",
        /// Pods of namespaces.
        pods: Option<ClusterPolicyPods> = "pods",
        /// Nodes, by their labels.
        nodes: Option<LabelSelector> = "nodes",
        /// Addresses: `10.0.0.0/8`.
        networks: Box<[SmolStr]> = "networks",
        /// Names of hosts: `*.example.com`.
        domain_names: Box<[SmolStr]> = "domainNames",
    }

    /// Which namespaces: a `metav1.LabelSelector`, in whose place v0.1.1 had a choice.
    ClusterPolicyNamespaces {
        /// Labels that must have these values.
        match_labels: StringMap = "matchLabels",
        /// Further requirements; all must hold.
        match_expressions: Box<[LabelSelectorRequirement]> = "matchExpressions",
        /// The selector of v0.1.1.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// In v0.1.1: labels of which a namespace has the same values as that of the subject.
        same_labels: Box<[SmolStr]> = "sameLabels",
        /// In v0.1.1: labels of which it has others.
        not_same_labels: Box<[SmolStr]> = "notSameLabels",
    }

    /// `NamespacedPod`: both must hold.
    ClusterPolicyPods {
        /// The namespaces; all when empty.
        namespace_selector: LabelSelector = "namespaceSelector",
        /// The pods in them; all when empty.
        pod_selector: LabelSelector = "podSelector",
        /// The namespaces in v0.1.1.
        namespaces: Option<ClusterPolicyNamespaces> = "namespaces",
    }

    /// `AdminNetworkPolicyPort` of v1alpha1: one of these.
    AdminPolicyPort {
        /// One port.
        port_number: Option<AdminPortNumber> = "portNumber",
        /// The name that the pod gives it, whatever its protocol.
        named_port: Option<SmolStr> = "namedPort",
        /// Several.
        port_range: Option<AdminPortRange> = "portRange",
    }

    /// `Port` of v1alpha1.
    AdminPortNumber {
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol",
        /// The number.
        port: Option<i64> = "port",
    }

    /// `PortRange` of v1alpha1.
    AdminPortRange {
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol",
        /// The first.
        start: Option<i64> = "start",
        /// The last.
        end: Option<i64> = "end",
    }

    /// `ClusterNetworkPolicyProtocol`: one of these.
    ClusterPolicyProtocol {
        /// TCP.
        tcp: Option<ClusterPolicyTransport> = "tcp",
        /// UDP.
        udp: Option<ClusterPolicyTransport> = "udp",
        /// SCTP.
        sctp: Option<ClusterPolicyTransport> = "sctp",
        /// The name that the pod gives a port, whatever its protocol.
        destination_named_port: SmolStr = "destinationNamedPort",
    }

    /// `ClusterNetworkPolicyProtocolTCP` and its like.
    ClusterPolicyTransport {
        /// Which ports.
        destination_port: Option<ClusterPolicyPort> = "destinationPort",
    }

    /// `Port`: one of these.
    ClusterPolicyPort {
        /// One.
        number: Option<i64> = "number",
        /// Several.
        range: Option<ClusterPolicyPortRange> = "range",
    }

    /// `PortRange`.
    ClusterPolicyPortRange {
        /// The first.
        start: Option<i64> = "start",
        /// The last.
        end: Option<i64> = "end",
    }
}
