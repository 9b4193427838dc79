//! `seawall access`: who may do what, as the API server would decide it. `can` and `who-can` are commands by themselves, too.

mod answer;
mod bound;
pub(crate) mod can;
mod chain;
mod chain_args;
mod diff;
mod explain;
mod graph;
mod kinds;
mod list;
mod matrix;
mod minimal;
mod what;
mod who;
pub(crate) mod who_can;
mod write;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct Access {
    #[command(subcommand)]
    command: Command,
}

// Arguments of a command are made when it is the one that is called.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Whether somebody may do something, and by what
    Can(Box<can::Can>),
    /// Everybody who may do something, and by what
    WhoCan(Box<who_can::WhoCan>),
    /// Why somebody may do something: every chain that allows it, and what it takes to take it away
    Explain(Box<explain::Explain>),
    /// Subjects and what they may, at a glance: powers that amount to more, or verbs on resources
    Matrix(Box<matrix::Matrix>),
    /// A picture of who has which roles, and what these allow
    Graph(Box<graph::Graph>),
    /// The least roles that allow what somebody was seen doing, from an audit log
    Minimal(Box<minimal::Minimal>),
    /// Rights that a change gives and takes
    Diff(Box<diff::Diff>),
}

impl Access {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        match self.command {
            Command::Can(args) => args.run(console),
            Command::WhoCan(args) => args.run(console),
            Command::Explain(args) => args.run(console),
            Command::Matrix(args) => args.run(console),
            Command::Graph(args) => args.run(console),
            Command::Minimal(args) => args.run(console),
            Command::Diff(args) => args.run(console),
        }
    }
}
