//! `seawall can`

use anyhow::{Context, Result};
use clap::Args;

use super::answer::{Authorizers, Verdict};
use super::chain_args::ChainArgs;
use super::kinds::needed;
use super::what::{What, WhatArgs};
use super::who::{Asker, FORMS, Who};
use super::{list, write};
use crate::args::ask::{AskArgs, Asked, World};
use crate::args::form::ListForm;
use crate::console::Console;
use crate::exit::Exit;
use seawall_report::plain;

/// Whether somebody may do something, and by what
///
/// The answer is that of an API server with the authorizers Node and RBAC, and is given of what was read: of files nobody knows what
/// else a cluster holds.
#[derive(Debug, Args)]
#[command(after_help = format!("\
{FORMS}

WHAT is a resource (pods, deploy, deployments.apps), with a subresource (pods/exec) or a name
(pods/web), or a path (/healthz).

Exit codes:
  0  allowed
  1  not allowed
  2  wrong arguments or configuration
  3  nothing was read
  4  not known (--allow-incomplete: 1)

Examples:
  seawall can sa:shop/web get secrets -n shop -- deploy/
  seawall can user:jane create pods/exec -n shop --cluster
  seawall can deployment/shop/web get configmaps --name settings -n shop
  seawall can file:jane.crt '*' '*' -A --cluster
  seawall can sa:shop/web --list -n shop -o json"))]
pub(crate) struct Can {
    /// Who: user:NAME, sa:NAMESPACE/NAME, … (see below)
    #[arg(value_name = "WHO")]
    who: Who,
    /// What he would do: get, list, create, …
    #[arg(value_name = "VERB", required_unless_present = "list", conflicts_with = "list")]
    verb: Option<String>,
    /// With what: a resource, or a path
    #[arg(value_name = "WHAT", required_unless_present = "list", conflicts_with = "list")]
    what: Option<String>,
    #[command(flatten)]
    more: WhatArgs,
    /// Everything that he may do in the namespace
    #[arg(long, conflicts_with_all = ["name", "subresource"], help_heading = "Question")]
    list: bool,
    /// A group that he is in besides; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Question")]
    group: Vec<String>,
    /// How to write it; csv with --list
    #[arg(
        long = "output",
        short = 'o',
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    form: ListForm,
    /// Exit code 1, not 4, when the answer is not known; 0 for a list that may lack something
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    access: AskArgs,
}

impl Can {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let asked = self.access.asked();
        let question = match (&self.verb, &self.what) {
            (Some(verb), Some(written)) => Some(What::parse(verb, written, &self.more, &asked)?),
            _ => None,
        };
        let is_in_namespace = question.as_ref().is_none_or(|what| !what.namespace.is_empty());
        let (world, asker) = read(&self.who, &self.group, &self.access, is_in_namespace, console)?;
        let Some(what) = question else {
            let list = list::List::of(&world, &asker, asked.namespace());
            list.write(self.form, console)?;
            return Ok(list.exit(self.allow_incomplete));
        };
        if self.form == ListForm::Csv {
            anyhow::bail!("csv is for lists: say --list, or ask who-can");
        }
        what.say(&world.snapshot, console);
        let authorizers = Authorizers::of(&world).in_order(self.chain.chain()?);
        let answer = authorizers.decide(&asker.user, &what.attributes());
        let said = write::Said { world: &world, asker: &asker, what: &what, answer: &answer, in_full: false };
        match self.form {
            ListForm::Json => console.print(&said.json().context("cannot write JSON")?)?,
            ListForm::Table | ListForm::Csv => console.print(&said.terminal())?,
        }
        Ok(exit(&world, &answer.verdict, self.allow_incomplete))
    }
}

/// Reads what the question is asked of, and finds who asks.
pub(super) fn read(
    who: &Who,
    groups: &[String],
    access: &AskArgs,
    is_in_namespace: bool,
    console: &Console,
) -> Result<(World, Asker)> {
    let asked = access.asked();
    let known = who.known(groups, &asked)?;
    let is_node = known.as_ref().is_some_and(Asker::is_node);
    let world = access.read(&needed(is_node, &who.kinds()), console)?;
    let asker = match known {
        Some(known) => known,
        None => who.find(&world.snapshot, groups, &asked)?,
    };
    for note in &asker.notes {
        console.note(plain(note));
    }
    let own = asker.user.as_service_account().map(|(namespace, _)| namespace);
    if let (Some(own), Asked::Default, true) = (own, &asked, is_in_namespace)
        && own != asked.namespace()
    {
        console
            .note(format_args!("asked about namespace `{}`; -n {own} asks about its own", asked.namespace()));
    }
    Ok((world, asker))
}

/// The exit code of an answer.
pub(super) fn exit(world: &World, verdict: &Verdict<'_>, allow_incomplete: bool) -> Exit {
    match verdict {
        Verdict::Allowed(_) => Exit::Clean,
        Verdict::Unknown(_) if !allow_incomplete => Exit::Incomplete,
        Verdict::Denied if world.snapshot.objects.is_empty() => Exit::NothingScanned,
        Verdict::Denied | Verdict::Unknown(_) => Exit::Findings,
    }
}
