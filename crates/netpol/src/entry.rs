//! Ways into the cluster from outside: Services, ports of nodes, Ingress and Gateway API, down to the port of the pods behind them.
//!
//! Sources: k8s.io/api core/v1 and networking/v1 v0.36.3, sigs.k8s.io/gateway-api apis/v1 v1.4, and of load balancers the
//! documentation of each cloud's controller.

use core::net::IpAddr;

use foldhash::HashMap;
use ipnet::IpNet;
use seawall_inventory::Object;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{
    BackendRef, GatewaySpec, IngressBackend, IngressSpec, RouteSpec, ServicePort,
};
use smol_str::{SmolStr, format_smolstr};

use crate::connection::{Connection, End};
use crate::doubt::Doubt;
use crate::gateways::Gateways;
use crate::internal::is_internal;
use crate::matching::Family;
use crate::outside::{Outside, is_public};
use crate::policy::Direction;
use crate::ports::Protocol;
use crate::service::{Behind, Door, Service};
use crate::verdict::Verdict;
use crate::world::World;

/// A way into the cluster, to a port of pods.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What kind of way it is.
    pub way: Way,
    /// The objects that it is made of, from outside to inside, by their numbers; none but the pods for ports of nodes.
    pub objects: Vec<usize>,
    /// Where it is entered: `https://shop.example/`, `TCP 443`.
    pub at: SmolStr,
    /// The pods, by the number of their endpoint.
    pub endpoint: usize,
    /// Protocol.
    pub protocol: Protocol,
    /// Port of the pods.
    pub port: u16,
    /// Whether what comes from the internet gets there.
    pub verdict: Verdict,
    /// From which addresses, when that is not all of the internet.
    pub from: Vec<Addresses>,
    /// Why that is not known.
    pub doubts: Vec<Doubt>,
    /// The proxies that it leads through, by the numbers of their endpoints, when it leads through some and they were read.
    pub proxies: Vec<usize>,
}

/// The first and the last address of a range.
pub type Addresses = (IpAddr, IpAddr);

/// Kinds of ways into a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A Service of type `LoadBalancer`.
    LoadBalancer,
    /// A port that a Service takes on each node.
    NodePort,
    /// An address outside of the cluster that a Service answers on.
    ExternalIp,
    /// A port that pods take on their node.
    HostPort,
    /// Pods on their node's own network.
    HostNetwork,
    /// An Ingress.
    Ingress,
    /// A route of Gateway API.
    Gateway,
}

impl Way {
    /// It in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::LoadBalancer => "load balancer",
            Self::NodePort => "node port",
            Self::ExternalIp => "external IP",
            Self::HostPort => "host port",
            Self::HostNetwork => "host network",
            Self::Ingress => "Ingress",
            Self::Gateway => "Gateway",
        }
    }
}

/// A port of pods that something leads to.
#[derive(Clone, Copy)]
struct Target {
    endpoint: usize,
    protocol: Protocol,
    port: u16,
    is_there: Verdict,
}

impl Target {
    fn of(door: &Door<'_>, behind: &Behind) -> Self {
        let Behind { endpoint, port, verdict, .. } = *behind;
        Self { endpoint, protocol: door.protocol, port, is_there: verdict }
    }
}

/// What comes to pods, seen from them.
#[derive(Clone, Debug, Default)]
struct Passing {
    verdict: Verdict,
    from: Vec<Addresses>,
    doubts: Vec<Doubt>,
}

impl World<'_> {
    /// All ways into the cluster, those of each kind in the order of objects.
    pub fn entries(&self, family: Family) -> Vec<Entry> {
        self.ways(family, false)
    }

    /// The same, with those that lead in from the private network alone when `with_internal` says so.
    pub(crate) fn ways(&self, family: Family, with_internal: bool) -> Vec<Entry> {
        let services = self.services();
        let mut ways = Ways { world: self, family, with_internal, found: Vec::new() };
        services.iter().for_each(|service| ways.of_service(service));
        ways.of_pods();
        let inside = Inside {
            gateways: Gateways::of(self, &ways.found),
            services: services.iter().map(|service| (self.place(service.object), service)).collect(),
            parents: self
                .objects()
                .filter_map(|(number, object)| Some((self.place(object), (number, object.body.gateway()?))))
                .collect(),
        };
        for (number, object) in self.objects() {
            if let Some(ingress) = object.body.ingress() {
                ways.of_ingress(number, object, ingress, &inside);
            } else if let Some(route) = object.body.route() {
                ways.of_route(number, object, route, &inside);
            }
        }
        ways.found
    }

    /// The namespace and the name of an object.
    fn place(&self, object: &Object) -> (SmolStr, SmolStr) {
        let reference = self.snapshot().identity(object.reference());
        (reference.namespace.clone(), reference.name.clone())
    }
}

