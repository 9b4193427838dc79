use super::resources::{applies, has_limit};

crate::check::check! {
    /// No CPU limit
    ///
    /// ## What it finds
    /// Containers without a limit of CPU. Defaults of a LimitRange that is read together with the workload count,
    /// and from v1.34 on limits of the pod as a whole. Whether containers should have one is disputed, which is why only the profile `all` asks.
    ///
    /// ## Why it matters
    /// For a limit: a container cannot take the idle CPU that others count on, and its speed does not depend on its
    /// neighbours. Against: requests already share CPU fairly when it is scarce, and a limit slows a program down although
    /// CPU is idle, in ways that are hard to see. On nodes that tenants share who do not trust each other, limit.
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
    ///       limits:
    ///         cpu: "1"
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
    /// Set `resources.limits.cpu`, or leave it and set requests.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    /// - KEP-2837: pod-level resources, on by default since v1.34
    id: "SW6004",
    name: "cpu-limit-missing",
    severity: Info,
    scope: Container,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: All,
    peers: [
        kubescape("C-0050", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubescape("C-0270", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubescape("C-0303", Wider, "agent sandboxes are judged as any pod"),
        trivy("KSV-0011", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        checkov("CKV_K8S_11", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kube_linter("unset-cpu-requirements", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        polaris("cpuLimitsMissing", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kube_score("container-resources", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        popeye("POP-107", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
        kubesec("LimitsCPU", Narrower, "a LimitRange default that is read, or pod-level resources (v1.34), count too"),
    ],
    fn run(container, out) {
        if !applies(container) {
            return out.not_applicable();
        }
        if !has_limit(container, "cpu", out) {
            let path = container.path("resources").key("limits").key("cpu");
            out.fail(path, format!("container `{}` can take all idle CPU of its node", container.name()))
                .missing("no bound but the node");
        }
    }
}
