//! The policies of a case as rules of nftables: what each pod may send, and what it may get.

use std::fmt::Write;

use serde_json::Value;

use crate::case::{Case, End, PODS};
use crate::naive;
use crate::ordered;
use seawall_rig::packets::Network;

const REJECT: &str = "reject with icmpx admin-prohibited";

/// The packet filter of a router between the hosts of a case.
pub fn rules(case: &Case) -> String {
    let mut chains = String::new();
    let mut ways = String::new();
    for (direction, own, other) in [("Egress", "saddr", "daddr"), ("Ingress", "daddr", "saddr")] {
        for pod in 0..case.pods.len() {
            let policies = naive::isolating(case, pod, direction);
            let [admin, baseline] =
                ["Admin", "Baseline"].map(|tier| ordered::rules(case, pod, direction, tier));
            if policies.is_empty() && admin.is_empty() && baseline.is_empty() {
                continue;
            }
            let chain = format!("pod_{}_{pod}", direction.to_lowercase());
            for is_v6 in [false, true] {
                let address = End::Pod(pod).address(case, is_v6);
                writeln!(ways, "{} {own} {address} jump {chain}", family(is_v6)).unwrap();
            }
            let of_own_node: String = Network::addresses(PODS + case.pods[pod].node)
                .iter()
                .map(|address| format!("{} {other} {address} return\n", family(address.is_ipv6())))
                .collect();
            let in_order = |rules: &[(String, Value)], pass: &str| -> String {
                let lines = rules.iter().flat_map(|(action, rule)| {
                    let then = match action.as_str() {
                        "Deny" => REJECT,
                        "Pass" => pass,
                        _ => "return",
                    };
                    let lines = lines(case, rule, pod, direction, other).into_iter();
                    lines.map(move |line| format!("{line} {then}\n"))
                });
                lines.collect()
            };
            let namespaced: String = match policies.is_empty() {
                true => in_order(&baseline, "return"),
                false => {
                    let rules = policies.iter().flat_map(|policy| naive::rules(policy, direction));
                    let lines = rules.flat_map(|rule| lines(case, rule, pod, direction, other));
                    let lines: String = lines.map(|line| format!("{line} return\n")).collect();
                    format!("{of_own_node}{lines}{REJECT}\n")
                }
            };
            let first = if direction == "Ingress" { of_own_node.as_str() } else { "" };
            let admin = in_order(&admin, &format!("goto {chain}_after"));
            write!(
                chains,
                "chain {chain}_after {{\n{namespaced}}}\nchain {chain} {{\n{first}{admin}goto {chain}_after\n}}\n"
            )
            .unwrap();
        }
    }
    format!(
        "table inet policies {{\n{chains}chain forward {{\ntype filter hook forward priority 0; policy accept;\n\
         ct state established,related accept\n{ways}}}\n}}\n"
    )
}

fn family(is_v6: bool) -> &'static str {
    if is_v6 { "ip6" } else { "ip" }
}

/// What a rule lets pass: one line for each peer and each port.
fn lines(case: &Case, rule: &Value, pod: usize, direction: &str, other: &str) -> Vec<String> {
    let peers = naive::peers(rule, direction);
    let ports = rule["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    // Whoever is meant, and which pod that is, if any.
    let mut ends: Vec<(String, Option<usize>)> = Vec::new();
    let pods = |ends: &mut Vec<(String, Option<usize>)>, is: &dyn Fn(usize) -> bool| {
        for number in (0..case.pods.len()).filter(|number| is(*number)) {
            for is_v6 in [false, true] {
                let address = End::Pod(number).address(case, is_v6);
                ends.push((format!("{} {other} {address}", family(is_v6)), Some(number)));
            }
        }
    };
    for peer in peers {
        match &peer["ipBlock"] {
            Value::Null => pods(&mut ends, &|number| naive::is_pod(case, peer, pod, number)),
            block => {
                let cidr = block["cidr"].as_str().unwrap();
                let family = family(cidr.contains(':'));
                let except = block["except"].as_array().map(Vec::as_slice).unwrap_or_default();
                let mut text = format!("{family} {other} {cidr}");
                for part in except {
                    write!(text, " {family} {other} != {}", part.as_str().unwrap()).unwrap();
                }
                ends.push((text, None));
            }
        }
    }
    if peers.is_empty() {
        ends.push((String::new(), None));
    }
    for (end, number) in &ends {
        if ports.is_empty() {
            found.push(end.clone());
        }
        for port in ports {
            let protocol = port["protocol"].as_str().unwrap_or("TCP");
            let is = |text: String| format!("{end} {} dport {text}", protocol.to_lowercase());
            match &port["port"] {
                Value::Null => found.push(is("1-65535".into())),
                Value::Number(first) => {
                    let last = port["endPort"].as_u64().unwrap_or(first.as_u64().unwrap());
                    found.push(is(format!("{first}-{last}")));
                }
                name => {
                    let name = name.as_str().unwrap();
                    if direction == "Ingress" {
                        found.extend(
                            naive::named(case, End::Pod(pod), name, protocol)
                                .map(|port| is(port.to_string())),
                        );
                        continue;
                    }
                    // The name is that of the pod which the packet goes to, whoever it is.
                    let all = match number {
                        Some(number) => vec![*number],
                        None => (0..case.pods.len()).collect(),
                    };
                    for number in all {
                        let Some(port) = naive::named(case, End::Pod(number), name, protocol) else {
                            continue;
                        };
                        for is_v6 in [false, true] {
                            let address = End::Pod(number).address(case, is_v6);
                            found.push(format!(
                                "{} {other} {address} {}",
                                family(is_v6),
                                is(port.to_string())
                            ));
                        }
                    }
                }
            }
        }
    }
    found.retain(|line| !is_of_both_families(line));
    found
}

/// Nothing is of both, and nft does not take it.
fn is_of_both_families(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    words.contains(&"ip") && words.contains(&"ip6")
}
