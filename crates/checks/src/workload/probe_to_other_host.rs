use seawall_finding::{Fix, Pss, Safety, Severity};
use seawall_inventory::ContainerView;
use seawall_inventory::kinds::{HttpGetAction, TcpSocketAction};
use seawall_yaml::Path;
use smol_str::SmolStr;

crate::check::check! {
    /// Probe or hook that asks another host
    ///
    /// ## What it finds
    /// Probes and lifecycle hooks with a `host` in `httpGet` or `tcpSocket`.
    ///
    /// ## Why it matters
    /// Whoever may create pods lets the node send requests to addresses of his choice, past NetworkPolicies: to the node's
    /// loopback, to the cloud's metadata service, to networks that only nodes reach. The kubelet carries out probes and hooks
    /// from the node, and whether they succeeded shows in the pod's status. It is also hardly ever meant: without `host` the
    /// pod itself is asked.
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
    ///     livenessProbe:
    ///       httpGet:
    ///         host: 169.254.169.254   # <- finding
    ///         port: 80
    ///     lifecycle:
    ///       preStop:
    ///         httpGet:
    ///           host: registry.example   # <- finding
    ///           port: 443
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
    ///     livenessProbe:
    ///       httpGet:
    ///         port: 8080
    /// ```
    /// ## How to fix
    /// Remove `host`. For a virtual host set the header instead: `httpHeaders: [{name: Host, value: …}]`. A hook that must call
    /// another service does so from the container, with `exec`.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Host Probes and Lifecycle Hooks
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostProbesAndhostLifecycle.go
    id: "SW1014",
    name: "probe-to-other-host",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostProbesAndHostLifecycle").since(34),
    fn run(container, out) {
        for (handler, path, host) in hosts(container) {
            let path = path.key("host");
            let message =
                format!("the kubelet asks `{host}` instead of the pod in the {handler} of container `{}`", container.name());
            let draft = out.fail(path.clone(), message).value(host);
            // The loopback that a pod in the host's network listens on is the node's.
            let own_loopback = container.pod.spec().host_network == Some(true) && is_loopback(host);
            let draft = if own_loopback { draft.severity(Severity::Low) } else { draft };
            draft.fix(Fix::remove(path, Safety::Review));
        }
    }
}

/// Every handler of the container with a host: its name, the path of its action, the host.
fn hosts<'s>(container: &ContainerView<'s>) -> Vec<(&'static str, Path, &'s SmolStr)> {
    let spec = container.container;
    let mut hosts = Vec::new();
    let mut add = |handler: &'static str,
                   parent: Option<&'static str>,
                   http: Option<&'s HttpGetAction>,
                   tcp: Option<&'s TcpSocketAction>| {
        let actions = [("httpGet", http.map(|http| &http.rare().host)), ("tcpSocket", tcp.map(|tcp| &tcp.host))];
        for (action, host) in actions {
            if let Some(host) = host.filter(|host| !host.is_empty()) {
                let above = parent.map_or_else(|| container.place(), |parent| container.path(parent));
                hosts.push((handler, above.key(handler).key(action), host));
            }
        }
    };
    let probes = [
        ("livenessProbe", &spec.liveness_probe),
        ("readinessProbe", &spec.readiness_probe),
        ("startupProbe", &spec.startup_probe),
    ];
    for (name, probe) in probes {
        if let Some(probe) = probe {
            add(name, None, probe.http_get.as_deref(), probe.tcp_socket.as_deref());
        }
    }
    if let Some(lifecycle) = &spec.rare().lifecycle {
        for (name, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
            if let Some(hook) = hook {
                add(name, Some("lifecycle"), hook.http_get.as_deref(), hook.tcp_socket.as_deref());
            }
        }
    }
    hosts
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}
