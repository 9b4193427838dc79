use super::resources::{applies, has_limit};

crate::check::check! {
    /// No limit of the node's disk
    ///
    /// ## What it finds
    /// Containers without a limit of `ephemeral-storage`. Defaults of a LimitRange that is read together with the workload
    /// count.
    ///
    /// ## Why it matters
    /// What a container writes to its root filesystem, to logs and to `emptyDir` volumes lies on the node's disk. Without a
    /// limit one container fills it, and the kubelet evicts pods and stops pulling images.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:   # <- finding
    ///       requests:
    ///         cpu: 100m
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         cpu: 100m
    ///         memory: 128Mi
    ///       limits:
    ///         memory: 256Mi
    ///         ephemeral-storage: 1Gi
    /// ```
    /// ## How to fix
    /// Set `resources.limits.ephemeral-storage`, and a `sizeLimit` for each `emptyDir`. A container with a read-only root
    /// filesystem needs little.
    ///
    /// ## References
    /// - Kubernetes documentation: Local ephemeral storage
    id: "SW6006",
    name: "ephemeral-storage-limit-missing",
    severity: Low,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kube_score("container-ephemeral-storage-request-and-limit", Narrower, "the limit; a request that is not given is the limit"),
    ],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        if !has_limit(container, "ephemeral-storage", out) {
            let path = container.path("resources").key("limits").key("ephemeral-storage");
            out.fail(path, format!("container `{}` can fill the disk of its node", container.name()))
                .missing("no bound but the node");
        }
    }
}
