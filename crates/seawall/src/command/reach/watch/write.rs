//! What is told of flows: docs/schema/seawall-reach.schema.json describes the lines for programs.

use std::io;

use anyhow::{Context, Result};
use seawall_netpol::{Action, Asked, Counts, Direction, Remark, Side, Sight, Told, Verdict, World};
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::super::rule::{Part, field, parts, rules};
use super::{Form, TOLD};
use crate::console::Console;

/// Where it is told.
pub(super) struct Lines<'w, 's> {
    world: &'w World<'s>,
    form: Form,
    pub console: &'w Console,
    /// Lines that were no flows.
    pub problems: u64,
    /// Flows of pods that are not among what was read.
    pub strangers: u64,
    /// Whether nobody reads on.
    pub closed: bool,
}

impl<'w, 's> Lines<'w, 's> {
    pub fn new(world: &'w World<'s>, form: Form, console: &'w Console) -> Self {
        Self { world, form, console, problems: 0, strangers: 0, closed: false }
    }

    /// Tells what was seen, once.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn sight(&mut self, place: &str, sight: &Sight, asked: Asked) -> Result<()> {
        let (word, text) = words(sight.remark);
        let (sender, receiver) = (self.name(sight.from), self.name(sight.to));
        let (protocol, port) = (sight.protocol, sight.port);
        let told = self.deciding(sight, asked);
        match self.form {
            Form::Terminal => {
                let got =
                    if matches!(sight.remark, Remark::Elsewhere | Remark::Denied) { "to" } else { "reached" };
                let mut lines = format!("{word}: {sender} {got} {receiver} on {protocol} {port}: {text}\n");
                lines.push_str(&format!("  seen at {place}\n"));
                for (how, part) in &told.parts {
                    let at = part.place();
                    let at = if at.is_empty() { at } else { format!("  {at}") };
                    lines.push_str(&format!("  {how} {}{at}\n", part.title()));
                }
                told.doubts.iter().for_each(|doubt| lines.push_str(&format!("  not known: {doubt}\n")));
                self.write(&lines)
            }
            Form::Jsonl => {
                let snapshot = self.world.snapshot();
                let policies = told.parts.iter().map(|(_, part)| part.json(snapshot));
                let line = json!({
                    "formatVersion": "1",
                    "kind": word,
                    "from": sender,
                    "to": receiver,
                    "protocol": protocol.to_string(),
                    "port": port,
                    "seenAt": sight.seen_at.map(rules),
                    "place": place,
                    "policies": policies.collect::<Vec<_>>(),
                    "unknowns": told.doubts,
                });
                self.document(&line)
            }
        }
    }

    /// Sums up; whether all of it is known.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn summary(&mut self, counts: &Counts, lost: u64) -> Result<bool> {
        for (count, what) in [
            (self.problems, "lines that are no flows"),
            (self.strangers, "flows of pods that are not among what was read"),
        ] {
            if let Some(more) = count.checked_sub(TOLD).filter(|more| *more > 0) {
                self.console.problem(format_args!("and {more} more {what}"));
            }
        }
        if counts.untold > 0 {
            self.console.problem(format_args!(
                "{} flows say more than there was room for: --most makes more of it",
                counts.untold
            ));
        }
        let all = [Remark::NotEnforced, Remark::NotKnown, Remark::New, Remark::Elsewhere, Remark::Denied];
        match self.form {
            Form::Terminal => {
                let parts = all.map(|remark| format!("{} {}", counts.of(remark), words(remark).0));
                self.write(&format!(
                    "{} flows: {}; {} beside all pods, {} of others\n",
                    counts.flows,
                    parts.join(", "),
                    counts.beside,
                    counts.strangers
                ))?;
            }
            Form::Jsonl => {
                let by_kind: serde_json::Map<String, Value> = all
                    .into_iter()
                    .map(|remark| (words(remark).0.to_owned(), counts.of(remark).into()))
                    .collect();
                self.document(&json!({
                    "formatVersion": "1",
                    "kind": "summary",
                    "flows": counts.flows,
                    "byKind": by_kind,
                    "beside": counts.beside,
                    "strangers": counts.strangers,
                    "untold": counts.untold,
                    "noFlows": self.problems,
                    "lost": lost,
                }))?;
            }
        }
        let open = counts.of(Remark::NotKnown) + counts.untold + self.problems + self.strangers + lost;
        // Without a flow of pods that were read nothing was held against anything.
        Ok(open == 0 && (counts.flows == 0 || counts.beside < counts.flows))
    }

    fn document(&mut self, line: &Value) -> Result<()> {
        let mut text = serde_json::to_string(line).context("cannot write JSON")?;
        text.push('\n');
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let closed = &mut self.closed;
        self.console.write(|out| {
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            *closed = written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
            written
        })
    }

    fn name(&self, told: Told) -> String {
        match told {
            Told::Pods(number) => {
                let endpoint = self.world.endpoint(number);
                endpoint.map(|endpoint| endpoint.workload.to_string()).unwrap_or_default()
            }
            Told::Internet => "the internet".to_owned(),
            Told::Address(address) => address.to_string(),
            Told::Node => "a node".to_owned(),
        }
    }

    /// The policies that deny it, or may.
    fn deciding(&self, sight: &Sight, asked: Asked) -> Deciding<'s> {
        let mut deciding = Deciding { parts: Vec::new(), doubts: Vec::new() };
        if !matches!(sight.remark, Remark::NotEnforced | Remark::NotKnown | Remark::Denied) {
            return deciding;
        }
        let connection = self.world.connection(asked.from, asked.to, asked.family);
        for (direction, side) in
            [(Direction::Egress, &connection.egress), (Direction::Ingress, &connection.ingress)]
        {
            let Some(side) = side.as_ref().filter(|_| sight.seen_at.is_none_or(|at| at == direction)) else {
                continue;
            };
            match side.ports.at(sight.protocol, sight.port) {
                Verdict::Allow => {}
                Verdict::Deny => deciding.parts.extend(self.denying(sight, direction, side)),
                Verdict::Unknown | Verdict::Ambiguous => {
                    let doubts = side.doubts.iter().map(|doubt| doubt.describe(self.world).to_string());
                    deciding.doubts.extend(doubts);
                }
            }
        }
        deciding
    }

    fn denying(&self, sight: &Sight, direction: Direction, side: &Side) -> Vec<(&'static str, Part<'s>)> {
        let denies = side.deciding.iter().find(|one| {
            one.action == Action::Deny && one.ports.at(sight.protocol, sight.port) == Verdict::Allow
        });
        let (how, wanted): (_, Vec<(usize, Path)>) = match denies {
            Some(one) => ("denied by", vec![(one.policy, field(direction, one.rule))]),
            None => {
                ("isolated by", side.isolating.iter().map(|(policy, _)| (*policy, Path::root())).collect())
            }
        };
        parts(self.world.snapshot(), &wanted).into_iter().map(|part| (how, part)).collect()
    }
}

/// What decides, and what is not known.
struct Deciding<'s> {
    parts: Vec<(&'static str, Part<'s>)>,
    doubts: Vec<String>,
}

/// A word for programs, and what it means.
fn words(remark: Remark) -> (&'static str, &'static str) {
    match remark {
        Remark::NotEnforced => ("not-enforced", "policies deny it"),
        Remark::NotKnown => ("not-known", "whether policies deny it is not known"),
        Remark::New => ("new", "nothing got there before"),
        Remark::Elsewhere => ("dropped-elsewhere", "it was dropped, and policies let it pass"),
        Remark::Denied => ("denied", "it was dropped, as policies say"),
    }
}
