//! A difference, in each form.

use std::fmt::Write as _;

use seawall_netpol::Enforcer;
use seawall_report::{markdown_code, plain};
use serde_json::{Value, json};

use super::super::answer::of_ports;
use super::{Difference, Turn};
use crate::json::{FORMAT, written};
use crate::table::Table;
use crate::text::Text;

/// Pairs that are told to people.
const MOST: usize = 200;

impl Difference {
    pub(super) fn terminal(&self, width: usize) -> String {
        let mut text = Text::default();
        if self.turns().next().is_none() {
            text.heading("nothing is opened and nothing is closed");
            return text.done();
        }
        for (what, turns) in [("opened", &self.opened), ("closed", &self.closed)] {
            if turns.is_empty() {
                continue;
            }
            text.gap();
            text.heading(&format!("{what}: {} pairs", turns.len()));
            let mut table = Table::new(["FROM", "PORTS", "TO"]);
            for Turn { from, to, ports } in turns.iter().take(MOST) {
                table.row([&*plain(from), &ports.to_string(), &*plain(to)]);
            }
            text.table(&table.render(width.max(160)));
            if let Some(more) = turns.len().checked_sub(MOST).filter(|more| *more > 0) {
                text.line(&format!("and {more} more pairs; -o json has all"));
            }
        }
        text.done()
    }

    pub(super) fn json(&self, enforcer: Enforcer) -> serde_json::Result<String> {
        let turns = |turns: &[Turn]| -> Vec<Value> {
            let one =
                |Turn { from, to, ports }: &Turn| json!({ "from": from, "to": to, "ports": of_ports(ports) });
            turns.iter().map(one).collect()
        };
        written(&json!({
            "formatVersion": FORMAT,
            "enforcer": enforcer.name,
            "by": self.by.name(),
            "opened": turns(&self.opened),
            "closed": turns(&self.closed),
        }))
    }

    pub(super) fn markdown(&self) -> String {
        let (opened, closed) = (self.opened.len(), self.closed.len());
        let mut text = format!("### Network: {opened} pairs opened, {closed} closed\n");
        for (what, turns) in [("Opened", &self.opened), ("Closed", &self.closed)] {
            if turns.is_empty() {
                continue;
            }
            // Writing to a String does not fail.
            let _ = write!(text, "\n**{what}**\n\n| From | To | Ports |\n|---|---|---|\n");
            for Turn { from, to, ports } in turns.iter().take(MOST) {
                let _ = writeln!(text, "| {} | {} | {ports} |", markdown_code(from), markdown_code(to));
            }
            if let Some(more) = turns.len().checked_sub(MOST).filter(|more| *more > 0) {
                let _ = writeln!(text, "\nand {more} more pairs");
            }
        }
        text
    }
}
