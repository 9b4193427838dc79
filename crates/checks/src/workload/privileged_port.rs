crate::check::check! {
    /// Port below 1024 in a container
    ///
    /// ## What it finds
    /// Container ports below 1024.
    ///
    /// ## Why it matters
    /// Programs take such ports only as root, with `NET_BIND_SERVICE`, or where the runtime has opened them to everyone
    /// (`net.ipv4.ip_unprivileged_port_start`). That the image relies on it keeps it from running with fewer rights
    /// elsewhere.
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
    ///     ports:
    ///     - containerPort: 80   # <- finding
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
    ///     ports:
    ///     - containerPort: 8080
    /// ```
    /// ## How to fix
    /// Let the program listen on a port from 1024 on; a Service publishes it as 80 or 443 (`port: 80, targetPort: 8080`).
    ///
    /// ## References
    /// - Kubernetes documentation: sysctls, net.ipv4.ip_unprivileged_port_start
    id: "SW1042",
    name: "privileged-port",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        trivy("KSV-0117", Same, ""),
        kube_linter("privileged-ports", Same, ""),
    ],
    fn run(container, out) {
        for (index, port) in container.container.ports.iter().enumerate() {
            let Some(number) = port.container_port.filter(|number| (1..1024).contains(number)) else {
                continue;
            };
            let path = container.path("ports").index(index).key("containerPort");
            out.fail(
                path.clone(),
                format!("container `{}` listens on the privileged port {number}", container.name()),
            )
            .value(number.to_string())
            .about(path);
        }
    }
}
