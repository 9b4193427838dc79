use seawall_finding::Framework;
use seawall_inventory::Object;
use seawall_netpol::Enforcer;
use seawall_yaml::Path;

crate::check::check! {
    /// Network policies that nobody enforces
    ///
    /// ## What it finds
    /// Network plugins that connect pods and enforce no NetworkPolicy, as flannel alone, where no other one is there that does.
    ///
    /// ## Why it matters
    /// The API server takes policies whoever is there to enforce them: the cluster looks as if it was segmented, and each pod reaches
    /// each other one.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata:
    ///   namespace: kube-flannel
    ///   name: kube-flannel-ds   # <- finding
    /// spec:
    ///   selector:
    ///     matchLabels: {app: flannel}
    ///   template:
    ///     metadata:
    ///       labels: {app: flannel}
    ///     spec:
    ///       containers:
    ///       - name: kube-flannel
    ///         image: ghcr.io/flannel-io/flannel:v0.27.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata:
    ///   namespace: kube-system
    ///   name: canal
    /// spec:
    ///   selector:
    ///     matchLabels: {app: canal}
    ///   template:
    ///     metadata:
    ///       labels: {app: canal}
    ///     spec:
    ///       containers:
    ///       - name: calico-node
    ///         image: quay.io/calico/node:v3.31.0
    ///       - name: kube-flannel
    ///         image: ghcr.io/flannel-io/flannel:v0.27.0
    /// ```
    /// ## How to fix
    /// Add a plugin that enforces policies: kube-network-policies or kube-router runs beside any other; or change to Calico, Cilium or
    /// Antrea.
    ///
    /// ## References
    /// - Kubernetes documentation: Network Policies, prerequisites
    /// - CIS Kubernetes Benchmark 1.12, 5.3.1
    id: "SW3004",
    name: "network-policies-not-enforced",
    severity: High,
    scope: Object,
    subjects: ["DaemonSet.apps"],
    reads: ["DaemonSet.apps"],
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "cis-1.12", control: "5.3.1" }],
    peers: [
        kubescape("C-0205", Wider, "found by the plugin that runs, not by files of the node"),
    ],
    fn run(object, out) {
        let own: Vec<Enforcer> = enforcers(object).collect();
        if object.kind != "DaemonSet" || own.is_empty() {
            return out.not_applicable();
        }
        let view = out.snapshot();
        if own.iter().any(|one| one.enforces) || view.of_kind("apps", "DaemonSet").flat_map(enforcers).any(|one| one.enforces) {
            return;
        }
        if !view.is_live() {
            return out.unknown("whoever enforces policies is not among the objects read, and may be in the cluster");
        }
        out.fail(Path::root().key("metadata").key("name"), "the cluster's network plugin enforces no NetworkPolicy")
            .derived("no other plugin that is known to enforce them runs beside it: policies have no effect");
    }
}

/// The network plugins that are known, enforcing or not, among the containers of an object.
fn enforcers(object: &Object) -> impl Iterator<Item = Enforcer> + '_ {
    let containers = object.pods.iter().flat_map(|pod| pod.spec.containers.iter());
    containers.filter_map(|container| Enforcer::of_image(&container.image))
}
