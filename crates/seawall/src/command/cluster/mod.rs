//! `seawall cluster`

mod doctor;
mod rbac;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct Cluster {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Doctor(Box<doctor::Doctor>),
    Rbac(Box<rbac::Rbac>),
}

impl Cluster {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        match self.command {
            Command::Doctor(doctor) => doctor.run(console),
            Command::Rbac(rbac) => rbac.run(console),
        }
    }
}
