use seawall_finding::{Fix, Pss, Safety, Severity};

crate::check::check! {
    /// Port of the node taken by a container
    ///
    /// ## What it finds
    /// Container ports with a `hostPort` other than 0.
    ///
    /// ## Why it matters
    /// The port is open on every address of the node, for everyone who reaches the node: past Services and Ingress, and with
    /// many network plugins past NetworkPolicies. It also binds the pod to nodes where the port is free, so that rollouts get
    /// stuck.
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
    ///     - containerPort: 8080
    ///       hostPort: 80   # <- finding
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
    /// Remove `hostPort` and publish the port through a Service (`NodePort` or `LoadBalancer` when it is for outside the cluster).
    /// Where a node agent must be reached on its node only, bind it with `hostIP: 127.0.0.1`, or use a Service with
    /// `internalTrafficPolicy: Local`.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Host Ports
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostPorts.go
    id: "SW1006",
    name: "host-port",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostPorts"),
    peers: [
        kubescape("C-0044", Same, ""),
        kubescape("C-0204", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0024", Narrower, "`hostPort: 0` asks for no port"),
        checkov("CKV_K8S_26", Narrower, "`hostPort: 0` asks for no port; with hostNetwork one finding (SW1002) tells it"),
        polaris("hostPortSet", Same, ""),
    ],
    fn run(container, out) {
        for (index, port) in container.container.ports.iter().enumerate() {
            let Some(number) = port.rare().host_port.filter(|number| *number != 0) else { continue };
            let path = container.path("ports").index(index).key("hostPort");
            let loopback = port.rare().host_ip.starts_with("127.") || port.rare().host_ip == "::1";
            let reach = if loopback { "on its loopback" } else { "on all its addresses" };
            let reach = if port.rare().host_ip.is_empty() || loopback { reach } else { "on the given address" };
            let message = format!("container `{}` takes port {number} of the node, {reach}", container.name());
            let draft = out.fail(path.clone(), message).value(number.to_string());
            let draft = if loopback { draft.severity(Severity::Low) } else { draft };
            // In the host's network the port is the container's own, and the network is what the finding is about.
            let in_host_network = container.pod.spec().host_network == Some(true);
            let draft = if in_host_network { draft.about(container.pod.path("hostNetwork")) } else { draft };
            draft.fix(Fix::remove(path, Safety::Review));
        }
    }
}
