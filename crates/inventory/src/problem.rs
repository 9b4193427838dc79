//! What could not be read or understood, and what to do about it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use seawall_yaml::Span;
use smol_str::SmolStr;

use crate::origin::{FileId, SourceFile};

/// Something that could not be read or understood. It never ends the run; it shows in the report and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable kebab-case name of the kind of problem, e.g. `yaml-syntax`, `wrong-type`, `unreadable`.
    pub code: &'static str,
    /// Whether something was left out because of it.
    pub weight: Weight,
    /// Where.
    pub place: Place,
    /// What: one line, no full stop.
    pub message: String,
    /// What to do: one or more lines.
    pub help: String,
}

/// Whether a problem makes the scan incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Everything was understood, but an author should know (a duplicate key, for example).
    Warning,
    /// Something was not read or not understood: the scan is incomplete.
    Incomplete,
}

/// Where a [`Problem`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file or folder as a whole.
    Path(PathBuf),
    /// Bytes of a text that was read.
    Span {
        /// The text.
        file: FileId,
        /// The bytes.
        span: Span,
    },
    /// Bytes of a text that is no part of the Snapshot: a configuration, a baseline.
    Aside {
        /// The text.
        file: Arc<SourceFile>,
        /// The bytes.
        span: Span,
    },
    /// A flag of the command line, as people write it: `--select`.
    Flag(SmolStr),
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Incomplete => "incomplete",
        })
    }
}
