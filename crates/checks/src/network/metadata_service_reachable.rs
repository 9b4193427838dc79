use core::net::IpAddr;

use seawall_finding::{Framework, Param, ParamDefault};
use seawall_netpol::{End, Family, Protocol, Verdict};

use super::around::{labels, policies, reason};

crate::check::check! {
    /// Metadata service of the cloud within reach
    ///
    /// ## What it finds
    /// Pods from which policies let through to the metadata service of the cloud: TCP port 80 of 169.254.169.254, which is that of all large clouds;
    /// others are given by `addresses`. Where no policy is about egress at all, that is told instead.
    ///
    /// ## Why it matters
    /// On the nodes of most clouds, whoever asks the metadata service gets the credentials of the node, and with these often the images,
    /// volumes and Secrets of all that runs there. One forged request from the server's side is enough.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}   # <- finding
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: outward
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Egress]
    ///   egress:
    ///   - to:
    ///     - ipBlock:
    ///         cidr: 0.0.0.0/0
    ///         except: [10.0.0.0/8]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: outward
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Egress]
    ///   egress:
    ///   - to:
    ///     - ipBlock:
    ///         cidr: 0.0.0.0/0
    ///         except: [10.0.0.0/8, 169.254.169.254/32]
    /// ```
    /// ## How to fix
    /// Except 169.254.169.254/32 from what the pods may connect to, and let the nodes answer one hop only (on AWS version 2 of the service
    /// with a hop limit of 1). Pods that get an identity of their own from this service, as on GKE, need it: ignore the finding there, with
    /// that reason.
    ///
    /// ## References
    /// - MITRE ATT&CK T1552.005: Cloud Instance Metadata API
    id: "SW3003",
    name: "metadata-service-reachable",
    severity: Medium,
    scope: Workload,
    reads: [
        "NetworkPolicy.networking.k8s.io",
        "AdminNetworkPolicy.policy.networking.k8s.io",
        "BaselineAdminNetworkPolicy.policy.networking.k8s.io",
        "ClusterNetworkPolicy.policy.networking.k8s.io",
        "Namespace",
    ],
    since: "0.1.0",
    profile: Strict,
    frameworks: [Framework { name: "mitre", control: "T1552.005" }],
    params: [Param {
        name: "addresses",
        doc: "Addresses of the metadata service",
        default: ParamDefault::Strings(&["169.254.169.254"]),
    }],
    peers: [
        kubescape("C-0052", Wider, "what policies let through, from each pod; the cloud is not asked"),
    ],
    fn run(pod, out) {
        let Some(world) = policies(pod, out) else { return out.not_applicable() };
        for written in out.param_strings("addresses") {
            let Ok(address) = written.parse::<IpAddr>() else {
                out.unknown(format!("`{written}` of the parameter `addresses` is no address"));
                continue;
            };
            let passes = world.connection(End::Pods(0), End::Address(address), Family::of(&address));
            let doubts = passes.egress.iter().flat_map(|side| &side.doubts);
            match passes.ports.at(Protocol::Tcp, 80) {
                Verdict::Deny => {}
                Verdict::Allow => {
                    out.fail(labels(pod), format!("policies let the pods connect to the metadata service at {written}"))
                        .derived("whoever asks it gets the credentials of the node")
                        .keyed(written);
                }
                Verdict::Unknown | Verdict::Ambiguous => out.unknown(reason(doubts, &world)),
            }
        }
    }
}
