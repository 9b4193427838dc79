//! Rights that amount to more than they seem, as data.
//!
//! What each is good for, and since when, is told beside it. Whether somebody has one is decided like any other question.

mod change;
mod holding;
mod table;

use seawall_inventory::VersionRange;

use crate::attributes::{Attributes, Resource};

pub use change::{Change, Changes, Less, RuleChange};
pub use holding::Holding;
pub use table::*;

/// A right that amounts to more than it seems.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    /// Name, in kebab-case: `read-secrets`.
    pub name: &'static str,
    /// What its holder can do, behind "can": `read every Secret`.
    pub can: &'static str,
    /// The requests that make it: one of each of these.
    pub needs: &'static [&'static [Ask]],
    /// Whether the objects stand in namespaces, so that a RoleBinding gives it for one of them.
    pub namespaced: bool,
    /// The one namespace that it is of, when it is not of all.
    pub only: Option<&'static str>,
}

/// A request, wherever it may be made, and of which versions it is good for something.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    verb: &'static str,
    target: &'static str,
    name: &'static str,
    /// In which versions of Kubernetes.
    pub versions: VersionRange,
}

impl Ask {
    /// `verb` on `target`: a resource, with its group and its subresource as in `deployments/scale.apps`, or a path.
    const fn new(verb: &'static str, target: &'static str) -> Self {
        Self { verb, target, name: "", versions: VersionRange::ALWAYS }
    }

    /// For the object of this name alone.
    const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    const fn within(self, versions: VersionRange) -> Self {
        Self { versions, ..self }
    }

    /// As a request, in no namespace.
    pub fn attributes(&self) -> Attributes<'static> {
        let (verb, name) = (self.verb, self.name);
        if self.target.starts_with('/') {
            return Attributes::path(verb, self.target);
        }
        let (path, group) = self.target.split_once('.').unwrap_or((self.target, ""));
        let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
        Attributes::resource(verb, Resource { group, resource, subresource, name, ..Resource::default() })
    }
}
