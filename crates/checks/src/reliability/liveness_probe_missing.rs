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
