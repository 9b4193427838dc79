//! Services: to which pods, and ports of them, they send traffic.

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{ServicePort, ServiceSpec};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_inventory::{Object, Snapshot};

use crate::matching::{self, Match};
use crate::ports::Protocol;
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
}

impl Service<'_> {
    /// Whether it selects pods: without a selector somebody else says what is behind it, or a name of DNS.
    pub fn selects(&self) -> bool {
        self.spec.type_ != "ExternalName" && self.spec.selector.iter().next().is_some()
    }

    /// Whether its pods are asked for by their own addresses.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == "None"
    }
}

impl<'s> World<'s> {
    /// The Services of the Snapshot, in its order.
    pub fn services(&self) -> Vec<Service<'s>> {
        let snapshot: &'s Snapshot = self.snapshot();
        let mut beside: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, endpoint) in self.endpoints().iter().enumerate() {
            beside.entry(endpoint.namespace).or_default().push(number);
        }
        let found = self.objects().filter_map(|(number, object)| {
            let spec = object.body.service()?;
            let namespace = self.number_of(&snapshot.identity(object.reference()).namespace);
            let beside =
                namespace.and_then(|number| beside.get(&number)).map(Vec::as_slice).unwrap_or_default();
            Some(Service { number, object, spec, ports: self.doors(spec, beside) })
        });
        found.collect()
    }

    fn doors(&self, spec: &'s ServiceSpec, beside: &[usize]) -> Vec<Door<'s>> {
        let is_empty = spec.selector.iter().next().is_none();
        let selector = LabelSelector { match_labels: spec.selector.clone(), ..LabelSelector::default() };
        let selector = match Selector::of(Some(&selector)) {
            Ok(selector) if !is_empty && spec.type_ != "ExternalName" => selector,
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
                Some(Behind { endpoint: *endpoint, port, verdict: *verdict })
            });
            Some(Door { spec: port, protocol, behind: behind.collect() })
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
