//! What is behind Services by addresses that somebody wrote: EndpointSlices and Endpoints.
//!
//! Whoever sends traffic to a Service (k8s.io/kubernetes pkg/proxy/endpointslicecache.go v1.36.3) takes all slices with its name, and of
//! each the addresses alone. Those that the cluster makes of the pods that a Service selects are worked out from the pods instead,
//! which come and go; those that others write lead to whatever they say, pods of other namespaces too.

use core::cell::OnceCell;
use core::net::IpAddr;

use foldhash::HashMap;
use seawall_inventory::Object;
use seawall_inventory::kinds::{EndpointPort, EndpointTarget, ServicePort};
use smol_str::SmolStr;

use crate::connection::End;
use crate::matching::Family;
use crate::ports::Protocol;
use crate::world::World;

/// The label that says of which Service a slice is (k8s.io/api discovery/v1 v0.36.3, as the next).
const SERVICE: &str = "kubernetes.io/service-name";

/// The label that says who keeps a slice.
const KEEPER: &str = "endpointslice.kubernetes.io/managed-by";

/// Who keeps those of the pods that a Service selects (k8s.io/kubernetes pkg/controller/endpointslice v1.36.3).
const CONTROLLER: &str = "endpointslice-controller.k8s.io";

/// The label of what is behind Services without an address, which whoever sends traffic to one passes over (cmd/kube-proxy/app/server.go).
const HEADLESS: &str = "service.kubernetes.io/headless";

/// The label of Endpoints of which no slices are made, and the annotation of those that are no addresses of anything
/// (pkg/controller/endpointslicemirroring v1.36.3: `shouldMirror`).
const SKIPPED: &str = "endpointslice.kubernetes.io/skip-mirror";
const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";

/// Addresses of each part of Endpoints that slices are made of (cmd/kube-controller-manager v1.36.3:
/// `--mirroring-max-endpoints-per-subset`).
const MIRRORED: usize = 1000;

/// Slices, by the Service that they are of.
pub(crate) struct Slices<'w, 's> {
    world: &'w World<'s>,
    of: HashMap<(SmolStr, SmolStr), Vec<Slice<'s>>>,
    pods: OnceCell<Pods>,
}

/// Addresses, each of which is there on each port.
struct Slice<'s> {
    namespace: SmolStr,
    made_of: MadeOf,
    is_headless: bool,
    addresses: Vec<(IpAddr, &'s EndpointTarget)>,
    ports: &'s [EndpointPort],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MadeOf {
    /// Pods that are selected.
    Selected,
    /// Endpoints, of a Service that selects nothing.
    Endpoints,
    /// What somebody wrote.
    Hand,
}

/// Pods, by what a slice knows them by.
struct Pods {
    by_address: HashMap<IpAddr, Vec<usize>>,
    /// Those of files by namespace and name: they have no address yet.
    by_name: HashMap<(usize, SmolStr), usize>,
    nodes: HashMap<IpAddr, usize>,
}

/// What a slice leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Led {
    /// Pods, a node or something outside.
    pub end: End,
    /// By which address.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
}

impl<'w, 's> Slices<'w, 's> {
    /// Those among the objects of a world.
    pub fn of(world: &'w World<'s>) -> Self {
        let mut slices = Self { world, of: HashMap::default(), pods: OnceCell::new() };
        for (_, object) in world.objects() {
            slices.take(object);
        }
        slices
    }

    fn take(&mut self, object: &'s Object) {
        let labels = &object.metadata.labels;
        let own = || self.world.snapshot().identity(object.reference());
        if let Some(slice) = object.body.endpoint_slice() {
            let Some(service) = labels.get(SERVICE).filter(|name| !name.is_empty()) else { return };
            let made_of =
                if labels.get(KEEPER) == Some(CONTROLLER) { MadeOf::Selected } else { MadeOf::Hand };
            let address = |(written, target)| Some((address(written)?, target));
            let firsts = slice.endpoints.iter().filter_map(|one| Some((one.addresses.first()?, &one.target)));
            let slice = Slice {
                namespace: own().namespace,
                made_of,
                is_headless: labels.get(HEADLESS).is_some(),
                addresses: firsts.filter_map(address).collect(),
                ports: &slice.ports,
            };
            self.of.entry((slice.namespace.clone(), SmolStr::new(service))).or_default().push(slice);
        } else if let Some(endpoints) = object.body.endpoints() {
            let is_skipped = labels.get(SKIPPED) == Some("true");
            if is_skipped || object.metadata.annotations.get(LEADER).is_some() {
                return;
            }
            let own = own();
            for subset in &endpoints.subsets {
                let addresses = subset.addresses.iter().chain(&subset.not_ready).take(MIRRORED);
                let slice = Slice {
                    namespace: own.namespace.clone(),
                    made_of: MadeOf::Endpoints,
                    is_headless: false,
                    addresses: addresses.filter_map(|one| Some((address(&one.ip)?, &one.target))).collect(),
                    ports: &subset.ports,
                };
                self.of.entry((own.namespace.clone(), own.name.clone())).or_default().push(slice);
            }
        }
    }

