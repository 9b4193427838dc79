//! Policies as text.

use std::fmt::Write;

use smol_str::SmolStr;

use super::{Labels, NewPeer, NewPolicy, NewRule};
use crate::policy::Direction;

impl NewPolicy {
    /// It as YAML, with what `reasons` says of the numbers of what is wanted above each rule.
    pub fn yaml(&self, reasons: impl Fn(&[usize]) -> Vec<String>) -> String {
        let mut text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: {}\n  namespace: {}\nspec:\n",
            word(&self.name),
            word(&self.namespace)
        );
        // Writing to a String does not fail.
        let _ = write!(text, "  podSelector:{}", selector(&self.pods, 4));
        text.push_str("  policyTypes:\n");
        for direction in &self.directions {
            let _ = writeln!(text, "  - {direction:?}");
        }
        for direction in &self.directions {
            let (rules, list, peers) = match direction {
                Direction::Ingress => (&self.ingress, "ingress", "from"),
                Direction::Egress => (&self.egress, "egress", "to"),
            };
            if !rules.is_empty() {
                let _ = writeln!(text, "  {list}:");
            }
            for rule in rules {
                for reason in reasons(&rule.wanted) {
                    let _ = writeln!(text, "  # {reason}");
                }
                text.push_str(&self::rule(rule, peers));
            }
        }
        text
    }
}

fn rule(rule: &NewRule, peers: &str) -> String {
    let mut fields = Vec::new();
    if !rule.peers.is_empty() {
        let items: String = rule.peers.iter().map(peer).collect();
        fields.push(format!("{peers}:\n{items}"));
    }
    if !rule.ports.is_empty() {
        let item = |(protocol, port): &(_, _)| format!("    - port: {port}\n      protocol: {protocol}\n");
        let items: String = rule.ports.iter().map(item).collect();
        fields.push(format!("ports:\n{items}"));
    }
    match fields.is_empty() {
        true => "  - {}\n".to_owned(),
        false => format!("  - {}", fields.join("    ")),
    }
}

fn peer(peer: &NewPeer) -> String {
    match peer {
        NewPeer::Pods(labels) => format!("    - podSelector:{}", selector(labels, 8)),
        NewPeer::PodsIn(namespace, labels) => format!(
            "    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: {}\n      podSelector:{}",
            word(namespace),
            selector(labels, 8)
        ),
        NewPeer::Block(block) => format!("    - ipBlock:\n          cidr: {}\n", word(&block.to_string())),
    }
}

fn selector(labels: &Labels, indent: usize) -> String {
    if labels.is_empty() {
        return " {}\n".to_owned();
    }
    let blank = " ".repeat(indent);
    let line = |(key, value): &(SmolStr, SmolStr)| format!("{blank}  {}: {}\n", word(key), word(value));
    let lines: String = labels.iter().map(line).collect();
    format!("\n{blank}matchLabels:\n{lines}")
}

/// A word as a string: what looks like a number or a word of YAML's own is quoted.
fn word(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            // What names a manifest gives is anybody's.
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
