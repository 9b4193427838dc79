use super::resources::{applies, has_limit};

crate::check::check! {
    /// No memory limit
    ///
    /// ## What it finds
    /// Containers without a limit of memory. Defaults of a LimitRange that is read together with the workload count.
    ///
    /// ## Why it matters
    /// The container can take all memory of its node: by a leak, by load, or because someone wants it to. The kernel then
    /// ends programs of other pods, or the kubelet evicts them.
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
    /// Set `resources.limits.memory` to what the program needs at its peak with room to spare, and `requests.memory` to the
    /// same, or to what it usually needs.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    /// - NSA Kubernetes Hardening Guide 1.2, resource policies
    id: "SW6001",
    name: "memory-limit-missing",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW6002"],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        if !has_limit(container, "memory", out) {
            let path = container.path("resources").key("limits").key("memory");
            out.fail(path, format!("container `{}` can take all memory of its node", container.name()))
                .missing("no bound but the node");
        }
    }
}
