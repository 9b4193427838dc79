//! The rule that would allow what is denied.

use std::fmt::Write;

use seawall_netpol::{Direction, End, Endpoint, World};

use super::answer::Answer;
use super::place::{At, Port, Spot};
use super::rule::{peers, rules};

/// The rule as it would stand in a policy that isolates one of the ends; `None` when policies have no words for the other.
pub(super) fn missing(answer: &Answer<'_, '_>, direction: Direction) -> Option<String> {
    let (own, other) = match direction {
        Direction::Egress => (&answer.from, &answer.to),
        Direction::Ingress => (&answer.to, &answer.from),
    };
    let peer = peer(answer.world, own, other)?;
    let list = peers(direction);
    let mut text = format!("{}:\n- {list}:\n{peer}", rules(direction));
    let meant: Vec<&Port> = answer.meant.iter().map(|(port, _)| port).collect();
    if !meant.is_empty() {
        text.push_str("  ports:\n");
        for port in meant {
            // Writing to a String does not fail.
            let _ = writeln!(text, "  - {{port: {}, protocol: {}}}", port.number, port.protocol);
        }
    }
    Some(text)
}

fn peer(world: &World<'_>, own: &Spot, other: &Spot) -> Option<String> {
    let endpoint = |spot: &Spot| match spot.at {
        At::End(End::Pods(number)) => world.endpoint(number),
        At::End(_) | At::Internet => None,
    };
    match other.at {
        At::End(End::Address(address)) => {
            let length = if address.is_ipv4() { 32 } else { 128 };
            Some(format!("  - ipBlock: {{cidr: {address}/{length}}}\n"))
        }
        At::Internet => Some("  - ipBlock: {cidr: 0.0.0.0/0}\n".to_owned()),
        At::End(End::Pods(_)) => {
            let (own, other) = (endpoint(own)?, endpoint(other)?);
            if other.host_network {
                return None;
            }
            let pods = format!("podSelector: {{matchLabels: {{{}}}}}", labels(world, other)?);
            Some(if own.namespace == other.namespace {
                format!("  - {pods}\n")
            } else {
                let namespace = world.namespace(other.namespace)?;
                format!(
                    "  - namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}\n    {pods}\n"
                )
            })
        }
        At::End(End::OwnNode | End::OtherNode | End::Node(_)) => None,
    }
}

/// The labels of pods by which a rule would mean them.
fn labels(world: &World<'_>, endpoint: &Endpoint<'_>) -> Option<String> {
    let labels = endpoint.workload_labels(world.snapshot()).into_iter();
    let written: Vec<String> = labels.map(|(key, value)| format!("{key}: {}", quoted(value))).collect();
    (!written.is_empty()).then(|| written.join(", "))
}

/// A value of a label in YAML: what looks like a number or a word of YAML's own is quoted.
fn quoted(value: &str) -> String {
    let is_plain = value.starts_with(|first: char| first.is_ascii_alphabetic())
        && !matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain { value.to_owned() } else { format!("\"{value}\"") }
}
