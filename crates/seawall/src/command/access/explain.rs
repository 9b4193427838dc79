//! `seawall access explain`

mod cut;
mod elements;

use anyhow::{Context, Result};
use clap::Args;

use super::answer::Authorizers;
use super::can::{exit, read};
use super::chain_args::ChainArgs;
use super::what::{What, WhatArgs};
use super::who::{FORMS, Who};
use super::write;
use crate::args::ask::AskArgs;
use crate::args::form::Form;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// Why somebody may do something: every chain that allows it, and what it takes to take it away
#[derive(Debug, Args)]
#[command(after_help = format!("\
{FORMS}

Every chain is told that allows it, with the words of its rule that do, and the fewest parts that
have to go so that nothing allows it any more. Exit codes are those of `seawall can`.

Examples:
  seawall access explain sa:shop/web get secrets -n shop -- deploy/
  seawall access explain user:jane create pods/exec -n shop --cluster -o json"))]
pub(super) struct Explain {
    /// Who: user:NAME, sa:NAMESPACE/NAME, … (see below)
    #[arg(value_name = "WHO")]
    who: Who,
    /// What he would do: get, list, create, …
    #[arg(value_name = "VERB")]
    verb: String,
    /// With what: a resource, or a path
    #[arg(value_name = "WHAT")]
    what: String,
    #[command(flatten)]
    more: WhatArgs,
    /// A group that he is in besides; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Question")]
    group: Vec<String>,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 1, not 4, when the answer is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    access: AskArgs,
}

impl Explain {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let what = What::parse(&self.verb, &self.what, &self.more, &self.access.asked())?;
        let (world, asker) = read(&self.who, &self.group, &self.access, !what.namespace.is_empty(), console)?;
        what.say(&world.snapshot, console);
        let authorizers = Authorizers::of(&world).in_order(self.chain.chain()?);
        let answer = authorizers.decide(&asker.user, &what.attributes());
        let said = write::Said { world: &world, asker: &asker, what: &what, answer: &answer, in_full: true };
        match self.output.form {
            Form::Json => console.print(&said.json().context("cannot write JSON")?)?,
            Form::Table => console.print(&said.terminal())?,
        }
        Ok(exit(&world, &answer.verdict, self.allow_incomplete))
    }
}

pub(super) use self::cut::{Removal, fewest};
pub(super) use self::elements::elements;
