//! `seawall access diff`

mod rights;
mod write;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use self::rights::{Side, gained};
use super::answer::Authorizers;
use crate::args::compared::ComparedArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// Rights that a change gives and takes
///
/// What counts are rights, and not how they are written: a role that is renamed or a rule that moves is no difference.
#[derive(Debug, Args)]
#[command(after_help = "\
Of a binding of a role that is not among the files it is told that whatever the role allows is gained
or lost. Saved Snapshots are paths, too.

Exit codes:
  0  nothing is gained
  1  somebody gains a right
  2  wrong arguments or configuration
  4  nothing is gained that is known, and something is not known (--allow-incomplete: 0)

Examples:
  seawall access diff main                what the work tree gives and takes
  seawall access diff main...feature      what feature does since it left main
  seawall access diff old.swz new.swz     two days of a cluster
  seawall access diff main.. -o markdown  for a pull request")]
pub(super) struct Diff {
    #[command(flatten)]
    compared: ComparedArgs,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when nothing is gained that is known
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

impl Diff {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let (base, head) = self.compared.read(console)?;
        let (of_base, of_head) = (Authorizers::of(&base), Authorizers::of(&head));
        let (base, head) = (Side::of(&base, &of_base.policy), Side::of(&head, &of_head.policy));
        let (now, before) = (gained(&base, &head), gained(&head, &base));
        let difference = write::Difference {
            unknowns: of_head.reasons(&now.unknowns),
            unknowns_before: of_base.reasons(&before.unknowns),
            gained: now.gains,
            lost: before.gains,
            base: base.snapshot(),
            head: head.snapshot(),
        };
        match self.output.form {
            Form::Table => console.print(&difference.terminal())?,
            Form::Json => console.print(&difference.json().context("cannot write JSON")?)?,
            Form::Markdown => console.print(&difference.markdown())?,
        }
        let is_known = difference.unknowns.is_empty() && difference.unknowns_before.is_empty();
        Ok(if !difference.gained.is_empty() {
            Exit::Findings
        } else if !is_known && !self.allow_incomplete {
            Exit::Incomplete
        } else {
            Exit::Clean
        })
    }
}