/// What ways lead through, by namespace and name.
struct Inside<'a, 's> {
    gateways: Gateways,
    services: HashMap<(SmolStr, SmolStr), &'a Service<'s>>,
    parents: HashMap<(SmolStr, SmolStr), (usize, &'a GatewaySpec)>,
}

/// Ways that are found.
struct Ways<'a, 's> {
    world: &'a World<'s>,
    family: Family,
    with_internal: bool,
    found: Vec<Entry>,
}

/// How something comes to a proxy, and whose that is.
struct Path<'p> {
    way: Way,
    class: &'p str,
    objects: Vec<usize>,
    at: &'p SmolStr,
}

impl Ways<'_, '_> {
    /// Whether ways by an object are none that are asked about.
    fn leaves_out(&self, object: &Object) -> bool {
        !self.with_internal && is_internal(object)
    }

    fn of_service(&mut self, service: &Service<'_>) {
        let kind = service.spec.type_.as_str();
        let is_local = service.spec.external_traffic_policy == "Local";
        let ranges = &service.spec.load_balancer_source_ranges;
        let only: Vec<IpNet> = ranges.iter().filter_map(|range| range.trim().parse().ok()).collect();
        for (door, behind) in
            service.ports.iter().flat_map(|door| door.behind.iter().map(move |behind| (door, behind)))
        {
            if !behind.is_of(self.family) {
                continue;
            }
            let target = Target::of(door, behind);
            let at = |port: Option<i64>| match port {
                Some(port) => format_smolstr!("{} {port}", door.protocol),
                None => format_smolstr!("{} (chosen by the cluster)", door.protocol),
            };
            let objects = || vec![service.number];
            if kind == "LoadBalancer" && !self.leaves_out(service.object) {
                let passing = self.internet_to(target, is_local, &only);
                self.add(Way::LoadBalancer, objects(), at(door.spec.port), target, passing);
            }
            if takes_node_port(service, door.spec) {
                let passing = self.internet_to(target, is_local, &[]).and(Doubt::NodesOutside);
                self.add(Way::NodePort, objects(), at(door.spec.node_port), target, passing);
            }
            for address in &service.spec.external_ips {
                let is_outside = address.parse().is_ok_and(|address| is_public(&address));
                let passing = self.internet_to(target, is_local, &[]);
                let passing = if is_outside { passing } else { passing.and(Doubt::NodesOutside) };
                let at = format_smolstr!("{address} {}", at(door.spec.port));
                self.add(Way::ExternalIp, objects(), at, target, passing);
            }
        }
    }

