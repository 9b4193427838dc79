//! Chains of a subject, a binding, a role and a rule, each with its place.

use std::fmt;

use seawall_inventory::kinds::PolicyRule;
use seawall_inventory::{Object, ObjectRef, Snapshot};
use seawall_rbac::{Grant, Subject};
use seawall_report::{Location, places};
use seawall_yaml::Path;

/// A grant, with the place of each of its parts.
pub(super) struct Chain<'w> {
    pub grant: Grant<'w>,
    /// The binding.
    pub binding: Part,
    /// Which of its subjects it is.
    pub subject: Part,
    /// The role that it binds.
    pub role: Part,
    /// The rule, and the role that it is written in.
    pub rule: Part,
}

/// Something, and where it stands.
pub(super) struct Part {
    /// What it is called.
    pub name: String,
    /// The field of the object.
    pub field: Path,
    /// Where it stands.
    pub at: Location,
}

/// The chains of grants, in their order.
pub(super) fn chains<'w>(snapshot: &'w Snapshot, grants: &[Grant<'w>]) -> Vec<Chain<'w>> {
    let fields: Vec<(&Object, Path)> = grants.iter().flat_map(fields).collect();
    let mut found = fields.iter().zip(places(snapshot, &fields));
    let mut part = |name: String| {
        let (field, at) = found.next().map(|((_, field), at)| (field.clone(), at)).unwrap_or_default();
        Part { name, field, at }
    };
    grants
        .iter()
        .map(|grant| Chain {
            grant: *grant,
            binding: part(name(snapshot, grant.binding).to_string()),
            subject: part(subject(snapshot, grant)),
            role: part(name(snapshot, grant.role).to_string()),
            rule: part(name(snapshot, grant.rule.role).to_string()),
        })
        .collect()
}

fn fields<'w>(grant: &Grant<'w>) -> [(&'w Object, Path); 4] {
    [
        (grant.binding, Path::root()),
        (grant.binding, Path::root().field("subjects").index(grant.subject)),
        (grant.role, Path::root()),
        (grant.rule.role, Path::root().field("rules").index(grant.rule.index)),
    ]
}

/// What an object is called, with the namespace that it will be applied to.
pub(super) fn name(snapshot: &Snapshot, object: &Object) -> ObjectRef {
    snapshot.identity(object.reference())
}

fn subject(snapshot: &Snapshot, grant: &Grant<'_>) -> String {
    let namespace = name(snapshot, grant.binding).namespace;
    let subject = grant.subject().and_then(|subject| Subject::of(subject, &namespace));
    subject.map(|subject| subject.to_string()).unwrap_or_default()
}

impl Part {
    /// Where it stands, for people: `rbac.yaml:12`, or where no line is known the field.
    pub(super) fn place(&self) -> String {
        let line = self.at.line();
        if line.is_empty() {
            // A role that a manifest only names.
            return "as API servers make it".to_owned();
        }
        // Of a cluster or a saved Snapshot no line is known.
        if self.at.region.is_none() && !self.field.is_empty() {
            return format!("{line} {}", self.field);
        }
        match self.at.origin() {
            Some(origin) => format!("{line} ({origin})"),
            None => line,
        }
    }
}

/// A rule in a few words: `get, list on pods, pods/log of core, apps named web`.
pub(super) struct Words<'r>(pub &'r PolicyRule);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = self.0;
        f.write_str(&verbs.join(", "))?;
        let things = if resources.is_empty() { non_resource_urls } else { resources };
        write!(f, " on {}", things.join(", "))?;
        let is_core = matches!(&**api_groups, [group] if group.is_empty());
        if !resources.is_empty() && !is_core {
            let groups = api_groups.iter().map(|group| if group.is_empty() { "core" } else { group });
            write!(f, " of {}", groups.collect::<Vec<_>>().join(", "))?;
        }
        if resource_names.is_empty() { Ok(()) } else { write!(f, " named {}", resource_names.join(", ")) }
    }
}
