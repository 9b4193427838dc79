//! `seawall who-can`

mod holders;
mod subjects;

use anyhow::{Context, Result};
use clap::Args;

use self::holders::Holders;
pub(super) use self::holders::row;
use self::subjects::Subjects;
use super::answer::Authorizers;
use super::kinds::needed;
use super::what::{What, WhatArgs};
use crate::args::ask::{AskArgs, World};
use crate::args::form::{FormArgs, ListForm};
use crate::console::Console;
use crate::exit::Exit;

/// Everybody who may do something, and by what
#[derive(Debug, Args)]
#[command(after_help = "\
WHAT is a resource (pods, deploy, deployments.apps), with a subresource (pods/exec) or a name
(pods/web), or a path (/healthz). Told are users, groups and service accounts that bindings name,
and system:masters, which needs none.

Exit codes:
  0  answered
  2  wrong arguments or configuration
  3  nothing was read
  4  there may be others: something is not known (--allow-incomplete: 0)

Examples:
  seawall who-can get secrets -n shop -- deploy/
  seawall who-can create pods/exec -n shop --cluster
  seawall who-can '*' '*' -A --cluster -o json
  seawall who-can get secrets -n shop --all-subjects -o csv")]
pub(crate) struct WhoCan {
    /// What they would do: get, list, create, …
    #[arg(value_name = "VERB")]
    verb: String,
    /// With what: a resource, or a path
    #[arg(value_name = "WHAT")]
    what: String,
    #[command(flatten)]
    more: WhatArgs,
    /// Every subject of a binding, with the answer for each: also those who may not
    #[arg(long, help_heading = "Question")]
    all_subjects: bool,
    /// Kubelets, too: which nodes the node authorizer allows it, by the pods on them
    #[arg(long, conflicts_with = "all_subjects", help_heading = "Question")]
    nodes: bool,
    #[command(flatten)]
    output: FormArgs<ListForm>,
    /// Exit code 0, not 4, when there may be others
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    access: AskArgs,
}

impl WhoCan {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let what = What::parse(&self.verb, &self.what, &self.more, &self.access.asked())?;
        let world = self.access.read(&needed(self.nodes, &[]), console)?;
        what.say(&world.snapshot, console);
        let authorizers = Authorizers::of(&world);
        let (text, is_known) = if self.all_subjects {
            let subjects = Subjects::of(&authorizers, &world, &what);
            let text = match self.output.form {
                ListForm::Table => subjects.terminal(console.width),
                ListForm::Json => subjects.json().context("cannot write JSON")?,
                ListForm::Csv => subjects.csv(),
            };
            (text, subjects.is_known())
        } else {
            let holders = Holders::of(&authorizers, &world, &what, self.nodes);
            let text = match self.output.form {
                ListForm::Table => holders.terminal(),
                ListForm::Json => holders.json().context("cannot write JSON")?,
                ListForm::Csv => holders.csv(),
            };
            (text, holders.is_known())
        };
        console.print(&text)?;
        Ok(exit(&world, is_known || self.allow_incomplete))
    }
}

fn exit(world: &World, is_known: bool) -> Exit {
    if !is_known {
        Exit::Incomplete
    } else if world.snapshot.objects.is_empty() {
        Exit::NothingScanned
    } else {
        Exit::Clean
    }
}
