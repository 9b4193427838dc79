use seawall_inventory::kinds::{MonitorEndpoint, MonitorSpec, ServicePort};
use seawall_inventory::selector::Selector;
use seawall_inventory::{Object, PodView, View};
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Monitor that watches nothing
    ///
    /// ## What it finds
    /// ServiceMonitors and PodMonitors of the Prometheus Operator whose selector matches no Service or pod of the namespaces that they name, where all of them
    /// were read; and those that name a port which nothing that they select has. What may be in the cluster and was not read is unknown.
    ///
    /// ## Why it matters
    /// Nothing is measured, and no alert fires: what is not there looks like what is quiet.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: ServiceMonitor
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   endpoints:
    ///   - port: metrics   # <- finding
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   ports:
    ///   - name: http-metrics
    ///     port: 9090
    /// ```
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: ServiceMonitor
    /// metadata:
    ///   name: web
    ///   namespace: monitoring
    /// spec:
    ///   namespaceSelector:
    ///     matchNames: [shop]
    ///   selector:   # <- finding
    ///     matchLabels:
    ///       app: web
    ///   endpoints:
    ///   - port: metrics
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: monitoring
    ///   labels:
    ///     app: web
    /// spec:
    ///   ports:
    ///   - name: metrics
    ///     port: 9090
    /// ```
    /// ```yaml bad
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: PodMonitor
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   podMetricsEndpoints:
    ///   - port: metric   # <- finding
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     ports:
    ///     - name: metrics
    ///       containerPort: 9090
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: ServiceMonitor
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   endpoints:
    ///   - port: metrics
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   ports:
    ///   - name: metrics
    ///     port: 9090
    /// ```
    /// ## How to fix
    /// Select the labels of the Service itself, not of its pods, and name its port as the Service does; of a PodMonitor, as the container does.
    ///
    /// ## References
    /// - prometheus-operator/prometheus-operator v0.86 pkg/apis/monitoring/v1: ServiceMonitorSpec, PodMonitorSpec, NamespaceSelector
    id: "SW3022",
    name: "service-monitor-selects-nothing",
    severity: Low,
    scope: Object,
    subjects: ["ServiceMonitor.monitoring.coreos.com", "PodMonitor.monitoring.coreos.com"],
    reads: ["Service", "pods"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("dangling-servicemonitor", Narrower, "a Service that is not read may be in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(monitor) = object.body.monitor() else { return out.not_applicable() };
        let Ok(selector) = monitor.selector.as_ref().map_or(Ok(Selector::EVERYTHING), |own| Selector::of(Some(own)))
        else {
            return out.unknown("the selector is none that Kubernetes accepts");
        };
        if object.kind == "PodMonitor" {
            of_pods(object, monitor, &selector, out);
        } else {
            of_services(object, monitor, &selector, out);
        }
    }
}

/// The namespaces that a monitor names beside its own; none when it names none.
fn others(monitor: &MonitorSpec) -> &[smol_str::SmolStr] {
    &monitor.namespace_selector.match_names
}

fn of_services(object: &Object, monitor: &MonitorSpec, selector: &Selector, out: &mut Out<'_>) {
    let snapshot = out.snapshot();
    let of_all = monitor.namespace_selector.any == Some(true);
    let is_own = !of_all && others(monitor).is_empty();
    let candidates: Vec<&Object> = if is_own {
        snapshot.beside(object, "", "Service").collect()
    } else {
        let is_meant = |one: &&Object| of_all || others(monitor).contains(&one.metadata.namespace);
        snapshot.of_kind("", "Service").filter(is_meant).collect()
    };
    let selected: Vec<&Object> =
        candidates.into_iter().filter(|one| selector.matches(&one.metadata.labels)).collect();
    if selected.is_empty() {
        return nothing(has_all_services(object, monitor, snapshot), "Service", out);
    }
    let ports: Vec<&ServicePort> =
        selected.iter().filter_map(|one| one.body.service()).flat_map(|service| &service.ports).collect();
    for (index, endpoint) in named(&monitor.endpoints) {
        if ports.iter().any(|port| port.name == endpoint.port) {
            continue;
        }
        if of_all {
            out.unknown("a Service that it selects may be in the cluster, and is not among the objects read");
            continue;
        }
        let path = Path::root().field("spec").field("endpoints").index(index).field("port");
        let message = format!("no Service that it selects has a port of the name `{}`", endpoint.port);
        out.fail(path, message).value(&endpoint.port);
    }
}

fn has_all_services(object: &Object, monitor: &MonitorSpec, snapshot: View<'_>) -> bool {
    match others(monitor) {
        _ if monitor.namespace_selector.any == Some(true) => false,
        [] => snapshot.has_all_beside(object, "", "Service"),
        names => names.iter().all(|name| snapshot.has_all_in(name, "", "Service")),
    }
}

fn of_pods(object: &Object, monitor: &MonitorSpec, selector: &Selector, out: &mut Out<'_>) {
    let snapshot = out.snapshot();
    if monitor.namespace_selector.any == Some(true) || !others(monitor).is_empty() {
        return out.unknown("the pods are of other namespaces");
    }
    let pods = snapshot.pods_selected(object, selector);
    if pods.is_empty() {
        return nothing(snapshot.has_all_pods_beside(object), "pod", out);
    }
    for (index, endpoint) in named(&monitor.pod_endpoints) {
        let has = |pod: &PodView<'_>| {
            let mut ports = pod.containers().flat_map(|container| container.container.ports.iter());
            ports.any(|port| port.name == endpoint.port)
        };
        if pods.iter().any(|pod| pod.template.partial.is_some() || has(pod)) {
            continue;
        }
        let path = Path::root().field("spec").field("podMetricsEndpoints").index(index).field("port");
        let message = format!("no pod that it selects has a port of the name `{}`", endpoint.port);
        out.fail(path, message).value(&endpoint.port);
    }
}

/// The endpoints that name a port, with their place in the list.
fn named(endpoints: &[MonitorEndpoint]) -> impl Iterator<Item = (usize, &MonitorEndpoint)> {
    endpoints.iter().enumerate().filter(|(_, endpoint)| !endpoint.port.is_empty())
}

fn nothing(has_all: bool, what: &str, out: &mut Out<'_>) {
    if has_all {
        let path = Path::root().field("spec").field("selector");
        out.fail(path, format!("no {what} has the labels that it selects")).derived("it watches nothing");
    } else {
        out.unknown(format!("no {what} that it selects is among the objects read"));
    }
}
