crate::check::check! {
    /// SSH server in a container
    ///
    /// ## What it finds
    /// Container ports that are an SSH server's by number (22) or by name (`ssh`, `sshd`).
    ///
    /// ## Why it matters
    /// An SSH server lets people into the container past Kubernetes' authentication, rights and audit log, with keys or
    /// passwords that nobody rotates. It is also what attackers install to come back.
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
    ///     - containerPort: 22   # <- finding
    ///     - name: ssh
    ///       containerPort: 2222   # <- finding
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
    /// Remove the SSH server. `kubectl exec` and `kubectl debug` give a shell with the rights of RBAC and a line in the
    /// audit log. A product whose purpose is SSH (a Git server, a jump host) suppresses this finding with that reason.
    ///
    /// ## References
    /// - Microsoft Threat Matrix for Kubernetes: SSH server running inside container
    id: "SW1041",
    name: "ssh-port",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW1042"],
    peers: [
        kubescape("C-0042", Narrower, "ports of containers; Services come with the network checks"),
        kube_linter("ssh-port", Wider, "by the port's name too"),
    ],
    fn run(container, out) {
        for (index, port) in container.container.ports.iter().enumerate() {
            let is_tcp = port.protocol.is_empty() || port.protocol == "TCP";
            let is_named = matches!(port.name.as_str(), "ssh" | "sshd");
            let Some(number) = port.container_port.filter(|number| is_tcp && (*number == 22 || is_named))
            else {
                continue;
            };
            let path = container.path("ports").index(index).key("containerPort");
            out.fail(
                path.clone(),
                format!("container `{}` listens for SSH on port {number}", container.name()),
            )
            .value(number.to_string())
            .about(path);
        }
    }
}
