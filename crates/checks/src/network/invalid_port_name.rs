use std::collections::{BTreeMap, BTreeSet};

use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::ServiceSpec;
use seawall_inventory::{ContainerView, PodView, refused_port_name};
use seawall_yaml::Path;

use crate::out::Out;
use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Port name that Kubernetes refuses
    ///
    /// ## What it finds
    /// Names of ports that no port can have: of containers, in probes and hooks, of Services and in their `targetPort`. A number in quotes is a name there.
    /// Names that one container or Service gives twice, and ports of a Service without a name beside others. Names that two containers of a pod give are low:
    /// Kubernetes takes them, and Services and probes find the first.
    ///
    /// ## Why it matters
    /// The API server refuses the object, after it has passed everything before.
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
    ///         - name: prometheus-metrics   # <- finding
    ///           containerPort: 9090
    ///         - name: http
    ///           containerPort: 8080
    ///         - name: http   # <- finding
    ///           containerPort: 8081
    ///         readinessProbe:
    ///           httpGet:
    ///             path: /readyz
    ///             port: "8080"   # <- finding
    ///         lifecycle:
    ///           preStop:
    ///             httpGet:
    ///               path: /stop
    ///               port: Stop   # <- finding
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   ports:
    ///   - name: http_web   # <- finding
    ///     port: 80
    ///     targetPort: "8080"   # <- finding
    ///   - port: 81   # <- finding
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
    ///         - name: metrics
    ///           containerPort: 9090
    ///         readinessProbe:
    ///           httpGet:
    ///             path: /readyz
    ///             port: 8080
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   ports:
    ///   - name: http
    ///     port: 80
    ///     targetPort: 8080
    /// ```
    /// ## How to fix
    /// At most 15 characters of `a` to `z`, `0` to `9` and single hyphens between them, with a letter among them; a number without quotes.
    ///
    /// ## References
    /// - k8s.io/apimachinery v0.36.3 pkg/util/validation/validation.go: IsValidPortName
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateContainerPorts, validateServicePort, ValidatePortNumOrName
    /// - k8s.io/kubernetes v1.36.3 pkg/api/pod/warnings.go: duplicate port name
    id: "SW3020",
    name: "invalid-port-name",
    severity: Medium,
    scope: Object,
    subjects: ["pods", "Service"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("invalid-target-ports", Wider, "also probes, hooks, and names that are given twice"),
        kube_score("container-ports-check", Wider, "also Services, probes and hooks"),
    ],
    fn run(object, out) {
        let pods: Vec<PodView<'_>> = out.snapshot().pods_of(object).collect();
        if let Some(service) = object.body.service() {
            of_service(service, out);
        } else if pods.is_empty() {
            return out.not_applicable();
        }
        for pod in &pods {
            of_pod(pod, out);
        }
    }
}

/// Why the API server refuses a name of a Service's port: it is a label of DNS (`ValidateDNS1123Label`).
fn refused_of_service(name: &str) -> Option<&'static str> {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() > 63 {
        Some("it has more than 63 characters")
    } else if !name.bytes().all(is_known) {
        Some("it has other characters than `a` to `z`, `0` to `9` and `-`")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it begins or ends with a hyphen")
    } else {
        None
    }
}

fn of_service(service: &ServiceSpec, out: &mut Out<'_>) {
    let mut seen = BTreeSet::new();
    for (index, port) in service.ports.iter().enumerate() {
        let at = || Path::root().field("spec").field("ports").index(index);
        let name = port.name.as_str();
        if name.is_empty() {
            if service.ports.len() > 1 {
                out.fail(at().field("name"), "a port of several needs a name").missing("the API server refuses the object");
            }
        } else if !is_placeholder(name) {
            tell(|| at().field("name"), name, refused_of_service(name), out);
            told_twice(|| at().field("name"), name, &mut seen, out);
        }
        reference(|| at().field("targetPort"), port.target_port.as_ref(), out);
    }
}

fn of_pod(pod: &PodView<'_>, out: &mut Out<'_>) {
    let mut others: BTreeMap<&str, &str> = BTreeMap::new();
    let containers: Vec<ContainerView<'_>> = pod.containers().collect();
    for container in &containers {
        let mut seen = BTreeSet::new();
        for (index, port) in container.container.ports.iter().enumerate() {
            let name = port.name.as_str();
            if name.is_empty() || is_placeholder(name) {
                continue;
            }
            let at = || container.path("ports").index(index).field("name");
            tell(at, name, refused_port_name(name), out);
            if told_twice(at, name, &mut seen, out) {
                continue;
            }
            match others.get(name) {
                Some(first) => {
                    let message = format!("container `{first}` has a port of the name `{name}` too, which Services and probes find first");
                    out.fail(at(), message).severity(Severity::Low).value(name);
                }
                None => {
                    others.insert(name, container.name());
                }
            }
        }
        references(container, out);
    }
}

/// Ports that probes and hooks name.
fn references(container: &ContainerView<'_>, out: &mut Out<'_>) {
    let own = container.container;
    let probes = [
        ("livenessProbe", &own.liveness_probe),
        ("readinessProbe", &own.readiness_probe),
        ("startupProbe", &own.startup_probe),
    ];
    for (field, probe) in probes {
        let Some(probe) = probe else { continue };
        let at = || container.path(field);
        let http = probe.http_get.as_ref().and_then(|action| action.port.as_ref());
        let tcp = probe.tcp_socket.as_ref().and_then(|action| action.port.as_ref());
        reference(|| at().field("httpGet").field("port"), http, out);
        reference(|| at().field("tcpSocket").field("port"), tcp, out);
    }
    let Some(lifecycle) = own.rare().lifecycle.as_ref() else { return };
    for (field, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        let Some(hook) = hook else { continue };
        let at = || container.path("lifecycle").field(field);
        let http = hook.http_get.as_ref().and_then(|action| action.port.as_ref());
        let tcp = hook.tcp_socket.as_ref().and_then(|action| action.port.as_ref());
        reference(|| at().field("httpGet").field("port"), http, out);
        reference(|| at().field("tcpSocket").field("port"), tcp, out);
    }
}

fn reference(at: impl Fn() -> Path, port: Option<&IntOrString>, out: &mut Out<'_>) {
    let Some(IntOrString::Str(name)) = port else { return };
    if name.is_empty() || is_placeholder(name) {
        return;
    }
    if let Ok(number) = name.parse::<u16>() {
        let fix = Fix::set(at(), i64::from(number), Safety::Safe);
        out.fail(at(), format!("`\"{name}\"` in quotes is a name, and none that a port can have")).value(name).fix(fix);
        return;
    }
    tell(at, name, refused_port_name(name), out);
}

fn tell(at: impl Fn() -> Path, name: &str, reason: Option<&'static str>, out: &mut Out<'_>) {
    if let Some(reason) = reason {
        out.fail(at(), format!("`{name}` is no name of a port: {reason}")).value(name);
    }
}

/// Whether a name stands there for the second time, which is told.
fn told_twice<'p>(at: impl Fn() -> Path, name: &'p str, seen: &mut BTreeSet<&'p str>, out: &mut Out<'_>) -> bool {
    if seen.insert(name) {
        return false;
    }
    out.fail(at(), format!("two ports have the name `{name}`")).value(name);
    true
}
