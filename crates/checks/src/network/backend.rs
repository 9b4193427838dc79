//! What Ingresses and routes name as their backends, and whether it is there.

use seawall_inventory::kinds::{ServicePort, ServiceSpec};
use seawall_inventory::{Object, View};

use super::behind::is_alike;

/// A port of a Service, as a backend names it.
#[derive(Clone, Copy)]
pub(super) enum NamedPort<'p> {
    /// By the name that the Service gives it.
    Name(&'p str),
    /// By number.
    Number(i64),
}

/// Where a backend leads to.
pub(super) enum Leads {
    /// To a port of a Service.
    On,
    /// To a Service that does not exist; one that is spelled almost alike.
    Missing(Option<String>),
    /// To a port that the Service does not have; what it has instead, in words.
    NoPort {
        /// `it has 80 (http)`.
        has: String,
        /// Whether the pods behind it have it, as its `targetPort`.
        is_target: bool,
    },
    /// It is not known.
    Unknown(&'static str),
}

impl Leads {
    /// Where `port` of the Service `name` leads to, of the namespace of `object`.
    pub(super) fn of(object: &Object, name: &str, port: Option<NamedPort<'_>>, snapshot: View<'_>) -> Self {
        let services = snapshot.named(object, "", "Service", name);
        Self::through(services, port).unwrap_or_else(|| {
            if !snapshot.has_all_beside(object, "", "Service") {
                return Self::Unknown(NOT_READ);
            }
            let others = snapshot.beside(object, "", "Service").take(LOOKED_AT);
            let near = others.map(|other| &other.metadata.name).find(|other| is_alike(other, name));
            Self::Missing(near.map(ToString::to_string))
        })
    }

    /// The same, of a Service of the namespace that is written so.
    pub(super) fn of_other(
        namespace: &str,
        name: &str,
        port: Option<NamedPort<'_>>,
        snapshot: View<'_>,
    ) -> Self {
        let services = snapshot.find("", "Service", namespace, name);
        Self::through(services, port).unwrap_or_else(|| {
            if snapshot.has_all_in(namespace, "", "Service") {
                Self::Missing(None)
            } else {
                Self::Unknown(NOT_READ)
            }
        })
    }

    /// Through one of the definitions of a Service; `None` when there is none.
    fn through<'s>(services: impl Iterator<Item = &'s Object>, port: Option<NamedPort<'_>>) -> Option<Self> {
        let mut worst = None;
        for object in services {
            let Some(service) = object.body.service() else { continue };
            let leads = match port {
                _ if object.malformed => {
                    Self::Unknown("a field of the Service has a type that Kubernetes refuses")
                }
                // What is outside listens on whatever it listens on.
                _ if service.type_ == "ExternalName" => Self::On,
                None => Self::On,
                Some(port) if service.ports.iter().any(|own| port.is(own)) => Self::On,
                Some(port) => Self::NoPort { has: ports_of(service), is_target: port.is_target(service) },
            };
            // What one overlay lacks another may have.
            if matches!(leads, Self::On) {
                return Some(leads);
            }
            worst = Some(leads);
        }
        worst
    }
}

const NOT_READ: &str = "a Service that it leads to is not among the objects read, and may be in the cluster";

/// Services that are looked at for one that is meant.
const LOOKED_AT: usize = 1000;

impl NamedPort<'_> {
    fn is(self, port: &ServicePort) -> bool {
        match self {
            Self::Name(name) => port.name == name,
            Self::Number(number) => port.port == Some(number),
        }
    }

    fn is_target(self, service: &ServiceSpec) -> bool {
        use seawall_inventory::decode::IntOrString::{Int, Str};
        service.ports.iter().any(|port| match (self, &port.target_port) {
            (Self::Name(name), Some(Str(target))) => target == name,
            (Self::Number(number), Some(Int(target))) => *target == number,
            _ => false,
        })
    }
}

/// The ports that a Service has, in words.
fn ports_of(service: &ServiceSpec) -> String {
    let ports: Vec<String> = service
        .ports
        .iter()
        .filter_map(|port| {
            let number = port.port?;
            Some(if port.name.is_empty() {
                number.to_string()
            } else {
                format!("{number} (`{}`)", port.name)
            })
        })
        .collect();
    if ports.is_empty() { "it has none".to_owned() } else { format!("it has {}", ports.join(", ")) }
}
