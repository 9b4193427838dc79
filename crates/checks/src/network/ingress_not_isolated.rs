use seawall_finding::Framework;
use seawall_netpol::Direction;

use super::around::not_isolated;

crate::check::check! {
    /// Pods that anybody may connect to
    ///
    /// ## What it finds
    /// Pods that no NetworkPolicy of their namespace selects for ingress, as Kubernetes decides it: `policyTypes` and its default, selectors with
    /// expressions, and empty ones are read as the API means them. A policy that is about egress alone isolates nobody from what comes in, and
    /// one with a rule that names neither peers nor ports lets everybody in. A ClusterNetworkPolicy, or an AdminNetworkPolicy, that denies what
    /// comes from all pods isolates, too.
    /// Pods on the network of their node are not judged: policies do not hold for them.
    ///
    /// ## Why it matters
    /// Without a policy each pod of the cluster, of whichever team, may connect to each port. Whoever takes over one of them gets to the
    /// databases and the administration of all others.
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
    /// # It says nothing of what comes in.
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: egress
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Egress]
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
    ///   name: default-deny
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Ingress]
    /// ```
    /// ## How to fix
    /// Give each namespace a policy that selects all pods and allows nothing, and allow what is needed beside it. `seawall reach --to` tells who
    /// connects today.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicySpec
    /// - CIS Kubernetes Benchmark 1.12, 5.3.2
    id: "SW3001",
    name: "ingress-not-isolated",
    severity: Medium,
    scope: Workload,
    reads: [
        "NetworkPolicy.networking.k8s.io",
        "AdminNetworkPolicy.policy.networking.k8s.io",
        "BaselineAdminNetworkPolicy.policy.networking.k8s.io",
        "ClusterNetworkPolicy.policy.networking.k8s.io",
        "Namespace",
        "NetworkPolicy.crd.projectcalico.org",
        "GlobalNetworkPolicy.crd.projectcalico.org",
        "NetworkPolicy.projectcalico.org",
        "GlobalNetworkPolicy.projectcalico.org",
        "CiliumNetworkPolicy.cilium.io",
        "CiliumClusterwideNetworkPolicy.cilium.io",
    ],
    since: "0.1.0",
    profile: Strict,
    frameworks: [Framework { name: "cis-1.12", control: "5.3.2" }],
    peers: [
        kubescape("C-0030", Wider, "each direction is judged by itself"),
        kubescape("C-0049", Narrower, "pods that a policy isolates, and not namespaces that have one"),
        kubescape("C-0206", Narrower, "pods that a policy isolates, and not namespaces that have one"),
        kubescape("C-0260", Narrower, "each direction is judged by itself"),
        trivy("KSV-0038", Wider, "pods that no policy selects, and not policies without a selector"),
        checkov("CKV2_K8S_6", Narrower, "namespaces and expressions of selectors count"),
        kube_linter("non-isolated-pod", Narrower, "directions and expressions of selectors count"),
        polaris("missingNetworkPolicy", Narrower, "a policy that is about egress alone isolates nobody"),
        kube_score("pod-networkpolicy", Narrower, "each direction is judged by itself"),
        popeye("POP-1204", Narrower, "a policy that is about the other direction does not count"),
    ],
    fn run(pod, out) {
        not_isolated(
            pod,
            out,
            Direction::Ingress,
            "no policy says who may connect to the pods",
            "no NetworkPolicy among the objects read selects them for ingress: whoever gets that far may connect to each port",
        );
    }
}
