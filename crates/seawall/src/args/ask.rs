//! Of what a question is asked.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueHint};
use seawall_engine::Report;
use seawall_inventory::{Kind, KubernetesVersion, Object, Snapshot};
use seawall_rbac::default_roles;

#[cfg(feature = "cluster")]
use super::cluster::{ClusterArgs, ContactArgs};
use super::input::{ReadingArgs, inputs};
use super::select::SelectArgs;
use super::suppress::SuppressArgs;
use crate::args::variable;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::problems;
use crate::report::view;
use crate::run::{Job, Scan};

// Of what a question is asked: files, a saved Snapshot, or a cluster. A doc comment would be the help of whatever
// command has these arguments.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
#[command(mut_arg("namespace", |namespace| {
    namespace
        .help("Namespace that is asked about, and that objects of files go to which name none [default: default]")
        .help_heading("Question")
        .hide_short_help(false)
}))]
pub(crate) struct AskArgs {
    /// Files and folders to read, `-` for standard input, or a saved Snapshot; the current folder without
    #[arg(value_name = "PATH", last = true, value_hint = ValueHint::AnyPath, help_heading = None::<&str>)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    cluster: ClusterArgs<ContactArgs>,
    /// Ask about all namespaces at once: what is allowed in each of them
    #[arg(long, short = 'A', conflicts_with = "namespace", help_heading = "Question")]
    all_namespaces: bool,
    /// Version of Kubernetes whose kubelets are asked about, as in v1.31; the newest known without
    #[arg(long, value_name = "VERSION", env = variable("SEAWALL_KUBERNETES_VERSION"), hide_env_values = true, help_heading = "Input", hide_short_help = true)]
    kubernetes_version: Option<KubernetesVersion>,
    /// Configuration to use; without, seawall.yaml is looked for from the input upward to the root of the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_CONFIG"), hide_env_values = true, help_heading = "Input")]
    config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config", help_heading = "Input")]
    no_config: bool,
}

/// Where something is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// In all namespaces at once.
    Everywhere,
    /// In a namespace that was said.
    Namespace(String),
    /// In the namespace that counts when none is said.
    Default,
}

/// The namespace that counts when none is said, as for kubectl without a kubeconfig.
const DEFAULT_NAMESPACE: &str = "default";

impl Asked {
    /// The namespace; empty for all at once.
    pub(crate) fn namespace(&self) -> &str {
        match self {
            Self::Everywhere => "",
            Self::Namespace(namespace) => namespace,
            Self::Default => DEFAULT_NAMESPACE,
        }
    }
}

/// What was read.
#[derive(Debug)]
pub(crate) struct World {
    /// All of it.
    pub snapshot: Snapshot,
    /// The version of Kubernetes that counts.
    pub version: KubernetesVersion,
    /// Roles that API servers of this version make: files bind `view` without saying what it is, a cluster says it.
    pub made: Vec<Object>,
    /// What was not read, and may hold anything.
    pub unread: Vec<Unread>,
}

/// Something that was not read, and may hold anything.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    /// What, and why.
    pub reason: String,
    /// What to do.
    pub help: String,
}

impl World {
    /// What was read. Says what could not be.
    pub(crate) fn of(snapshot: Snapshot, job: &Job, console: &Console, interrupt: &Interrupt) -> Self {
        let scan = Scan { snapshot, report: Report::default() };
        let view = view(job, &scan, seawall_report::Show::default());
        problems::say(console, &view);
        let mut unread = unread(&view);
        if interrupt.pressed() && unread.is_empty() {
            let reason = "reading was stopped before all was read".to_owned();
            unread.push(Unread { reason, help: "run it again".to_owned() });
        }
        let (snapshot, version) = (scan.snapshot, job.plan.settings.version);
        let made = if snapshot.coverage.live { Vec::new() } else { default_roles(version) };
        Self { snapshot, version, made, unread }
    }
}

impl AskArgs {
    /// Where it is asked about.
    pub(crate) fn asked(&self) -> Asked {
        match &self.reading.render.namespace {
            Some(namespace) => Asked::Namespace(namespace.clone()),
            None if self.all_namespaces => Asked::Everywhere,
            None => Asked::Default,
        }
    }

    /// The version of Kubernetes that was said.
    pub(crate) fn version(&self) -> Option<KubernetesVersion> {
        self.kubernetes_version
    }

    /// Reads it; of a cluster objects of `kinds` alone. Says what could not be read.
    ///
    /// # Errors
    /// Mistakes in the configuration or the flags; there is no way to the cluster.
    pub(crate) fn read(&self, kinds: &[&'static Kind], console: &Console) -> Result<World> {
        let interrupt = Interrupt::listen();
        let select = SelectArgs::without_checks(self.config.clone(), self.no_config, self.kubernetes_version);
        let job = Job::new(&self.paths, &self.reading, &select, &SuppressArgs::default())?;
        let snapshot = self.snapshot(&job, kinds, console, &interrupt)?;
        Ok(World::of(snapshot, &job, console, &interrupt))
    }

    fn snapshot(
        &self,
        job: &Job,
        kinds: &[&'static Kind],
        console: &Console,
        interrupt: &Interrupt,
    ) -> Result<Snapshot> {
        // What counts in a namespace stands in part outside of it: of a cluster all are read.
        #[cfg(feature = "cluster")]
        if let Some(mut target) = self.cluster.in_place_of(&self.paths, None)? {
            target.scope.kinds = Some(kinds.to_vec());
            return crate::run::read_cluster(&target, console, interrupt);
        }
        let _ = kinds;
        Ok(job.read(inputs(&self.paths, console, interrupt)?, console, interrupt))
    }
}

/// What a Snapshot lacks of which nobody knows what it would say. Lists of a cluster that failed are gaps, each of its kind.
fn unread(view: &seawall_report::View<'_>) -> Vec<Unread> {
    let gaps = &view.snapshot.coverage.gaps;
    let problems = view.problems.iter().enumerate();
    let lost = problems.filter(|(number, located)| {
        let is_gap = gaps.iter().any(|gap| gap.problem == Some(*number));
        // An object with a field of a wrong type was read, and it is known what may come of it.
        located.problem.weight == seawall_inventory::Weight::Incomplete
            && located.problem.code != "wrong-type"
            && !is_gap
    });
    lost.map(|(_, located)| Unread {
        reason: format!("{}: {}", located.location.place(), located.problem.message),
        help: located.problem.help.clone(),
    })
    .collect()
}
