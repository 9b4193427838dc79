//! Rules of Istio's AuthorizationPolicies, as far as a connection says whether they are met.
//!
//! Sources: `New` of pilot/pkg/security/authz/model/model.go and generator.go beside it for sidecars; `handleRule` of
//! pilot/pkg/serviceregistry/ambient/authorization.go for ztunnel; what is refused: pkg/config/validation/validation.go.

use core::net::IpAddr;
use std::collections::BTreeSet;

use ipnet::IpNet;
use seawall_inventory::kinds::{
    AuthorizationRule, IstioAuthorizationSpec, RareRuleSource, RuleCondition, RuleOperation, RuleSource,
};
use smol_str::SmolStr;

use super::identity::Identity;
use super::tcp;
use crate::connection::End;
use crate::doubt::Doubt;
use crate::matching::{Family, Match};
use crate::mesh::MeshDoubt;
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// A connection, as a proxy sees it.
#[derive(Debug)]
pub(crate) struct Seen<'w> {
    pub world: &'w World<'w>,
    pub from: End,
    pub to: usize,
    pub family: Family,
    /// Who has encrypted it; `None` where nobody has.
    pub identity: Option<&'w Identity>,
    /// Why the identity may be another one.
    pub doubt: Option<Doubt>,
    /// Whether ztunnel sees it, to which rules about requests are nothing.
    pub is_ztunnel: bool,
}

/// A policy, with what is noted about it.
#[derive(Debug)]
pub(crate) struct Judging<'d> {
    /// The number of its object.
    pub object: usize,
    /// Its namespace.
    pub namespace: &'d str,
    pub is_deny: bool,
    pub doubts: &'d mut BTreeSet<Doubt>,
}

/// Whether istiod takes a policy: other values than it knows make it refuse all of it.
pub(crate) fn is_valid(spec: &IstioAuthorizationSpec) -> bool {
    let ports = |texts: &[SmolStr]| texts.iter().all(|text| port(text).is_some());
    let blocks = |texts: &[SmolStr]| texts.iter().all(|text| block(text).is_some());
    let condition = |when: &RuleCondition| {
        let all = |is: fn(&SmolStr) -> bool| when.values.iter().chain(&when.not_values).all(is);
        (!when.values.is_empty() || !when.not_values.is_empty())
            && match when.key.as_str() {
                "destination.port" => all(|text| port(text).is_some()),
                "destination.ip" | "source.ip" | "remote.ip" => all(|text| block(text).is_some()),
                key => KEYS.contains(&key) || PREFIXES.iter().any(|prefix| key.starts_with(prefix)),
            }
    };
    matches!(spec.action.as_str(), "" | "ALLOW" | "DENY" | "AUDIT" | "CUSTOM")
        && spec.rules.iter().all(|rule| {
            rule.to.iter().all(|to| ports(&to.operation.ports) && ports(&to.operation.not_ports))
                && rule.when.iter().all(condition)
                && rule.from.iter().all(|from| {
                    let source = &from.source;
                    blocks(&source.ip_blocks)
                        && blocks(&source.not_ip_blocks)
                        && blocks(&source.rare().remote_ip_blocks)
                        && blocks(&source.rare().not_remote_ip_blocks)
                })
        })
}

/// What conditions may ask for, besides ports and addresses.
const KEYS: [&str; 9] = [
    "source.namespace",
    "source.principal",
    "source.serviceAccount",
    "source.trustDomain",
    "request.auth.principal",
    "request.auth.audiences",
    "request.auth.presenter",
    "connection.sni",
    "remote.ip",
];

const PREFIXES: [&str; 3] = ["request.headers", "request.auth.claims", "experimental.envoy.filters."];

/// Conditions that ztunnel knows (`l4WhenAttributes`).
const KNOWN_TO_ZTUNNEL: [&str; 5] =
    ["source.ip", "source.namespace", "source.principal", "destination.ip", "destination.port"];