    /// Ports that pods take on their nodes.
    fn of_pods(&mut self) {
        let world = self.world;
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            for (protocol, port, on_node) in endpoint.ports() {
                let taken = if endpoint.host_network { Some(port) } else { on_node };
                let Some(taken) = taken else { continue };
                let target = Target { endpoint: number, protocol, port, is_there: Verdict::Allow };
                let way = if endpoint.host_network { Way::HostNetwork } else { Way::HostPort };
                let passing = self.internet_to(target, true, &[]).and(Doubt::NodesOutside);
                let at = format_smolstr!("{protocol} {taken}");
                self.add(way, vec![endpoint.object], at, target, passing);
            }
        }
    }

    fn of_ingress(&mut self, number: usize, object: &Object, ingress: &IngressSpec, inside: &Inside<'_, '_>) {
        if self.leaves_out(object) {
            return;
        }
        let (namespace, _) = self.world.place(object);
        let url = |host: &SmolStr, path: &str| {
            let is_encrypted = ingress.tls.iter().any(|tls| tls.hosts.is_empty() || tls.hosts.contains(host));
            let scheme = if is_encrypted { "https" } else { "http" };
            let host = if host.is_empty() { "*" } else { host };
            format_smolstr!("{scheme}://{host}{}", if path.is_empty() { "/" } else { path })
        };
        let default = ingress.default_backend.as_ref().or(ingress.backend.as_ref());
        let default = default.map(|backend| (url(&SmolStr::default(), ""), backend));
        let rules = ingress
            .rules
            .iter()
            .flat_map(|rule| rule.http.paths.iter().map(|path| (url(&rule.host, &path.path), &path.backend)));
        let class = match ingress.class.as_str() {
            "" => object.metadata.annotations.get("kubernetes.io/ingress.class").unwrap_or_default(),
            class => class,
        };
        for (at, backend) in default.into_iter().chain(rules) {
            let (name, is_port) = backend_of(backend);
            let Some(service) = inside.services.get(&(namespace.clone(), SmolStr::new(name))) else {
                continue;
            };
            for door in service.ports.iter().filter(|door| is_port(door.spec)) {
                let objects = vec![number, service.number];
                self.through(Path { way: Way::Ingress, class, objects, at: &at }, door, inside);
            }
        }
    }

    fn of_route(&mut self, number: usize, object: &Object, route: &RouteSpec, inside: &Inside<'_, '_>) {
        let (own, _) = self.world.place(object);
        let namespace = |written: &SmolStr| if written.is_empty() { own.clone() } else { written.clone() };
        for parent in route.parent_refs.iter().filter(|parent| matches!(parent.kind.as_str(), "" | "Gateway"))
        {
            let place = (namespace(&parent.namespace), parent.name.clone());
            let gateway = inside.parents.get(&place);
            let object = gateway.and_then(|(number, _)| self.world.snapshot().objects.get(*number));
            if object.is_some_and(|object| self.leaves_out(object)) {
                continue;
            }
            let class = gateway.map_or("", |(_, gateway)| gateway.class.as_str());
            let host = route.hostnames.first().map_or("*", SmolStr::as_str);
            let at = format_smolstr!("{host} at Gateway {}/{}", place.0, place.1);
            let is_service = |backend: &&BackendRef| {
                backend.group.is_empty() && matches!(backend.kind.as_str(), "" | "Service")
            };
            for backend in route.rules.iter().flat_map(|rule| &rule.backend_refs).filter(is_service) {
                let place = (namespace(&backend.namespace), backend.name.clone());
                let Some(service) = inside.services.get(&place) else { continue };
                let is_meant = |door: &&Door<'_>| backend.port.is_none() || door.spec.port == backend.port;
                for door in service.ports.iter().filter(is_meant) {
                    let objects =
                        gateway.map(|(number, _)| *number).into_iter().chain([number, service.number]);
                    let path = Path { way: Way::Gateway, class, objects: objects.collect(), at: &at };
                    self.through(path, door, inside);
                }
            }
        }
    }

    /// What gets through a proxy of the cluster to what is behind a Service.
    fn through(&mut self, path: Path<'_>, door: &Door<'_>, inside: &Inside<'_, '_>) {
        let Path { way, class, objects, at } = path;
        let proxies = inside.gateways.serving(class);
        let family = self.family;
        for behind in door.behind.iter().filter(|behind| behind.is_of(family)) {
            let target = Target::of(door, behind);
            let passing = match proxies.as_slice() {
                [] => self.through_whomever(target, objects.first().copied().unwrap_or_default()),
                proxies => {
                    let each =
                        proxies.iter().map(|(proxy, outside)| self.through_one(target, *proxy, *outside));
                    each.reduce(Passing::or).unwrap_or_default()
                }
            };
            self.add(way, objects.clone(), at.clone(), target, passing);
            if let Some(entry) = self.found.last_mut() {
                entry.proxies = proxies.iter().map(|(proxy, _)| *proxy).collect();
            }
        }
    }

    /// From a proxy that the internet reaches, as far as `outside` says so.
    fn through_one(&self, target: Target, proxy: usize, outside: Verdict) -> Passing {
        let connection = self.world.connection(End::Pods(proxy), End::Pods(target.endpoint), self.family);
        let of_proxy = (outside != Verdict::Allow).then_some(Doubt::ProxyOutside(proxy));
        Passing {
            verdict: connection.ports.at(target.protocol, target.port).and(outside),
            from: Vec::new(),
            doubts: connection.doubts().chain(of_proxy).collect(),
        }
    }

    /// Whoever it is that serves it: what lets everybody in lets him in.
    fn through_whomever(&self, target: Target, object: usize) -> Passing {
        let anybody = self.internet_to(target, true, &[]);
        let nodes = self.world.connection(End::OtherNode, End::Pods(target.endpoint), self.family);
        let nodes = nodes.ports.at(target.protocol, target.port);
        if anybody.verdict.and(nodes) == Verdict::Allow && anybody.from.is_empty() {
            return anybody;
        }
        Passing { verdict: Verdict::Unknown, from: Vec::new(), doubts: vec![Doubt::Proxy(object)] }
    }

    /// What comes from the internet to a port of pods when it is sent to nodes or to the pods: with the address of who sends it, or,
    /// unless `is_local`, with that of the node that it came to.
    fn internet_to(&self, target: Target, is_local: bool, only: &[IpNet]) -> Passing {
        let (world, family) = (self.world, self.family);
        let parts = world.internet(target.endpoint, Direction::Ingress, family, only);
        let at = |outside: &Outside| outside.ports.at(target.protocol, target.port);
        let best = parts.iter().map(at).max().unwrap_or_default();
        let is_all = parts.iter().all(|outside| at(outside) == best) && only.is_empty();
        let of_best = || parts.iter().filter(|outside| at(outside) == best);
        let mut from: Vec<Addresses> = match is_all {
            true => Vec::new(),
            false => of_best().flat_map(|outside| outside.ranges.iter().copied()).collect(),
        };
        from.sort_unstable();
        let client = of_best().find_map(|outside| outside.ranges.first());
        let connection = client
            .map(|(client, _)| world.connection(End::Address(*client), End::Pods(target.endpoint), family));
        let doubts = connection.iter().flat_map(Connection::doubts).collect();
        let passing = Passing { verdict: best, from, doubts };
        if is_local {
            return passing;
        }
        let connection = world.connection(End::OtherNode, End::Pods(target.endpoint), family);
        let verdict = connection.ports.at(target.protocol, target.port);
        passing.or(Passing { verdict, from: Vec::new(), doubts: connection.doubts().collect() })
    }

    fn add(&mut self, way: Way, objects: Vec<usize>, at: SmolStr, target: Target, passing: Passing) {
        let Passing { verdict, from, mut doubts } = passing;
        let verdict = verdict.and(target.is_there);
        if target.is_there != Verdict::Allow {
            doubts.push(Doubt::LaterLabel(target.endpoint));
        }
        if matches!(verdict, Verdict::Allow | Verdict::Deny) {
            doubts.clear();
        }
        doubts.sort_unstable();
        doubts.dedup();
        let Target { endpoint, protocol, port, .. } = target;
        let proxies = Vec::new();
        self.found.push(Entry { way, objects, at, endpoint, protocol, port, verdict, from, doubts, proxies });
    }
}

