//! When a run fails.

use crate::args::variable;
use clap::Args;
use seawall_engine::FailOn;

/// When a run fails.
#[derive(Debug, Args)]
#[command(next_help_heading = "Exit code")]
pub(crate) struct VerdictArgs {
    /// Exit with 1 from this severity on; never, to show findings only [default: high; with --pss: info]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on, env = variable("SEAWALL_FAIL_ON"), hide_env_values = true)]
    pub fail_on: Option<FailOn>,
    /// Do not exit with 4 when something could not be read or understood
    #[arg(long)]
    pub allow_incomplete: bool,
}

fn fail_on(written: &str) -> Result<FailOn, String> {
    if written == "never" {
        return Ok(FailOn::Never);
    }
    super::select::severity(written).map(FailOn::Severity)
}
