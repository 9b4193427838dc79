//! What network-policy-recipes say of their policies.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod text;

use std::fmt::Write;
use std::fs;

use seawall_netpol::{End, Enforcer, Family, Protocol, Verdict, World};

/// A claim of a recipe.
struct Claim<'t> {
    recipe: &'t str,
    block: usize,
    from: &'t str,
    to: &'t str,
    protocol: Protocol,
    port: u16,
    reaches: bool,
}

impl<'t> Claim<'t> {
    fn read(line: &'t str) -> Self {
        let [recipe, block, from, to, port, reaches] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not six fields: {line}")
        };
        let (protocol, port) = port.split_once(' ').unwrap();
        let reaches = match reaches {
            "yes" => true,
            "no" => false,
            other => panic!("{other}"),
        };
        Self {
            recipe,
            block: block.parse().unwrap(),
            from,
            to,
            protocol: Protocol::named(protocol).unwrap(),
            port: port.parse().unwrap(),
            reaches,
        }
    }
}

/// What is at an end, as YAML; nothing for an address.
fn object(end: &str, name: &str) -> String {
    let Some((namespace, labels)) = end.split_once("] ") else { return String::new() };
    let (namespace, of_namespace) = namespace.split_once('[').unwrap();
    let mut text = String::new();
    let containers = "spec: {containers: [{name: main, image: example.com/main:1}]}\n";
    for (kind, labels, head, spec) in [
        ("Namespace", of_namespace, format!("name: {namespace}"), ""),
        ("Pod", labels, format!("name: {name}\n  namespace: {namespace}"), containers),
    ] {
        writeln!(text, "---\napiVersion: v1\nkind: {kind}\n{spec}metadata:\n  {head}\n  labels:").unwrap();
        for (key, value) in labels.split(',').filter_map(|label| label.split_once('=')) {
            writeln!(text, "    {key}: {value}").unwrap();
        }
    }
    text
}

/// The YAML of a recipe.
fn block(recipe: &str, number: usize) -> String {
    let path = seawall_rig::corpus().unwrap().join("manifests/network-policy-recipes").join(recipe);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let policies: Vec<&str> = blocks.filter(|block| block.contains("kind: NetworkPolicy")).collect();
    policies[number].to_owned()
}

fn end(written: &str, name: &str, world: &World<'_>) -> End {
    let own = |endpoint: &seawall_netpol::Endpoint<'_>| endpoint.workload.name == name;
    match written.parse() {
        Ok(address) => End::Address(address),
        Err(_) => End::Pods(world.endpoints().iter().position(own).unwrap()),
    }
}

#[test]
fn recipes_do_what_they_say() {
    let claims = include_str!("recipes.tsv").lines().filter(|line| !line.starts_with('#'));
    let claims: Vec<Claim<'_>> = claims.map(Claim::read).collect();
    let mut wrong = Vec::new();
    for claim in &claims {
        let text = format!(
            "{}{}---\n{}",
            object(claim.from, "from"),
            object(claim.to, "to"),
            block(claim.recipe, claim.block)
        );
        let snapshot = text::snapshot(&text);
        for enforcer in Enforcer::ALL {
            let world = World::new(&snapshot, *enforcer);
            let (from, to) = (end(claim.from, "from", &world), end(claim.to, "to", &world));
            let ports = world.connection(from, to, Family::V4).ports;
            let expected = if claim.reaches || !enforcer.enforces { Verdict::Allow } else { Verdict::Deny };
            let found = ports.at(claim.protocol, claim.port);
            if found != expected {
                let Claim { recipe, from, to, port, .. } = claim;
                wrong.push(format!("{recipe} ({}): {from} to {to} on {port}: {found}", enforcer.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(claims.len() > 40);
}