impl Seen<'_> {
    /// The ports for which a rule is met.
    pub fn rule(&self, rule: &AuthorizationRule, judging: &mut Judging<'_>) -> Ports {
        if self.is_ztunnel && !judging.is_deny && asks_for_requests(rule) {
            return Ports::default();
        }
        let mut met = tcp(Verdict::Allow);
        if !rule.from.is_empty() {
            let from = rule.from.iter().map(|from| self.source(&from.source, judging));
            met = met.and_always(noted(from.fold(Match::No, Match::or), judging));
        }
        if !rule.to.is_empty() {
            let to = rule.to.iter().map(|to| self.operation(&to.operation, judging));
            met = met.and(&to.fold(Ports::default(), |found, more| found.or(&more)));
        }
        met = rule.when.iter().fold(met, |met, when| met.and(&self.condition(when, judging)));
        // What is not read as HTTP meets no rule that allows by requests, whatever else it names.
        if !self.is_ztunnel && !judging.is_deny && met.best() != Verdict::Deny && is_of_http(rule) {
            met = met.and_always(noted(self.of_requests(true, judging.object), judging));
        }
        met
    }

    fn source(&self, source: &RuleSource, judging: &Judging<'_>) -> Match {
        let object = judging.object;
        let who = |is: &dyn Fn(&Identity, &str) -> Match, given: &[SmolStr], not: &[SmolStr]| {
            both(given, not, |value| self.who(|own| is(own, value)))
        };
        let mut met =
            who(&|own, value| own.is_principal(value, object), &source.principals, &source.not_principals);
        met = met.and(who(&|own, value| self.is_in(own, value), &source.namespaces, &source.not_namespaces));
        let is_account = |own: &Identity, value: &str| Match::of(own.is_account(value, judging.namespace));
        met = met.and(who(&is_account, &source.service_accounts, &source.not_service_accounts));
        met = met.and(both(&source.ip_blocks, &source.not_ip_blocks, |value| self.is_from(value)));
        let RareRuleSource {
            request_principals,
            not_request_principals,
            remote_ip_blocks,
            not_remote_ip_blocks,
            trust_domains,
            not_trust_domains,
        } = source.rare();
        if !self.is_ztunnel {
            let is_of_domain = |own: &Identity, value: &str| own.is_of_domain(value, object);
            met = met.and(who(&is_of_domain, trust_domains, not_trust_domains));
        }
        let requests = [request_principals, not_request_principals, remote_ip_blocks, not_remote_ip_blocks];
        met.and(self.of_requests(requests.iter().any(|given| !given.is_empty()), object))
    }

    fn operation(&self, operation: &RuleOperation, judging: &mut Judging<'_>) -> Ports {
        let ports = self.ports(&operation.ports, &operation.not_ports);
        let requests = self.of_requests(has_requests(operation), judging.object);
        ports.and_always(noted(requests, judging))
    }

    fn condition(&self, when: &RuleCondition, judging: &mut Judging<'_>) -> Ports {
        let RuleCondition { key, values, not_values } = when;
        let object = judging.object;
        if self.is_ztunnel && !KNOWN_TO_ZTUNNEL.contains(&key.as_str()) {
            return Ports::all(Verdict::Allow);
        }
        let who = |is: &dyn Fn(&Identity, &str) -> Match| {
            both(values, not_values, |value| self.who(|own| is(own, value)))
        };
        let met = match key.as_str() {
            "destination.port" => return self.ports(values, not_values),
            "destination.ip" => both(values, not_values, |value| self.has_address(End::Pods(self.to), value)),
            "source.ip" => both(values, not_values, |value| self.is_from(value)),
            "source.namespace" => who(&|own, value| self.is_in(own, value)),
            "source.principal" => who(&|own, value| own.is_principal(value, object)),
            "source.serviceAccount" => {
                let namespace = judging.namespace;
                who(&|own, value| Match::of(own.is_account(value, namespace)))
            }
            "source.trustDomain" => who(&|own, value| own.is_of_domain(value, object)),
            _ => Match::Maybe(Doubt::Mesh(MeshDoubt::Requests(object))),
        };
        Ports::all(noted(met, judging))
    }

    fn ports(&self, given: &[SmolStr], not: &[SmolStr]) -> Ports {
        let some = |texts: &[SmolStr]| {
            let ports = texts.iter().filter_map(|text| port(text));
            let ports = ports.map(|port| Ports::some(Protocol::Tcp, &(port..=port), Verdict::Allow));
            ports.fold(Ports::default(), |found, more| found.or(&more))
        };
        let met = if given.is_empty() { Ports::all(Verdict::Allow) } else { some(given) };
        met.and(&some(not).map(Verdict::negated))
    }

    /// What requests say is not known; ztunnel does not ask.
    fn of_requests(&self, is_asked: bool, object: usize) -> Match {
        match is_asked && !self.is_ztunnel {
            true => Match::Maybe(Doubt::Mesh(MeshDoubt::Requests(object))),
            false => Match::Yes,
        }
    }

    /// Whether who has encrypted it is meant.
    fn who(&self, is: impl Fn(&Identity) -> Match) -> Match {
        match (self.identity, self.doubt) {
            (_, Some(doubt)) => Match::Maybe(doubt),
            (Some(own), None) => is(own),
            (None, None) => Match::No,
        }
    }

    fn is_in(&self, own: &Identity, value: &str) -> Match {
        Match::of(if self.is_ztunnel { own.is_in_as_ztunnel(value) } else { own.is_in_as_sidecar(value) })
    }

    fn is_from(&self, value: &str) -> Match {
        self.has_address(self.from, value)
    }

    fn has_address(&self, end: End, value: &str) -> Match {
        block(value).map_or(Match::No, |block| in_block(&block, end, self.family, self.world))
    }
}

