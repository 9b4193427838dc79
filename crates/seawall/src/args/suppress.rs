//! What does not count.

use clap::Args;

/// What does not count.
#[derive(Debug, Args)]
#[command(next_help_heading = "Suppression")]
pub(crate) struct SuppressArgs {
    /// Refuse suppressions in what is scanned (comments, annotations); those of the configuration hold
    #[arg(long)]
    pub no_inline_ignores: bool,
}
