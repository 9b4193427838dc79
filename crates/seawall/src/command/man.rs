//! `seawall man`

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::console::Console;
use crate::exit::Exit;
use crate::file::reason;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall man | man -l -
  seawall man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Folder for one page per subcommand: seawall.1, seawall-scan.1, …
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let command = crate::cli::command();
        match self.folder {
            Some(folder) => {
                std::fs::create_dir_all(&folder)
                    .and_then(|()| clap_mangen::generate_to(command, &folder))
                    .map_err(|error| {
                        anyhow!("cannot write manual pages into {}: {}", folder.display(), reason(&error))
                    })?;
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command).render(&mut page)?;
                console.write(|out| out.write_all(&page))?;
            }
        }
        Ok(Exit::Clean)
    }
}
