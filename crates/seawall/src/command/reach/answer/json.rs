//! Answers for programs: docs/schema/seawall-reach.schema.json describes them.

use seawall_netpol::{Action, Doubt, Ports, Protocol, Side, Verdict, World};
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::super::entries;
use super::super::rule::{field, parts};
use super::{Answer, Way};
use seawall_netpol::Direction;

impl Answer<'_, '_> {
    /// The answer.
    pub(in crate::command::reach) fn json(&self) -> Value {
        let meant = self.meant.iter().map(|(port, verdict)| {
            json!({
                "protocol": port.protocol.to_string(),
                "port": port.number,
                "by": port.by,
                "answer": word(*verdict),
            })
        });
        let [egress, ingress] =
            self.sides().map(|(direction, _, side)| side.map(|side| self.side_json(direction, side)));
        let (ports, outside, entries) = match &self.way {
            Way::Direct(connection) => (Some(&connection.ports), Vec::new(), Vec::new()),
            Way::Out(parts, connection) => {
                let parts = parts.iter().map(|part| {
                    let ranges = part.ranges.iter();
                    let ranges: Vec<Value> =
                        ranges.map(|(first, last)| json!({ "first": first, "last": last })).collect();
                    json!({ "addresses": ranges, "ports": of_ports(&part.ports) })
                });
                (Some(&connection.ports), parts.collect(), Vec::new())
            }
            Way::In(found) => {
                (None, Vec::new(), found.iter().map(|entry| entries::json(self.world, entry)).collect())
            }
        };
        json!({
            "from": self.from.name,
            "to": self.to.name,
            "answer": word(self.verdict),
            "asked": meant.collect::<Vec<_>>(),
            "ports": ports.map(of_ports),
            "egress": egress,
            "ingress": ingress,
            "mesh": self.mesh_json(),
            "outside": outside,
            "entries": entries,
            "unknowns": unknowns(self.world, &self.doubts()),
        })
    }

    fn side_json(&self, direction: Direction, side: &Side) -> Value {
        let snapshot = self.world.snapshot();
        let isolating = side.isolating.iter().map(|(policy, _)| (*policy, Path::root()));
        let isolating = parts(snapshot, &isolating.collect::<Vec<_>>());
        let allowing =
            side.allowing.iter().map(|allowing| (allowing.policy, field(direction, allowing.rule)));
        let allowing = parts(snapshot, &allowing.collect::<Vec<_>>());
        let isolating = isolating
            .iter()
            .zip(&side.isolating)
            .map(|(part, (_, verdict))| json!({ "policy": part.json(snapshot), "isolates": word(*verdict) }));
        let allowing = allowing
            .iter()
            .zip(&side.allowing)
            .map(|(part, rule)| json!({ "rule": part.json(snapshot), "ports": of_ports(&rule.ports) }));
        let deciding = side.deciding.iter().map(|one| (one.policy, field(direction, one.rule)));
        let deciding = parts(snapshot, &deciding.collect::<Vec<_>>());
        let deciding = deciding.iter().zip(&side.deciding).map(|(part, one)| {
            json!({
                "rule": part.json(snapshot),
                "action": action(one.action),
                "comesFirst": one.comes_first(),
                "ports": of_ports(&one.ports),
            })
        });
        json!({
            "decidedBy": deciding.collect::<Vec<_>>(),
            "isolatedBy": isolating.collect::<Vec<_>>(),
            "allowedBy": allowing.collect::<Vec<_>>(),
            "ports": of_ports(&side.ports),
        })
    }
}

/// What a rule does as a word.
fn action(action: Action) -> &'static str {
    match action {
        Action::Accept => "accept",
        Action::Deny => "deny",
        Action::Pass => "pass",
    }
}

/// A verdict as a word.
pub(in crate::command::reach) fn word(verdict: Verdict) -> String {
    verdict.to_string()
}

/// Ports that are not denied.
pub(in crate::command::reach) fn of_ports(ports: &Ports) -> Vec<Value> {
    let all = Protocol::ALL
        .into_iter()
        .flat_map(|protocol| ports.runs(protocol).map(move |(range, verdict)| (protocol, range, verdict)));
    let open = all.filter(|(_, _, verdict)| *verdict != Verdict::Deny);
    open.map(|(protocol, range, verdict)| {
        json!({
            "protocol": protocol.to_string(),
            "first": range.start(),
            "last": range.end(),
            "answer": word(verdict),
        })
    })
    .collect()
}

/// Why something is not known.
pub(in crate::command::reach) fn unknowns(world: &World<'_>, doubts: &[Doubt]) -> Vec<Value> {
    doubts.iter().map(|doubt| json!({ "message": doubt.describe(world).to_string() })).collect()
}
