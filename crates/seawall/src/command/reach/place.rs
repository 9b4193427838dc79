//! FROM and TO: where traffic comes from and goes to.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use anyhow::{Result, bail};
use seawall_netpol::{Door, End, Family, Protocol, Service, World};

use crate::workload::Workload;

/// How FROM and TO are written, for help.
pub(super) const HELP: &str = "\
FROM and TO are each one of
  deployment/NAMESPACE/NAME   pods of a workload; any kind with pods, the namespace of -n without one
  service/NAMESPACE/NAME      the pods behind a Service, on their ports, and other addresses behind it
  namespace/NAME              all pods of a namespace
  pods                        all pods
  internet                    public addresses; FROM it by the ways that lead into the cluster
  192.0.2.7, 2001:db8::7      an address
  node, node/NAME             a node that the pods do not run on, or the one of that name
  metadata                    the service that gives cloud credentials to whoever asks (169.254.169.254)
  apiserver, etcd, kubelet    parts of the control plane; kubelet is that of another node
  dns                         the DNS of the cluster

Exit codes:
  0  reachable
  1  not reachable
  2  wrong arguments or configuration
  3  nothing was read
  4  not known: it depends on what was not read, or on who enforces policies (--allow-incomplete: 1)

Examples:
  seawall reach deploy/shop/web statefulset/shop/db --port 5432 -- manifests/
  seawall reach --from internet --cluster
  seawall reach --to service/shop/db --cluster -o json
  seawall reach pods metadata --cluster
  seawall reach map -- manifests/";

/// Where traffic comes from or goes to, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Workload(Workload),
    /// The namespace, when it was written, and the name.
    Service(Option<String>, String),
    Namespace(String),
    Pods,
    Internet,
    Address(IpAddr),
    Node(Option<String>),
    Part(Part),
}

/// What clusters and clouds have by rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Metadata,
    ApiServer,
    Etcd,
    Kubelet,
    Dns,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let wrong = || {
            "it is not clear where that is: write deployment/NAMESPACE/NAME, service/NAMESPACE/NAME, namespace/NAME, an address, internet or another word of --help".to_owned()
        };
        if let Ok(address) = written.parse() {
            return Ok(Self::Address(address));
        }
        let word = match written {
            "internet" | "world" => Some(Self::Internet),
            "pods" => Some(Self::Pods),
            "node" | "nodes" => Some(Self::Node(None)),
            "metadata" => Some(Self::Part(Part::Metadata)),
            "apiserver" | "kube-apiserver" => Some(Self::Part(Part::ApiServer)),
            "etcd" => Some(Self::Part(Part::Etcd)),
            "kubelet" => Some(Self::Part(Part::Kubelet)),
            "dns" => Some(Self::Part(Part::Dns)),
            _ => None,
        };
        if let Some(word) = word {
            return Ok(word);
        }
        let parts: Vec<&str> = written.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(wrong());
        }
        match parts.as_slice() {
            ["service" | "services" | "svc", name] => Ok(Self::Service(None, (*name).to_owned())),
            ["service" | "services" | "svc", namespace, name] => {
                Ok(Self::Service(Some((*namespace).to_owned()), (*name).to_owned()))
            }
            ["namespace" | "namespaces" | "ns", name] => Ok(Self::Namespace((*name).to_owned())),
            ["node" | "nodes" | "no", name] => Ok(Self::Node(Some((*name).to_owned()))),
            _ => Workload::parse(written).map(Self::Workload).ok_or_else(wrong),
        }
    }
}

/// Somebody at one end.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// What it is called.
    pub name: String,
    pub at: At,
    /// The ports that are meant; all when empty.
    pub ports: Vec<Port>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    End(End),
    Internet,
}

/// A port that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Port {
    pub protocol: Protocol,
    pub number: u16,
    /// What leads to it: `port 80 of Service shop/web`.
    pub by: Option<String>,
}

impl Port {
    fn new(protocol: Protocol, number: u16) -> Self {
        Self { protocol, number, by: None }
    }
}

impl FromStr for Port {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let (number, protocol) = written.split_once('/').unwrap_or((written, "tcp"));
        let known = Protocol::named(&protocol.to_ascii_uppercase()).filter(|_| !protocol.is_empty());
        match (number.parse(), known) {
            (Ok(number), Some(protocol)) if number > 0 => Ok(Self::new(protocol, number)),
            _ => Err("write a number from 1 to 65535, with /udp or /sctp when it is not of TCP".to_owned()),
        }
    }
}

