use super::resources::{applies, has_request};

crate::check::check! {
    /// No CPU request
    ///
    /// ## What it finds
    /// Containers without a request of CPU, and without a limit, which is the request too. Defaults of a LimitRange that is
    /// read together with the workload count, and from v1.34 on `resources` of the pod as a whole.
    ///
    /// ## Why it matters
    /// The scheduler puts the pod anywhere, and on a busy node it gets next to no CPU: probes fail, and restarts make it
    /// worse. An autoscaler that goes by utilisation has nothing to go by.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app   # <- finding
    ///     image: registry.example/app:1.0
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
    /// Set `resources.requests.cpu` to what the program usually needs.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    /// - KEP-2837: pod-level resources, on by default since v1.34
    id: "SW6003",
    name: "cpu-request-missing",
    severity: Low,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Strict,
    subsumes: ["SW6004"],
    peers: [
        kubescape("C-0009", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kubescape("C-0050", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kubescape("C-0268", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        trivy("KSV-0015", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        checkov("CKV_K8S_10", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kube_linter("unset-cpu-requirements", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        polaris("cpuRequestsMissing", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kube_score("container-resources", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        popeye("POP-106", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
        kubesec("RequestsCPU", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too; a limit is the request when none is given"),
    ],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        if !has_request(container, "cpu", out) {
            let path = container.path("resources").key("requests").key("cpu");
            out.fail(path, format!("container `{}` asks for no CPU", container.name()))
                .missing("scheduled as if it needed none");
        }
    }
}
