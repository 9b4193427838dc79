//! A policy of Calico, compiled.
//!
//! Sources: of github.com/projectcalico/calico v3.28.5 libcalico-go/lib/backend/syncersv1/updateprocessors (what selectors of policies and
//! rules mean together), libcalico-go/lib/validator/v3 (what is refused), felix/rules/policy.go (versions of the Internet Protocol),
//! felix/calc/policy_sorter.go (the order of policies, and directions where none is said).

use core::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use seawall_inventory::Object;
use seawall_inventory::decode::{IntOrString, Scalar};
use seawall_inventory::kinds::{CalicoEntity, CalicoPolicySpec, CalicoRule};
use smol_str::{SmolStr, format_smolstr};

use super::selector::{Expression, Test};
use crate::matching::Family;
use crate::policy::Direction;
use crate::ports::Protocol;

/// The label of an endpoint that says its namespace.
pub(super) const NAMESPACE: &str = "projectcalico.org/namespace";
/// The label of an endpoint that says its service account.
pub(super) const ACCOUNT: &str = "projectcalico.org/serviceaccount";
/// Before the keys of labels of namespaces.
pub(super) const OF_NAMESPACE: &str = "pcns.";
/// Before the keys of labels of service accounts.
pub(super) const OF_ACCOUNT: &str = "pcsa.";

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Number of the object in the Snapshot.
    pub object: usize,
    /// The name of its tier.
    pub tier: SmolStr,
    /// Smaller ones come first; infinity where none is given.
    pub order: f64,
    /// By which those of one order are sorted.
    pub name: SmolStr,
    /// The one namespace of which it is about pods.
    pub namespace: Option<SmolStr>,
    /// The pods that it is about.
    pub endpoints: Expression,
    /// `None` when it says nothing of that.
    pub ingress: Option<Vec<Rule>>,
    pub egress: Option<Vec<Rule>>,
    /// Whether Calico refuses it, so that nobody knows what was meant.
    pub is_refused: bool,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Allow,
    Deny,
    Pass,
    Log,
}

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub action: Action,
    /// Of those that have ports.
    pub protocols: Vec<Protocol>,
    pub family: Option<Family>,
    pub source: Entity,
    pub destination: Entity,
}

/// Who is at one end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entity {
    pub nets: Vec<IpNet>,
    pub not_nets: Vec<IpNet>,
    pub whom: Option<Whom>,
    pub not_whom: Option<Whom>,
    pub has_domains: bool,
    pub has_services: bool,
    /// All when there are none.
    pub ports: Vec<Port>,
    pub not_ports: Vec<Port>,
}

/// Endpoints and sets of addresses, by their labels.
#[derive(Clone, Debug)]
pub(crate) struct Whom {
    pub labels: Expression,
    /// Networks of sets that may be meant, by the numbers of these.
    pub sets: Vec<usize>,
}

/// Ports of one end.
#[derive(Clone, Debug)]
pub(crate) enum Port {
    Numbers(RangeInclusive<u16>),
    Named(SmolStr),
}

impl Policy {
    pub fn new(object: usize, namespace: Option<&str>, body: &Object, spec: &CalicoPolicySpec) -> Self {
        let tier = if spec.tier.is_empty() { SmolStr::new_static(super::DEFAULT) } else { spec.tier.clone() };
        let own = name(&tier, &body.metadata.name);
        let name = namespace.map_or(own.clone(), |namespace| format_smolstr!("{namespace}/{own}"));
        let namespace = namespace.map(SmolStr::new);
        let compiled = (!body.malformed).then(|| compile(namespace.as_ref(), body, spec)).flatten();
        let is_refused = compiled.is_none();
        let (order, endpoints, ingress, egress) =
            compiled.unwrap_or((f64::INFINITY, Expression::All, Some(Vec::new()), Some(Vec::new())));
        Self { object, tier, order, name, namespace, endpoints, ingress, egress, is_refused }
    }

    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }

    pub fn whom_mut(&mut self) -> impl Iterator<Item = &mut Whom> {
        let rules = self.ingress.iter_mut().chain(&mut self.egress).flatten();
        let ends = rules.flat_map(|rule| [&mut rule.source, &mut rule.destination]);
        ends.flat_map(|entity| entity.whom.iter_mut().chain(&mut entity.not_whom))
    }

    /// The keys of labels that it asks for.
    pub fn keys(&self, tell: &mut impl FnMut(&SmolStr)) {
        self.endpoints.keys(tell);
        let ends = self.all_rules().flat_map(|rule| [&rule.source, &rule.destination]);
        let whom = ends.flat_map(|entity| entity.whom.iter().chain(&entity.not_whom));
        whom.for_each(|whom| whom.labels.keys(tell));
    }

    pub fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        self.ingress.iter().chain(&self.egress).flatten()
    }
}

