//! The traffic that manifests declare: ways into the cluster, Services that variables and arguments name, DNS.

use core::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use ipnet::IpNet;
use seawall_inventory::{ObjectRef, PodView};
use seawall_yaml::Path;
use smol_str::{SmolStr, format_smolstr};

use super::mention::{Mention, mentions_of};
use super::values::Values;
use super::{Place, Wanted, Why};
use crate::entry::{Entry, Way};
use crate::matching::Family;
use crate::ports::Protocol;
use crate::service::Service;
use crate::world::World;

/// What manifests declare.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Traffic that is to pass.
    pub wanted: Vec<Wanted>,
    /// What is declared and is not known, or nobody can write a policy for.
    pub lacking: Vec<Lacking>,
}

/// Something that is declared and no traffic that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The pods, by the number of their endpoint.
    pub endpoint: usize,
    /// What it is.
    pub what: Lack,
    /// The object that says so, by its number, and the field of it.
    pub at: (usize, Path),
}

/// What is lacking.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// A host outside of the cluster that is known by its name: policies know addresses.
    HostName(SmolStr),
    /// The API server, whose addresses are not among what is read.
    ApiServer,
    /// A token of a service account, by which the API server may be asked: the account.
    Token(SmolStr),
    /// A Service that was not read.
    NoService(SmolStr),
    /// Pods behind a Service: none of those that were read.
    NoPods(SmolStr),
    /// A port that a Service does not have: the Service, and the port.
    NoPort(SmolStr, u16),
    /// A Service that stands for a name outside of the cluster.
    ExternalName(SmolStr),
    /// The proxy that serves a way into the cluster: whoever it may be is let in.
    Proxy,
    /// Values of variables: they are not kept of a cluster, nor in a saved Snapshot.
    Values,
    /// What a variable, or all of a Secret, comes from a Secret: it is not looked at.
    Secret(SmolStr),
    /// A ConfigMap that was not read.
    ConfigMap(SmolStr),
}

impl Lack {
    /// Whether traffic that is declared does not pass by it.
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::HostName(_) | Self::ApiServer | Self::ExternalName(_))
    }

    /// Whether it is not known if there is traffic that does not pass.
    pub fn is_unknown(&self) -> bool {
        !self.is_certain() && *self != Self::Proxy
    }
}

/// Where the DNS of a cluster is, and the port that it answers on.
const SYSTEM: &str = "kube-system";
const DNS: (&str, &str) = ("k8s-app", "kube-dns");
const DNS_PORT: u16 = 53;

/// What a name means.
enum Target<'a, 's> {
    Service(&'a Service<'s>),
    ApiServer,
    /// A Service of the cluster that was not read.
    Unread,
    Outside,
    Nothing,
}

impl World<'_> {
    /// What manifests declare of traffic to and from pods of some namespaces. Probes come from a pod's own node, which no policy keeps
    /// out, and are left out.
    pub fn declared(&self, family: Family, is_meant: impl Fn(&str) -> bool) -> Declared {
        let services = self.services();
        let names = services.iter().map(|service| {
            let own = self.snapshot().identity(service.object.reference());
            ((own.namespace, own.name), service)
        });
        let names: HashMap<_, _> = names.collect();
        let addresses =
            services.iter().filter_map(|service| Some((service.spec.cluster_ip.parse().ok()?, service)));
        let mut reader = Reader {
            world: self,
            names: &names,
            addresses: addresses.collect(),
            alike: alike(self),
            found: Declared::default(),
            known: HashSet::new(),
        };
        reader.ways(family, &is_meant);
        reader.pods(&is_meant);
        reader.found
    }
}

/// What pods that stand for each other have in common: workload, labels, names of ports, and whether they are on their node's network.
type Likeness<'e> = (&'e ObjectRef, Vec<(&'e str, &'e str)>, &'e [(SmolStr, Protocol, u16)], bool);

/// A connection, and why it is wanted.
type Known = (Place, Place, Option<(Protocol, u16)>, Why);

