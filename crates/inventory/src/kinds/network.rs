//! Policies of the network.

use smol_str::SmolStr;

use crate::decode::{IntOrString, record};
use crate::selector::LabelSelector;

record! {
    /// `NetworkPolicySpec` of k8s.io/api networking/v1.
    NetworkPolicySpec {
        /// The pods of its namespace that it is about; all when empty.
        pod_selector: Option<LabelSelector> = "podSelector",
        /// What may come in.
        ingress: Box<[NetworkPolicyIngressRule]> = "ingress",
        /// What may go out.
        egress: Box<[NetworkPolicyEgressRule]> = "egress",
        /// `Ingress`, `Egress`; when empty, `Ingress`, and `Egress` if there are rules of it.
        policy_types: Box<[SmolStr]> = "policyTypes",
    }

    /// `NetworkPolicyIngressRule`: connections that match both a port and a peer.
    NetworkPolicyIngressRule {
        /// Ports of the pods; all when empty.
        ports: Box<[NetworkPolicyPort]> = "ports",
        /// From where; from everywhere when empty.
        from: Box<[NetworkPolicyPeer]> = "from",
    }

    /// `NetworkPolicyEgressRule`: connections that match both a port and a peer.
    NetworkPolicyEgressRule {
        /// Ports of where they go; all when empty.
        ports: Box<[NetworkPolicyPort]> = "ports",
        /// To where; to everywhere when empty.
        to: Box<[NetworkPolicyPeer]> = "to",
    }

    /// `NetworkPolicyPort`.
    NetworkPolicyPort {
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol",
        /// By number, or by the name that the pod gives it; all of the protocol when not given.
        port: Option<IntOrString> = "port",
        /// The last of a range that `port` begins.
        end_port: Option<i64> = "endPort",
    }

    /// `NetworkPolicyPeer`: pods by labels of theirs, of their namespace or of both, or addresses.
    NetworkPolicyPeer {
        /// Labels of pods: of the policy's own namespace, unless there is a `namespace_selector`.
        pod_selector: Option<LabelSelector> = "podSelector",
        /// Labels of namespaces: all pods in them, unless there is a `pod_selector`.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Addresses, with neither of the others.
        ip_block: Option<IpBlock> = "ipBlock",
    }

    /// `IPBlock`.
    IpBlock {
        /// Of addresses: `10.0.0.0/8`, `fd00::/64`.
        cidr: SmolStr = "cidr",
        /// Parts of it that are not meant.
        except: Box<[SmolStr]> = "except",
    }
}
