//! `seawall snapshot save`

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueHint};
use seawall_engine::{FailOn, Report, outcome};
use seawall_inventory::Snapshot;
use seawall_inventory::saved::About;
use seawall_source::saved;

use super::objects;
#[cfg(feature = "cluster")]
use crate::args::cluster::ClusterArgs;
use crate::args::input::InputArgs;
use crate::args::select::SelectArgs;
use crate::args::suppress::SuppressArgs;
use crate::args::variable;
use crate::console::Console;
use crate::exit::Exit;
use crate::file::write_private;
use crate::interrupt::Interrupt;
use crate::problems;
use crate::report::view;
use crate::run::{Job, Scan, now};

/// Read a cluster or files, and save what was read
#[derive(Debug, Args)]
pub(crate) struct Save {
    /// Where to save it
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Configuration to use; without, seawall.yaml is looked for from the input upward to the root of the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_CONFIG"), hide_env_values = true)]
    config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
    /// Exit code 0 when something could not be read; the Snapshot says so all the same
    #[arg(long)]
    allow_incomplete: bool,
}

impl Save {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let interrupt = Interrupt::listen();
        let mut select = SelectArgs::default();
        (select.config, select.no_config) = (self.config.clone(), self.no_config);
        let job = Job::new(&self.input.paths, &self.input.reading, &select, &SuppressArgs::default())?;
        let (snapshot, cluster) = self.read(&job, console, &interrupt)?;
        let scan = Scan { snapshot, report: Report::default() };
        problems::say(console, &view(&job, &scan, seawall_report::Show::default()));
        let Scan { snapshot, report } = scan;
        let pressed = interrupt.pressed();
        let exit = outcome(&report, &snapshot, FailOn::Never, self.allow_incomplete, pressed);
        if snapshot.objects.is_empty() {
            console.note("nothing was read, and nothing saved");
            return Ok(exit.into());
        }
        let about =
            About { seawall: env!("CARGO_PKG_VERSION").into(), time: now().into(), cluster: cluster.into() };
        write_private(&self.file, |out| saved::write(&snapshot, &about, out))?;
        let saved = objects(snapshot.objects.len());
        console.note(format_args!("saved {saved} in {}", self.file.display()));
        std::mem::forget(snapshot);
        Ok(exit.into())
    }

    /// What is there, and the name of the cluster.
    fn read(&self, job: &Job, console: &Console, interrupt: &Interrupt) -> Result<(Snapshot, String)> {
        #[cfg(feature = "cluster")]
        let namespace = self.input.reading.render.namespace.as_deref();
        #[cfg(feature = "cluster")]
        if let Some(target) = self.cluster.in_place_of(&self.input.paths, namespace)? {
            let snapshot = crate::run::read_cluster(&target, console, interrupt)?;
            // Lists are called by their cluster first.
            let first = snapshot.files.first().and_then(|file| file.path.components().next());
            let cluster = first.map(|name| name.as_os_str().to_string_lossy().into_owned());
            return Ok((snapshot, cluster.unwrap_or_default()));
        }
        Ok((job.read(self.input.inputs(console, interrupt)?, console, interrupt), String::new()))
    }
}
