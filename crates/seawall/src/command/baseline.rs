//! `seawall baseline`

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueHint};
use seawall_engine::{Baseline as Entries, BaselineEntry, outcome};
use seawall_report::plain;
use serde_json::json;

use crate::args::form::Form;
use crate::args::input::InputArgs;
use crate::args::select::SelectArgs;
use crate::args::suppress::{BASELINE_FILE, SuppressArgs, read_baseline};
use crate::args::variable;
use crate::console::Console;
use crate::exit::Exit;
use crate::file::write_file;
use crate::interrupt::Interrupt;
use crate::problems;
use crate::report::view;
use crate::run::{Job, Scan};
use crate::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall baseline write                           accept what is found now
  seawall scan --baseline seawall-baseline.yaml    only what is new counts
  seawall baseline show
  seawall baseline prune                           take out what is mended")]
pub(crate) struct Baseline {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan, and write what is found into a baseline
    Write(Scanning),
    /// Show what a baseline holds
    Show {
        /// The baseline
        #[arg(value_name = "FILE", default_value = BASELINE_FILE, value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// How to write it
        #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
        form: Form,
    },
    /// Scan, and take out of a baseline what is not found any more
    Prune(Scanning),
}

#[derive(Debug, Args)]
struct Scanning {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// The baseline
    #[arg(long = "baseline", value_name = "FILE", default_value = BASELINE_FILE, env = variable("SEAWALL_BASELINE"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Go on when something could not be read
    #[arg(long)]
    allow_incomplete: bool,
}

impl Baseline {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        match self.command {
            Command::Write(scanning) => scanning.write(console),
            Command::Show { file, form } => show(&file, form, console),
            Command::Prune(scanning) => scanning.prune(console),
        }
    }
}

impl Scanning {
    fn write(self, console: &Console) -> Result<Exit> {
        let (scan, exit) = self.scan(console)?;
        if exit == Exit::NothingScanned {
            console.note("nothing was scanned, and nothing written");
            return Ok(exit);
        }
        let baseline = Entries::of(&scan.report, &scan.snapshot);
        write_file(&self.file, |out| out.write_all(baseline.to_text().as_bytes()))?;
        console.note(format_args!("wrote {} to {}", findings(baseline.entries.len()), self.file.display()));
        Ok(exit)
    }

    fn prune(self, console: &Console) -> Result<Exit> {
        let baseline = read_baseline(&self.file)?;
        let (scan, exit) = self.scan(console)?;
        // What was not read was not found either, and would be new the next time.
        match exit {
            Exit::Incomplete => {
                bail!(
                    "something could not be read, so nothing was taken out; --allow-incomplete does it all the same"
                )
            }
            Exit::NothingScanned => bail!("nothing was scanned, so nothing was taken out"),
            _ => {}
        }
        let (kept, gone) = baseline.prune(&scan.report);
        if gone.is_empty() {
            console.note(format_args!("all {} are still there", findings(kept.entries.len())));
            return Ok(exit);
        }
        write_file(&self.file, |out| out.write_all(kept.to_text().as_bytes()))?;
        for entry in &gone {
            console.detail(format_args!("took out {}", Line(entry)));
        }
        let (gone, left) = (findings(gone.len()), kept.entries.len());
        console.note(format_args!("took {gone} out of {}, which now holds {left}", self.file.display()));
        Ok(exit)
    }

    /// Scans; findings do not make it fail, that is what a baseline is for.
    fn scan(&self, console: &Console) -> Result<(Scan, Exit)> {
        let interrupt = Interrupt::listen();
        let job = Job::new(&self.input.paths, &self.input.reading, &self.select, &SuppressArgs::default())?;
        let scan = job.scan(self.input.inputs(console, &interrupt)?, console, &interrupt);
        problems::say(console, &view(&job, &scan, seawall_report::Show::default()));
        let (report, snapshot) = (&scan.report, &scan.snapshot);
        let never = seawall_engine::FailOn::Never;
        let exit = outcome(report, snapshot, never, self.allow_incomplete, interrupt.pressed());
        Ok((scan, exit.into()))
    }
}

fn show(file: &Path, form: Form, console: &Console) -> Result<Exit> {
    let baseline = read_baseline(file)?;
    let text = match form {
        Form::Table => {
            let mut table = Table::new(["CHECK", "NAME", "OBJECT", "FIELD"]);
            for entry in &baseline.entries {
                table.row([
                    &plain(&entry.check),
                    name(&entry.check),
                    &plain(&entry.object),
                    &plain(&entry.field),
                ]);
            }
            format!("{}\n{}\n", table.render(console.width), findings(baseline.entries.len()))
        }
        Form::Json => {
            let entries = baseline.entries.iter().map(|BaselineEntry { object, check, field, fingerprint }| {
                json!({ "check": check, "object": object, "field": field, "fingerprint": fingerprint.to_string() })
            });
            let entries: Vec<_> = entries.collect();
            format!("{}\n", serde_json::to_string_pretty(&entries).context("cannot write JSON")?)
        }
    };
    console.print(&text)?;
    Ok(Exit::Clean)
}

/// An entry on one line.
struct Line<'e>(&'e BaselineEntry);

impl std::fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let BaselineEntry { object, check, field, .. } = self.0;
        write!(f, "{} {}: {} ({})", plain(check), name(check), plain(object), plain(field))
    }
}

/// The name of a check, for who does not know ids by heart; a check may be gone since the baseline was written.
fn name(id: &str) -> &'static str {
    let checks = seawall_checks::all();
    checks.iter().find(|check| check.meta.id == id).map_or("", |check| check.meta.name)
}

fn findings(count: usize) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}