impl Place {
    /// The address, when it is one.
    pub(super) fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(*address),
            _ => None,
        }
    }

    /// Who is there; pods that no policy can tell apart once.
    ///
    /// # Errors
    /// It is not in what was read.
    pub(super) fn find(&self, world: &World<'_>, namespace: &str, family: Family) -> Result<Vec<Spot>> {
        let end = |name: String, end: End| vec![Spot { name, at: At::End(end), ports: Vec::new() }];
        Ok(match self {
            Self::Internet => {
                vec![Spot { name: "the internet".to_owned(), at: At::Internet, ports: Vec::new() }]
            }
            Self::Address(address) => end(address.to_string(), End::Address(*address)),
            Self::Node(None) => end("another node".to_owned(), End::OtherNode),
            Self::Node(Some(name)) => match world.nodes().iter().position(|node| node.name == name) {
                Some(number) => end(format!("node {name}"), End::Node(number)),
                None => bail!("no pod that was read runs on a node {name}"),
            },
            Self::Part(part) => part.find(world, family),
            Self::Pods => pods(world, family, |_| true),
            Self::Namespace(name) => {
                let Some(number) = world.number_of(name) else {
                    bail!("there is no namespace {name} in what was read");
                };
                let found = pods(world, family, |endpoint| endpoint.namespace == number);
                if found.is_empty() {
                    bail!("there are no pods in namespace {name} in what was read");
                }
                found
            }
            Self::Workload(workload) => {
                let snapshot = world.snapshot();
                let is_it = |endpoint: &seawall_netpol::Endpoint<'_>| {
                    let own = snapshot.objects.get(endpoint.object);
                    let own = own.map(|object| snapshot.identity(object.reference()));
                    workload.is(&endpoint.workload, namespace)
                        || own.is_some_and(|own| workload.is(&own, namespace))
                };
                let found = pods(world, family, is_it);
                if found.is_empty() {
                    bail!("there is no {} with pods in what was read", workload.describe(namespace));
                }
                found
            }
            Self::Service(own, name) => service(world, own.as_deref().unwrap_or(namespace), name, family)?,
        })
    }
}

