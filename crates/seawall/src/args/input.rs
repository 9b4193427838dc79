//! What to read.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueHint};
use seawall_engine::{Config, Plan};
use seawall_source::{Exclude, Input, Options};

use super::render::RenderArgs;
use crate::args::variable;
use crate::console::Console;
use crate::interrupt::{Interrupt, Stdin};

/// What to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Files and folders to read, `-` for standard input; the current folder without
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = None::<&str>)]
    pub paths: Vec<PathBuf>,
    /// How to read them
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// How to read it.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ReadingArgs {
    /// Leave out what matches, in the language of a .gitignore
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Read also what .gitignore and .seawallignore leave out
    #[arg(long)]
    no_ignore: bool,
    /// Threads to use; as many as there are processors without
    #[arg(long, value_name = "N", env = variable("SEAWALL_THREADS"), hide_env_values = true)]
    threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub render: RenderArgs,
}

impl InputArgs {
    /// The inputs, and how to read them.
    pub(crate) fn inputs(&self, console: &Console, interrupt: &Interrupt) -> Result<Vec<Input>> {
        inputs(&self.paths, console, interrupt)
    }
}

/// What these paths name; without any, the current folder.
pub(crate) fn inputs(paths: &[PathBuf], console: &Console, interrupt: &Interrupt) -> Result<Vec<Input>> {
    let mut stdin = false;
    if paths.is_empty() {
        return Ok(vec![Input::Path(PathBuf::from("."))]);
    }
    paths
        .iter()
        .map(|path| {
            if path != Path::new("-") {
                return Ok(Input::Path(path.clone()));
            }
            if std::mem::replace(&mut stdin, true) {
                bail!("`-` stands for standard input, which can be read only once");
            }
            if std::io::stdin().is_terminal() {
                console.note("reading standard input; Ctrl-D ends it");
            }
            Ok(Input::Stream { shown_as: path.clone(), reader: Box::new(Stdin::new(interrupt.clone())) })
        })
        .collect()
}

impl ReadingArgs {
    /// How to read: the flags on top of what the configuration says.
    ///
    /// The configuration stands in `config_folder`, the user `here`.
    pub(crate) fn options(
        &self,
        config: &Config,
        plan: &Plan,
        here: &Path,
        config_folder: &Path,
    ) -> Result<Options> {
        let folder = config.file.as_ref().and_then(|file| file.path.parent()).unwrap_or(Path::new(""));
        let exclude = Exclude::new(&self.exclude).context("--exclude")?;
        Ok(Options {
            exclude: exclude.and_below(config_folder, here, &config.exclude)?,
            ignore_files: !self.no_ignore,
            helm: self.render.helm(&config.helm, folder),
            kustomize: self.render.kustomize(&config.kustomize),
            kubernetes_version: plan.settings.version,
            allow_remote: self.render.allow_remote,
            ..Options::default()
        })
    }

    /// Gives the program as many threads as are asked for. Once; without this, they start with the first work there is.
    pub(crate) fn start_threads(&self) -> Result<()> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads.get())
                .build_global()
                .context("cannot start the threads that --threads asks for")?;
        }
        Ok(())
    }
}
