//! What a mesh makes of a connection.

use seawall_netpol::{Effect, MeshRule, MeshSide, Proxy};
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::super::rule::parts;
use super::json::of_ports;
use super::{Answer, Way};
use crate::text::Text;

impl Answer<'_, '_> {
    /// What a mesh makes of it.
    pub(super) fn mesh(&self) -> Option<&MeshSide> {
        match &self.way {
            Way::Direct(connection) | Way::Out(_, connection) => connection.mesh.as_ref(),
            Way::In(_) => None,
        }
    }

    /// It, for people.
    pub(super) fn mesh_lines(&self, text: &mut Text) {
        let Some(mesh) = self.mesh() else { return };
        text.paragraph(&format!("{} of {}: {}", proxy(mesh.proxy), self.to.name, mesh.ports));
        let found = parts(self.world.snapshot(), &places(mesh));
        let lines: Vec<(String, String)> = found
            .iter()
            .zip(&mesh.deciding)
            .map(|(part, rule)| {
                (format!("{} {}: {}", by(rule.effect), part.title(), rule.ports), part.place())
            })
            .collect();
        match lines.is_empty() {
            true => text.line("  no object of the mesh is about it"),
            false => text.placed_together(&lines),
        }
    }

    /// It, for programs.
    pub(super) fn mesh_json(&self) -> Option<Value> {
        let mesh = self.mesh()?;
        let snapshot = self.world.snapshot();
        let found = parts(snapshot, &places(mesh));
        let deciding = found.iter().zip(&mesh.deciding).map(|(part, rule)| {
            json!({ "part": part.json(snapshot), "effect": effect(rule.effect), "ports": of_ports(&rule.ports) })
        });
        Some(json!({
            "proxy": match mesh.proxy {
                Proxy::Sidecar => "istio-sidecar",
                Proxy::Gateway => "istio-gateway",
                Proxy::Ambient => "istio-ambient",
                Proxy::Linkerd => "linkerd",
            },
            "decidedBy": deciding.collect::<Vec<_>>(),
            "ports": of_ports(&mesh.ports),
        }))
    }
}

fn proxy(proxy: Proxy) -> &'static str {
    match proxy {
        Proxy::Sidecar => "Istio's sidecar",
        Proxy::Gateway => "Istio's gateway",
        Proxy::Ambient => "Istio's ztunnel before pods",
        Proxy::Linkerd => "Linkerd's proxy",
    }
}

fn by(effect: Effect) -> &'static str {
    match effect {
        Effect::Encrypted => "only encrypted by",
        Effect::Plain => "unencrypted by   ",
        Effect::Isolates => "isolated by      ",
        Effect::Allows => "allowed by       ",
        Effect::Denies => "denied by        ",
        Effect::Asks => "left to others by",
    }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Encrypted => "encrypted-only",
        Effect::Plain => "unencrypted",
        Effect::Isolates => "isolates",
        Effect::Allows => "allows",
        Effect::Denies => "denies",
        Effect::Asks => "asks-others",
    }
}

fn places(mesh: &MeshSide) -> Vec<(usize, Path)> {
    let place = |rule: &MeshRule| match rule.rule {
        Some(number) => Path::root().field("spec").field("rules").index(number),
        None => Path::root(),
    };
    mesh.deciding.iter().map(|rule| (rule.object, place(rule))).collect()
}
