//! How policies are written, and what is said of them.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Context, Result};
use seawall_netpol::{
    Declared, Direction, Lack, NewPolicy, NewRule, Place, Plan, Protocol, Replay, Verdict, Wanted, Whom, Why,
    World,
};
use seawall_report::plain;
use seawall_yaml::{Limits, parse};
use serde_json::{Value, json};

use super::super::answer::{of_ports, unknowns, word};
use super::super::network::Network;
use super::super::rule::{Part, parts, rules};
use crate::console::Console;
use crate::json::{FORMAT, written};

/// Reasons that are told above a rule; the others are counted.
const TOLD: usize = 4;
/// What is told on standard error of each kind; the others are counted.
const LINES: usize = 20;

/// Why traffic is wanted, in words.
pub(super) struct Reasons {
    /// Of each that is wanted.
    all: Vec<Reason>,
}

struct Reason {
    from: String,
    to: String,
    port: String,
    /// What says so, and where.
    why: String,
    is_dns: bool,
}

/// Policies that were made, with what comes of them.
pub(super) struct Hardening<'h, 's> {
    pub network: &'h Network,
    pub world: &'h World<'s>,
    pub declared: &'h Declared,
    pub plan: &'h Plan,
    pub replay: &'h Replay,
    pub reasons: &'h Reasons,
}

/// Why all of it is wanted.
pub(super) fn reasons(world: &World<'_>, declared: &Declared) -> Reasons {
    let places = places(world, &declared.wanted);
    let all = declared.wanted.iter().zip(places).map(|(wanted, place)| Reason {
        from: name(world, wanted.from),
        to: name(world, wanted.to),
        port: port(wanted.port),
        why: match place.is_empty() || wanted.why == Why::Dns {
            true => wanted.why.to_string(),
            false => format!("{}, {place}", wanted.why),
        },
        is_dns: wanted.why == Why::Dns,
    });
    Reasons { all: all.collect() }
}

/// Where it stands that something is wanted.
fn places(world: &World<'_>, wanted: &[Wanted]) -> Vec<String> {
    let at: Vec<_> = wanted.iter().filter_map(|wanted| wanted.at.clone()).collect();
    let mut found = parts(world.snapshot(), &at).into_iter();
    let place = |wanted: &Wanted| {
        let part = wanted.at.as_ref().and_then(|_| found.next());
        part.map(|part| of_part(&part)).unwrap_or_default()
    };
    wanted.iter().map(place).collect()
}

/// Where a part stands: a line of a file, or of a cluster the object.
fn of_part(part: &Part<'_>) -> String {
    let place = part.place();
    if place.is_empty() { part.name.clone() } else { place }
}

fn name(world: &World<'_>, place: Place) -> String {
    match place {
        Place::Pods(number) => {
            world.endpoint(number).map(|endpoint| endpoint.workload.to_string()).unwrap_or_default()
        }
        Place::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            network.addr().to_string()
        }
        Place::Network(network) => network.to_string(),
        Place::Internet => "the internet".to_owned(),
        Place::Anywhere => "anybody".to_owned(),
    }
}

fn port(port: Option<(Protocol, u16)>) -> String {
    port.map_or_else(|| "all ports".to_owned(), |(protocol, port)| format!("{protocol} {port}"))
}

impl Reasons {
    /// A policy as it is applied.
    pub(super) fn yaml(&self, policy: &NewPolicy) -> String {
        policy.yaml(|wanted| self.comments(wanted))
    }

    /// What a rule is for.
    fn comments(&self, wanted: &[usize]) -> Vec<String> {
        let reasons = wanted.iter().filter_map(|number| self.all.get(*number));
        let line = |reason: &Reason| match reason.is_dns {
            true => reason.why.clone(),
            false => format!("{} to {} on {}: {}", reason.from, reason.to, reason.port, reason.why),
        };
        let mut lines: Vec<String> = reasons.map(line).collect();
        lines.dedup();
        let more = lines.len().saturating_sub(TOLD);
        lines.truncate(TOLD);
        if more > 0 {
            lines.push(format!("and {more} more"));
        }
        lines.iter().map(|line| plain(line).into_owned()).collect()
    }

    fn sentence(&self, wanted: usize) -> String {
        let Some(reason) = self.all.get(wanted) else { return String::new() };
        format!("{} to {} on {}: {}", reason.from, reason.to, reason.port, reason.why)
    }
}

