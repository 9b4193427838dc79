//! `seawall config`

mod effective;
mod init;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{ArgMatches, Args, Subcommand, ValueHint};
use seawall_engine::Config as Configuration;

use crate::args::form::Form;
use crate::args::input::InputArgs;
use crate::args::select::SelectArgs;
use crate::args::verdict::VerdictArgs;
use crate::configuration;
use crate::console::Console;
use crate::exit::Exit;
use crate::file::read_text;
use crate::problems::Refused;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Settings of seawall.yaml:
  profile, pss, kubernetes-version                   what is judged, and by which version
  select, extend-select, ignore, severity, checks    checks to run, their severities and parameters
  exclude, inline-ignores, suppress                  what does not count
  helm, kustomize                                    how charts and overlays are rendered
  fail-on, output                                    what becomes of the result
`seawall config init` explains each; `seawall schema config` lets editors complete them.

Examples:
  seawall config                     what counts in the current folder
  seawall config deploy/ --pss baseline
  seawall config init
  seawall config check")]
pub(crate) struct Config {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    verdict: VerdictArgs,
    /// How to write it
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented configuration
    Init {
        /// Where to write it, `-` for standard output
        #[arg(value_name = "FILE", default_value = configuration::FILE_NAME, value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Check a configuration
    Check {
        /// The configuration; without, the one that counts in the current folder
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
}

impl Config {
    /// `given` tells flags from variables of the environment.
    pub(crate) fn run(self, given: &ArgMatches, console: &Console) -> Result<Exit> {
        match self.command {
            Some(Command::Init { file, force }) => init::write(&file, force, console)?,
            Some(Command::Check { file }) => check(file, console)?,
            None => {
                let catalogue = seawall_checks::all();
                let config = configuration::load(&self.select, &self.input.paths, &catalogue)?;
                let plan =
                    seawall_engine::plan(&config, &self.select.selection(), &catalogue).map_err(Refused)?;
                let settings = effective::settings(&config, given);
                let text = match self.form {
                    Form::Table => effective::table(&config, &settings, &plan, console.width),
                    Form::Json => effective::json(&config, &settings, &plan)?,
                };
                console.print(&text)?;
            }
        }
        Ok(Exit::Clean)
    }
}

fn check(file: Option<PathBuf>, console: &Console) -> Result<()> {
    let file = file
        .or_else(|| configuration::find(&[]))
        .context("there is no seawall.yaml here or above; `seawall config init` writes one")?;
    let text = read_text(&file, "configuration")?;
    Configuration::read(&file, &text, &seawall_checks::all()).map_err(Refused)?;
    console.note(format_args!("{}: no mistakes", file.display()));
    Ok(())
}