/// The name under which Calico keeps a policy: with its tier before it.
fn name(tier: &str, name: &str) -> SmolStr {
    let is_told = name.strip_prefix(tier).is_some_and(|left| left.starts_with('.'));
    if is_told { SmolStr::new(name) } else { format_smolstr!("{tier}.{name}") }
}

/// Where it stands in an order: infinity without one.
pub(super) fn order(order: Option<&Scalar>) -> Option<f64> {
    match order {
        None => Some(f64::INFINITY),
        Some(Scalar(text)) => text.parse().ok().filter(|order: &f64| order.is_finite()),
    }
}

type Compiled = (f64, Expression, Option<Vec<Rule>>, Option<Vec<Rule>>);

/// What it means; `None` when Calico refuses it.
fn compile(namespace: Option<&SmolStr>, object: &Object, spec: &CalicoPolicySpec) -> Option<Compiled> {
    let has = |kind: &str| spec.types.iter().any(|own| own == kind);
    if !spec.types.iter().all(|kind| matches!(kind.as_str(), "Ingress" | "Egress")) {
        return None;
    }
    let (is_ingress, is_egress) = match (spec.types.is_empty(), object.group()) {
        (false, _) => (has("Ingress"), has("Egress")),
        // Whoever writes it past Calico's own API gets no defaults, and Felix takes none to be both.
        (true, "crd.projectcalico.org") => (true, true),
        (true, _) => (spec.egress.is_empty() || !spec.ingress.is_empty(), !spec.egress.is_empty()),
    };
    let mut all = vec![Expression::parse(&spec.selector)?];
    match namespace {
        Some(namespace) => all.push(in_namespace(namespace)),
        None if !spec.namespace_selector.is_empty() => all.push(spaces(&spec.namespace_selector)?),
        None => {}
    }
    if !spec.service_account_selector.is_empty() {
        let all_accounts = Expression::Has(SmolStr::new_static(ACCOUNT));
        let accounts = Expression::parse(&spec.service_account_selector)?;
        all.push(accounts.within(OF_ACCOUNT, &all_accounts, &Expression::Global));
    }
    let rules = |rules: &[CalicoRule], direction| -> Option<Vec<Rule>> {
        rules.iter().map(|rule| self::rule(rule, namespace, direction)).collect()
    };
    let ingress = rules(&spec.ingress, Direction::Ingress)?;
    let egress = rules(&spec.egress, Direction::Egress)?;
    // These hold for host endpoints alone.
    let is_for_hosts = spec.pre_dnat == Some(true) || spec.do_not_track == Some(true);
    if is_for_hosts {
        let is_right = namespace.is_none()
            && spec.apply_on_forward == Some(true)
            && !(spec.pre_dnat == Some(true) && (spec.do_not_track == Some(true) || !egress.is_empty()));
        return is_right.then_some((0.0, Expression::Not(Box::new(Expression::All)), None, None));
    }
    let order = order(spec.order.as_ref())?;
    Some((order, Expression::And(all), is_ingress.then_some(ingress), is_egress.then_some(egress)))
}

fn in_namespace(namespace: &SmolStr) -> Expression {
    Expression::Is(SmolStr::new_static(NAMESPACE), Test::Equal(namespace.clone()))
}

/// `all()` means all namespaces, `global()` what is in none.
fn spaces(selector: &str) -> Option<Expression> {
    let all = Expression::Has(SmolStr::new_static(NAMESPACE));
    let global = Expression::Not(Box::new(all.clone()));
    Some(Expression::parse(selector)?.within(OF_NAMESPACE, &all, &global))
}

fn rule(rule: &CalicoRule, namespace: Option<&SmolStr>, direction: Direction) -> Option<Rule> {
    let action = match rule.action.as_str() {
        "Allow" => Action::Allow,
        "Deny" => Action::Deny,
        "Pass" => Action::Pass,
        "Log" => Action::Log,
        _ => return None,
    };
    let family = match rule.ip_version {
        None => None,
        Some(4) => Some(Family::V4),
        Some(6) => Some(Family::V6),
        Some(_) => return None,
    };
    let is = rule.protocol.as_ref().map(protocol);
    let is_not = rule.not_protocol.as_ref().map(protocol);
    let meant = |own: &Protocol| {
        is.as_ref().is_none_or(|is| *is == Some(Known::Ports(*own)))
            && is_not.as_ref().is_none_or(|is_not| *is_not != Some(Known::Ports(*own)))
    };
    let has_ports = [&rule.source, &rule.destination]
        .iter()
        .any(|entity| !entity.ports.is_empty() || !entity.not_ports.is_empty());
    let is_refused = is == Some(None)
        || is_not == Some(None)
        || (has_ports && !matches!(is, Some(Some(Known::Ports(_) | Known::OtherPorts))))
        || (rule.icmp.is_some() && is != Some(Some(Known::Icmp)))
        || (rule.http.is_some() && !matches!(is, None | Some(Some(Known::Ports(Protocol::Tcp)))));
    if is_refused {
        return None;
    }
    let protocols = Protocol::ALL.into_iter().filter(meant).collect();
    // What a rule asks of HTTP is looked at behind it: before that it means all of its ports.
    let source = entity(&rule.source, namespace)?;
    let destination = entity(&rule.destination, namespace)?;
    let has_services = match direction {
        Direction::Ingress => destination.has_services,
        Direction::Egress => source.has_services,
    };
    (!has_services).then_some(Rule { action, protocols, family, source, destination })
}

