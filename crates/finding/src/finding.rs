//! One weakness at one place.

use std::borrow::Cow;

use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::fix::Fix;
use crate::meta::Meta;
use crate::severity::Severity;

/// One weakness at one place of one object. A large cluster has a million of them: rare parts are boxed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The check that says so.
    pub check: &'static Meta,
    /// How bad it is here; the check's own severity unless the check or the configuration says otherwise.
    pub severity: Severity,
    /// Index of the object in the Snapshot.
    pub object: usize,
    /// The field, from the object's root. It need not exist: then it is where the missing field would go.
    pub path: Path,
    /// What the finding is about: the container, the volume, else the path itself. Two findings about one thing, or
    /// about a thing and a part of it, can be one cause told twice; see [`Meta::subsumes`].
    pub anchor: Path,
    /// What identifies the item of a list that the path ends in, when the Kubernetes API does not say it; see
    /// [`stable_path`](fn@crate::stable_path).
    pub key: Option<Box<str>>,
    /// What is wrong, in one line without a full stop; names in backquotes.
    pub message: Box<str>,
    /// What makes it so.
    pub evidence: Evidence,
    /// Other places that matter to it.
    pub related: Vec<Related>,
    /// How to take it away, when that can be said as an edit.
    pub fix: Option<Box<Fix>>,
    /// Findings of other checks that it stands for.
    pub covers: Option<Box<Covers>>,
}

/// Findings of other checks that one finding stands for, where [`Meta::subsumes`] would say too much: a check that subsumes
/// does so wherever it fails, this is decided place by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covers {
    /// Ids of checks, and the places at and below which their findings are covered.
    pub places: Vec<(&'static str, Path)>,
}

/// What makes a finding true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The value that stands at the path. Never a secret.
    Value(SmolStr),
    /// Nothing stands at the path, and what Kubernetes makes of that.
    Missing(Cow<'static, str>),
    /// It follows from several places, told in words.
    Derived(Cow<'static, str>),
}

/// Another place that matters to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The field, from the root of the same object.
    pub path: Path,
    /// Why it matters, in one line.
    pub message: String,
}
