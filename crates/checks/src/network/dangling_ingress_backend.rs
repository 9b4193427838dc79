use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::IngressBackend;
use seawall_yaml::Path;

use super::backend::{Leads, NamedPort};
use crate::out::Out;
use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Ingress that leads to nothing
    ///
    /// ## What it finds
    /// Backends of Ingresses whose Service does not exist (known where the Services of the namespace were read from a cluster; else it is
    /// unknown), or has no port of that number or name. A number that is the `targetPort` is low: some controllers take it for what is meant. A
    /// backend that is an object of another kind is unknown. A Service that selects no pods is told by SW3016.
    ///
    /// ## Why it matters
    /// Visitors get an error of the controller. And a name that nobody has waits for somebody: whoever may create Services in the namespace
    /// gets the traffic of the host, cookies and passwords included.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    /// spec:
    ///   rules:
    ///   - host: shop.example
    ///     http:
    ///       paths:
    ///       - path: /
    ///         pathType: Prefix
    ///         backend:
    ///           service:
    ///             name: web
    ///             port:
    ///               number: 81   # <- finding
    ///       - path: /api
    ///         pathType: Prefix
    ///         backend:
    ///           service:
    ///             name: web
    ///             port:
    ///               name: https   # <- finding
    ///       - path: /pods
    ///         pathType: Prefix
    ///         backend:
    ///           service:
    ///             name: web
    ///             port:
    ///               number: 8080   # <- finding: low
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     app: web
    ///   ports:
    ///   - name: http
    ///     port: 80
    ///     targetPort: 8080
    /// ```
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    ///   namespace: shop
    /// spec:
    ///   defaultBackend:
    ///     service:
    ///       name: wbe   # <- finding
    ///       port:
    ///         number: 80
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   selector:
    ///     app: web
    ///   ports:
    ///   - port: 80
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    /// spec:
    ///   rules:
    ///   - host: shop.example
    ///     http:
    ///       paths:
    ///       - path: /
    ///         pathType: Prefix
    ///         backend:
    ///           service:
    ///             name: web
    ///             port:
    ///               name: http
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     app: web
    ///   ports:
    ///   - name: http
    ///     port: 80
    ///     targetPort: 8080
    /// ```
    /// ## How to fix
    /// Name a Service of the Ingress's own namespace, and a port as the Service has it in `port` or `name`; or take the path away.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 networking/v1: IngressServiceBackend, ServiceBackendPort
    /// - kubernetes/ingress-nginx controller-v1.13 internal/ingress/controller/controller.go: serviceEndpoints
    id: "SW3012",
    name: "dangling-ingress-backend",
    severity: Medium,
    scope: Object,
    subjects: ["Ingress.networking.k8s.io", "Ingress.extensions"],
    reads: ["Service"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0298", Narrower, "a Service that is not read may be in the cluster: unknown, not failed"),
        kube_linter("dangling-ingress", Narrower, "a Service that is not read may be in the cluster: unknown, not failed"),
        kube_score("ingress-targets-service", Narrower, "a Service that is not read may be in the cluster: unknown, not failed"),
        popeye("POP-1401", Same, ""),
        popeye("POP-1402", Same, ""),
    ],
    fn run(object, out) {
        let Some(ingress) = object.body.ingress() else { return out.not_applicable() };
        let spec = Path::root().field("spec");
        let defaults = [("defaultBackend", &ingress.default_backend), ("backend", &ingress.backend)];
        for (field, backend) in defaults {
            if let Some(backend) = backend {
                judge(object, backend, spec.field(field), out);
            }
        }
        for (rule_index, rule) in ingress.rules.iter().enumerate() {
            let paths = spec.field("rules").index(rule_index).field("http").field("paths");
            for (index, path) in rule.http.paths.iter().enumerate() {
                judge(object, &path.backend, paths.index(index).field("backend"), out);
            }
        }
    }
}

/// The port by which the AWS Load Balancer Controller is told that the name is that of an annotation.
const OF_ANNOTATION: &str = "use-annotation";

fn judge(object: &Object, backend: &IngressBackend, at: Path, out: &mut Out<'_>) {
    let (name, port, name_at, port_at) = match (&backend.service, &backend.service_port) {
        (Some(service), _) => {
            let named = Some(service.port.name.as_str()).filter(|name| !name.is_empty()).map(NamedPort::Name);
            let numbered = service.port.number.filter(|number| *number != 0).map(NamedPort::Number);
            let at = at.field("service");
            let field = if named.is_some() { "name" } else { "number" };
            (&service.name, named.or(numbered), at.field("name"), at.field("port").field(field))
        }
        (None, port) => {
            let port = port.as_ref().map(|port| match port {
                IntOrString::Int(number) => NamedPort::Number(*number),
                IntOrString::Str(name) => name.parse().map_or(NamedPort::Name(name), NamedPort::Number),
            });
            (&backend.service_name, port, at.field("serviceName"), at.field("servicePort"))
        }
    };
    if name.is_empty() {
        if backend.resource.is_some() {
            out.unknown("a backend is an object of a kind that is not read");
        }
        return;
    }
    if matches!(port, Some(NamedPort::Name(OF_ANNOTATION))) {
        return;
    }
    if is_placeholder(name) {
        return out.unknown("a Service is named by a placeholder that is filled in before the object is applied");
    }
    match Leads::of(object, name, port, out.snapshot()) {
        Leads::On => {}
        Leads::Unknown(reason) => out.unknown(reason),
        Leads::Missing(near) => {
            let near = near.map(|near| format!(", `{near}` does")).unwrap_or_default();
            out.fail(name_at, format!("the Service `{name}` does not exist{near}")).value(name);
        }
        Leads::NoPort { has, is_target } => {
            let (told, port) = match port {
                Some(NamedPort::Name(name)) => (format!("`{name}`"), name.to_owned()),
                Some(NamedPort::Number(number)) => (number.to_string(), number.to_string()),
                None => return,
            };
            let (severity, but) =
                if is_target { (Severity::Low, ", and sends it to that of its pods") } else { (Severity::Medium, "") };
            let message = format!("the Service `{name}` has no port {told}: {has}{but}");
            out.fail(port_at, message).severity(severity).value(port);
        }
    }
}
