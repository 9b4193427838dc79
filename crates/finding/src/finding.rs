//! One weakness at one place.

use std::borrow::Cow;
use std::sync::Arc;

use seawall_inventory::ObjectRef;
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
    /// What is wrong, in one line without a full stop; names in backquotes.
    pub message: Box<str>,
    /// What makes it so.
    pub evidence: Evidence,
    /// How to take it away, when that can be said as an edit.
    pub fix: Option<Arc<Fix>>,
    /// What few findings say.
    pub aside: Option<Box<Aside>>,
}

/// What few findings say.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// What identifies the item of a list that the path ends in, when the Kubernetes API does not say it; see
    /// [`stable_path`](fn@crate::stable_path).
    pub key: Option<Box<str>>,
    /// Other places that matter to it.
    pub related: Vec<Related>,
    /// Findings of other checks that it stands for, where [`Meta::subsumes`] would say too much: a check that subsumes does so
    /// wherever it fails, this is decided place by place. Ids of checks, and the places at and below which their findings are
    /// covered.
    pub covers: Vec<(&'static str, Path)>,
    /// The workload that it is told on, when the object is only a part of that.
    pub part_of: Option<PartOf>,
    /// Digests of the images that run where it says something about an image: `sha256:…`.
    pub running: Box<[SmolStr]>,
}

/// The workload that a finding on some of its pods is told on, and how many of them have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOf {
    /// What it is called.
    pub workload: ObjectRef,
    /// Index of the workload in the Snapshot, when it was read.
    pub object: Option<usize>,
    /// Pods that have the finding.
    pub pods: usize,
    /// Pods of the workload that were judged.
    pub of: usize,
}

impl Finding {
    /// A finding of `check` at `path`, which says no more than `message`.
    pub fn new(check: &'static Meta, object: usize, path: Path, message: impl Into<Box<str>>) -> Self {
        Self {
            check,
            severity: check.severity,
            object,
            anchor: path.clone(),
            path,
            message: message.into(),
            evidence: Evidence::Derived(Cow::Borrowed("")),
            fix: None,
            aside: None,
        }
    }

    /// What identifies the item of a list that the path ends in; see [`Aside::key`].
    pub fn key(&self) -> Option<&str> {
        self.aside.as_ref()?.key.as_deref()
    }

    /// Other places that matter to it.
    pub fn related(&self) -> &[Related] {
        self.aside.as_ref().map_or(&[], |aside| &aside.related)
    }

    /// The workload that it is told on, when its object is only a part of that.
    pub fn part_of(&self) -> Option<&PartOf> {
        self.aside.as_ref()?.part_of.as_ref()
    }

    /// Digests of the images that run; see [`Aside::running`].
    pub fn running(&self) -> &[SmolStr] {
        self.aside.as_ref().map_or(&[], |aside| &aside.running)
    }

    /// Findings of other checks that it stands for; see [`Aside::covers`].
    pub fn covers(&self) -> &[(&'static str, Path)] {
        self.aside.as_ref().map_or(&[], |aside| &aside.covers)
    }
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
