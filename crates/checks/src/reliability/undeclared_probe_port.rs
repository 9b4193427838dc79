use seawall_inventory::decode::IntOrString;

crate::check::check! {
    /// Probe of a port that does not exist
    ///
    /// ## What it finds
    /// Probes that name a port which the container does not declare. Ports given by number need no
    /// declaration.
    ///
    /// ## Why it matters
    /// The probe can never succeed: the container is restarted over and over, or never gets a request.
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
    ///         ports:
    ///         - name: http
    ///           containerPort: 8080
    ///         readinessProbe:
    ///           httpGet:
    ///             path: /readyz
    ///             port: web   # <- finding
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
    ///         - name: http
    ///           containerPort: 8080
    ///         readinessProbe:
    ///           httpGet:
    ///             path: /readyz
    ///             port: http
    /// ```
    /// ## How to fix
    /// Name a port of this container, or give its number.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/probe/util.go: ResolveContainerPort
    id: "SW6011",
    name: "undeclared-probe-port",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("liveness-port", Narrower, "a port given by number needs no declaration"),
        kube_linter("readiness-port", Narrower, "a port given by number needs no declaration"),
        kube_linter("startup-port", Narrower, "a port given by number needs no declaration"),
    ],
    fn run(container, out) {
        let own = container.container;
        let probes = [
            ("livenessProbe", &own.liveness_probe),
            ("readinessProbe", &own.readiness_probe),
            ("startupProbe", &own.startup_probe),
        ];
        for (field, probe) in probes {
            let Some(probe) = probe else { continue };
            let http = probe.http_get.as_ref().map(|action| ("httpGet", &action.port));
            let tcp = probe.tcp_socket.as_ref().map(|action| ("tcpSocket", &action.port));
            for (action, port) in http.into_iter().chain(tcp) {
                let Some(IntOrString::Str(name)) = port else { continue };
                // Kubernetes takes a text of digits for a number.
                let is_known = name.parse::<u16>().is_ok() || own.ports.iter().any(|port| port.name == *name);
                if !is_known {
                    let message = format!(
                        "the `{field}` of container `{}` asks port `{name}`, which it does not have",
                        container.name()
                    );
                    out.fail(container.path(field).key(action).key("port"), message).value(name);
                }
            }
        }
    }
}
