//! `seawall drift`

mod at_start;
mod dry_run;
mod place;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum, ValueHint};
use seawall_engine::Report;
use seawall_inventory::drift::{Compared, Drift, in_both};
use seawall_inventory::{Snapshot, Weight, What, Within, is_read};

use self::at_start::AtStart;
use crate::args::cluster::ClusterArgs;
use crate::args::form::Form;
use crate::args::input::{ReadingArgs, inputs};
use crate::args::select::SelectArgs;
use crate::args::suppress::SuppressArgs;
use crate::args::variable;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::problems;
use crate::report::view;
use crate::run::{Job, Scan, read_cluster};

#[derive(Debug, Args)]
#[command(after_help = "\
What runs and is in no file, what differs, and what is in files and not applied. Compared is what Seawall reads of objects, without
what the API server fills in; of values of Secrets, ConfigMaps and environment variables, which keys there are and what the
values look like. What the cluster makes by itself is left out; the roles and bindings that the API server makes are told when they
are not as it makes them.

Exit codes: 0 no difference, 1 a difference, 4 something could not be read.

Examples:
  seawall drift deploy/ --cluster
  seawall drift charts/web -f prod.yaml --cluster --context prod -n shop
  seawall drift deploy/ --cluster --dry-run=server   with defaults of custom resources and what admission changes
  seawall drift deploy/ --cluster -o json")]
pub(crate) struct DriftArgs {
    /// Files and folders that say what should run, `-` for standard input, or a saved Snapshot
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
    /// `server`: ask the API server what it would make of the files, in place of a table of what it fills in. That sends it the
    /// objects of the files, Secrets too, and takes the right `create`; nothing is made
    #[arg(long, value_enum, value_name = "WHERE")]
    dry_run: Option<Where>,
    /// Show also what the cluster makes by itself, and what made it
    #[arg(long)]
    all: bool,
    /// How to write it
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
    form: Form,
    /// Exit code 0 or 1 though something could not be read
    #[arg(long)]
    allow_incomplete: bool,
    /// Configuration to use; without, seawall.yaml is looked for from the input upward to the root of the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_CONFIG"), hide_env_values = true)]
    config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// Where to do a dry run: in the words of kubectl.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Where {
    /// On the API server
    Server,
}

/// Where objects without a namespace are applied to when nobody says otherwise.
const NAMESPACE: &str = "default";

impl DriftArgs {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let only = self.reading.render.namespace.as_deref();
        let Some(target) = self.cluster.target(only) else {
            bail!("say --cluster: files are held against what runs");
        };
        let interrupt = Interrupt::listen();
        let mut select = SelectArgs::default();
        (select.config, select.no_config) = (self.config.clone(), self.no_config);
        let job = Job::new(&self.files, &self.reading, &select, &SuppressArgs::default())?;
        let written = job.read(inputs(&self.files, console, &interrupt)?, console, &interrupt);
        let live = read_cluster(&target, console, &interrupt)?;
        let (written, live) = (told(&job, written, console), told(&job, live, console));
        let none = BTreeMap::new();
        let at_start = AtStart::of(&live);
        let saved = Some(written.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        let compared = Compared {
            namespace: only.or(saved).unwrap_or(NAMESPACE),
            only,
            is_listed: &|group, kind| is_listed(&live, only, group, kind),
            made: &none,
            at_start: &|object| at_start.how(object),
        };
        let dry_run = match self.dry_run {
            Some(Where::Server) => {
                let numbers = in_both(&written, &live, &compared);
                Some(dry_run::ask(&target, &written, &numbers, compared.namespace, console, &interrupt)?)
            }
            None => None,
        };
        let made = dry_run.as_ref().map_or(&none, |answers| &answers.made);
        let drift = Drift::between(&written, &live, &Compared { made, ..compared });
        let dry_run = dry_run.as_ref();
        let sides = write::Sides { written: &written, live: &live, drift: &drift, dry_run, all: self.all };
        match self.form {
            Form::Table => console.print(&write::terminal(&sides))?,
            Form::Json => console.print(&format!("{}\n", write::json(&sides)?))?,
        }
        let lost = |snapshot: &Snapshot| {
            snapshot.problems.iter().any(|problem| problem.weight == Weight::Incomplete)
        };
        let incomplete = interrupt.pressed() || lost(&written) || lost(&live);
        Ok(if !drift.is_none() {
            Exit::Findings
        } else if incomplete && !self.allow_incomplete {
            Exit::Incomplete
        } else if written.objects.is_empty() {
            Exit::NothingScanned
        } else {
            Exit::Clean
        })
    }
}

/// Says what could not be read.
fn told(job: &Job, snapshot: Snapshot, console: &Console) -> Snapshot {
    let scan = Scan { snapshot, report: Report::default() };
    problems::say(console, &view(job, &scan, seawall_report::Show::default()));
    scan.snapshot
}

/// Whether all objects of a kind were listed, where any were to be.
fn is_listed(live: &Snapshot, only: Option<&str>, group: &str, kind: &str) -> bool {
    let what = What::Kind { group: group.into(), kind: kind.into() };
    let within = only.map_or(Within::Everywhere, |name| Within::Namespace(name.into()));
    live.coverage.live && is_read(group, kind) && live.coverage.gap(&what, &within, None).is_none()
}
