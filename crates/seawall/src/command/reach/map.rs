//! `seawall reach map`

mod picture;
mod rows;

use std::fmt::Write as _;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

pub(super) use self::rows::{Grouping, Rows};
use super::answer::of_ports;
use super::network::{Network, NetworkArgs};
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::csv::Csv;
use crate::exit::Exit;
use crate::json::{FORMAT, written};
use crate::table::Table;
use crate::text::Text;
use seawall_report::{markdown_code, plain};

/// Everybody at a glance: who reaches whom, on which ports
///
/// A line says what some have in common: everybody in its first column reaches everybody in its second. What reaches nothing, and
/// what nothing reaches, is not told.
#[derive(Debug, Args)]
#[command(after_help = "\
Traffic from the internet is told as far as something leads into the cluster: a Service, an Ingress,
a Gateway or a port of a node.

Exit codes:
  0  answered
  2  wrong arguments or configuration
  3  nothing was read
  4  something is not known (--allow-incomplete: 0)

Examples:
  seawall reach map -- manifests/
  seawall reach map --by namespace --cluster
  seawall reach map --cluster -o csv > reach.csv
  seawall reach map --cluster -o html > reach.html")]
pub(super) struct MapArgs {
    /// What is one: a workload or a namespace; without, workloads as long as they are few
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    by: Option<By>,
    /// The most lines to show
    #[arg(long, value_name = "COUNT", default_value_t = 200, help_heading = "Output")]
    limit: usize,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when something is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

/// What is one on a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// Pods of one workload
    Workload,
    /// Pods of one namespace: what some of them reach
    Namespace,
}

impl By {
    /// It as a word.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::Namespace => "namespace",
        }
    }
}

/// How a map is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading
    #[default]
    #[value(alias = "terminal")]
    Table,
    /// For programs: each pair
    Json,
    /// For spreadsheets: each pair
    Csv,
    /// For a pull request
    Markdown,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// A page with a picture and a table
    Html,
}

/// Workloads up to which each of them is one without being asked.
const FEW: usize = 60;

impl MapArgs {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let network = self.network.read(&[], console)?;
        let world = network.world();
        Network::tell_mesh(&world, console);
        let workloads = Grouping::workloads(&world);
        let by = self.by.unwrap_or(if workloads.names.len() <= FEW { By::Workload } else { By::Namespace });
        let rows = Rows::of(&world, network.family, Grouping::of(&world, by));
        let text = match self.output.form {
            Form::Table => self.terminal(&rows, &network, console.width),
            Form::Json => json(&rows, by, &network).context("cannot write JSON")?,
            Form::Csv => csv(&rows),
            Form::Markdown => self.markdown(&rows),
            Form::Dot => dot(&rows, self.limit),
            Form::Svg => picture::svg(&rows),
            Form::Html => picture::html(&rows),
        };
        console.print(&text)?;
        let is_known = network.unread().is_empty() && !rows.has_unknowns();
        Ok(if network.read.snapshot.objects.is_empty() {
            Exit::NothingScanned
        } else if is_known || self.allow_incomplete {
            Exit::Clean
        } else {
            Exit::Incomplete
        })
    }

    fn terminal(&self, rows: &Rows, network: &Network, width: usize) -> String {
        let mut text = Text::default();
        let lines = rows.lines();
        if lines.is_empty() {
            text.heading("nobody reaches anybody");
        } else {
            let mut table = Table::new(["FROM", "PORTS", "TO"]);
            for line in lines.iter().take(self.limit) {
                let (from, to) = (rows.names_of(&line.from, 2), rows.names_of(&line.to, 5));
                table.row([&*plain(&from), &line.ports.to_string(), &*plain(&to)]);
            }
            text.table(&table.render(width.max(160)));
        }
        if let Some(more) = lines.len().checked_sub(self.limit).filter(|more| *more > 0) {
            text.paragraph(&format!("and {more} more lines; --limit shows more, -o csv all"));
        }
        network.tell_unread(&mut text);
        text.done()
    }

    fn markdown(&self, rows: &Rows) -> String {
        let lines = rows.lines();
        let mut text = String::from("| From | To | Ports |\n|---|---|---|\n");
        for line in lines.iter().take(self.limit) {
            let (from, to) = (rows.names_of(&line.from, 3), rows.names_of(&line.to, 5));
            // Writing to a String does not fail.
            let _ = writeln!(text, "| {} | {} | {} |", markdown_code(&from), markdown_code(&to), line.ports);
        }
        if let Some(more) = lines.len().checked_sub(self.limit).filter(|more| *more > 0) {
            let _ = writeln!(text, "\nand {more} more lines");
        }
        text
    }
}

fn csv(rows: &Rows) -> String {
    let mut csv = Csv::new(&["from", "to", "ports"]);
    for (from, to, ports) in rows.pairs() {
        csv.row([rows.name(from), rows.name(to), &ports.to_string()]);
    }
    csv.done()
}

fn json(rows: &Rows, by: By, network: &Network) -> serde_json::Result<String> {
    let pairs = rows.pairs().map(
        |(from, to, ports)| json!({ "from": rows.name(from), "to": rows.name(to), "ports": of_ports(ports) }),
    );
    written(&json!({
        "formatVersion": FORMAT,
        "enforcer": network.enforcer.name,
        "by": by.name(),
        "pairs": pairs.collect::<Vec<Value>>(),
        "unknowns": network.unread_json(),
    }))
}

fn dot(rows: &Rows, limit: usize) -> String {
    let quoted = |name: &str| format!("\"{}\"", plain(name).replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = String::from("digraph reach {\n  rankdir=LR;\n  node [shape=box];\n");
    let count = rows.pairs().count();
    for (from, to, ports) in rows.pairs().take(limit) {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "  {} -> {} [label={}];",
            quoted(rows.name(from)),
            quoted(rows.name(to)),
            quoted(&ports.to_string())
        );
    }
    if let Some(more) = count.checked_sub(limit).filter(|more| *more > 0) {
        let _ = writeln!(text, "  label=\"and {more} more pairs\";");
    }
    text.push_str("}\n");
    text
}
