//! What policies of Calico ask for, for those who ask whom these can tell apart.

use ipnet::IpNet;
use smol_str::SmolStr;

use super::Policy;
use super::policy::{Entity, Port, Rule};
use crate::connection::{End, RuleId};
use crate::endpoint::Endpoint;
use crate::enforcer::Open;
use crate::matching::{Family, Match};
use crate::policy::Direction;
use crate::ports::Protocol;
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

impl Entity {
    /// Whether it means everybody, whatever the port.
    fn is_everybody(&self) -> bool {
        let Self { nets, not_nets, whom, not_whom, has_domains, has_services, ports: _, not_ports: _ } = self;
        let has_nets = !nets.is_empty() || !not_nets.is_empty();
        !has_nets && whom.is_none() && not_whom.is_none() && !has_domains && !has_services
    }
}

impl Rule {
    /// Who is at the other end than the pods that its policy is about.
    fn other(&self, direction: Direction) -> &Entity {
        match direction {
            Direction::Ingress => &self.source,
            Direction::Egress => &self.destination,
        }
    }

    /// Who the pods are, besides.
    fn own(&self, direction: Direction) -> &Entity {
        match direction {
            Direction::Ingress => &self.destination,
            Direction::Egress => &self.source,
        }
    }

    /// Names of ports.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&SmolStr, Protocol)> {
        let ports = self.destination.ports.iter().chain(&self.destination.not_ports);
        let names = ports.filter_map(|port| match port {
            Port::Named(name) => Some(name),
            Port::Numbers(_) => None,
        });
        names.flat_map(|name| self.protocols.iter().map(move |protocol| (name, *protocol)))
    }
}

impl World<'_> {
    /// The policies that may be about pods of a namespace, in the order in which they are asked.
    pub(crate) fn calico_of(&self, space: &Namespace, direction: Direction) -> Vec<&Policy> {
        let is_of = |policy: &&Policy| {
            policy.rules(direction).is_some()
                && policy.namespace.as_ref().is_none_or(|namespace| *namespace == space.name)
        };
        let is_read = self.enforcer().reads_calico != Open::No;
        self.calico().policies().filter(|policy| is_read && is_of(policy)).collect()
    }

    /// All of them, unless whoever enforces policies reads none.
    pub(crate) fn calico_policies(&self) -> impl Iterator<Item = &Policy> {
        let is_read = self.enforcer().reads_calico != Open::No;
        self.calico().policies().filter(move |_| is_read)
    }

    /// Addresses that a rule asks for at both ends.
    pub(crate) fn calico_blocks<'w>(&'w self, rule: &'w Rule) -> impl Iterator<Item = &'w IpNet> {
        [&rule.source, &rule.destination].into_iter().flat_map(|entity| {
            let sets = entity.whom.iter().chain(&entity.not_whom).flat_map(|whom| &whom.sets);
            let sets = sets.filter_map(|number| self.calico().sets.get(*number));
            entity.nets.iter().chain(&entity.not_nets).chain(sets.flat_map(|set| &set.nets))
        })
    }

    /// What policies know of pods that they are about: equal for those whom they do not tell apart.
    pub(crate) fn calico_knows(
        &self,
        policies: &[&Policy],
        direction: Direction,
        family: Family,
        (number, endpoint): (usize, &Endpoint<'_>),
    ) -> Vec<(usize, Verdict)> {
        let mut known = Vec::new();
        let mut at = 0;
        let mut tell = |found: Match| {
            at += 1;
            if found != Match::No {
                known.push((at, found.verdict()));
            }
        };
        for policy in policies {
            let about = self.calico_is_about(policy, number, endpoint);
            tell(about);
            for rule in policy.rules(direction).unwrap_or_default() {
                let entity = rule.own(direction);
                let is_asked = about != Match::No && !entity.is_everybody();
                tell(if is_asked {
                    self.calico_means_end(entity, End::Pods(number), family)
                } else {
                    Match::No
                });
            }
        }
        known
    }

    /// The rules of policies that tell others apart.
    pub(crate) fn calico_telling<'w>(
        &self,
        policies: &[&'w Policy],
        direction: Direction,
    ) -> Vec<(RuleId, &'w Rule)> {
        let all = policies.iter().flat_map(|policy| {
            let rules = policy.rules(direction).unwrap_or_default().iter().enumerate();
            rules.map(|(number, rule)| ((policy.object, direction, number), rule))
        });
        all.filter(|(_, rule)| !rule.other(direction).is_everybody()).collect()
    }

    /// Whether a rule means who is at the other end.
    pub(crate) fn calico_means_other(
        &self,
        rule: &Rule,
        direction: Direction,
        end: End,
        family: Family,
    ) -> Verdict {
        self.calico_means_end(rule.other(direction), end, family).verdict()
    }
}
