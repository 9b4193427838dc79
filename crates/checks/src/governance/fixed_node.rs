crate::check::check! {
    /// Workload bound to one node
    ///
    /// ## What it finds
    /// Pod templates and bare pods with `nodeName`. Pods that were read from a cluster are not meant: all of them have one.
    ///
    /// ## Why it matters
    /// The pod goes past the scheduler: to a node that is full, cordoned or tainted `NoSchedule`, the control plane's included. When the
    /// node is gone, it runs nowhere. Who can write the template chooses whose neighbour the pod is.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata: {labels: {app: web}}
    ///     spec:
    ///       nodeName: node-1   # <- finding
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata: {labels: {app: web}}
    ///     spec:
    ///       nodeSelector:
    ///         node.example.com/pool: shop
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Say what the node must be like, with `nodeSelector` or node affinity, and let the scheduler choose.
    ///
    /// ## References
    /// - Kubernetes documentation, Assigning Pods to Nodes: nodeName
    id: "SW9020",
    name: "fixed-node",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let metadata = &pod.object.metadata;
        let is_pod = pod.object.kind == "Pod" && pod.object.group().is_empty();
        if is_pod && (metadata.uid().is_some() || !metadata.owner_references.is_empty()) {
            return out.not_applicable();
        }
        out.reads_pod_level(pod);
        let node = &pod.spec().rare().node_name;
        if !node.is_empty() {
            out.fail(pod.path("nodeName"), format!("the pods are bound to node `{node}`, past the scheduler")).value(node);
        }
    }
}
