//! What somebody has to be allowed, to act as somebody else.

use std::fmt;

use smol_str::SmolStr;

use super::mode::{ImpersonationMode, as_node};
use crate::attributes::{Attributes, Resource, Target};
use crate::rule::ALL;
use crate::user::User;

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

/// The API group of identities.
const AUTHENTICATION: &str = "authentication.k8s.io";

impl ImpersonationMode {
    /// All that somebody has to be allowed to make a request as somebody else in this mode, of whom is given what headers say and no
    /// more. Who may be all groups, or have all extras, needs none of the single ones.
    pub fn required(self, wanted: &User, request: &Attributes<'_>) -> Vec<Required> {
        let on = self.required_on(request).into_iter();
        let who = on.chain([self.required_name(wanted)]).chain(self.required_uid(wanted));
        who.chain(self.required_groups(wanted)).chain(self.required_extras(wanted)).collect()
    }

    pub(super) fn required_on(self, request: &Attributes<'_>) -> Option<Required> {
        self.verb_on(request.verb).map(|verb| Required::on(verb, request))
    }

    pub(super) fn required_name(self, wanted: &User) -> Required {
        let mut required = self.part(ImpersonatedPart::Name, self.group(), "users", &wanted.name);
        if let Some((namespace, name)) = wanted.as_service_account() {
            required.resource = SmolStr::new_static("serviceaccounts");
            (required.namespace, required.name) = (SmolStr::new(namespace), SmolStr::new(name));
        }
        if self != Self::Legacy
            && let Some(node) = as_node(wanted)
        {
            required.resource = SmolStr::new_static("nodes");
            // Answers are kept for the account, whichever of its nodes it is on.
            required.name = SmolStr::new(if self == Self::AssociatedNode { ALL } else { node });
        }
        required
    }

    pub(super) fn required_uid(self, wanted: &User) -> Option<Required> {
        let uid = || self.part(ImpersonatedPart::Uid, AUTHENTICATION, "uids", &wanted.uid);
        (!wanted.uid.is_empty()).then(uid)
    }

    pub(super) fn required_group(self, name: &str) -> Required {
        self.part(ImpersonatedPart::Group, self.group(), "groups", name)
    }

    pub(super) fn required_groups(self, wanted: &User) -> impl Iterator<Item = Required> {
        wanted.groups.iter().map(move |group| self.required_group(group))
    }

    pub(super) fn required_extra(self, key: &str, value: &str) -> Required {
        let extra = self.part(ImpersonatedPart::Extra, AUTHENTICATION, "userextras", value);
        Required { subresource: SmolStr::new(key), ..extra }
    }

    pub(super) fn required_extras(self, wanted: &User) -> impl Iterator<Item = Required> {
        let extra = wanted.extra.iter();
        extra.flat_map(move |(key, values)| values.iter().map(move |value| self.required_extra(key, value)))
    }

    /// The API group of names and groups.
    fn group(self) -> &'static str {
        if self == Self::Legacy { "" } else { AUTHENTICATION }
    }

    fn part(
        self,
        part: ImpersonatedPart,
        group: &'static str,
        resource: &'static str,
        name: &str,
    ) -> Required {
        Required {
            part,
            verb: self.verb(),
            group: SmolStr::new_static(group),
            resource: SmolStr::new_static(resource),
            name: SmolStr::new(name),
            ..Required::default()
        }
    }
}

impl Required {
    /// A verb on what a request is about.
    fn on(verb: SmolStr, request: &Attributes<'_>) -> Self {
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
