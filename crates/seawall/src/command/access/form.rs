//! How answers are written.

use clap::ValueEnum;

/// How a list of answers is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListForm {
    /// For reading
    #[default]
    #[value(alias = "terminal")]
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}
