//! Exit codes, as documented in `seawall --help`.

use std::process::ExitCode;

use seawall_engine::Exit as Outcome;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`, whether or not everything could be read.
    Findings,
    /// Wrong arguments or configuration, or an output that cannot be written.
    Usage,
    /// There was nothing to scan.
    NothingScanned,
    /// Something could not be read or understood.
    Incomplete,
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::Clean,
            Outcome::Findings => Self::Findings,
            Outcome::NothingScanned => Self::NothingScanned,
            Outcome::Incomplete => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::NothingScanned => 3,
            Exit::Incomplete => 4,
        })
    }
}
