use std::collections::BTreeSet;

use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::PodView;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::ServicePort;
use seawall_yaml::Path;

use super::behind::Behind;
use crate::out::Out;
use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Service port that no pod serves
    ///
    /// ## What it finds
    /// Ports of Services whose `targetPort` is a name that none of the selected pods gives to a port of that protocol. Where it is a number, and
    /// the pods declare ports of the protocol but not this one, it is info: a declaration says nothing to Kubernetes, but it is there for those
    /// who read.
    ///
    /// ## Why it matters
    /// A name is looked up in each pod. Pods without it are not behind that port, and whoever connects is refused, while the pods are ready and
    /// nothing says an error.
    ///
    /// ## Bad
    /// ```yaml bad
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
    ///     targetPort: web   # <- finding
    ///   - name: metrics
    ///     port: 9090
    ///     targetPort: 9091   # <- finding: info
    /// ---
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
    ///         - name: metrics
    ///           containerPort: 9090
    /// ```
    /// ## Good
    /// ```yaml good
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
    ///     targetPort: http
    ///   - name: metrics
    ///     port: 9090
    /// ---
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
    ///         - name: metrics
    ///           containerPort: 9090
    /// ```
    /// ## How to fix
    /// Give the name that the pods have for the port, or its number.
    ///
    /// ## References
    /// - k8s.io/endpointslice v0.36.3 utils.go: FindPort
    /// - k8s.io/api v0.36.3 core/v1: ContainerPort ("not specifying a port here DOES NOT prevent that port from being exposed")
    id: "SW3017",
    name: "service-port-unserved",
    severity: Medium,
    scope: Object,
    subjects: ["Service"],
    reads: ["pods"],
    since: "0.1.0",
    profile: Default,
    peers: [
        popeye("POP-1106", Narrower, "a number that is not declared may be served"),
    ],
    fn run(object, out) {
        let Some(service) = object.body.service() else { return out.not_applicable() };
        let pods = match Behind::of(object, service, out.snapshot()) {
            // That it selects nothing is told by SW3016.
            Behind::NotByLabels | Behind::Nothing(_) => return out.not_applicable(),
            Behind::Unknown(reason) => return out.unknown(reason),
            Behind::Pods(pods) => pods,
        };
        if let Some(reason) = pods.iter().find_map(|pod| pod.template.partial) {
            return out.unknown(reason);
        }
        let served = Served::of(&pods);
        for (index, port) in service.ports.iter().enumerate() {
            let at = Path::root().field("spec").field("ports").index(index).field("targetPort");
            match &port.target_port {
                Some(IntOrString::Str(name)) => by_name(at, name, port, &served, out),
                // Who asks for pods by name connects to what they listen on.
                _ if service.cluster_ip == "None" => {}
                Some(IntOrString::Int(number)) if *number != 0 => by_number(at, Some(*number), port, &served, out),
                _ => by_number(at, None, port, &served, out),
            }
        }
    }
}

/// The ports that the pods behind a Service declare.
struct Served<'s> {
    /// Protocol and name.
    names: BTreeSet<(&'s str, &'s str)>,
    numbers: BTreeSet<i64>,
    /// Protocols of which every pod declares a port.
    declared: BTreeSet<&'s str>,
}

impl<'s> Served<'s> {
    fn of(pods: &[PodView<'s>]) -> Self {
        let mut served = Self { names: BTreeSet::new(), numbers: BTreeSet::new(), declared: BTreeSet::new() };
        for (number, pod) in pods.iter().enumerate() {
            let mut protocols = BTreeSet::new();
            for container in pod.containers().filter(|container| container.is_long_running()) {
                for port in &container.container.ports {
                    let protocol = protocol(&port.protocol);
                    protocols.insert(protocol);
                    served.names.insert((protocol, port.name.as_str()));
                    served.numbers.extend(port.container_port);
                }
            }
            if number == 0 {
                served.declared = protocols;
            } else {
                served.declared.retain(|protocol| protocols.contains(protocol));
            }
        }
        served
    }
}

fn by_name(at: Path, name: &str, port: &ServicePort, served: &Served<'_>, out: &mut Out<'_>) {
    let protocol = protocol(&port.protocol);
    if name.is_empty() || is_placeholder(name) || served.names.contains(&(protocol, name)) {
        return;
    }
    let others = served.names.iter().filter(|(own, name)| *own == protocol && !name.is_empty());
    let others: Vec<&str> = others.map(|(_, name)| *name).collect();
    let have = match others.as_slice() {
        [] => String::new(),
        names => format!(": they have `{}`", names.join("`, `")),
    };
    let message = format!("no pod behind the Service has a {protocol} port of the name `{name}`{have}");
    let draft = out.fail(at.clone(), message).value(name);
    if let [one] = others.as_slice() {
        draft.fix(Fix::set(at, *one, Safety::Review));
    }
}

/// A port by its number, or, where none is written, by that of the Service.
fn by_number(at: Path, written: Option<i64>, port: &ServicePort, served: &Served<'_>, out: &mut Out<'_>) {
    let Some(number) = written.or(port.port) else { return };
    if served.numbers.contains(&number) || !served.declared.contains(protocol(&port.protocol)) {
        return;
    }
    let message = format!("no pod behind the Service declares the port {number}, though others are declared");
    let draft = out.fail(at, message).severity(Severity::Info);
    match written {
        Some(number) => draft.value(number.to_string()),
        None => draft.missing("the port of the Service"),
    };
}

fn protocol(written: &str) -> &str {
    if written.is_empty() { "TCP" } else { written }
}
