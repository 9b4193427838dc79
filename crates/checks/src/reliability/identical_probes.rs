crate::check::check! {
    /// Liveness probe equal to the readiness probe
    ///
    /// ## What it finds
    /// Containers whose liveness and readiness probe ask the same in the same rhythm, with what the API server fills in where they leave
    /// it open.
    ///
    /// ## Why it matters
    /// Under load the program fails both at once: instead of being spared requests for a while it is restarted, the load
    /// goes to the others, and they follow.
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
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///         livenessProbe:   # <- finding
    ///           httpGet: {path: /healthz, port: 8080}
    ///         readinessProbe:
    ///           httpGet: {path: /healthz, port: 8080, scheme: HTTP}
    ///           periodSeconds: 10
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
    /// Let the liveness probe ask less (that the process answers at all) and wait longer (a higher `failureThreshold`).
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Liveness, Readiness and Startup Probes
    id: "SW6010",
    name: "identical-probes",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        kube_score("pod-probes-identical", Narrower, "the same question with more patience is what is advised"),
    ],
    fn run(container, out) {
        let own = container.container;
        let (Some(liveness), Some(readiness)) = (&own.liveness_probe, &own.readiness_probe) else { return };
        // How often a probe has to succeed is all one for what fails at once (`successThreshold`, which is not read).
        if liveness.filled_in() == readiness.filled_in() {
            let message = format!("container `{}` is restarted whenever it is not ready", container.name());
            out.fail(container.path("livenessProbe"), message)
                .derived("it equals the readiness probe")
                .related(container.path("readinessProbe"), "the readiness probe");
        }
    }
}
