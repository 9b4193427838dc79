//! From arguments to what was found.

use std::path::PathBuf;

use anyhow::Result;
use seawall_engine::{Config, Plan, Report, Selection, evaluate, plan};
use seawall_inventory::Snapshot;
use seawall_source::{Control, Input, Options, load};

use crate::args::input::ReadingArgs;
use crate::args::select::SelectArgs;
use crate::configuration;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::problems::Refused;
use crate::progress::Progress;

/// What a scan is to do.
pub(crate) struct Job {
    /// The configuration that counts.
    pub config: Config,
    /// The checks to run.
    pub plan: Plan,
    /// How to read.
    pub options: Options,
}

/// What a scan has found.
pub(crate) struct Scan {
    /// What was read.
    pub snapshot: Snapshot,
    /// What is wrong with it.
    pub report: Report,
}

impl Job {
    /// Puts configuration and flags together.
    ///
    /// # Errors
    /// Mistakes in the configuration or the flags.
    pub(crate) fn new(paths: &[PathBuf], reading: &ReadingArgs, select: &SelectArgs) -> Result<Self> {
        let catalogue = seawall_checks::all();
        let config = configuration::load(select, paths, &catalogue)?;
        let selection: Selection = select.selection();
        let plan = plan(&config, &selection, &catalogue).map_err(Refused)?;
        let options = reading.options(&config, &plan)?;
        reading.start_threads()?;
        Ok(Self { config, plan, options })
    }

    /// Reads `inputs` and judges them.
    pub(crate) fn scan(&self, inputs: Vec<Input>, console: &Console, interrupt: &Interrupt) -> Scan {
        let snapshot = {
            let progress = Progress::start(console);
            let update = |at: seawall_source::Progress| progress.update(at.done, at.total);
            load(inputs, &self.options, Control { cancel: interrupt.flag(), progress: &update })
        };
        let report = evaluate(&snapshot, &self.plan);
        Scan { snapshot, report }
    }
}
