//! `seawall reach`: who can reach whom over the network, and which rule says so.

mod answer;
mod diff;
mod entries;
mod expect;
mod harden;
mod lint;
mod log;
mod map;
mod missing;
mod network;
mod place;
mod question;
mod rule;
mod watch;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;

/// Who can reach whom over the network, and by which rule
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_precedence_over_arg = true)]
#[command(after_help = place::HELP)]
pub(crate) struct Reach {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    question: question::Question,
}

// Arguments of a command are made when it is the one that is called.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Everybody at a glance: who reaches whom, on which ports
    Map(Box<map::MapArgs>),
    /// What a change opens and closes
    Diff(Box<diff::Diff>),
    /// What in policies has no effect, or another one than it seems
    Lint(Box<lint::Lint>),
    /// Hold what must and must not be reachable, as a file says it, against what is
    Expect(Box<expect::Expect>),
    /// Policies that let pass what manifests declare, and deny all else
    Harden(Box<harden::Harden>),
    /// Hold flows as they come against what policies say
    Watch(Box<watch::Watch>),
}

impl Reach {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        match self.command {
            None => self.question.run(console),
            Some(Command::Map(args)) => args.run(console),
            Some(Command::Diff(args)) => args.run(console),
            Some(Command::Lint(args)) => args.run(console),
            Some(Command::Expect(args)) => args.run(console),
            Some(Command::Harden(args)) => args.run(console),
            Some(Command::Watch(args)) => args.run(console),
        }
    }
}