/// By endpoint the first one of its workload with its labels and ports.
pub(crate) fn alike(world: &World<'_>) -> Vec<usize> {
    let mut first: HashMap<Likeness<'_>, usize> = HashMap::new();
    let endpoints = world.endpoints().iter().enumerate();
    let numbers = endpoints.map(|(number, own)| {
        let labels = own.workload_labels(world.snapshot());
        *first.entry((&own.workload, labels, &own.named_ports, own.host_network)).or_insert(number)
    });
    numbers.collect()
}

/// The account of its own of which pods have a token, and where that is said: who has nothing to ask for takes the default one.
fn token(pod: PodView<'_>) -> Option<(SmolStr, Path)> {
    let account = pod.service_account();
    let is_mounted = pod.spec().automount_service_account_token != Some(false);
    (is_mounted && account != "default").then(|| (account.into(), pod.path("serviceAccountName")))
}

type Names<'a, 's> = HashMap<(SmolStr, SmolStr), &'a Service<'s>>;

struct Reader<'a, 's> {
    world: &'a World<'s>,
    names: &'a Names<'a, 's>,
    /// Services by their addresses in the cluster.
    addresses: HashMap<IpAddr, &'a Service<'s>>,
    /// By endpoint the one that stands for it and others like it.
    alike: Vec<usize>,
    found: Declared,
    /// What was said already.
    known: HashSet<Known>,
}

impl<'a, 's> Reader<'a, 's> {
    fn want(&mut self, from: Place, to: Place, port: Option<(Protocol, u16)>, why: Why, at: (usize, Path)) {
        if self.known.insert((from, to, port, why.clone())) {
            self.found.wanted.push(Wanted { from, to, port, why, at: Some(at) });
        }
    }

    fn lack(&mut self, endpoint: usize, what: Lack, at: (usize, Path)) {
        let lacking = Lacking { endpoint, what, at };
        if self.found.lacking.last() != Some(&lacking) {
            self.found.lacking.push(lacking);
        }
    }

    fn first(&self, endpoint: usize) -> usize {
        self.alike.get(endpoint).copied().unwrap_or(endpoint)
    }

    fn is_meant(&self, endpoint: usize, is_meant: impl Fn(&str) -> bool) -> bool {
        let namespace = self.world.endpoint(endpoint).map(|own| own.namespace);
        namespace.and_then(|number| self.world.namespace(number)).is_some_and(is_meant)
    }

    /// Ways into the cluster.
    fn ways(&mut self, family: Family, is_meant: impl Fn(&str) -> bool) {
        for entry in self.world.ways(family, true) {
            let to = self.first(entry.endpoint);
            let is_proxied = entry.proxies.iter().any(|proxy| self.is_meant(*proxy, &is_meant));
            if entry.way == Way::HostNetwork || !(is_proxied || self.is_meant(to, &is_meant)) {
                continue;
            }
            let port = Some((entry.protocol, entry.port));
            let at = (entry.objects.first().copied().unwrap_or_default(), Path::root());
            let why = Why::Way(entry.way.describe());
            let from = match entry.way {
                Way::Ingress | Way::Gateway if !entry.proxies.is_empty() => {
                    let mut proxies: Vec<usize> =
                        entry.proxies.iter().map(|proxy| self.first(*proxy)).collect();
                    proxies.sort_unstable();
                    proxies.dedup();
                    proxies.into_iter().map(Place::Pods).collect()
                }
                Way::Ingress | Way::Gateway => {
                    self.lack(to, Lack::Proxy, at.clone());
                    vec![Place::Anywhere]
                }
                Way::HostPort => vec![Place::Internet],
                Way::LoadBalancer | Way::NodePort | Way::ExternalIp | Way::HostNetwork => {
                    self.clients(&entry)
                }
            };
            for from in from {
                self.want(from, Place::Pods(to), port, why.clone(), at.clone());
            }
        }
    }

