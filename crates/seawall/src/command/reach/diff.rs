//! `seawall reach diff`

mod write;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use seawall_inventory::Snapshot;
use seawall_netpol::{Enforcer, Ports, Verdict, World};

use super::map::{By, Grouping, Rows};
use super::network::{EnforcerArgs, Network};
use crate::args::compared::ComparedArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// What a change opens and closes: who reaches whom that did not, and who does not any more
///
/// What counts is who reaches whom, and not how policies are written: one that is renamed, or split in two, is no difference.
#[derive(Debug, Args)]
#[command(after_help = "\
Saved Snapshots are paths, too.

Exit codes:
  0  nothing is opened
  1  something is opened
  2  wrong arguments or configuration
  4  nothing is opened that is known, and something is not known (--allow-incomplete: 0)

Examples:
  seawall reach diff main                what the work tree opens and closes
  seawall reach diff main...feature      what feature does since it left main
  seawall reach diff old.swz new.swz     two days of a cluster
  seawall reach diff main.. -o markdown  for a pull request")]
pub(super) struct Diff {
    #[command(flatten)]
    compared: ComparedArgs,
    /// What is one: a workload or a namespace; without, workloads as long as they are few
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    by: Option<By>,
    #[command(flatten)]
    enforcer: EnforcerArgs,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when nothing is opened that is known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
}

/// How a difference is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading
    #[default]
    #[value(alias = "terminal")]
    Table,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
}

/// Workloads of a side up to which each of them is one without being asked.
const FEW: usize = 2_000;

/// What one side has and the other has not.
struct Difference {
    opened: Vec<Turn>,
    closed: Vec<Turn>,
    by: By,
}

/// Ports of a pair that another verdict holds for.
struct Turn {
    from: String,
    to: String,
    /// What holds for those ports on the side that has more.
    ports: Ports,
}

impl Diff {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let (base, head) = self.compared.read(console)?;
        // Both are asked as what is now: that another enforces is no change of policies.
        let enforcer = self.enforcer.of(&head.snapshot, console);
        let difference = self.compare(&base.snapshot, &head.snapshot, enforcer, console);
        match self.output.form {
            Form::Table => console.print(&difference.terminal(console.width))?,
            Form::Json => console.print(&difference.json(enforcer).context("cannot write JSON")?)?,
            Form::Markdown => console.print(&difference.markdown())?,
        }
        let is_known = base.unread.is_empty()
            && head.unread.is_empty()
            && !difference.turns().any(|turn| turn.ports.any(|verdict| verdict == Verdict::Unknown));
        let is_opened =
            difference.opened.iter().any(|turn| turn.ports.any(|verdict| verdict == Verdict::Allow));
        Ok(if is_opened {
            Exit::Findings
        } else if !is_known && !self.allow_incomplete {
            Exit::Incomplete
        } else {
            Exit::Clean
        })
    }

    fn compare(&self, base: &Snapshot, head: &Snapshot, enforcer: Enforcer, console: &Console) -> Difference {
        let (base, head) = (World::new(base, enforcer), World::new(head, enforcer));
        Network::tell_mesh(&head, console);
        let count = |world: &World<'_>| Grouping::workloads(world).names.len();
        let few = count(&base).max(count(&head)) <= FEW;
        let by = self.by.unwrap_or(if few { By::Workload } else { By::Namespace });
        let rows = |world| Rows::of(world, self.enforcer.family(), Grouping::of(world, by));
        let (base, head) = (rows(&base), rows(&head));
        Difference { opened: more(&base, &head), closed: more(&head, &base), by }
    }
}

impl Difference {
    fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.opened.iter().chain(&self.closed)
    }
}

/// What passes on one side, or may, and less on the other, in the order of names.
fn more(other: &Rows, own: &Rows) -> Vec<Turn> {
    let turns = own.pairs().filter_map(|(from, to, ports)| {
        let (from, to) = (own.name(from), own.name(to));
        let more = match other.between(from, to) {
            // Where the other side says as much, nothing is new.
            Some(known) => ports.where_more_than(known),
            None => ports.clone(),
        };
        (more.best() != Verdict::Deny).then(|| Turn { from: from.to_owned(), to: to.to_owned(), ports: more })
    });
    turns.collect()
}
