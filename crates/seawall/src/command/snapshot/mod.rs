//! `seawall snapshot`

mod save;
mod show;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
A saved Snapshot holds what is read of objects, and of the values of Secrets, ConfigMaps and environment variables what they look
like, never the values. `zstdcat FILE | jq` shows it.

Examples:
  seawall snapshot save prod.swz --cluster --context prod
  seawall scan prod.swz                              the same findings, without the cluster
  seawall snapshot save deploy.swz deploy/ charts/web
  seawall snapshot show prod.swz")]
pub(crate) struct SnapshotArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Save(Box<save::Save>),
    Show(show::Show),
}

impl SnapshotArgs {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        match self.command {
            Command::Save(args) => args.run(console),
            Command::Show(args) => args.run(console),
        }
    }
}

/// `1 object`, `2 objects`.
fn objects(count: usize) -> String {
    if count == 1 { "1 object".to_owned() } else { format!("{count} objects") }
}