    /// Whom pods see that are behind a Service that leads in from outside.
    fn clients(&self, entry: &Entry) -> Vec<Place> {
        let object = entry.objects.first().and_then(|number| self.world.snapshot().objects.get(*number));
        let Some(spec) = object.and_then(|object| object.body.service()) else {
            return vec![Place::Anywhere];
        };
        if spec.external_traffic_policy != "Local" {
            // The node that it came to, in the place of the client.
            return vec![Place::Anywhere];
        }
        let ranges = spec.load_balancer_source_ranges.iter().filter(|_| entry.way == Way::LoadBalancer);
        let ranges: Vec<IpNet> = ranges.filter_map(|range| range.trim().parse().ok()).collect();
        match ranges.is_empty() {
            true => vec![Place::Internet],
            false => ranges.into_iter().map(Place::Network).collect(),
        }
    }

    /// What pods name, and the DNS that they ask.
    fn pods(&mut self, is_meant: impl Fn(&str) -> bool) {
        let world = self.world;
        let servers = self.servers();
        let mut values = Values::new(world.snapshot());
        for (number, own) in world.endpoints().iter().enumerate() {
            if self.first(number) != number {
                continue;
            }
            let Some(object) = world.snapshot().objects.get(own.object) else { continue };
            let pod = PodView { object, template: own.template };
            let is_own = self.is_meant(number, &is_meant) && !own.host_network;
            if is_own {
                for server in &servers {
                    for protocol in [Protocol::Udp, Protocol::Tcp] {
                        let port = Some((protocol, DNS_PORT));
                        let at = (own.object, own.template.spec_path.clone());
                        self.want(Place::Pods(number), Place::Pods(*server), port, Why::Dns, at);
                    }
                }
            }
            if let Some((account, at)) = token(pod).filter(|_| is_own) {
                self.lack(number, Lack::Token(account), (own.object, at));
            }
            let (named, lacking) = values.of(own.object, pod);
            for named in named {
                for mention in &named.mentions {
                    let why = Why::Variable(named.variable.clone());
                    self.mention(number, mention, why, named.at.clone(), &is_meant);
                }
            }
            for (what, path) in lacking.into_iter().filter(|_| is_own) {
                self.lack(number, what, (own.object, path));
            }
            for view in pod.containers() {
                for (field, list) in [("command", &view.container.command), ("args", &view.container.args)] {
                    for (index, text) in list.iter().enumerate() {
                        for mention in mentions_of("", text) {
                            let at = (own.object, view.path(field).index(index));
                            self.mention(number, &mention, Why::Argument, at, &is_meant);
                        }
                    }
                }
            }
        }
    }

    /// Pods that answer for DNS, one of each kind.
    fn servers(&self) -> Vec<usize> {
        let system = self.world.number_of(SYSTEM);
        let endpoints = self.world.endpoints().iter().enumerate();
        let found = endpoints.filter(|(number, own)| {
            let is_dns = Some(own.namespace) == system && own.labels().get(DNS.0) == Some(DNS.1);
            is_dns && self.first(*number) == *number
        });
        found.map(|(number, _)| number).collect()
    }

    /// Traffic to a host that pods name.
    fn mention(
        &mut self,
        endpoint: usize,
        mention: &Mention,
        why: Why,
        at: (usize, Path),
        is_meant: impl Fn(&str) -> bool,
    ) {
        let world = self.world;
        let Some(own) = world.endpoint(endpoint) else { return };
        let is_own = self.is_meant(endpoint, &is_meant) && !own.host_network;
        let namespace = world.namespace(own.namespace).unwrap_or_default();
        if let Ok(address) = mention.host.parse::<IpAddr>() {
            let is_host = !address.is_unspecified() && !address.is_loopback() && !address.is_multicast();
            match self.addresses.get(&address).copied() {
                Some(service) => self.service(endpoint, service, mention, why, at, is_meant),
                None if is_host && is_own => {
                    let port = mention.port.map(|port| (Protocol::Tcp, port));
                    self.want(Place::Pods(endpoint), Place::Network(address.into()), port, why, at);
                }
                None => {}
            }
            return;
        }
        match self.target(namespace, mention) {
            Target::Service(service) => self.service(endpoint, service, mention, why, at, is_meant),
            Target::ApiServer if is_own => self.lack(endpoint, Lack::ApiServer, at),
            Target::Unread if is_own => self.lack(endpoint, Lack::NoService(mention.host.clone()), at),
            Target::Outside if is_own => self.lack(endpoint, Lack::HostName(mention.host.clone()), at),
            Target::ApiServer | Target::Unread | Target::Outside | Target::Nothing => {}
        }
    }