/// A word for programs, what is lacking, and what to do.
fn lack(what: &Lack) -> (&'static str, String, &'static str) {
    match what {
        Lack::HostName(host) => (
            "host-name",
            format!("`{host}` is outside of the cluster, and policies know no names"),
            "add a rule with an ipBlock of its addresses, or a policy of the network plugin's own that knows names",
        ),
        Lack::ApiServer => (
            "api-server",
            "it asks the API server, whose addresses are not known".to_owned(),
            "add a rule with an ipBlock of those that `kubectl get endpointslices -n default` shows for kubernetes",
        ),
        Lack::Token(account) => (
            "token",
            format!(
                "it has a token of ServiceAccount {account} to ask the API server, whose addresses are not known"
            ),
            "set automountServiceAccountToken to false, or add a rule with an ipBlock of those addresses",
        ),
        Lack::NoService(name) => {
            ("no-service", format!("`{name}` is a Service that was not read"), "read it and its pods, too")
        }
        Lack::NoPods(name) => (
            "no-pods",
            format!("Service {name} selects none of the pods that were read"),
            "read its pods, too, or add a rule by hand",
        ),
        Lack::NoPort(name, port) => {
            ("no-port", format!("Service {name} has no port {port}"), "name a port that the Service has")
        }
        Lack::ExternalName(name) => (
            "external-name",
            format!("Service {name} stands for a name outside of the cluster, and policies know no names"),
            "add a rule with an ipBlock of its addresses",
        ),
        Lack::Proxy => (
            "no-proxy",
            "the proxy that serves this is not among what was read: everybody is let in".to_owned(),
            "read its pods, too, so that it alone is let in",
        ),
        Lack::Values => (
            "values-not-kept",
            "values of variables are not kept of a cluster, nor in a saved Snapshot".to_owned(),
            "read the manifests",
        ),
        Lack::Secret(name) => (
            "secret",
            format!("`{name}` comes from a Secret, which is not looked at"),
            "where it names a host, add a rule by hand",
        ),
        Lack::ConfigMap(name) => {
            ("no-config-map", format!("ConfigMap `{name}` was not read"), "read it, too")
        }
    }
}

impl Hardening<'_, '_> {
    /// Says what was made, what does not pass, and what passes besides.
    pub(super) fn say(&self, console: &Console) {
        let Self { declared, plan, replay, .. } = self;
        let connection = |wanted: &Wanted| (wanted.from, wanted.to, wanted.port);
        let all: BTreeSet<_> = declared.wanted.iter().map(connection).collect();
        let failing = replay.failing.iter().filter_map(|failing| declared.wanted.get(failing.wanted));
        let failing: BTreeSet<_> = failing.map(connection).collect();
        console.note(format!(
            "{} policies are to be made; {} of {} connections that are asked for pass",
            plan.policies.len(),
            all.len() - failing.len(),
            all.len()
        ));
        let failing = replay.failing.iter().map(|failing| {
            let why = match failing.verdict {
                _ if plan.unexpressed.contains(&failing.wanted) => {
                    "no selector means pods on their node's network".to_owned()
                }
                Verdict::Deny => "policies that are there, outside of what is hardened, deny it".to_owned(),
                _ => {
                    let doubts = failing.doubts.iter().map(|doubt| doubt.describe(self.world).to_string());
                    doubts.collect::<Vec<_>>().join("; ")
                }
            };
            format!("{}: {} ({why})", failing.verdict, self.reasons.sentence(failing.wanted))
        });
        list(console, failing.collect(), |console, line| console.problem(line));
        let at: Vec<_> = declared.lacking.iter().map(|lacking| lacking.at.clone()).collect();
        let parts = parts(self.world.snapshot(), &at);
        let lacking = declared.lacking.iter().zip(&parts).map(|(lacking, part)| {
            let (_, message, help) = lack(&lacking.what);
            format!(
                "{}: {message} ({}); {help}",
                name(self.world, Place::Pods(lacking.endpoint)),
                of_part(part)
            )
        });
        list(console, lacking.collect(), |console, line| console.warning(line));
        let beyond = replay.beyond.iter().map(|beyond| {
            let mut text = String::from("passes besides: ");
            let names: Vec<String> = beyond.from.iter().take(3).map(|whom| self.whom(*whom)).collect();
            text.push_str(&names.join(", "));
            if let Some(more) = beyond.from.len().checked_sub(names.len()).filter(|more| *more > 0) {
                // Writing to a String does not fail.
                let _ = write!(text, " and {more} more");
            }
            let _ = write!(text, " to {} on {}", self.whom(beyond.to), beyond.ports);
            text
        });
        list(console, beyond.collect(), |console, line| console.note(line));
    }

