//! `seawall diff`

pub(crate) mod sides;
mod write;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueHint};
use seawall_engine::{FailOn, Report, Reported, compare, outcome};

use crate::args::input::ReadingArgs;
use crate::args::output::OutputArgs;
use crate::args::select::SelectArgs;
use crate::args::suppress::SuppressArgs;
use crate::args::verdict::VerdictArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::run::{Job, Scan};
use sides::Sides;

#[derive(Debug, Args)]
#[command(after_help = "\
Reports hold what is new; terminal and json tell besides what is mended. Only what is new can make it fail.

Examples:
  seawall diff main                what the work tree adds to main
  seawall diff main..              what the commits since main add
  seawall diff main...feature      what feature adds to where it left main
  seawall diff old/ new/           two folders
  seawall diff main.. -- deploy/   a part of the repository")]
pub(crate) struct Diff {
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
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suppress: SuppressArgs,
    #[command(flatten)]
    verdict: VerdictArgs,
}

impl Diff {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let interrupt = Interrupt::listen();
        let sides = Sides::of(&self.base, self.head.as_deref(), &self.paths, &interrupt)?;
        let job = Job::new(&sides.configured_by(), &self.reading, &self.select, &self.suppress)?;
        let targets = self.output.targets(&job.config.output)?;
        let mut base = sides.base.scan(&job, console, &interrupt)?;
        let mut head = sides.head.scan(&job, console, &interrupt)?;
        if let Some(bound) = self.output.min_severity {
            for Scan { report, .. } in [&mut base, &mut head] {
                report.findings.retain(|reported| reported.finding.severity >= bound);
            }
        }
        let diff = compare(&base.report, &head.report);
        let opened = only(&head.report, diff.opened());
        let fail_on = self.verdict.fail_on.or(job.config.fail_on).unwrap_or_else(|| FailOn::of(&job.plan));
        let allow_incomplete = self.verdict.allow_incomplete;
        let exit = outcome(&opened, &head.snapshot, fail_on, allow_incomplete, interrupt.pressed());
        let fixed = only(&base.report, diff.fixed.iter().copied());
        let difference = write::Difference {
            opened: Scan { report: opened, snapshot: head.snapshot },
            fixed: Scan { report: fixed, snapshot: base.snapshot },
            silenced: diff.silenced.len(),
            changed: diff.changed.len(),
            unchanged: diff.unchanged.len(),
        };
        write::write(&job, &difference, self.output.show(), &targets, console)?;
        Ok(exit.into())
    }
}

/// The report with these findings alone.
fn only<'r>(report: &Report, findings: impl Iterator<Item = &'r Reported>) -> Report {
    Report {
        findings: findings.cloned().collect(),
        subsumed: Vec::new(),
        unknowns: report.unknowns.clone(),
        problems: report.problems.clone(),
        counts: report.counts.clone(),
    }
}
