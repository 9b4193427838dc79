//! What does not count.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueHint};
use seawall_engine::Baseline;

use crate::args::variable;
use crate::file::read_text;
use crate::problems::Refused;

/// Where a baseline is written when nobody says otherwise.
pub(crate) const BASELINE_FILE: &str = "seawall-baseline.yaml";

/// What does not count.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Suppression")]
pub(crate) struct SuppressArgs {
    /// Findings that were there before, written by `seawall baseline write`; only others count
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_BASELINE"), hide_env_values = true)]
    baseline: Option<PathBuf>,
    /// Refuse suppressions in what is scanned (comments, annotations); those of the configuration hold
    #[arg(long)]
    pub no_inline_ignores: bool,
}

impl SuppressArgs {
    /// The baseline, when one was named.
    ///
    /// # Errors
    /// It cannot be read, or holds a mistake.
    pub(crate) fn baseline(&self) -> Result<Option<Baseline>> {
        self.baseline.as_deref().map(read_baseline).transpose()
    }
}

/// Reads a baseline.
///
/// # Errors
/// It cannot be read, or holds a mistake: it is used whole or not at all.
pub(crate) fn read_baseline(path: &Path) -> Result<Baseline> {
    let text = read_text(path, "baseline")?;
    Baseline::read(path, &text).map_err(|problems| Refused(problems).into())
}
