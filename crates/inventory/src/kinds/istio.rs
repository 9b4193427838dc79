//! What Istio's objects say of connections: who must be encrypted, who may come in, and what clients are told to do.
//!
//! Source of names and types: istio.io/api v1.32.0 security/v1beta1, type/v1beta1 and networking/v1alpha3; v1 and v1beta1 have the
//! same fields.

use seawall_yaml::Node;
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, StringMap, entries, record};
use crate::encode::{Encode, map};
use crate::tree::Tree;

record! {
    /// `WorkloadSelector`: labels alone.
    WorkloadSelector {
        /// Labels that pods must have; all pods when there are none.
        match_labels: StringMap = "matchLabels",
    }

    /// `PeerAuthentication`.
    PeerAuthenticationSpec {
        /// Which pods of its namespace; all of them when empty, and of the mesh in its root namespace.
        selector: Option<WorkloadSelector> = "selector",
        /// Their mode.
        mtls: Option<MutualTls> = "mtls",
        /// That of single ports, by their numbers; only with a selector.
        port_level_mtls: PortModes = "portLevelMtls",
    }

    /// `PeerAuthentication.MutualTLS`.
    MutualTls {
        /// `UNSET`, `DISABLE`, `PERMISSIVE`, `STRICT`.
        mode: SmolStr = "mode",
    }

    /// `AuthorizationPolicy` of security.istio.io.
    IstioAuthorizationSpec {
        /// Which pods of its namespace; all of them when empty, and of the mesh in its root namespace.
        selector: Option<WorkloadSelector> = "selector",
        /// What it is attached to instead.
        target_ref: Option<PolicyTarget> = "targetRef",
        /// The same, of many.
        target_refs: Box<[PolicyTarget]> = "targetRefs",
        /// When it acts; without any, never.
        rules: Box<[AuthorizationRule]> = "rules",
        /// `ALLOW` when empty, `DENY`, `AUDIT`, `CUSTOM`.
        action: SmolStr = "action",
    }

    /// `PolicyTargetReference`; also `LocalTargetRef` and its like of Linkerd.
    PolicyTarget {
        /// Group.
        group: SmolStr = "group",
        /// Kind.
        kind: SmolStr = "kind",
        /// Name.
        name: SmolStr = "name",
        /// Namespace; the policy's own when empty.
        namespace: SmolStr = "namespace",
    }

    /// `Rule`: one of `from`, one of `to` and all of `when` must hold.
    AuthorizationRule {
        /// Where it comes from; anywhere when empty.
        from: Box<[RuleFrom]> = "from",
        /// What it asks for; anything when empty.
        to: Box<[RuleTo]> = "to",
        /// What else must hold.
        when: Box<[RuleCondition]> = "when",
    }

    /// `Rule.From`.
    RuleFrom {
        /// It.
        source: RuleSource = "source",
    }

    /// `Source`: all that is given must hold.
    RuleSource {
        /// Identities of the mesh: `cluster.local/ns/shop/sa/web`.
        principals: Box<[SmolStr]> = "principals",
        /// Those that it must not be.
        not_principals: Box<[SmolStr]> = "notPrincipals",
        /// Namespaces of identities.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Those that it must not be of.
        not_namespaces: Box<[SmolStr]> = "notNamespaces",
        /// Service accounts of identities: `shop/web`.
        service_accounts: Box<[SmolStr]> = "serviceAccounts",
        /// Those that it must not be.
        not_service_accounts: Box<[SmolStr]> = "notServiceAccounts",
        /// Addresses of the other end of the connection.
        ip_blocks: Box<[SmolStr]> = "ipBlocks",
        /// Those that it must not have.
        not_ip_blocks: Box<[SmolStr]> = "notIpBlocks",
        ;
        /// What few rules say.
        rare: RareRuleSource
    }

