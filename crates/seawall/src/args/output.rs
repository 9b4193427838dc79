//! Where reports go, and how much they show.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use clap_complete::engine::ArgValueCandidates;
use seawall_finding::Severity;
use seawall_report::{Format, Show};

use super::select::{named, severity};
use crate::complete;

/// Where reports go, and how much they show.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Format, and file to write it to: terminal, sarif=out.sarif; repeat it for several [default: terminal]
    #[arg(long = "output", short, value_name = "FORMAT[=FILE]", value_parser = target)]
    #[arg(add = ArgValueCandidates::new(complete::formats))]
    output: Vec<Target>,
    /// Leave out findings below this severity; they do not count
    #[arg(long, value_name = "SEVERITY", value_parser = severity, alias = "severity")]
    #[arg(add = ArgValueCandidates::new(complete::severities))]
    pub min_severity: Option<Severity>,
    /// Show every group and every place; without, a terminal report shows the most dangerous
    #[arg(long)]
    all: bool,
    /// Show also what does not count, and why: suppressed, or in the baseline
    #[arg(long)]
    show_suppressed: bool,
}

/// A report to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The format.
    pub format: Format,
    /// The file; standard output without.
    pub file: Option<PathBuf>,
}

impl OutputArgs {
    /// The reports to write: those of the flags, else those that are configured, else one for people.
    pub(crate) fn targets(&self, configured: &[String]) -> Result<Vec<Target>> {
        let configured = configured.iter().map(|written| target(written).map_err(anyhow::Error::msg));
        let configured: Vec<Target> =
            configured.collect::<Result<_>>().context("`output` in the configuration")?;
        let targets = match (self.output.is_empty(), configured.is_empty()) {
            (false, _) => self.output.clone(),
            (true, false) => configured,
            (true, true) => vec![Target { format: Format::Terminal, file: None }],
        };
        for (index, target) in targets.iter().enumerate() {
            let before = targets.get(..index).unwrap_or_default();
            if let Some(file) = &target.file
                && before.iter().any(|other| other.file.as_ref() == Some(file))
            {
                bail!("two reports would be written to {}: give each a file of its own", file.display());
            }
        }
        Ok(targets)
    }

    /// How much to show.
    pub(crate) fn show(&self) -> Show {
        Show { all: self.all, suppressed: self.show_suppressed }
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
fn target(written: &str) -> Result<Target, String> {
    let (format, file) = match written.split_once('=') {
        Some((_, "")) => return Err("a file is expected behind `=`".to_owned()),
        Some((format, "-")) => (format, None),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (written, None),
    };
    Ok(Target { format: named(format, Format::ALL, Format::name, "format")?, file })
}