/// Pods, one of each kind that no policy can tell from others.
fn pods(
    world: &World<'_>,
    family: Family,
    is_meant: impl Fn(&seawall_netpol::Endpoint<'_>) -> bool,
) -> Vec<Spot> {
    let meant: Vec<usize> = (0..)
        .zip(world.endpoints())
        .filter(|(_, endpoint)| is_meant(endpoint))
        .map(|(number, _)| number)
        .collect();
    let found = world.one_of_each(&meant, family);
    found.into_iter().filter_map(|number| spot(world, number)).collect()
}

/// Pods by their number.
pub(super) fn spot(world: &World<'_>, number: usize) -> Option<Spot> {
    let endpoint = world.endpoint(number)?;
    Some(Spot { name: endpoint.workload.to_string(), at: At::End(End::Pods(number)), ports: Vec::new() })
}

fn service(world: &World<'_>, namespace: &str, name: &str, family: Family) -> Result<Vec<Spot>> {
    let services = world.services();
    let snapshot = world.snapshot();
    let found = services.iter().find(|service| {
        let reference = snapshot.identity(service.object.reference());
        reference.namespace == namespace && reference.name == name
    });
    let Some(service) = found else { bail!("there is no Service {namespace}/{name} in what was read") };
    let by =
        |door: &Door<'_>| door.spec.port.map(|port| format!("port {port} of Service {namespace}/{name}"));
    let doors = || {
        let all = service.ports.iter().flat_map(|door| door.behind.iter().map(move |behind| (door, behind)));
        all.filter(|(_, behind)| behind.is_of(family))
    };
    let mut behind: Vec<usize> = doors().map(|(_, behind)| behind.endpoint).collect();
    behind.sort_unstable();
    behind.dedup();
    let mut spots = Vec::new();
    for number in world.one_of_each(&behind, family) {
        let Some(mut spot) = spot(world, number) else { continue };
        for (door, behind) in doors().filter(|(_, behind)| behind.endpoint == number) {
            spot.ports.push(Port { protocol: door.protocol, number: behind.port, by: by(door) });
        }
        spots.push(spot);
    }
    elsewhere(world, service, family, by, &mut spots);
    let is_led = service.ports.iter().any(|door| !door.behind.is_empty() || !door.elsewhere.is_empty());
    match spots.is_empty() {
        false => Ok(spots),
        true if is_led => bail!("nothing behind Service {namespace}/{name} has an address of that version"),
        true if service.selects() => {
            bail!("Service {namespace}/{name} selects none of the pods that were read")
        }
        true => bail!(
            "Service {namespace}/{name} selects no pods, and no EndpointSlice that was read says what is behind it"
        ),
    }
}

/// Adds what is behind a Service and no pods: each address once.
fn elsewhere(
    world: &World<'_>,
    service: &Service<'_>,
    family: Family,
    by: impl Fn(&Door<'_>) -> Option<String>,
    spots: &mut Vec<Spot>,
) {
    let mut known: BTreeMap<IpAddr, usize> = BTreeMap::new();
    let all = service.ports.iter().flat_map(|door| door.elsewhere.iter().map(move |one| (door, one)));
    for (door, one) in all.filter(|(_, one)| Family::of(&one.address) == family) {
        let place = *known.entry(one.address).or_insert_with(|| {
            let node = match one.end {
                End::Node(number) => world.nodes().get(number),
                _ => None,
            };
            let name = node.map_or_else(|| one.address.to_string(), |node| format!("node {}", node.name));
            spots.push(Spot { name, at: At::End(one.end), ports: Vec::new() });
            spots.len() - 1
        });
        if let Some(spot) = spots.get_mut(place) {
            spot.ports.push(Port { protocol: door.protocol, number: one.port, by: by(door) });
        }
    }
}

/// Where clouds tell instances about themselves.
const METADATA: (Ipv4Addr, Ipv6Addr) =
    (Ipv4Addr::new(169, 254, 169, 254), Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254));

impl Part {
    fn find(self, world: &World<'_>, family: Family) -> Vec<Spot> {
        let (name, ports) = match self {
            Self::Metadata => ("the metadata service", vec![Port::new(Protocol::Tcp, 80)]),
            Self::ApiServer => {
                ("the API server", vec![Port::new(Protocol::Tcp, 6443), Port::new(Protocol::Tcp, 443)])
            }
            Self::Etcd => ("etcd", vec![Port::new(Protocol::Tcp, 2379)]),
            Self::Kubelet => ("the kubelet of another node", vec![Port::new(Protocol::Tcp, 10_250)]),
            Self::Dns => {
                ("the DNS of the cluster", vec![Port::new(Protocol::Udp, 53), Port::new(Protocol::Tcp, 53)])
            }
        };
        let end = match (self, family) {
            (Self::Metadata, Family::V4) => End::Address(METADATA.0.into()),
            (Self::Metadata, Family::V6) => End::Address(METADATA.1.into()),
            _ => End::OtherNode,
        };
        // kubeadm's labels of static pods, and those of every DNS of a cluster.
        let label = match self {
            Self::ApiServer => Some(("component", "kube-apiserver")),
            Self::Etcd => Some(("component", "etcd")),
            Self::Dns => Some(("k8s-app", "kube-dns")),
            Self::Metadata | Self::Kubelet => None,
        };
        let system = world.number_of("kube-system");
        let found = label.map(|(key, value)| {
            pods(world, family, |endpoint| {
                Some(endpoint.namespace) == system && endpoint.labels().get(key) == Some(value)
            })
        });
        let mut found = found.unwrap_or_default();
        if found.is_empty() {
            found.push(Spot { name: name.to_owned(), at: At::End(end), ports: Vec::new() });
        }
        found.iter_mut().for_each(|spot| spot.ports.clone_from(&ports));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Place, Port};

    #[test]
    fn places_are_read_as_the_help_says() {
        let service =
            |namespace: Option<&str>| Place::Service(namespace.map(str::to_owned), "web".to_owned());
        for (written, place) in [
            ("svc/web", service(None)),
            ("service/shop/web", service(Some("shop"))),
            ("ns/shop", Place::Namespace("shop".to_owned())),
            ("10.0.0.1", Place::Address([10, 0, 0, 1].into())),
            ("internet", Place::Internet),
            ("node", Place::Node(None)),
            ("node/a", Place::Node(Some("a".to_owned()))),
            ("metadata", Place::Part(Part::Metadata)),
        ] {
            assert_eq!(written.parse(), Ok(place), "{written}");
        }
        assert!(matches!("deploy/shop/web".parse(), Ok(Place::Workload(_))));
        for wrong in ["", "deploy", "deploy/", "a/b/c/d", "configmap/a", "10.0.0.1/8"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ports_have_protocols() {
        assert_eq!("53/udp".parse::<Port>().map(|port| port.protocol.to_string()).as_deref(), Ok("UDP"));
        for wrong in ["", "0", "65536", "http", "80/icmp", "80/"] {
            assert!(wrong.parse::<Port>().is_err(), "{wrong}");
        }
    }
}
