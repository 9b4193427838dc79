//! Rules of policies, and where they stand.

use seawall_inventory::{Object, Snapshot};
use seawall_netpol::Direction;
use seawall_report::{Location, places};
use seawall_yaml::Path;
use serde_json::{Value, json};

use crate::json::{location, reference};

/// A part of an object that decides, with its place.
pub(super) struct Part<'s> {
    pub object: &'s Object,
    /// What it is called: `NetworkPolicy shop/web`.
    pub name: String,
    /// The field of it; the root for all of it.
    pub field: Path,
    /// Where it stands.
    pub at: Location,
}

/// What policies call their rules of a direction.
pub(super) fn rules(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

/// What they call the peers of such a rule.
pub(super) fn peers(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    }
}

/// The field of a rule.
pub(super) fn field(direction: Direction, rule: usize) -> Path {
    Path::root().field("spec").field(rules(direction)).index(rule)
}

/// Parts of objects, by the numbers of these.
pub(super) fn parts<'s>(snapshot: &'s Snapshot, wanted: &[(usize, Path)]) -> Vec<Part<'s>> {
    let wanted: Vec<(&Object, Path)> = wanted
        .iter()
        .filter_map(|(number, field)| Some((snapshot.objects.get(*number)?, field.clone())))
        .collect();
    let found = places(snapshot, &wanted);
    wanted
        .into_iter()
        .zip(found)
        .map(|((object, field), at)| {
            let name = snapshot.identity(object.reference()).to_string();
            Part { object, name, field, at }
        })
        .collect()
}

impl Part<'_> {
    /// What it is called, with the rule: `NetworkPolicy shop/web egress[0]`.
    pub(super) fn title(&self) -> String {
        match self.field.is_empty() {
            true => self.name.clone(),
            false => format!("{} {}", self.name, self.field.tail(2)),
        }
    }

    /// Where it stands, for people: a line, or of a cluster the object, which its name says.
    pub(super) fn place(&self) -> String {
        if self.at.live {
            return String::new();
        }
        match self.at.origin() {
            Some(origin) => format!("{} ({origin})", self.at.line()),
            None => self.at.line(),
        }
    }

    /// For programs.
    pub(super) fn json(&self, snapshot: &Snapshot) -> Value {
        json!({
            "object": reference(&snapshot.identity(self.object.reference())),
            "location": location(&self.at, &self.field),
        })
    }
}
