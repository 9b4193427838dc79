//! Services: to which pods, and ports of them, they send traffic.

use core::net::IpAddr;

use foldhash::{HashMap, HashMapExt, HashSet};
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{ServicePort, ServiceSpec};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_inventory::{Object, Snapshot};
use smol_str::SmolStr;

use crate::connection::End;
use crate::matching::{self, Family, Match};
use crate::ports::Protocol;
use crate::slices::{Led, Slices};
use crate::verdict::Verdict;
use crate::world::World;

/// A Service, with what is behind it.
#[derive(Clone, Debug)]
pub struct Service<'s> {
    /// Number of the object in the Snapshot.
    pub number: usize,
    /// The object.
    pub object: &'s Object,
    /// What it says.
    pub spec: &'s ServiceSpec,
    /// Its ports, in their order.
    pub ports: Vec<Door<'s>>,
}

/// A port of a Service.
#[derive(Clone, Debug)]
pub struct Door<'s> {
    /// What it says.
    pub spec: &'s ServicePort,
    /// Protocol.
    pub protocol: Protocol,
    /// The pods behind it.
    pub behind: Vec<Behind>,
    /// What is behind it and no pods that were read: addresses of whatever is outside, and of nodes.
    pub elsewhere: Vec<Elsewhere>,
}

/// Pods behind a port of a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The number of their endpoint.
    pub endpoint: usize,
    /// Their port.
    pub port: u16,
    /// Whether they are there: [`Verdict::Unknown`] when the Service asks for labels that pods get later.
    pub verdict: Verdict,
    /// The version of the protocol by which alone they are reached; both where nothing says it.
    pub family: Option<Family>,
}

/// An address behind a port of a Service that is not that of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The address.
    pub address: IpAddr,
    /// The node that has it, or the address itself.
    pub end: End,
    /// Port.
    pub port: u16,
}

impl Behind {
    /// Whether they are reached by a version of the protocol.
    pub fn is_of(&self, family: Family) -> bool {
        self.family.is_none_or(|own| own == family)
    }
}

impl Service<'_> {
    /// Whether it selects pods: without a selector EndpointSlices say what is behind it, or a name of DNS.
    pub fn selects(&self) -> bool {
        selects(self.spec)
    }

    /// Whether its pods are asked for by their own addresses.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == "None"
    }

    /// Adds what slices say is behind it.
    fn add(&mut self, slices: &Slices<'_, '_>, own: &(SmolStr, SmolStr)) {
        if self.spec.type_ == "ExternalName" {
            return;
        }
        let (selects, is_headless) = (self.selects(), self.is_headless());
        for door in &mut self.ports {
            let there = door.behind.iter().filter(|behind| behind.verdict == Verdict::Allow);
            let selected: HashSet<(usize, u16)> =
                there.map(|behind| (behind.endpoint, behind.port)).collect();
            for Led { end, address, port } in
                slices.behind(own, selects, is_headless, door.spec, door.protocol)
            {
                match end {
                    End::Pods(endpoint) if selected.contains(&(endpoint, port)) => {}
                    End::Pods(endpoint) => {
                        let (verdict, family) = (Verdict::Allow, Some(Family::of(&address)));
                        door.behind.push(Behind { endpoint, port, verdict, family });
                    }
                    end => door.elsewhere.push(Elsewhere { address, end, port }),
                }
            }
        }
    }
}

fn selects(spec: &ServiceSpec) -> bool {
    spec.type_ != "ExternalName" && spec.selector.iter().next().is_some()
}

impl<'s> World<'s> {
    /// The Services of the Snapshot, in its order.
    pub fn services(&self) -> Vec<Service<'s>> {
        let snapshot: &'s Snapshot = self.snapshot();
        let mut beside: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, endpoint) in self.endpoints().iter().enumerate() {
            beside.entry(endpoint.namespace).or_default().push(number);
        }
        let slices = Slices::of(self);
        let found = self.objects().filter_map(|(number, object)| {
            let spec = object.body.service()?;
            let own = snapshot.identity(object.reference());
            let namespace = self.number_of(&own.namespace);
            let beside =
                namespace.and_then(|number| beside.get(&number)).map(Vec::as_slice).unwrap_or_default();
            let mut service = Service { number, object, spec, ports: self.doors(spec, beside) };
            service.add(&slices, &(own.namespace, own.name));
            Some(service)
        });
        found.collect()
    }

    fn doors(&self, spec: &'s ServiceSpec, beside: &[usize]) -> Vec<Door<'s>> {
        let selector = LabelSelector { match_labels: spec.selector.clone(), ..LabelSelector::default() };
        let selector = match Selector::of(Some(&selector)) {
            Ok(selector) if selects(spec) => selector,
            _ => Selector::NOTHING,
        };
        let selected = beside.iter().filter_map(|number| {
            let endpoint = self.endpoint(*number)?;
            let found = matching::pods(&selector, *number, endpoint);
            (found != Match::No).then(|| (*number, found.verdict()))
        });
        let selected: Vec<(usize, Verdict)> = selected.collect();
        let doors = spec.ports.iter().filter_map(|port| {
            let protocol = Protocol::named(&port.protocol)?;
            let behind = selected.iter().filter_map(|(endpoint, verdict)| {
                let port = self.target(port, protocol, *endpoint)?;
                Some(Behind { endpoint: *endpoint, port, verdict: *verdict, family: None })
            });
            Some(Door { spec: port, protocol, behind: behind.collect(), elsewhere: Vec::new() })
        });
        doors.collect()
    }

    /// The port of pods (`FindPort` of k8s.io/kubernetes pkg/api/v1/pod/util.go v1.36.3).
    fn target(&self, port: &ServicePort, protocol: Protocol, endpoint: usize) -> Option<u16> {
        let number = |number: i64| u16::try_from(number).ok().filter(|number| *number > 0);
        match &port.target_port {
            None | Some(IntOrString::Int(0)) => number(port.port?),
            Some(IntOrString::Int(target)) => number(*target),
            Some(IntOrString::Str(name)) if name.is_empty() => number(port.port?),
            Some(IntOrString::Str(name)) => self.endpoint(endpoint)?.port(name, protocol),
        }
    }
}
