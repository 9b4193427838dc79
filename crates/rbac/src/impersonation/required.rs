//! What somebody has to be allowed, to act as somebody else.

use std::fmt;

use smol_str::SmolStr;

use crate::attributes::{Attributes, Resource, Target};

/// What somebody has to be allowed, to act as somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// Of whom he wants to be, what it is for.
    pub part: ImpersonatedPart,
    /// `impersonate`, `impersonate:user-info`, `impersonate-on:user-info:get`.
    pub verb: SmolStr,
    /// API group.
    pub group: SmolStr,
    /// `users`, `groups`, `serviceaccounts`, `nodes`, `uids`, `userextras`, or what the request is about; empty for a path.
    pub resource: SmolStr,
    /// The key of an extra.
    pub subresource: SmolStr,
    /// The namespace of a service account.
    pub namespace: SmolStr,
    /// Who, or `*` for whoever it is.
    pub name: SmolStr,
    /// The path that the request is about.
    pub path: SmolStr,
}

/// A part of whom somebody wants to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImpersonatedPart {
    /// None: what the request does.
    #[default]
    Request,
    /// The name.
    Name,
    /// The uid.
    Uid,
    /// Groups.
    Group,
    /// Extras.
    Extra,
}

impl Required {
    /// A verb on what a request is about.
    pub(super) fn on(verb: SmolStr, request: &Attributes<'_>) -> Self {
        let own = Self { part: ImpersonatedPart::Request, verb, ..Self::default() };
        match request.target {
            Target::Path(path) => Self { path: SmolStr::new(path), ..own },
            Target::Resource(asked) => Self {
                group: SmolStr::new(asked.group),
                resource: SmolStr::new(asked.resource),
                subresource: SmolStr::new(asked.subresource),
                namespace: SmolStr::new(asked.namespace),
                name: SmolStr::new(asked.name),
                ..own
            },
        }
    }

    /// As a request.
    pub fn attributes(&self) -> Attributes<'_> {
        if !self.path.is_empty() {
            return Attributes::path(&self.verb, &self.path);
        }
        let Self { group, resource, subresource, namespace, name, .. } = self;
        Attributes::resource(
            &self.verb,
            Resource { group, resource, subresource, namespace, name, ..Resource::default() },
        )
    }
}

impl fmt::Display for Required {
    /// `impersonate users, named jane`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes().fmt(f)
    }
}