    /// Fields of [`RuleSource`] that are about requests, or rarely given.
    RareRuleSource {
        /// Who has signed the request's token.
        request_principals: Box<[SmolStr]> = "requestPrincipals",
        /// Those who must not.
        not_request_principals: Box<[SmolStr]> = "notRequestPrincipals",
        /// Addresses that proxies before have told.
        remote_ip_blocks: Box<[SmolStr]> = "remoteIpBlocks",
        /// Those that it must not be.
        not_remote_ip_blocks: Box<[SmolStr]> = "notRemoteIpBlocks",
        /// Trust domains of identities.
        trust_domains: Box<[SmolStr]> = "trustDomains",
        /// Those that it must not be of.
        not_trust_domains: Box<[SmolStr]> = "notTrustDomains",
    }

    /// `Rule.To`.
    RuleTo {
        /// It.
        operation: RuleOperation = "operation",
    }

    /// `Operation`: all that is given must hold.
    RuleOperation {
        /// Ports of the pods.
        ports: Box<[SmolStr]> = "ports",
        /// Those that it must not be.
        not_ports: Box<[SmolStr]> = "notPorts",
        /// Hosts of requests.
        hosts: Box<[SmolStr]> = "hosts",
        /// Those that it must not be.
        not_hosts: Box<[SmolStr]> = "notHosts",
        /// Methods of requests.
        methods: Box<[SmolStr]> = "methods",
        /// Those that it must not be.
        not_methods: Box<[SmolStr]> = "notMethods",
        /// Paths of requests.
        paths: Box<[SmolStr]> = "paths",
        /// Those that it must not be.
        not_paths: Box<[SmolStr]> = "notPaths",
    }

    /// `Condition`.
    RuleCondition {
        /// What: `source.ip`, `request.headers[x]`.
        key: SmolStr = "key",
        /// What it must be.
        values: Box<[SmolStr]> = "values",
        /// What it must not be.
        not_values: Box<[SmolStr]> = "notValues",
    }

    /// `DestinationRule`, as far as it says what clients encrypt.
    DestinationRuleSpec {
        /// The host that it is about: `reviews`, `*.shop.svc.cluster.local`.
        host: SmolStr = "host",
        /// How they connect.
        traffic_policy: Option<Box<TrafficPolicy>> = "trafficPolicy",
        /// The same for parts of the pods.
        subsets: Box<[TrafficSubset]> = "subsets",
    }

    /// `Subset`.
    TrafficSubset {
        /// Name.
        name: SmolStr = "name",
        /// How clients connect.
        traffic_policy: Option<Box<TrafficPolicy>> = "trafficPolicy",
    }

    /// `TrafficPolicy`.
    TrafficPolicy {
        /// What is encrypted, and how.
        tls: Option<ClientTls> = "tls",
        /// The same by port.
        port_level_settings: Box<[PortTrafficPolicy]> = "portLevelSettings",
    }

    /// `TrafficPolicy.PortTrafficPolicy`.
    PortTrafficPolicy {
        /// The port of the Service.
        port: PortSelector = "port",
        /// What is encrypted, and how.
        tls: Option<ClientTls> = "tls",
    }

    /// `PortSelector`.
    PortSelector {
        /// Its number.
        number: Option<i64> = "number",
    }

    /// `ClientTLSSettings`.
    ClientTls {
        /// `DISABLE` when empty, `SIMPLE`, `MUTUAL`, `ISTIO_MUTUAL`.
        mode: SmolStr = "mode",
    }
}

/// Modes by port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortModes(Box<[(SmolStr, MutualTls)]>);

impl PortModes {
    /// Ports as they are written, with their modes, in that order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &MutualTls)> {
        self.0.iter().map(|(port, mode)| (port.as_str(), mode))
    }
}

impl Decode for PortModes {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(entries(node, cx, |_, value, cx| Some(MutualTls::decode(value, cx))))
    }
}

impl Encode for PortModes {
    fn encode(&self) -> Tree {
        map(&self.0)
    }
}
