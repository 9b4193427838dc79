use crate::workload::node_role::is_part_of_node;

crate::check::check! {
    /// Priority of the cluster's own parts
    ///
    /// ## What it finds
    /// Pods outside of `kube-system` with the priority class `system-cluster-critical` or `system-node-critical`. Parts of
    /// the node (network plugins, volume drivers, collectors of its logs: what `privileged-by-design` recognises), which serve the node itself,
    /// are not meant. Where the namespace is not written the verdict is unknown.
    ///
    /// ## Why it matters
    /// When a node is full, such a pod pushes all others aside, and nothing pushes it: a memory leak in it takes the
    /// place of DNS, of the network's agents and of every service. The classes are meant for the cluster's own parts, which is why hardened clusters
    /// ask.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   priorityClassName: system-cluster-critical   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   priorityClassName: shop-high
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Make a PriorityClass of your own with a value below 1000000000 and name that. A ResourceQuota with the scope
    /// `PriorityClass` keeps others from using the system's.
    ///
    /// ## References
    /// - Kubernetes documentation: Guaranteed Scheduling For Critical Add-On Pods
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/scheduling/types.go: SystemClusterCritical, SystemNodeCritical
    id: "SW6042",
    name: "system-priority-class",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let class = pod.spec().rare().priority_class_name.as_str();
        if !matches!(class, "system-cluster-critical" | "system-node-critical") {
            return;
        }
        match pod.object.metadata.namespace.as_str() {
            "kube-system" => out.not_applicable(),
            _ if is_part_of_node(pod) => out.not_applicable(),
            "" => out.unknown("the namespace is not written"),
            namespace => {
                let message = format!("pods of `{namespace}` push aside all others when a node is full");
                out.fail(pod.path("priorityClassName"), message).value(class);
            }
        }
    }
}
