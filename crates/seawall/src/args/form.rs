//! How what is shown is written.

use clap::ValueEnum;

/// How what is shown is written, where that is for eyes or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For reading
    #[default]
    #[value(alias = "terminal")]
    Table,
    /// For programs
    Json,
}
