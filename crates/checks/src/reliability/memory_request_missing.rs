use super::resources::{applies, has_request};

crate::check::check! {
    /// No memory request
    ///
    /// ## What it finds
    /// Containers without a request of memory, and without a limit, which is the request too. Defaults of a LimitRange that
    /// is read together with the workload count, and from v1.34 on `resources` of the pod as a whole.
    ///
    /// ## Why it matters
    /// The scheduler puts the pod anywhere, also where there is no memory left, and under pressure it is among the first to
    /// be evicted.
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
    ///     resources:
    ///       requests:   # <- finding
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
    /// Set `resources.requests.memory` to what the program usually needs.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    /// - Kubernetes documentation: Node-pressure Eviction
    /// - KEP-2837: pod-level resources, on by default since v1.34
    id: "SW6002",
    name: "memory-request-missing",
    severity: Low,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0004", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kubescape("C-0269", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        trivy("KSV-0016", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        checkov("CKV_K8S_12", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kube_linter("unset-memory-requirements", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        polaris("memoryRequestsMissing", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kube_score("container-resources", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        popeye("POP-106", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kubesec("RequestsMemory", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
    ],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        if !has_request(container, "memory", out) {
            let path = container.path("resources").key("requests").key("memory");
            out.fail(path, format!("container `{}` asks for no memory", container.name()))
                .missing("scheduled as if it needed none");
        }
    }
}
