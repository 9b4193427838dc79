//! What meshes let in: by tables of what their documentation says, and against Istio's own code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod ambient;
mod istio;
mod linkerd;
mod member;
mod same_as_istio;
#[path = "../text/mod.rs"]
mod text;

use seawall_netpol::{Connection, End, Enforcer, Family, Protocol, Verdict, World};

/// The endpoint of a workload, or an address outside.
fn end(world: &World<'_>, name: &str) -> End {
    let found = world.endpoints().iter().position(|endpoint| endpoint.workload.name == name);
    found.map_or_else(|| End::Address("203.0.113.7".parse().unwrap()), End::Pods)
}

/// What a text says of a connection.
fn asked(text: &str, from: &str, to: &str, take: impl FnOnce(&World<'_>, &Connection)) {
    let snapshot = text::snapshot(text);
    let world = World::new(&snapshot, Enforcer::named("calico").unwrap());
    let connection = world.connection(end(&world, from), end(&world, to), Family::V4);
    take(&world, &connection);
}

/// What is said of a TCP port, and the first reason.
fn said(text: &str, from: &str, port: u16) -> (Verdict, String) {
    let mut found = (Verdict::Deny, String::new());
    asked(text, from, "server", |world, connection| {
        let reason = connection.doubts().next().map(|doubt| doubt.describe(world).to_string());
        found = (connection.ports.at(Protocol::Tcp, port), reason.unwrap_or_default());
        // No proxy takes other protocols.
        assert_eq!(connection.ports.at(Protocol::Udp, port), Verdict::Allow);
    });
    found
}

/// A pod with an account of its own name.
fn pod(namespace: &str, name: &str, metadata: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{namespace: {namespace}, name: {name}, {metadata}}}\n\
         spec: {{serviceAccountName: {name}, containers: [{{name: main, image: example.com/{name}:1, ports: [{{name: web, containerPort: 80}}]}}]}}\n"
    )
}
