//! `seawall cluster doctor`

mod write;

use anyhow::Result;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use seawall_checks::Check;
use seawall_cluster::doctor::{Intent, examine};
use seawall_engine::plan;

use crate::args::cluster::{Reach as _, ReachArgs};
use crate::args::select::SelectArgs;
use crate::complete;
use crate::configuration;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::problems::Refused;

/// See whether a cluster can be scanned, and what to do where it cannot
#[derive(Debug, Args)]
#[command(after_help = "\
Asked is whether the API server answers and as whom, what it serves, whether what the chosen checks
read may be read, whether versions and clocks go together, and which distribution it is. Nothing is
changed: asked is by GET, and by reviews of who asks (SelfSubjectReview, SelfSubjectAccessReview),
which the API server answers and does not store.

Exit codes:
  0  a scan will be complete; warnings do not count
  2  wrong arguments or configuration
  4  a scan would be incomplete, or that is not known

Examples:
  seawall cluster doctor
  seawall cluster doctor --context prod -n shop --no-secrets
  seawall cluster doctor --watch --pss restricted            what seawall watch would need
  seawall cluster doctor --as system:serviceaccount:ci:scanner
  seawall cluster doctor -o json")]
pub(crate) struct Doctor {
    #[command(flatten)]
    reach: ReachArgs,
    /// A scan of this namespace alone
    #[arg(long, short, value_name = "NAME", help_heading = "Cluster")]
    #[arg(add = ArgValueCandidates::new(complete::namespaces))]
    namespace: Option<String>,
    /// Ask for the rights to watch, too
    #[arg(long)]
    watch: bool,
    /// How to write it
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    select: SelectArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    #[default]
    Table,
    /// For programs
    Json,
}

impl Doctor {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let interrupt = Interrupt::listen();
        let catalogue: &'static [&'static Check] = seawall_checks::all().leak();
        let config = configuration::load(&self.select, &[], catalogue)?;
        let plan = plan(&config, &self.select.selection(), catalogue).map_err(Refused)?;
        let mut target = self.reach.target(self.namespace.as_deref());
        target.scope.kinds = Some(seawall_checks::kinds(&plan.checks));
        let intent = Intent { watch: self.watch, judged_by: plan.settings.version };
        let diagnosis = examine(&target, intent, interrupt.flag())?;
        match self.format {
            Format::Table => console.print(&write::table(&diagnosis))?,
            Format::Json => console.print(&format!("{}\n", write::json(&diagnosis)?))?,
        }
        Ok(if diagnosis.is_well() { Exit::Clean } else { Exit::Incomplete })
    }
}
