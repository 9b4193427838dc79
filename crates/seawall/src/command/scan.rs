//! `seawall scan`

use anyhow::Result;
use clap::Args;
use seawall_engine::outcome;

use crate::args::input::InputArgs;
use crate::args::select::SelectArgs;
use crate::args::verdict::VerdictArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::run::{Job, Scan};
use crate::{minimal, problems};

/// Find what is weak in manifests, charts and overlays
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall scan                                   the current folder
  seawall scan deploy/ charts/web -f prod.yaml   folders, and a chart with its values
  kubectl get pods -A -o yaml | seawall scan -   what runs in a cluster
  seawall scan --pss restricted:v1.31            the Pod Security Standards alone
  seawall scan --select severity>=high --fail-on critical")]
pub(crate) struct ScanCommand {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    verdict: VerdictArgs,
}

impl ScanCommand {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let interrupt = Interrupt::listen();
        let job = Job::new(&self.input.paths, &self.input.reading, &self.select)?;
        let inputs = self.input.inputs(&interrupt)?;
        let Scan { snapshot, report } = job.scan(inputs, console, &interrupt);
        problems::say(console, &snapshot.problems, &snapshot);
        problems::say(console, &report.problems, &snapshot);
        for skipped in &snapshot.skipped {
            console.detail(format_args!("{}: skipped: {}", skipped.path.display(), skipped.reason));
        }
        console.write(|out| minimal::write(&snapshot, &report, out))?;
        let fail_on = self.verdict.fail_on.or(job.config.fail_on).unwrap_or_default();
        let allow_incomplete = self.verdict.allow_incomplete;
        Ok(outcome(&report, &snapshot, fail_on, allow_incomplete, interrupt.pressed()).into())
    }
}