impl Passing {
    /// Either of two ways; of one as good the first.
    fn or(self, other: Self) -> Self {
        match (self.verdict, other.verdict) {
            (own, others) if others > own => other,
            // From everywhere is more than from some addresses.
            (own, others) if own == others && !self.from.is_empty() && other.from.is_empty() => other,
            _ => self,
        }
    }

    /// It, as far as something is so that is not known.
    fn and(mut self, doubt: Doubt) -> Self {
        if self.verdict != Verdict::Deny {
            self.verdict = self.verdict.and(doubt.verdict());
            self.doubts.push(doubt);
        }
        self
    }
}

/// Whether a Service takes a port on each node for one of its own (pkg/registry/core/service/storage of k8s.io/kubernetes v1.36.3).
fn takes_node_port(service: &Service<'_>, port: &ServicePort) -> bool {
    match service.spec.type_.as_str() {
        "NodePort" => true,
        "LoadBalancer" => {
            port.node_port.is_some_and(|port| port > 0)
                || service.spec.allocate_load_balancer_node_ports != Some(false)
        }
        _ => false,
    }
}

/// The Service of a backend, and which of its ports is meant.
fn backend_of(backend: &IngressBackend) -> (&str, impl Fn(&ServicePort) -> bool + '_) {
    let name =
        backend.service.as_ref().map_or(backend.service_name.as_str(), |service| service.name.as_str());
    let is_port = move |port: &ServicePort| match (&backend.service, &backend.service_port) {
        (Some(service), _) if !service.port.name.is_empty() => port.name == service.port.name,
        (Some(service), _) => service.port.number.is_some() && port.port == service.port.number,
        (None, Some(IntOrString::Str(name))) => port.name == *name,
        (None, Some(IntOrString::Int(number))) => port.port == Some(*number),
        (None, None) => false,
    };
    (name, is_port)
}
