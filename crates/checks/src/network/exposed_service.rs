use seawall_inventory::image::ImageReference;
use seawall_inventory::kinds::{ServicePort, ServiceSpec};
use seawall_inventory::{Object, PodView};
use seawall_netpol::{is_internal, is_proxy};
use seawall_yaml::Path;

use super::behind::Behind;
use crate::out::Out;

crate::check::check! {
    /// Service that is open to the world
    ///
    /// ## What it finds
    /// Services of type `LoadBalancer` that are not of the private network (by the annotations of the clouds) and take traffic from everywhere, and Services
    /// of type `NodePort`. Those of proxies that serve Ingress or Gateway API are there for that and not told.
    ///
    /// ## Why it matters
    /// Whatever listens behind it is asked by everyone, past the proxy that encrypts, authenticates and logs. A node port is open on each node, and
    /// how far that reaches is said by firewalls that nobody sees here.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: store
    /// spec:
    ///   type: LoadBalancer   # <- finding
    ///   selector:
    ///     app: store
    ///   ports:
    ///   - port: 5432
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: admin
    /// spec:
    ///   type: NodePort   # <- finding
    ///   selector:
    ///     app: admin
    ///   ports:
    ///   - port: 80
    ///     nodePort: 30080
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: store
    /// spec:
    ///   type: LoadBalancer   # <- finding
    ///   loadBalancerSourceRanges: [198.51.100.0/24, 0.0.0.0/0]
    ///   allocateLoadBalancerNodePorts: false
    ///   ports:
    ///   - port: 5432
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: store
    /// spec:
    ///   type: LoadBalancer
    ///   loadBalancerSourceRanges: [198.51.100.0/24]
    ///   ports:
    ///   - port: 5432
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: inside
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-scheme: internal
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///   - port: 443
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: edge
    /// spec:
    ///   type: LoadBalancer
    ///   selector:
    ///     app: edge
    ///   ports:
    ///   - port: 443
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: edge
    ///   labels:
    ///     app: edge
    /// spec:
    ///   containers:
    ///   - name: proxy
    ///     image: docker.io/library/traefik:v3.6
    /// ```
    /// ## How to fix
    /// Serve it by an Ingress or a Gateway; or say in `loadBalancerSourceRanges` who may connect, and `allocateLoadBalancerNodePorts: false` where
    /// the load balancer needs no ports of nodes.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 core/v1: ServiceSpec, loadBalancerSourceRanges, allocateLoadBalancerNodePorts
    /// - Kubernetes documentation: Service, internal load balancer
    id: "SW3014",
    name: "exposed-service",
    severity: Low,
    scope: Object,
    subjects: ["Service"],
    reads: ["pods"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kube_linter("exposed-services", Narrower, "load balancers that few can ask, and those of proxies, are meant to be"),
        kube_score("service-type", Wider, "load balancers too"),
        popeye("POP-1103", Narrower, "load balancers that few can ask, and those of proxies, are meant to be"),
        popeye("POP-1104", Narrower, "those of proxies are meant to be"),
    ],
    fn run(object, out) {
        let Some(service) = object.body.service() else { return out.not_applicable() };
        let is_balanced = service.type_ == "LoadBalancer";
        if !is_balanced && service.type_ != "NodePort" {
            return out.not_applicable();
        }
        if is_balanced && (is_internal(object) || is_bounded(object, service)) || is_of_proxy(object, service, out) {
            return;
        }
        let ports: Vec<String> = service.ports.iter().filter_map(|port| told(port, is_balanced)).collect();
        let ports = if ports.is_empty() { "its ports".to_owned() } else { ports.join(", ") };
        let message = match (is_balanced, service.allocate_load_balancer_node_ports) {
            (true, Some(false)) => format!("a load balancer takes {ports} from everywhere"),
            (true, _) => format!("a load balancer takes {ports} from everywhere, and each node a port for it"),
            (false, _) => format!("each node takes {ports} from whoever reaches it"),
        };
        out.fail(Path::root().field("spec").field("type"), message).value(&service.type_);
    }
}

/// Whether a load balancer takes traffic from some addresses only; the annotation is the older name of the field.
fn is_bounded(object: &Object, service: &ServiceSpec) -> bool {
    let is_all = |range: &str| range.trim().ends_with("/0");
    let ranges = &service.load_balancer_source_ranges;
    let older = object.metadata.annotations.get("service.beta.kubernetes.io/load-balancer-source-ranges");
    if !ranges.is_empty() {
        return !ranges.iter().any(|range| is_all(range));
    }
    older.is_some_and(|ranges| !ranges.trim().is_empty() && !ranges.split(',').any(is_all))
}

/// Whether pods behind it are those of a proxy.
fn is_of_proxy(object: &Object, service: &ServiceSpec, out: &Out<'_>) -> bool {
    let Behind::Pods(pods) = Behind::of(object, service, out.snapshot()) else { return false };
    let has_proxy = |pod: &PodView<'_>| {
        pod.spec()
            .containers
            .iter()
            .any(|container| ImageReference::parse(&container.image).is_ok_and(|image| is_proxy(&image)))
    };
    pods.iter().any(has_proxy)
}

fn told(port: &ServicePort, is_balanced: bool) -> Option<String> {
    let protocol = if port.protocol.is_empty() { "TCP" } else { &port.protocol };
    if is_balanced {
        return Some(format!("{protocol} {}", port.port?));
    }
    let number = port.node_port.filter(|number| *number != 0);
    Some(match number {
        Some(number) => format!("{protocol} {number}"),
        None => format!("a {protocol} port for {}", port.port?),
    })
}