/// What a protocol is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Ports(Protocol),
    OtherPorts,
    Icmp,
    Other,
}

/// `None` for one that Calico does not know.
fn protocol(protocol: &IntOrString) -> Option<Known> {
    let by_number = |number: i64| match number {
        6 => Some(Known::Ports(Protocol::Tcp)),
        17 => Some(Known::Ports(Protocol::Udp)),
        132 => Some(Known::Ports(Protocol::Sctp)),
        1 | 58 => Some(Known::Icmp),
        136 => Some(Known::OtherPorts),
        1..=255 => Some(Known::Other),
        _ => None,
    };
    match protocol {
        IntOrString::Int(number) => by_number(*number),
        IntOrString::Str(name) => match name.to_ascii_lowercase().as_str() {
            "tcp" => by_number(6),
            "udp" => by_number(17),
            "sctp" => by_number(132),
            "icmp" => by_number(1),
            "icmpv6" => by_number(58),
            "udplite" => by_number(136),
            number => number.parse().ok().and_then(by_number),
        },
    }
}

fn entity(entity: &CalicoEntity, namespace: Option<&SmolStr>) -> Option<Entity> {
    let nets = |nets: &[SmolStr]| nets.iter().map(self::net).collect::<Option<Vec<_>>>();
    let ports = |ports: &[IntOrString]| ports.iter().map(port).collect::<Option<Vec<_>>>();
    let mut all = Vec::new();
    if let Some(accounts) = &entity.service_accounts {
        if !accounts.names.is_empty() {
            let names = Test::In(accounts.names.to_vec());
            all.push(Expression::Is(SmolStr::new_static(ACCOUNT), names));
        }
        if !accounts.selector.is_empty() {
            let labels = Expression::parse(&accounts.selector)?;
            all.push(labels.within(OF_ACCOUNT, &Expression::All, &Expression::Global));
        }
    }
    if !entity.selector.is_empty() {
        all.push(Expression::parse(&entity.selector)?);
    }
    let is_within = !all.is_empty() || !entity.not_selector.is_empty();
    let place = match (entity.namespace_selector.as_str(), namespace) {
        ("", namespace) => namespace.filter(|_| is_within).map(in_namespace),
        (selector, _) => Some(spaces(selector)?),
    };
    all.extend(place);
    let whom = |labels| Whom { labels, sets: Vec::new() };
    let is_not = (!entity.not_selector.is_empty()).then(|| Expression::parse(&entity.not_selector));
    Some(Entity {
        nets: nets(&entity.nets)?,
        not_nets: nets(&entity.not_nets)?,
        whom: (!all.is_empty()).then(|| whom(Expression::And(all))),
        not_whom: match is_not {
            Some(labels) => Some(whom(labels?)),
            None => None,
        },
        has_domains: !entity.domains.is_empty(),
        has_services: entity.services.is_some(),
        ports: ports(&entity.ports)?,
        not_ports: ports(&entity.not_ports)?,
    })
}

/// A network, or one address.
pub(super) fn net(text: &SmolStr) -> Option<IpNet> {
    let net: IpNet = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(net.trunc())
}

/// `80`, `"80"`, `1:2`, `web` (numorstring/port.go of github.com/projectcalico/api).
fn port(port: &IntOrString) -> Option<Port> {
    let number = |number: i64| u16::try_from(number).ok().filter(|number| *number > 0);
    let digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    let parsed = |text: &str| text.parse().ok().filter(|number: &u16| *number > 0);
    match port {
        IntOrString::Int(one) => number(*one).map(|one| Port::Numbers(one..=one)),
        IntOrString::Str(text) if text.is_empty() => None,
        IntOrString::Str(text) if digits(text) => parsed(text).map(|one| Port::Numbers(one..=one)),
        IntOrString::Str(text) => match text.split_once(':') {
            Some((first, last)) => {
                let (first, last) = (parsed(first)?, parsed(last)?);
                (first <= last).then_some(Port::Numbers(first..=last))
            }
            None => Some(Port::Named(text.clone())),
        },
    }
}
