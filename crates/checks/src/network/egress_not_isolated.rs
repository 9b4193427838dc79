use seawall_finding::Framework;
use seawall_netpol::Direction;

use super::around::not_isolated;

crate::check::check! {
    /// Pods that may connect to anything
    ///
    /// ## What it finds
    /// Pods that no NetworkPolicy of their namespace selects for egress, as Kubernetes decides it, or for which a rule of one allows
    /// everything. A ClusterNetworkPolicy, or an AdminNetworkPolicy, that denies all addresses isolates, too. Pods on the network of their node are not judged: policies do not hold for them.
    ///
    /// ## Why it matters
    /// Whoever takes over a pod loads tools from the internet and sends out what is found, asks the cloud's metadata service for the
    /// node's credentials, and looks for other pods, kubelets and databases to go on to. Where only what is needed may go out, an attack stops there.
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
    ///   name: ingress
    /// spec:
    ///   podSelector: {}
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    ///   labels: {app: web}   # <- finding
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Ingress, Egress]
    ///   egress:
    ///   - {}
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
    ///   name: dns-only
    /// spec:
    ///   podSelector:
    ///     matchExpressions:
    ///     - {key: app, operator: In, values: [web, api]}
    ///   policyTypes: [Egress]
    ///   egress:
    ///   - to:
    ///     - namespaceSelector:
    ///         matchLabels: {kubernetes.io/metadata.name: kube-system}
    ///     ports:
    ///     - {port: 53, protocol: UDP}
    /// ```
    /// ## How to fix
    /// Give each namespace a policy that selects all pods and lets nothing out, and allow what is needed beside it: DNS first. `seawall reach
    /// --from` tells what the pods reach.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicySpec
    id: "SW3002",
    name: "egress-not-isolated",
    severity: Low,
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
    subsumes: ["SW3003"],
    peers: [
        kubescape("C-0054", Narrower, "pods that a policy isolates, and not namespaces that have one"),
        popeye("POP-1205", Narrower, "a policy that is about the other direction does not count"),
    ],
    fn run(pod, out) {
        not_isolated(
            pod,
            out,
            Direction::Egress,
            "no policy says what the pods may connect to",
            "no NetworkPolicy among the objects read selects them for egress: they may connect to whatever the network leads to, the cloud's metadata service too",
        );
    }
}
