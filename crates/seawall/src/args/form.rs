//! How what is shown is written.

use clap::{Args, ValueEnum};

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

// How something is written, in the forms that a command has. A doc comment would be the help of whatever command has this argument.
#[derive(Debug, Args)]
pub(crate) struct FormArgs<F: ValueEnum + Default + Send + Sync + 'static> {
    /// How to write it
    #[arg(
        long = "output",
        short = 'o',
        value_enum,
        default_value = default::<F>(),
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub form: F,
}

/// The name of the form that is taken without being asked for. `default_value_t` would keep that of the first command that is made for all
/// forms: a static of a generic function is one.
fn default<F: ValueEnum + Default>() -> &'static str {
    let value = F::default().to_possible_value();
    value.map(|value| value.get_name().to_owned()).unwrap_or_default().leak()
}

/// How a list of answers is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListForm {
    /// For reading
    #[default]
    #[value(alias = "terminal")]
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}
