//! What a run is to do.

use std::collections::BTreeMap;

use seawall_checks::{Check, Settings};
use seawall_finding::{PssLevel, Severity};

/// What a run is to do: which checks, judged by which version, with which settings.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The checks, in the order of ids, each once.
    pub checks: Vec<&'static Check>,
    /// Severities set by the configuration, by check id. They replace what the check says.
    pub severities: BTreeMap<&'static str, Severity>,
    /// Version and parameters.
    pub settings: Settings,
    /// The level of the Pod Security Standards that is judged, in `settings.version`. Then each control says what it finds, and no
    /// finding is told by that of another control.
    pub pss: Option<PssLevel>,
}
