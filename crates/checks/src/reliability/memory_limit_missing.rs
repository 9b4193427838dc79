use super::resources::{applies, has_limit};

crate::check::check! {
    /// No memory limit
    ///
    /// ## What it finds
    /// Containers without a limit of memory. Defaults of a LimitRange that is read together with the workload count,
    /// and from v1.34 on limits of the pod as a whole.
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
    /// ```yaml bad
    /// # with kubernetes: 1.33
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   resources:
    ///     limits:
    ///       cpu: "1"
    ///       memory: 256Mi
    ///   containers:
    ///   - name: app   # <- finding
    ///     image: registry.example/app:1.0
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
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   resources:
    ///     requests:
    ///       cpu: 100m
    ///       memory: 128Mi
    ///     limits:
    ///       cpu: "1"
    ///       memory: 256Mi
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `resources.limits.memory` to what the program needs at its peak with room to spare, and `requests.memory` to the
    /// same, or to what it usually needs.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    /// - NSA Kubernetes Hardening Guide 1.2, resource policies
    /// - KEP-2837: pod-level resources, on by default since v1.34
    id: "SW6001",
    name: "memory-limit-missing",
    severity: Medium,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW6002"],
    peers: [
        kubescape("C-0004", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubescape("C-0271", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubescape("C-0303", Wider, "agent sandboxes are judged as any pod"),
        trivy("KSV-0018", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        checkov("CKV_K8S_13", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kube_linter("unset-memory-requirements", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        polaris("memoryLimitsMissing", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kube_score("container-resources", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        popeye("POP-107", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubesec("LimitsMemory", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
    ],
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
