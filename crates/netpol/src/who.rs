//! Who the ends of flows are, by names, labels and addresses.

use core::net::IpAddr;

use foldhash::{HashMap, HashMapExt};
use smol_str::{SmolStr, format_smolstr};

use crate::flows::{Flow, FlowEnd};
use crate::harden;
use crate::matching::Family;
use crate::ports::Protocol;
use crate::world::World;

/// Who the ends of flows are.
#[derive(Debug)]
pub(crate) struct Who<'w, 's> {
    world: &'w World<'s>,
    /// Pods by address, of those that run on a network of their own.
    addresses: HashMap<IpAddr, usize>,
    /// Pods by the name of their object or workload, and their namespace.
    names: HashMap<(SmolStr, SmolStr), usize>,
    /// Pods by a label of their workload, and their namespace.
    labels: HashMap<(SmolStr, SmolStr, SmolStr), Vec<usize>>,
    /// By address of a Service and its port who is behind it, with the port there.
    services: HashMap<(IpAddr, Protocol, u16), Vec<(Somebody, u16)>>,
    /// By endpoint the one that stands for it.
    alike: Vec<usize>,
}

/// Who is at the end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Somebody {
    /// Pods, by the number of their endpoint.
    Pods(usize),
    /// An address that is none of the pods'.
    Address(IpAddr),
    /// A node, of which nothing says which.
    Node,
}

/// Pods that a flow tells of and that are not among what was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stranger(pub SmolStr);

impl<'w, 's> Who<'w, 's> {
    /// All that were read.
    pub fn new(world: &'w World<'s>) -> Self {
        let mut who = Self {
            world,
            addresses: HashMap::new(),
            names: HashMap::new(),
            labels: HashMap::new(),
            services: HashMap::new(),
            alike: harden::alike(world),
        };
        for (number, own) in world.endpoints().iter().enumerate() {
            let namespace = SmolStr::new(world.namespace(own.namespace).unwrap_or_default());
            let object = world.snapshot().objects.get(own.object);
            let names = object.map(|object| object.metadata.name.clone()).into_iter();
            for name in names.chain([own.workload.name.clone()]) {
                who.names.entry((namespace.clone(), name)).or_insert(number);
            }
            let is_first = who.first(number) == number;
            for (key, value) in own.workload_labels(world.snapshot()).into_iter().filter(|_| is_first) {
                who.labels.entry((namespace.clone(), key.into(), value.into())).or_default().push(number);
            }
            if !own.host_network {
                who.addresses.extend(own.addresses.iter().map(|address| (*address, number)));
            }
        }
        for service in world.services() {
            let Ok(address) = service.spec.cluster_ip.parse::<IpAddr>() else { continue };
            for door in &service.ports {
                let Some(port) = door.spec.port.and_then(|port| u16::try_from(port).ok()) else { continue };
                let family = Family::of(&address);
                let pods = door.behind.iter().filter(|behind| behind.is_of(family));
                let pods = pods.map(|behind| (Somebody::Pods(behind.endpoint), behind.port));
                let others = door.elsewhere.iter().filter(|other| Family::of(&other.address) == family);
                let others = others.map(|other| (Somebody::Address(other.address), other.port));
                who.services.insert((address, door.protocol, port), pods.chain(others).collect());
            }
        }
        who
    }

    /// What a flow comes from, and what it goes to, with the port there: through a Service all pods behind it.
    ///
    /// # Errors
    /// One of its ends is pods that are not among what was read.
    pub fn ends(&self, flow: &Flow) -> Result<(Somebody, Vec<(Somebody, u16)>), Stranger> {
        let from = self.end(&flow.from)?;
        let behind =
            flow.to.address.and_then(|address| self.services.get(&(address, flow.protocol, flow.port)));
        let to = match behind {
            Some(behind) => behind.clone(),
            None => vec![(self.end(&flow.to)?, flow.port)],
        };
        Ok((from, to))
    }

    /// The pods that stand for these and all that are like them.
    pub fn first(&self, endpoint: usize) -> usize {
        self.alike.get(endpoint).copied().unwrap_or(endpoint)
    }

    /// Who an end is: pods by their name first, as addresses are given again.
    fn end(&self, end: &FlowEnd) -> Result<Somebody, Stranger> {
        let by_name = || {
            let named = |name: &str| self.names.get(&(end.namespace.clone(), SmolStr::new(name))).copied();
            let pod = end.pod.trim_end_matches('*').trim_end_matches('-');
            // web-7c9d8f-x2x4z is of web, db-0 of db.
            let once = pod.rsplit_once('-').map(|(above, _)| above);
            let twice = once.and_then(|above| above.rsplit_once('-')).map(|(above, _)| above);
            let words = [Some(pod), Some(end.workload.as_str()), once, twice];
            words.into_iter().flatten().filter(|word| !word.is_empty()).find_map(named)
        };
        let is_pod = !end.namespace.is_empty();
        let by_address = || end.address.and_then(|address| self.addresses.get(&address)).copied();
        let found = is_pod.then(|| by_name().or_else(|| self.by_labels(end))).flatten().or_else(by_address);
        match (found, end.address) {
            (Some(number), _) => Ok(Somebody::Pods(number)),
            (None, Some(address)) if !is_pod => Ok(Somebody::Address(address)),
            (None, None) if end.is_node => Ok(Somebody::Node),
            (None, _) => {
                let name = if end.pod.is_empty() { &end.workload } else { &end.pod };
                Err(Stranger(match (is_pod, name.is_empty()) {
                    (true, false) => format_smolstr!("{}/{name}", end.namespace),
                    (true, true) => format_smolstr!("pods of namespace {}", end.namespace),
                    (false, _) => SmolStr::new_static("an end without a name and an address"),
                }))
            }
        }
    }

    /// Pods whose workload's labels are all among those that were seen.
    fn by_labels(&self, end: &FlowEnd) -> Option<usize> {
        let has = |key: &str, value: &str| end.labels.iter().any(|(own, of)| own == key && of == value);
        let at = |(key, value): &(SmolStr, SmolStr)| {
            self.labels.get(&(end.namespace.clone(), key.clone(), value.clone()))
        };
        let is_it = |number: &&usize| {
            let own = self.world.endpoint(**number);
            let labels = own.map(|own| own.workload_labels(self.world.snapshot())).unwrap_or_default();
            labels.iter().all(|(key, value)| has(key, value))
        };
        end.labels.iter().filter_map(at).flatten().find(is_it).copied()
    }
}
