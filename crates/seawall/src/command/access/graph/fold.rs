//! What is alike is one.
//!
//! Roles are alike that allow the same, everywhere or in one namespace each; subjects of a kind that have the same roles; rights that the
//! same roles allow. A team for each of three hundred namespaces, each with a role and an account, is three boxes.

use std::collections::{BTreeMap, BTreeSet};

use seawall_rbac::Subject;

use super::model::{Model, Right};

/// What is alike, as lists of what there was, each sorted; and of each thing in which list it is.
pub(super) struct Classes {
    pub members: Vec<Vec<usize>>,
    of: Vec<usize>,
}

/// The classes of a model.
pub(super) struct Fold {
    pub subjects: Classes,
    pub roles: Classes,
    pub rights: Classes,
}

impl Classes {
    /// Things of one key are alike. Classes are in the order of their first members.
    fn by<K: Ord>(keys: impl Iterator<Item = K>) -> Self {
        let (mut numbers, mut members) = (BTreeMap::new(), Vec::<Vec<usize>>::new());
        let mut of = Vec::new();
        for (thing, key) in keys.enumerate() {
            let class = *numbers.entry(key).or_insert_with(|| {
                members.push(Vec::new());
                members.len() - 1
            });
            if let Some(members) = members.get_mut(class) {
                members.push(thing);
            }
            of.push(class);
        }
        Self { members, of }
    }

    /// The class of a thing.
    pub(super) fn of(&self, thing: usize) -> usize {
        self.of.get(thing).copied().unwrap_or_default()
    }
}

impl Fold {
    pub(super) fn of(model: &Model<'_>) -> Self {
        let allowed = sets(model.roles.len(), model.allows.keys().copied());
        let key = |role: usize| {
            let held = model.roles.get(role);
            let is_everywhere = held.is_some_and(|held| held.namespace.is_none());
            let is_known = held.is_some_and(|held| held.role.is_some());
            (allowed.get(role), is_everywhere, is_known)
        };
        let alike = Classes::by((0..model.roles.len()).map(key));
        let kind = |subject: &Subject| match subject {
            Subject::Group(_) => 0,
            Subject::ServiceAccount(..) => 1,
            Subject::User(_) => 2,
        };
        let has =
            sets(model.subjects.len(), model.gives.keys().map(|(subject, role)| (*subject, alike.of(*role))));
        let subjects = Classes::by(model.subjects.iter().map(kind).zip(&has));
        // Of roles that allow the same, those are one that are held by subjects that are alike.
        let held =
            sets(model.roles.len(), model.gives.keys().map(|(subject, role)| (*role, subjects.of(*subject))));
        let roles = Classes::by((0..model.roles.len()).map(|role| (alike.of(role), held.get(role))));
        let by = sets(model.rights.len(), model.allows.keys().map(|(role, right)| (*right, roles.of(*role))));
        let is_power = |right: &Right| matches!(right, Right::Power(_));
        let rights = Classes::by(model.rights.iter().map(is_power).zip(&by));
        Self { subjects, roles, rights }
    }
}

/// For each of `from` things those that it is paired with.
fn sets(from: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<BTreeSet<usize>> {
    let mut sets = vec![BTreeSet::new(); from];
    for (thing, other) in pairs {
        if let Some(set) = sets.get_mut(thing) {
            set.insert(other);
        }
    }
    sets
}
