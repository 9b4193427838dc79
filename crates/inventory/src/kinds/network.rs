//! Policies of the network, and ways into the cluster: Ingress and Gateway API.

use smol_str::SmolStr;

use crate::decode::{IntOrString, Present, record};
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

    /// `IngressSpec` of k8s.io/api networking/v1, and of its versions before.
    IngressSpec {
        /// Whose it is; empty when an annotation says it, or whichever is the default.
        class: SmolStr = "ingressClassName",
        /// Where goes what no rule means.
        default_backend: Option<IngressBackend> = "defaultBackend",
        /// The same in versions before v1.
        backend: Option<IngressBackend> = "backend",
        /// Hosts whose traffic is encrypted.
        tls: Box<[IngressTls]> = "tls",
        /// Rules.
        rules: Box<[IngressRule]> = "rules",
    }

    /// `IngressTLS`.
    IngressTls {
        /// Hosts; all when empty.
        hosts: Box<[SmolStr]> = "hosts",
        /// The Secret with the certificate.
        secret_name: SmolStr = "secretName",
    }

    /// `IngressRule`.
    IngressRule {
        /// The host; all when empty.
        host: SmolStr = "host",
        /// What its paths lead to.
        http: HttpIngressRule = "http",
    }

    /// `HTTPIngressRuleValue`.
    HttpIngressRule {
        /// Paths.
        paths: Box<[HttpIngressPath]> = "paths",
    }

    /// `HTTPIngressPath`.
    HttpIngressPath {
        /// The path.
        path: SmolStr = "path",
        /// Where it leads to.
        backend: IngressBackend = "backend",
    }

    /// `IngressBackend`.
    IngressBackend {
        /// A Service of the same namespace.
        service: Option<IngressService> = "service",
        /// An object of another kind.
        resource: Option<Present> = "resource",
        /// The Service in versions before v1.
        service_name: SmolStr = "serviceName",
        /// Its port in versions before v1.
        service_port: Option<IntOrString> = "servicePort",
    }

    /// `IngressServiceBackend`.
    IngressService {
        /// Its name.
        name: SmolStr = "name",
        /// Its port.
        port: ServicePortRef = "port",
    }

    /// `ServiceBackendPort`.
    ServicePortRef {
        /// By name.
        name: SmolStr = "name",
        /// By number.
        number: Option<i64> = "number",
    }

    /// `GatewaySpec` of sigs.k8s.io/gateway-api v1.
    GatewaySpec {
        /// Whose it is.
        class: SmolStr = "gatewayClassName",
        /// Where it listens.
        listeners: Box<[Listener]> = "listeners",
    }

    /// `Listener`.
    Listener {
        /// Name.
        name: SmolStr = "name",
        /// Port.
        port: Option<i64> = "port",
        /// `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`.
        protocol: SmolStr = "protocol",
        /// The host; all when empty.
        hostname: SmolStr = "hostname",
        /// What is encrypted, and how.
        tls: Option<Present> = "tls",
    }

    /// The specs of `HTTPRoute`, `GRPCRoute`, `TLSRoute`, `TCPRoute` and `UDPRoute` of sigs.k8s.io/gateway-api.
    RouteSpec {
        /// What it is attached to.
        parent_refs: Box<[ParentRef]> = "parentRefs",
        /// Hosts; all when empty.
        hostnames: Box<[SmolStr]> = "hostnames",
        /// Rules.
        rules: Box<[RouteRule]> = "rules",
    }

    /// `ParentReference`.
    ParentRef {
        /// Group; that of Gateway API when not given.
        group: Option<SmolStr> = "group",
        /// Kind; `Gateway` when empty.
        kind: SmolStr = "kind",
        /// Namespace; the route's own when empty.
        namespace: SmolStr = "namespace",
        /// Name.
        name: SmolStr = "name",
        /// The listener; all when empty.
        section_name: SmolStr = "sectionName",
    }

    /// Rules of routes.
    RouteRule {
        /// Where traffic goes to.
        backend_refs: Box<[BackendRef]> = "backendRefs",
    }

    /// `BackendRef`.
    BackendRef {
        /// Group; the core group when empty.
        group: SmolStr = "group",
        /// Kind; `Service` when empty.
        kind: SmolStr = "kind",
        /// Namespace; the route's own when empty.
        namespace: SmolStr = "namespace",
        /// Name.
        name: SmolStr = "name",
        /// Port of the Service.
        port: Option<i64> = "port",
    }

    /// `ReferenceGrantSpec` of sigs.k8s.io/gateway-api v1beta1: who may refer to objects of its namespace from other ones.
    ReferenceGrantSpec {
        /// Those who may.
        from: Box<[GrantFrom]> = "from",
        /// The objects that they may refer to.
        to: Box<[GrantTo]> = "to",
    }

    /// `ReferenceGrantFrom`.
    GrantFrom {
        /// Group.
        group: SmolStr = "group",
        /// Kind.
        kind: SmolStr = "kind",
        /// Namespace.
        namespace: SmolStr = "namespace",
    }

    /// `ReferenceGrantTo`.
    GrantTo {
        /// Group; the core group when empty.
        group: SmolStr = "group",
        /// Kind.
        kind: SmolStr = "kind",
        /// Name; all when empty.
        name: SmolStr = "name",
    }
}
