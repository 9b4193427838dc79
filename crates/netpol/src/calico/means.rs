//! Whether what policies of Calico ask for is so of somebody.

use ipnet::IpNet;
use smol_str::SmolStr;

use super::policy::{ACCOUNT, Entity, NAMESPACE, OF_ACCOUNT, OF_NAMESPACE, Port, Rule, Whom};
use super::selector::{Label, negated};
use super::{Policy, Set};
use crate::connection::{Asked, End};
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::enforcer::Open;
use crate::matching::{self, Family, Match};
use crate::policy::Direction;
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// The label of an endpoint that says what runs it.
const ORCHESTRATOR: &str = "projectcalico.org/orchestrator";
/// The label of a namespace, and of a service account, with its name (`NameLabel` of libcalico-go/lib/backend/k8s/conversion).
const NAME: &str = "projectcalico.org/name";

/// What a rule of it means.
pub(super) struct Meaning {
    pub found: Match,
    pub ports: Ports,
}

impl World<'_> {
    /// Whether a policy is about these pods.
    pub(crate) fn calico_is_about(&self, policy: &Policy, number: usize, endpoint: &Endpoint<'_>) -> Match {
        let Some(space) = self.space(endpoint.namespace) else { return Match::No };
        let is_elsewhere = policy.namespace.as_ref().is_some_and(|namespace| *namespace != space.name);
        // Without host endpoints a node's network is nobody's.
        if endpoint.host_network || is_elsewhere || self.enforcer().reads_calico == Open::No {
            return Match::No;
        }
        let found = policy.endpoints.judge(&|key| self.calico_label(key, number, endpoint, space));
        let found =
            if policy.is_refused { found.and(Match::Maybe(Doubt::Refused(policy.object))) } else { found };
        found.given(self.enforcer().reads_calico, Doubt::OnlyCalico(policy.object))
    }

    /// A label of the endpoint that Calico makes of a pod (`podToWorkloadEndpoint` of
    /// libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go), or of one of its profiles.
    fn calico_label<'w>(
        &'w self,
        key: &str,
        number: usize,
        endpoint: &'w Endpoint<'_>,
        space: &'w Namespace,
    ) -> Label<'w> {
        match key {
            NAMESPACE => return Label::Is(&space.name),
            ORCHESTRATOR => return Label::Is("k8s"),
            // Longer names are no labels.
            ACCOUNT if endpoint.account().len() < 63 => return Label::Is(endpoint.account()),
            _ => {}
        }
        if endpoint.gets_later(key) {
            return Label::Later(Doubt::LaterLabel(number));
        }
        if let Some(value) = endpoint.labels().get(key) {
            return Label::Is(value);
        }
        match (key.strip_prefix(OF_NAMESPACE), key.strip_prefix(OF_ACCOUNT)) {
            (Some(key), _) => of_space(key, endpoint.namespace, space),
            (None, Some(NAME)) => Label::Is(endpoint.account()),
            (None, Some(key)) => {
                let own = (space.name.clone(), SmolStr::new(endpoint.account()));
                match self.calico().accounts.get(&own) {
                    Some(labels) => labels.get(key).map_or(Label::Absent, Label::Is),
                    None => Label::Unknown(Doubt::AccountLabels(number)),
                }
            }
            (None, None) => Label::Absent,
        }
    }

    /// Whether a set is meant.
    fn calico_means_set(&self, whom: &Whom, set: &Set) -> Match {
        let space = set.namespace.and_then(|number| Some((number, self.space(number)?)));
        let found = whom.labels.judge(&|key| match (key, space, key.strip_prefix(OF_NAMESPACE)) {
            (NAMESPACE, Some((_, space)), _) => Label::Is(space.name.as_str()),
            _ if set.labels.get(key).is_some() => set.labels.get(key).map_or(Label::Absent, Label::Is),
            (_, Some((number, space)), Some(key)) => of_space(key, number, space),
            _ => Label::Absent,
        });
        if set.is_refused { found.and(Match::Maybe(Doubt::Refused(set.object))) } else { found }
    }

    /// The sets that somebody may mean, by their numbers.
    pub(crate) fn calico_sets(&self, whom: &Whom) -> Vec<usize> {
        let sets = self.calico().sets.iter().enumerate();
        sets.filter(|(_, set)| self.calico_means_set(whom, set) != Match::No)
            .map(|(number, _)| number)
            .collect()
    }

    /// Whether endpoints, or addresses of sets, mean whoever is at an end.
    fn calico_means_whom(&self, whom: &Whom, end: End, family: Family) -> Match {
        let mut found = Match::No;
        if let End::Pods(number) = end
            && let Some(endpoint) = self.endpoint(number).filter(|endpoint| !endpoint.host_network)
            && let Some(space) = self.space(endpoint.namespace)
        {
            found = whom.labels.judge(&|key| self.calico_label(key, number, endpoint, space));
        }
        for set in whom.sets.iter().filter_map(|number| self.calico().sets.get(*number)) {
            if found == Match::Yes {
                break;
            }
            let mut there = self.calico_in(&set.nets, end, family);
            if set.has_domains {
                there = there.or(matching::names(end, self));
            }
            if set.is_refused {
                there = Match::Yes;
            }
            found = found.or(there.and(self.calico_means_set(whom, set)));
        }
        found
    }

    fn calico_in(&self, nets: &[IpNet], end: End, family: Family) -> Match {
        let is_in = |net| matching::block(net, &[], end, family, self, self.enforcer());
        nets.iter()
            .fold(Match::No, |found, net| if found == Match::Yes { found } else { found.or(is_in(net)) })
    }

    /// Whether an end is what a rule asks of it, but for ports.
    pub(crate) fn calico_means_end(&self, entity: &Entity, end: End, family: Family) -> Match {
        let is_of_family = |net: &IpNet| family.is_of(net);
        // `FilterRuleToIPVersion` of felix/rules/policy.go: of networks of the other version alone nothing is left of the rule.
        if [&entity.nets, &entity.not_nets]
            .iter()
            .any(|nets| !nets.is_empty() && !nets.iter().any(is_of_family))
        {
            return Match::No;
        }
        let mut found = Match::Yes;
        if !entity.nets.is_empty() {
            found = found.and(self.calico_in(&entity.nets, end, family));
        }
        if !entity.not_nets.is_empty() {
            found = found.and(negated(self.calico_in(&entity.not_nets, end, family)));
        }
        if let Some(whom) = &entity.whom {
            found = found.and(self.calico_means_whom(whom, end, family));
        }
        if let Some(whom) = &entity.not_whom {
            found = found.and(negated(self.calico_means_whom(whom, end, family)));
        }
        if entity.has_domains {
            found = found.and(matching::names(end, self));
        }
        if entity.has_services {
            found = found.and(Match::Maybe(Doubt::BehindService));
        }
        found
    }

    /// What a rule means of what is asked.
    pub(super) fn calico_meaning(&self, rule: &Rule, asked: Asked<'_>) -> Meaning {
        let Asked { direction, own, other, family, .. } = asked;
        let (from, to) = match direction {
            Direction::Ingress => (other, own),
            Direction::Egress => (own, other),
        };
        if rule.family.is_some_and(|only| only != family) {
            return Meaning { found: Match::No, ports: Ports::default() };
        }
        let mut found = self.calico_means_end(&rule.source, from, family);
        found = found.and(self.calico_means_end(&rule.destination, to, family));
        // From which port traffic comes is up to who sends it.
        if !rule.source.ports.is_empty() || !rule.source.not_ports.is_empty() {
            found = found.and(Match::Maybe(Doubt::SourcePorts));
        }
        let mut ports = Ports::default();
        let there = self.pods_of(to).filter(|endpoint| !endpoint.host_network);
        for protocol in &rule.protocols {
            let of = |ports: &[Port]| numbers(ports, *protocol, there);
            let entity = &rule.destination;
            let mut own = match entity.ports.is_empty() {
                true => Ports::some(*protocol, &crate::ports::EVERY_PORT, Verdict::Allow),
                false => of(&entity.ports),
            };
            if !entity.not_ports.is_empty() {
                own = own.and(&of(&entity.not_ports).map(Verdict::negated));
            }
            ports = ports.or(&own);
        }
        Meaning { found, ports }
    }
}

/// A label that an endpoint has from its namespace.
fn of_space<'w>(key: &str, number: usize, space: &'w Namespace) -> Label<'w> {
    match space.labels.get(key) {
        _ if key == NAME => Label::Is(&space.name),
        Some(value) if space.is_known || key == Namespace::NAME => Label::Is(value),
        _ if space.is_known => Label::Absent,
        _ => Label::Unknown(Doubt::NamespaceLabels(number)),
    }
}

/// Ports by number, and by the name that pods give them.
fn numbers(ports: &[Port], protocol: Protocol, there: Option<&Endpoint<'_>>) -> Ports {
    let numbers = ports.iter().filter_map(|port| match port {
        Port::Numbers(numbers) => Some(numbers.clone()),
        Port::Named(name) => there?.port(name, protocol).map(|number| number..=number),
    });
    numbers
        .fold(Ports::default(), |found, numbers| found.or(&Ports::some(protocol, &numbers, Verdict::Allow)))
}
