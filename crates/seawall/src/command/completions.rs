//! `seawall completions`

use anyhow::{Context, Result};
use clap::Args;
use clap_complete::aot::Shell;
use clap_complete::env::Shells;

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall completions bash > ~/.local/share/bash-completion/completions/seawall
  seawall completions zsh > ~/.zfunc/_seawall
  seawall completions fish > ~/.config/fish/completions/seawall.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let shells = Shells::builtins();
        let completer = shells.completer(&self.shell.to_string()).context("no completions for this shell")?;
        let mut script = Vec::new();
        // The script calls `seawall` back for candidates, so that it knows the checks of the version installed.
        completer.write_registration("COMPLETE", "seawall", "seawall", "seawall", &mut script)?;
        console.write(|out| out.write_all(&script))?;
        Ok(Exit::Clean)
    }
}
