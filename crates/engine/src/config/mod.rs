//! The configuration: `seawall.yaml`.
//!
//! What can be written is data (`vocabulary`): the reader and the JSON Schema both follow it.

pub(crate) mod checker;
mod read;
mod schema;
pub(crate) mod shape;
mod vocabulary;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use seawall_checks::{Check, ParamValue};
use seawall_finding::{Severity, UnknownSeverity};
use seawall_inventory::{Problem, SourceFile};
use seawall_yaml::Span;
use smol_str::SmolStr;

use crate::date::Date;
use crate::glob::Glob;
use crate::plan::Plan;
use crate::selection::Selection;
use crate::selector::Selector;

pub use schema::{config_schema, config_schema_text};
pub use vocabulary::OUTPUT_FORMATS;

/// What `seawall.yaml` says. Without a file: the default.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file; `None` without one.
    pub file: Option<Arc<SourceFile>>,
    /// Which checks run.
    pub selection: Selection,
    /// Severities in place of the checks' own, by check id.
    pub severities: BTreeMap<&'static str, Severity>,
    /// Parameters of checks, by check id and parameter.
    pub params: BTreeMap<(SmolStr, SmolStr), ParamValue>,
    /// From which severity on a finding makes the run fail.
    pub fail_on: Option<FailOn>,
    /// Globs of files and folders that are not scanned, relative to the folder of the configuration.
    pub exclude: Vec<String>,
    /// Whether suppressions in scanned input count.
    pub inline_ignores: Option<bool>,
    /// What is known and accepted.
    pub suppressions: Vec<SuppressRule>,
    /// How Helm charts are rendered.
    pub helm: HelmOptions,
    /// How Kustomize directories are rendered.
    pub kustomize: KustomizeOptions,
    /// Where reports go: `terminal`, `sarif=out.sarif`.
    pub output: Vec<String>,
}

/// An entry of `suppress`: findings of these checks at these places do not count. What is not given matches all.
#[derive(Clone, Debug)]
pub struct SuppressRule {
    /// The checks.
    pub checks: Vec<Selector>,
    /// Glob of the file's path, relative to the folder of the configuration.
    pub path: Option<Glob>,
    /// Glob of the object's kind.
    pub kind: Option<Glob>,
    /// Glob of the object's namespace, as it stands in the object.
    pub namespace: Option<Glob>,
    /// Glob of the object's name.
    pub name: Option<Glob>,
    /// Glob of the container's name.
    pub container: Option<Glob>,
    /// The field, or one above it, from the object's root.
    pub field: Option<seawall_yaml::Path>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where the entry stands in the configuration.
    pub span: Span,
}

/// How Helm charts are rendered; the flags of `helm template` with the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HelmOptions {
    /// Files with values, relative to the folder of the configuration.
    pub values: Vec<String>,
    /// `key=value`
    pub set: Vec<String>,
    /// `key=value`, the value always a string
    pub set_string: Vec<String>,
    /// `key=path`
    pub set_file: Vec<String>,
    /// The version of Kubernetes that templates see.
    pub kube_version: Option<String>,
    /// API versions that templates see as available.
    pub api_versions: Vec<String>,
    /// Name of the release.
    pub release_name: Option<String>,
    /// Namespace of the release.
    pub namespace: Option<String>,
    /// Whether the chart's CRDs are scanned too.
    pub include_crds: Option<bool>,
    /// How long one chart may take.
    pub timeout: Option<Duration>,
}

/// How Kustomize directories are rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KustomizeOptions {
    /// How long one directory may take.
    pub timeout: Option<Duration>,
}

/// From which severity on a finding makes the run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// Never: findings are shown, and the run is a success.
    Never,
}

impl Config {
    /// Reads a configuration. Names of checks in it are those of `catalogue`.
    ///
    /// # Errors
    /// Every problem of the text, each at its place, in the order of the text. A configuration with a problem is not
    /// used in part: a misspelt `ignore` must not become a green run.
    pub fn read(path: &Path, text: &str, catalogue: &[&'static Check]) -> Result<Self, Vec<Problem>> {
        read::read(path, text, catalogue)
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::Severity(Severity::High)
    }
}

impl FailOn {
    /// What holds when nobody says otherwise: high, and with the Pod Security Standards any finding, since Kubernetes
    /// knows no mild violation of a level.
    pub fn of(plan: &Plan) -> Self {
        if plan.pss.is_some() { Self::Severity(Severity::Info) } else { Self::default() }
    }

    /// Whether a finding of `severity` makes the run fail.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Severity(bound) => severity >= bound,
            Self::Never => false,
        }
    }
}

impl FromStr for FailOn {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, UnknownSeverity> {
        if text == "never" { Ok(Self::Never) } else { text.parse().map(Self::Severity) }
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Severity(severity) => severity.fmt(f),
            Self::Never => f.pad("never"),
        }
    }
}
