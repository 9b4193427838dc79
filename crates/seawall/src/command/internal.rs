//! `seawall internal`: what the project's own tasks need from the program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct Internal {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write every file that is generated from the checks and formats
    Generate {
        /// An empty folder, to be laid out as the repository is
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

impl Internal {
    pub(crate) fn run(self) -> Result<Exit> {
        let Command::Generate { folder } = self.command;
        for (path, text) in crate::docs::pages() {
            write(&folder.join(path), &text)?;
        }
        Ok(Exit::Clean)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}