/// Whether a rule asks for what only requests say, for ztunnel.
fn asks_for_requests(rule: &AuthorizationRule) -> bool {
    let source = |source: &RuleSource| {
        let rare = source.rare();
        let given = [
            &rare.request_principals,
            &rare.not_request_principals,
            &rare.remote_ip_blocks,
            &rare.not_remote_ip_blocks,
        ];
        given.iter().any(|given| !given.is_empty())
    };
    rule.from.iter().any(|from| source(&from.source))
        || rule.to.iter().any(|to| has_requests(&to.operation))
        || rule.when.iter().any(|when| !KNOWN_TO_ZTUNNEL.contains(&when.key.as_str()))
}

/// Whether a rule asks for what only HTTP has (`forTCP` of generator.go).
fn is_of_http(rule: &AuthorizationRule) -> bool {
    let source = |source: &RuleSource| {
        let rare = source.rare();
        !rare.request_principals.is_empty() || !rare.not_request_principals.is_empty()
    };
    rule.from.iter().any(|from| source(&from.source))
        || rule.to.iter().any(|to| has_requests(&to.operation))
        || rule.when.iter().any(|when| when.key.starts_with("request."))
}

fn has_requests(operation: &RuleOperation) -> bool {
    let RuleOperation { hosts, not_hosts, methods, not_methods, paths, not_paths, .. } = operation;
    [hosts, not_hosts, methods, not_methods, paths, not_paths].iter().any(|given| !given.is_empty())
}

/// One of what is given, when something is, and none of the others.
fn both(given: &[SmolStr], not: &[SmolStr], is: impl Fn(&str) -> Match) -> Match {
    let any = |values: &[SmolStr]| values.iter().map(|value| is(value)).fold(Match::No, Match::or);
    let met = if given.is_empty() { Match::Yes } else { any(given) };
    met.and(match any(not) {
        Match::No => Match::Yes,
        Match::Yes => Match::No,
        open => open,
    })
}

/// Notes why it is not known.
fn noted(met: Match, judging: &mut Judging<'_>) -> Verdict {
    judging.doubts.extend(met.doubt());
    met.verdict()
}

/// `convertToPort` of pilot/pkg/security/authz/model/util.go.
fn port(text: &str) -> Option<u16> {
    text.parse().ok()
}

/// An address, or a block of them.
pub(crate) fn block(text: &str) -> Option<IpNet> {
    match text.contains('/') {
        true => text.parse().ok(),
        false => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

/// Whether an end has an address in a block. Proxies see addresses, whoever has them.
pub(crate) fn in_block(block: &IpNet, end: End, family: Family, world: &World<'_>) -> Match {
    let is_of = matches!((family, block), (Family::V4, IpNet::V4(_)) | (Family::V6, IpNet::V6(_)));
    if !is_of {
        return Match::No;
    }
    let any = |addresses: &[IpAddr]| Match::of(addresses.iter().any(|address| block.contains(address)));
    let open = |doubt| if block.prefix_len() == 0 { Match::Yes } else { Match::Maybe(doubt) };
    match end {
        End::Address(address) => any(&[address]),
        End::OwnNode | End::OtherNode => open(Doubt::NodeAddress),
        End::Node(number) => {
            let node = world.nodes().get(number);
            any(node.map(|node| node.addresses.as_slice()).unwrap_or_default())
        }
        End::Pods(number) => match world.endpoint(number) {
            Some(pods) if !pods.addresses.is_empty() => any(&pods.addresses),
            Some(pods) if pods.host_network => open(Doubt::NodeAddress),
            _ => open(Doubt::Address(number)),
        },
    }
}
