use super::server::serves;

crate::check::check! {
    /// No liveness probe
    ///
    /// ## What it finds
    /// Regular containers and sidecars that offer ports and have no `livenessProbe`, in workloads that run on. Jobs,
    /// CronJobs, init containers, pods that run to their end and task runners (Tekton, Argo Workflows) are exempt.
    ///
    /// ## Why it matters
    /// A program that hangs stays until somebody looks. A probe that asks too much is worse than none, though: it restarts
    /// programs that are only slow, all at once. So only the profile `all` asks for it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app   # <- finding
    ///         image: registry.example/app:1.0
    ///         ports:
    ///         - containerPort: 8080
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///         ports:
    ///         - containerPort: 8080
    ///         livenessProbe:
    ///           httpGet: {path: /healthz, port: 8080}
    ///           failureThreshold: 6
    ///         readinessProbe:
    ///           httpGet: {path: /readyz, port: 8080}
    /// ```
    /// ## How to fix
    /// Add a `livenessProbe` that asks the process itself and nothing it depends on, with a generous `failureThreshold`.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Liveness, Readiness and Startup Probes
    id: "SW6008",
    name: "liveness-probe-missing",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        kubescape("C-0056", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        checkov("CKV_K8S_8", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        kube_linter("no-liveness-probe", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        polaris("livenessProbeMissing", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        kube_score("pod-probes", Wider, "each container, whether a Service that is read selects it or not"),
        popeye("POP-102", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        popeye("POP-103", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
    ],
    fn run(container, out) {
        if !serves(container) {
            return out.not_applicable();
        }
        if container.container.liveness_probe.is_none() {
            let path = container.path("livenessProbe");
            out.fail(path, format!("container `{}` is not restarted when it hangs", container.name()))
                .missing("restarted only when its process ends");
        }
    }
}
