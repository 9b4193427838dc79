use seawall_finding::{Framework, Severity};
use seawall_inventory::PodView;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::ServicePort;
use seawall_netpol::{Doubt, Entry, Family, Protocol, Verdict, Way, World};

use super::around::{labels, reason};
use crate::out::Out;

/// What listens on ports by convention and is not meant for the internet: IANA's registry of service names, and the documentation of each.
const SENSITIVE: &[(u16, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (111, "the port mapper"),
    (139, "NetBIOS"),
    (445, "SMB"),
    (873, "rsync"),
    (1433, "SQL Server"),
    (1521, "Oracle Database"),
    (2049, "NFS"),
    (2181, "ZooKeeper"),
    (2375, "the API of Docker without a password"),
    (2376, "the API of Docker"),
    (2379, "etcd"),
    (2380, "etcd's peers"),
    (3306, "MySQL"),
    (3389, "Remote Desktop"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5672, "RabbitMQ"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7000, "Cassandra's nodes"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch's nodes"),
    (10250, "the kubelet"),
    (11211, "memcached"),
    (15672, "the administration of RabbitMQ"),
    (27017, "MongoDB"),
];

crate::check::check! {
    /// Database or administration that the internet reaches
    ///
    /// ## What it finds
    /// Ports of pods on which databases, queues or administration listen by convention and to which a way leads from outside of the cluster: a load
    /// balancer, a node port, an external address, a host port, an Ingress or a route of Gateway API, as far as Service, ports, source
    /// ranges and policies let it through. Load balancers of the private network are none. Medium when it depends on whether the
    /// nodes are reached from outside.
    ///
    /// ## Why it matters
    /// Each such port is found within hours by whoever scans the internet, and tried with known passwords and known holes.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: db
    ///   labels: {app: db}   # <- finding
    /// spec:
    ///   containers:
    ///   - name: db
    ///     image: registry.example/db:1
    ///     ports:
    ///     - containerPort: 5432
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   namespace: shop
    ///   name: db
    /// spec:
    ///   type: LoadBalancer
    ///   selector: {app: db}
    ///   ports:
    ///   - port: 15432
    ///     targetPort: 5432
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: db
    ///   labels: {app: db}
    /// spec:
    ///   containers:
    ///   - name: db
    ///     image: registry.example/db:1
    ///     ports:
    ///     - containerPort: 5432
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   namespace: shop
    ///   name: db
    /// spec:
    ///   type: LoadBalancer
    ///   selector: {app: db}
    ///   ports:
    ///   - port: 5432
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: db
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///   - from:
    ///     - podSelector: {}
    /// ```
    /// ## How to fix
    /// Make the Service one of type ClusterIP, or its load balancer one of the private network, and let only those pods in by a NetworkPolicy that
    /// need it. `seawall reach --from internet` shows all ways in.
    ///
    /// ## References
    /// - k8s.io/api core/v1 types.go v0.36.3: ServiceType
    /// - MITRE ATT&CK T1190: Exploit Public-Facing Application
    id: "SW3009",
    name: "sensitive-port-exposed",
    severity: High,
    scope: Workload,
    reads: [
        "NetworkPolicy.networking.k8s.io",
        "Service",
        "Ingress.networking.k8s.io",
        "HTTPRoute.gateway.networking.k8s.io",
        "GRPCRoute.gateway.networking.k8s.io",
        "TLSRoute.gateway.networking.k8s.io",
        "TCPRoute.gateway.networking.k8s.io",
        "UDPRoute.gateway.networking.k8s.io",
        "Gateway.gateway.networking.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1190" }],
    peers: [
        kubescape("C-0256", Narrower, "ports that are not meant for the internet; what is meant for it is told by `seawall reach`"),
        kubescape("C-0266", Narrower, "ports that are not meant for the internet; what is meant for it is told by `seawall reach`"),
    ],
    fn run(pod, out) {
        if !may_listen(pod, out) {
            return;
        }
        let world = out.number().and_then(|number| World::with_ways_to(out.snapshot(), number, pod));
        let Some(world) = world else { return out.not_applicable() };
        let mut told: Vec<u16> = Vec::new();
        for entry in world.entries(Family::V4) {
            let Some(service) = sensitive(&entry) else { continue };
            let of_nodes = entry.doubts.iter().all(|doubt| *doubt == Doubt::NodesOutside);
            let severity = match entry.verdict {
                Verdict::Deny => continue,
                Verdict::Allow => Severity::High,
                Verdict::Unknown if of_nodes => Severity::Medium,
                Verdict::Unknown | Verdict::Ambiguous => {
                    out.unknown(reason(&entry.doubts, &world));
                    continue;
                }
            };
            // Ways in are told in the order of what they are: the first is enough.
            if told.contains(&entry.port) {
                continue;
            }
            told.push(entry.port);
            let names = entry.objects.iter().filter_map(|number| world.snapshot().objects.get(*number));
            let names: Vec<String> = names.map(|object| format!("{} {}", object.kind, object.metadata.name)).collect();
            let through = format!("by a {}, {}, through {}", entry.way.describe(), entry.at, names.join(", "));
            out.fail(labels(pod), format!("port {}, that of {service}, is open to the outside", entry.port))
                .severity(severity)
                .derived(through)
                .keyed(entry.port.to_string());
        }
    }
}

/// Whether one of these ports is declared by the pods, or named by a Service of theirs: of most neither is so, and no way has to be
/// followed.
fn may_listen(pod: &PodView<'_>, out: &Out<'_>) -> bool {
    let is_one = |port: Option<i64>| {
        port.is_some_and(|port| SENSITIVE.iter().any(|(own, _)| i64::from(*own) == port))
    };
    let target = |port: &ServicePort| match &port.target_port {
        Some(IntOrString::Int(number)) if *number != 0 => Some(*number),
        // A name is that of a port which is declared.
        Some(IntOrString::Str(name)) if !name.is_empty() => None,
        _ => port.port,
    };
    let mut declared = pod.containers().flat_map(|container| &container.container.ports);
    declared.any(|port| is_one(port.container_port))
        || out.snapshot().services_selecting(pod).any(|(_, service)| service.ports.iter().any(|port| is_one(target(port))))
}

fn sensitive(entry: &Entry) -> Option<&'static str> {
    // Pods on the network of their node are told of as such.
    let is_way = entry.way != Way::HostNetwork && entry.protocol == Protocol::Tcp;
    SENSITIVE.iter().find(|(port, _)| is_way && *port == entry.port).map(|(_, service)| *service)
}
