//! What is compared, where an answer about it is asked.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueHint};

use super::ask::World;
use super::input::ReadingArgs;
use super::select::SelectArgs;
use super::suppress::SuppressArgs;
use super::variable;
use crate::command::diff::sides::{Side, Sides};
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::run::Job;

// Two sides that are compared. A doc comment would be the help of whatever command has these arguments.
#[derive(Debug, Args)]
pub(crate) struct ComparedArgs {
    /// What was before: a path, a git revision, or a range of revisions
    #[arg(value_name = "BASE", value_hint = ValueHint::AnyPath)]
    base: String,
    /// What is now: a path or a git revision; without, what stands on disk
    #[arg(value_name = "HEAD", value_hint = ValueHint::AnyPath)]
    head: Option<String>,
    /// Paths in the repository to compare; all of it without
    #[arg(value_name = "PATH", last = true, value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// Configuration to use; without, seawall.yaml is looked for from the input upward to the root of the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_CONFIG"), hide_env_values = true, help_heading = "Input")]
    config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config", help_heading = "Input")]
    no_config: bool,
}

impl ComparedArgs {
    /// Reads what was before and what is now. Says what could not be read.
    ///
    /// # Errors
    /// Mistakes in the configuration or the flags; git does not know a revision.
    pub(crate) fn read(&self, console: &Console) -> Result<(World, World)> {
        let interrupt = Interrupt::listen();
        let sides = Sides::of(&self.base, self.head.as_deref(), &self.paths, &interrupt)?;
        let select = SelectArgs::without_checks(self.config.clone(), self.no_config, None);
        let job = Job::new(&sides.configured_by(), &self.reading, &select, &SuppressArgs::default())?;
        let read = |side: &Side| -> Result<World> {
            Ok(World::of(side.read(&job, console, &interrupt)?, &job, console, &interrupt))
        };
        Ok((read(&sides.base)?, read(&sides.head)?))
    }
}