    fn whom(&self, whom: Whom) -> String {
        match whom {
            Whom::Workload(number) => name(self.world, Place::Pods(number)),
            Whom::Outside => "addresses outside of the cluster".to_owned(),
        }
    }

    /// For programs.
    pub(super) fn json(&self) -> Result<String> {
        let Self { network, world, declared, plan, replay, reasons } = self;
        let snapshot = world.snapshot();
        let at = declared.wanted.iter().map(|wanted| wanted.at.clone());
        let known: Vec<_> = at.clone().flatten().collect();
        let mut found = parts(snapshot, &known).into_iter();
        let place = |at: Option<_>| at.and_then(|_| found.next()).map(|part| part.json(snapshot));
        let places: Vec<Option<Value>> = at.map(place).collect();
        let wanted = |number: &usize| {
            let reason = reasons.all.get(*number)?;
            let wanted = declared.wanted.get(*number)?;
            Some(json!({
                "from": reason.from,
                "to": reason.to,
                "protocol": wanted.port.map(|(protocol, _)| protocol.to_string()),
                "port": wanted.port.map(|(_, port)| port),
                "why": wanted.why.to_string(),
                "part": places.get(*number),
            }))
        };
        let policies = plan.policies.iter().map(|policy| {
            let rules = [Direction::Ingress, Direction::Egress].into_iter().flat_map(|direction| {
                let list = if direction == Direction::Ingress { &policy.ingress } else { &policy.egress };
                let rule = move |(number, rule): (usize, &NewRule)| {
                    json!({
                        "rule": format!("{}[{number}]", rules(direction)),
                        "for": rule.wanted.iter().filter_map(wanted).collect::<Vec<_>>(),
                    })
                };
                list.iter().enumerate().map(rule).collect::<Vec<_>>()
            });
            Ok(json!({ "object": object(policy)?, "rules": rules.collect::<Vec<_>>() }))
        });
        let failing = replay.failing.iter().map(|failing| {
            json!({
                "wanted": wanted(&failing.wanted),
                "answer": word(failing.verdict),
                "isExpressible": !plan.unexpressed.contains(&failing.wanted),
                "unknowns": unknowns(world, &failing.doubts),
            })
        });
        let at: Vec<_> = declared.lacking.iter().map(|lacking| lacking.at.clone()).collect();
        let lacking = declared.lacking.iter().zip(parts(snapshot, &at)).map(|(lacking, part)| {
            let (code, message, help) = lack(&lacking.what);
            json!({
                "code": code,
                "message": message,
                "help": help,
                "workload": name(world, Place::Pods(lacking.endpoint)),
                "part": part.json(snapshot),
            })
        });
        let beyond = replay.beyond.iter().map(|beyond| {
            json!({
                "from": beyond.from.iter().map(|whom| self.whom(*whom)).collect::<Vec<_>>(),
                "to": self.whom(beyond.to),
                "ports": of_ports(&beyond.ports),
            })
        });
        let document = json!({
            "formatVersion": FORMAT,
            "enforcer": network.enforcer.name,
            "wanted": declared.wanted.len(),
            "policies": policies.collect::<Result<Vec<Value>>>()?,
            "failing": failing.collect::<Vec<_>>(),
            "lacking": lacking.collect::<Vec<_>>(),
            "beyond": beyond.collect::<Vec<_>>(),
            "unknowns": network.unread_json(),
        });
        written(&document).context("cannot write JSON")
    }
}

/// A policy as the API has it.
fn object(policy: &NewPolicy) -> Result<Value> {
    let stream = parse(policy.yaml(|_| Vec::new()).as_bytes(), &Limits::default());
    let root = stream.documents.first().context("a policy is empty")?.root();
    seawall_yaml::de::from_node(root).context("a policy is not read as it was written")
}

/// Says some lines, and how many more there are.
fn list(console: &Console, mut lines: Vec<String>, say: impl Fn(&Console, &str)) {
    lines.dedup();
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    lines.iter().for_each(|line| say(console, &plain(line)));
    if more > 0 {
        say(console, &format!("and {more} more; -o json has all"));
    }
}
