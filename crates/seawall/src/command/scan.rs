//! `seawall scan`

use anyhow::Result;
use clap::Args;
use seawall_engine::{FailOn, outcome};

#[cfg(feature = "cluster")]
use crate::args::cluster::ClusterArgs;
use crate::args::input::InputArgs;
use crate::args::output::OutputArgs;
use crate::args::select::SelectArgs;
use crate::args::suppress::SuppressArgs;
use crate::args::verdict::VerdictArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::report;
use crate::run::{Job, Scan as Scanned};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall scan                                   the current folder
  seawall scan deploy/ charts/web -f prod.yaml   folders, and a chart with its values
  seawall scan --cluster --context prod          what runs in a cluster
  seawall scan --cluster --context prod,test     two clusters, side by side
  kubectl get pods -A -o yaml | seawall scan -   what someone else may read of one
  seawall scan --pss restricted:v1.31            the Pod Security Standards alone
  seawall scan -o terminal -o sarif=out.sarif    for people, and for code scanning
  seawall scan --select 'severity>=high' --fail-on critical")]
pub(crate) struct Scan {
    #[command(flatten)]
    input: InputArgs,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Read the clusters of all contexts of the kubeconfig, side by side
    #[cfg(feature = "cluster")]
    #[arg(long, requires = "cluster", conflicts_with = "context", help_heading = "Cluster")]
    all_contexts: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suppress: SuppressArgs,
    #[command(flatten)]
    verdict: VerdictArgs,
}

impl Scan {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let interrupt = Interrupt::listen();
        let job = Job::new(&self.input.paths, &self.input.reading, &self.select, &self.suppress)?;
        let targets = self.output.targets(&job.config.output)?;
        let mut scan = self.read(&job, console, &interrupt)?;
        if let Some(bound) = self.output.min_severity {
            scan.report.findings.retain(|reported| reported.finding.severity >= bound);
        }
        report::write(&job, &scan, self.output.show(), &targets, console)?;
        let fail_on = self.verdict.fail_on.or(job.config.fail_on).unwrap_or_else(|| FailOn::of(&job.plan));
        let allow_incomplete = self.verdict.allow_incomplete;
        let outcome = outcome(&scan.report, &scan.snapshot, fail_on, allow_incomplete, interrupt.pressed());
        // The program ends here: freeing a large Snapshot piece by piece would only keep people waiting.
        std::mem::forget(scan);
        Ok(outcome.into())
    }

    fn read(&self, job: &Job, console: &Console, interrupt: &Interrupt) -> Result<Scanned> {
        #[cfg(feature = "cluster")]
        let namespace = self.input.reading.render.namespace.as_deref();
        #[cfg(feature = "cluster")]
        let mut targets =
            self.cluster.several_in_place_of(&self.input.paths, namespace, self.all_contexts)?;
        #[cfg(feature = "cluster")]
        for target in &mut targets {
            target.scope.kinds = Some(seawall_checks::kinds(&job.plan.checks));
        }
        #[cfg(feature = "cluster")]
        match targets.as_slice() {
            [] => {}
            [target] => return job.scan_cluster(target, console, interrupt),
            targets => return job.scan_clusters(targets, console, interrupt),
        }
        Ok(job.scan(self.input.inputs(console, interrupt)?, console, interrupt))
    }
}