    /// What they say is behind a port of a Service, besides the pods that it selects.
    pub fn behind(
        &self,
        service: &(SmolStr, SmolStr),
        selects: bool,
        is_headless: bool,
        port: &ServicePort,
        protocol: Protocol,
    ) -> Vec<Led> {
        let mut found: Vec<Led> = Vec::new();
        let mut known = foldhash::HashSet::default();
        let counts = |slice: &&Slice<'_>| {
            (!selects || slice.made_of == MadeOf::Hand) && (is_headless || !slice.is_headless)
        };
        for slice in self.of.get(service).into_iter().flatten().filter(counts) {
            let is_meant = |own: &&EndpointPort| {
                own.name == port.name && Protocol::named(&own.protocol) == Some(protocol)
            };
            let number = |own: &EndpointPort| own.port.and_then(|port| u16::try_from(port).ok());
            // No two ports of a slice have one name (pkg/apis/discovery/validation of k8s.io/kubernetes v1.36.3).
            if let Some(port) = slice.ports.iter().find(is_meant).and_then(number).filter(|port| *port > 0) {
                for (address, target) in &slice.addresses {
                    for end in self.at(*address, (protocol, port), target, &slice.namespace) {
                        let key = match end {
                            End::Pods(number) => (Some(number), None),
                            _ => (None, Some(*address)),
                        };
                        if known.insert((key, port, Family::of(address))) {
                            found.push(Led { end, address: *address, port });
                        }
                    }
                }
            }
        }
        found
    }

    /// Who has an address: pods of it; of those on their node's network the ones that say they listen on the port; those without an
    /// address that the slice names; a node; or somebody else.
    fn at(
        &self,
        address: IpAddr,
        (protocol, port): (Protocol, u16),
        target: &EndpointTarget,
        namespace: &SmolStr,
    ) -> Vec<End> {
        let pods = self.pods.get_or_init(|| Pods::of(self.world));
        let listens = |number: &&usize| {
            self.world.endpoint(**number).is_some_and(|endpoint| {
                !endpoint.host_network
                    || endpoint.ports().any(|(of, number, _)| (of, number) == (protocol, port))
            })
        };
        let of_address = pods.by_address.get(&address).into_iter().flatten().filter(listens);
        let found: Vec<End> = of_address.map(|number| End::Pods(*number)).collect();
        if !found.is_empty() {
            return found;
        }
        let named = || {
            let namespace = if target.namespace.is_empty() { namespace } else { &target.namespace };
            let place = (self.world.number_of(namespace)?, target.name.clone());
            pods.by_name.get(&place).filter(|_| target.kind == "Pod").copied()
        };
        let end = named().map(End::Pods).or_else(|| pods.nodes.get(&address).copied().map(End::Node));
        vec![end.unwrap_or(End::Address(address))]
    }
}

impl Pods {
    fn of(world: &World<'_>) -> Self {
        let mut found =
            Self { by_address: HashMap::default(), by_name: HashMap::default(), nodes: HashMap::default() };
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            for address in &endpoint.addresses {
                found.by_address.entry(*address).or_default().push(number);
            }
            let object = world.snapshot().objects.get(endpoint.object);
            let is_pod = |object: &&Object| object.kind == "Pod" && object.group().is_empty();
            if let (true, Some(object)) = (endpoint.addresses.is_empty(), object.filter(is_pod)) {
                found.by_name.entry((endpoint.namespace, object.metadata.name.clone())).or_insert(number);
            }
        }
        for (number, node) in world.nodes().iter().enumerate() {
            for address in &node.addresses {
                found.nodes.entry(*address).or_insert(number);
            }
        }
        found
    }
}

/// An address that may be behind a Service: the API server takes none that mean something else to each who asks (`ValidateEndpointIP` of
/// k8s.io/kubernetes pkg/apis/core/validation/validation.go v1.36.3). Names of hosts lead nowhere.
fn address(written: &SmolStr) -> Option<IpAddr> {
    let address: IpAddr = written.parse().ok()?;
    let is_local = match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local() || matches!(address.octets(), [224, 0, 0, _]),
        // Link-local multicast is of the last four bits of the first group alone.
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || address.segments().first().is_some_and(|first| first & 0xff0f == 0xff02)
        }
    };
    let canonical = address.to_canonical();
    (!canonical.is_unspecified() && !canonical.is_loopback() && !is_local).then_some(address)
}
