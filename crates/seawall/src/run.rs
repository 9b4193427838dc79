//! From arguments to what was found.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use seawall_checks::Check;
#[cfg(feature = "cluster")]
use seawall_cluster::{Target, read_several};
use seawall_engine::{Baseline, Config, Date, Plan, Report, SuppressOptions, evaluate, plan, suppress};
#[cfg(feature = "cluster")]
use seawall_engine::{Judging, side_by_side};
use seawall_inventory::Snapshot;
use seawall_source::{Control, Input, Options, load};

use crate::args::input::ReadingArgs;
use crate::args::select::SelectArgs;
use crate::args::suppress::SuppressArgs;
use crate::configuration;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::memory;
use crate::problems::Refused;
use crate::progress::Progress;
use crate::report::profile_name;

/// Clusters that are read at the same time: the memory of one is that of what it holds.
#[cfg(feature = "cluster")]
const CLUSTERS_AT_ONCE: usize = 4;

/// What a scan is to do.
pub(crate) struct Job {
    /// The configuration that counts.
    pub config: Config,
    /// The checks to run.
    pub plan: Plan,
    /// What they are called together.
    pub profile: String,
    options: Options,
    suppressing: SuppressOptions<'static>,
    baseline: Option<Baseline>,
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
    pub(crate) fn new(
        paths: &[PathBuf],
        reading: &ReadingArgs,
        select: &SelectArgs,
        suppress: &SuppressArgs,
    ) -> Result<Self> {
        // Lives as long as the program: every part of a run refers to the checks.
        let catalogue: &'static [&'static Check] = seawall_checks::all().leak();
        let config = configuration::load(select, paths, catalogue)?;
        let selection = select.selection();
        let plan = plan(&config, &selection, catalogue).map_err(Refused)?;
        let here = std::env::current_dir().context("the current folder is gone")?;
        let folder = config.file.as_ref().and_then(|file| file.path.parent()).unwrap_or(Path::new(""));
        let config_folder = here.join(folder);
        let options = reading.options(&config, &plan, &here, &config_folder)?;
        memory::keep_freed();
        reading.start_threads()?;
        let profile =
            selection.profile.or(config.selection.profile).unwrap_or(seawall_finding::Profile::Default);
        Ok(Self {
            profile: profile_name(plan.pss, profile),
            options,
            suppressing: SuppressOptions {
                today: today(),
                refuse_inline: suppress.no_inline_ignores,
                catalogue,
                here,
                config_folder,
            },
            baseline: suppress.baseline()?,
            plan,
            config,
        })
    }

    /// Reads `inputs` and judges them.
    pub(crate) fn scan(&self, inputs: Vec<Input>, console: &Console, interrupt: &Interrupt) -> Scan {
        self.judge(self.read(inputs, console, interrupt), console)
    }

    /// Reads `inputs`.
    pub(crate) fn read(&self, inputs: Vec<Input>, console: &Console, interrupt: &Interrupt) -> Snapshot {
        let progress = Progress::start(console);
        let update = |at: seawall_source::Progress| progress.update(at.done, at.total);
        load(inputs, &self.options, Control { cancel: interrupt.flag(), progress: &update })
    }

    /// Reads a cluster and judges it.
    ///
    /// # Errors
    /// There is no way to the cluster.
    #[cfg(feature = "cluster")]
    pub(crate) fn scan_cluster(
        &self,
        target: &Target,
        console: &Console,
        interrupt: &Interrupt,
    ) -> Result<Scan> {
        Ok(self.judge(read_cluster(target, console, interrupt)?, console))
    }

    /// Reads several clusters at once, and judges each. One that there is no way to is a problem, and the others are judged all the
    /// same.
    ///
    /// # Errors
    /// A namespace has a name that none can have.
    #[cfg(feature = "cluster")]
    pub(crate) fn scan_clusters(
        &self,
        targets: &[Target],
        console: &Console,
        interrupt: &Interrupt,
    ) -> Result<Scan> {
        let progress = Progress::start(console);
        let done = std::sync::atomic::AtomicUsize::new(0);
        let one = || {
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            progress.update(done, targets.len());
        };
        let mut parts = Vec::new();
        for some in targets.chunks(CLUSTERS_AT_ONCE) {
            let snapshots = read_several(some, interrupt.flag(), &one)?;
            parts.extend(snapshots.into_iter().map(|snapshot| {
                let Scan { snapshot, report } = self.judge(snapshot, console);
                (snapshot, report)
            }));
        }
        drop(progress);
        let (snapshot, report) = side_by_side(parts);
        Ok(Scan { snapshot, report })
    }

    /// How what changes is judged.
    #[cfg(feature = "cluster")]
    pub(crate) fn judging(&self) -> Judging<'_> {
        Judging {
            plan: &self.plan,
            config: &self.config,
            suppressing: self.suppressing.clone(),
            baseline: self.baseline.as_ref(),
        }
    }

    fn judge(&self, snapshot: Snapshot, console: &Console) -> Scan {
        let mut report = evaluate(&snapshot, &self.plan);
        suppress(&mut report, &snapshot, &self.config, &self.suppressing);
        if let Some(baseline) = &self.baseline {
            let gone = baseline.apply(&mut report).len();
            if gone > 0 {
                console.note(format_args!(
                    "{gone} findings of the baseline are mended; `seawall baseline prune` takes them out"
                ));
            }
        }
        Scan { snapshot, report }
    }
}

/// Reads a cluster.
///
/// # Errors
/// There is no way to the cluster.
#[cfg(feature = "cluster")]
pub(crate) fn read_cluster(target: &Target, console: &Console, interrupt: &Interrupt) -> Result<Snapshot> {
    let progress = Progress::start(console);
    Ok(seawall_cluster::read(target, interrupt.flag(), &|done, total| progress.update(done, total))?)
}

/// The second it is, in UTC (RFC 3339).
pub(crate) fn now() -> String {
    let seconds = seconds();
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", today())
}

/// The day it is, in UTC.
pub(crate) fn today() -> Date {
    Date::from_unix_days(i64::try_from(seconds() / 86_400).unwrap_or(i64::MAX))
}

/// The second it is, counted from 1970.
pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