    /// What a name means to pods of a namespace: they look for it in their own first.
    fn target(&self, namespace: &str, mention: &Mention) -> Target<'a, 's> {
        let name = mention.host.as_str();
        let bare = name.strip_suffix(".cluster.local").unwrap_or(name);
        let own = bare.strip_suffix(".svc").unwrap_or(bare);
        let is_inside = own.len() < name.len();
        let service = |namespace: &str, name: &str| {
            self.names.get(&(SmolStr::new(namespace), SmolStr::new(name))).copied()
        };
        let parts: Vec<&str> = own.split('.').collect();
        if matches!(parts.as_slice(), ["kubernetes", "default"]) || (own == "kubernetes" && mention.is_sure) {
            return Target::ApiServer;
        }
        let found = match parts.as_slice() {
            [name] => service(namespace, name),
            // Of a headless Service each pod has a name of its own before that of the Service.
            [name, of] => service(of, name).or_else(|| service(namespace, of)),
            [_, name, of] => service(of, name),
            _ => None,
        };
        match found {
            Some(service) => Target::Service(service),
            None if is_inside => Target::Unread,
            None if mention.is_sure && parts.len() > 1 && !name.ends_with(".local") => Target::Outside,
            None => Target::Nothing,
        }
    }

    /// Traffic to what is behind a Service.
    fn service(
        &mut self,
        endpoint: usize,
        service: &Service<'_>,
        mention: &Mention,
        why: Why,
        at: (usize, Path),
        is_meant: impl Fn(&str) -> bool,
    ) {
        let own = self.world.snapshot().identity(service.object.reference());
        let name = format_smolstr!("{}/{}", own.namespace, own.name);
        let is_own = self.is_meant(endpoint, &is_meant);
        if service.spec.type_ == "ExternalName" {
            if is_own {
                self.lack(endpoint, Lack::ExternalName(name), at);
            }
            return;
        }
        let port = mention.port;
        let is_meant_door = |own: Option<i64>| port.is_none_or(|port| own == Some(i64::from(port)));
        let mut to: Vec<(Place, Protocol, u16)> = Vec::new();
        for door in &service.ports {
            let is_door = is_meant_door(door.spec.port);
            // Pods that are asked for by their own addresses are asked at their own ports.
            let own_port = port.filter(|_| service.is_headless());
            for behind in &door.behind {
                if is_door || own_port == Some(behind.port) {
                    to.push((Place::Pods(self.first(behind.endpoint)), door.protocol, behind.port));
                }
            }
            for elsewhere in &door.elsewhere {
                if is_door || own_port == Some(elsewhere.port) {
                    to.push((Place::Network(elsewhere.address.into()), door.protocol, elsewhere.port));
                }
            }
        }
        to.sort_unstable();
        to.dedup();
        let has_pods = service.ports.iter().any(|door| !door.behind.is_empty() || !door.elsewhere.is_empty());
        if to.is_empty() && is_own {
            match port.filter(|_| has_pods) {
                Some(port) => self.lack(endpoint, Lack::NoPort(name, port), at),
                None => self.lack(endpoint, Lack::NoPods(name), at),
            }
            return;
        }
        for (to, protocol, port) in to {
            if is_own || matches!(to, Place::Pods(to) if self.is_meant(to, &is_meant)) {
                self.want(Place::Pods(endpoint), to, Some((protocol, port)), why.clone(), at.clone());
            }
        }
    }
}
