use super::server::serves;

crate::check::check! {
    /// No readiness probe
    ///
    /// ## What it finds
    /// Regular containers and sidecars that offer ports and have no `readinessProbe`, in workloads that run on. Jobs,
    /// CronJobs, init containers, pods that run to their end and task runners (Tekton, Argo Workflows) are exempt.
    ///
    /// ## Why it matters
    /// Services send requests to the pod as soon as its process runs, whether it can answer or not: each rollout and each
    /// restart loses requests, and a rollout of something broken goes through.
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
    /// Add a `readinessProbe` that fails as long as the program cannot answer.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Liveness, Readiness and Startup Probes
    id: "SW6009",
    name: "readiness-probe-missing",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0018", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        checkov("CKV_K8S_9", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        kube_linter("no-readiness-probe", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        polaris("readinessProbeMissing", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        kube_score("pod-probes", Wider, "each container, whether a Service that is read selects it or not"),
        popeye("POP-102", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
        popeye("POP-104", Narrower, "only containers that offer ports and run on; jobs, init containers and task runners answer nobody"),
    ],
    fn run(container, out) {
        if !serves(container) {
            return out.not_applicable();
        }
        if container.container.readiness_probe.is_none() {
            let path = container.path("readinessProbe");
            out.fail(
                path,
                format!("container `{}` gets requests whether it can answer or not", container.name()),
            )
            .missing("ready as soon as the process runs");
        }
    }
}
