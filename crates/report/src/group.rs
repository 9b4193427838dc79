//! Findings as people want to read them: by object, what repeats told once, most dangerous first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use seawall_engine::Status;
use seawall_finding::{Finding, Meta, PartOf, Severity};
use seawall_inventory::{ObjectRef, Snapshot};

use crate::summary::BySeverity;
use crate::view::Located;

/// Findings that are told together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub subject: Subject,
    /// What is told, most dangerous first.
    pub entries: Vec<Entry>,
    /// All findings in it.
    pub findings: BySeverity,
}

/// What the findings of a [`Group`] have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The object; of what is a part of another, the owner that a person wrote.
    Object {
        /// What it is called.
        object: ObjectRef,
        /// What manages it, when it is a workload: an operator's resource, for example.
        managed_by: Option<ObjectRef>,
    },
    /// The weakness, which many objects have.
    Check {
        /// Id of the check.
        id: &'static str,
        /// Its name.
        name: &'static str,
        /// Objects that have it.
        objects: usize,
    },
}

/// Findings that say the same, told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Numbers of the findings in [`crate::View::findings`]; the first is shown, the others are places.
    pub findings: Vec<usize>,
}

/// Equal findings are told once from this number on. Below, each has its own lines, which is quicker to act on.
const FOLD: usize = 4;

/// The findings that count, grouped: equal ones by what they say, the others by owner.
pub(crate) fn groups(findings: &[Located<'_>], snapshot: &Snapshot) -> Vec<Group> {
    let active = findings.iter().enumerate().filter(|(_, located)| located.reported.status == Status::Active);
    let mut equal: BTreeMap<(Reverse<Severity>, &str, String), Vec<usize>> = BTreeMap::new();
    for (index, located) in active {
        let finding = located.finding();
        let key = (Reverse(finding.severity), finding.check.id, shape(&finding.message));
        equal.entry(key).or_default().push(index);
    }
    let mut groups = Vec::new();
    let mut by_owner: BTreeMap<ObjectRef, Vec<Entry>> = BTreeMap::new();
    for members in equal.into_values() {
        let located = |index: usize| findings.get(index);
        let owner =
            |index: usize| located(index).map(|located| told_with(located, snapshot)).unwrap_or_default();
        let first = members.first().copied().unwrap_or_default();
        let shared = owner(first);
        let is_folded = members.len() >= FOLD;
        if is_folded && members.iter().any(|index| owner(*index) != shared) {
            groups.extend(
                findings.get(first).map(|located| by_check(located.finding().check, members, findings)),
            );
        } else if is_folded {
            by_owner.entry(shared).or_default().push(Entry { findings: members });
        } else {
            for entry in by_place(&members, findings) {
                let first = entry.findings.first().copied().unwrap_or_default();
                by_owner.entry(owner(first)).or_default().push(entry);
            }
        }
    }
    groups.extend(by_owner.into_iter().map(|(owner, mut entries)| {
        entries.sort_by_key(|entry| entry.findings.first().copied());
        let first = entries.first().and_then(|entry| findings.get(*entry.findings.first()?));
        let managed_by = first.and_then(|located| manager(located, snapshot)).filter(|by| *by != owner);
        let subject = Subject::Object { object: owner, managed_by };
        Group { findings: count(&entries, findings), subject, entries }
    }));
    groups.sort_by_cached_key(|group| {
        let first = group.entries.first().and_then(|entry| entry.findings.first()).copied();
        (Reverse(group.findings.worst()), Reverse(group.findings), first)
    });
    groups
}

/// Findings of one line that say the same, as when overlays render one resource several times, are one edit, and told once.
fn by_place(members: &[usize], findings: &[Located<'_>]) -> Vec<Entry> {
    let place = |index: &usize| {
        let located = findings.get(*index)?;
        Some((&located.finding().message, &located.location.path, located.location.region?.start.line))
    };
    let mut entries: Vec<Entry> = Vec::new();
    for index in members {
        let same = entries.iter_mut().find(|entry| {
            place(index).is_some() && entry.findings.first().is_some_and(|first| place(first) == place(index))
        });
        match same {
            Some(entry) => entry.findings.push(*index),
            None => entries.push(Entry { findings: vec![*index] }),
        }
    }
    entries
}

fn by_check(check: &'static Meta, members: Vec<usize>, findings: &[Located<'_>]) -> Group {
    let located = members.iter().filter_map(|index| findings.get(*index));
    let mut objects: Vec<_> = located.map(|located| subject(located.finding())).collect();
    objects.sort_unstable();
    objects.dedup();
    let subject = Subject::Check { id: check.id, name: check.name, objects: objects.len() };
    let entries = vec![Entry { findings: members }];
    Group { findings: count(&entries, findings), subject, entries }
}

fn count(entries: &[Entry], findings: &[Located<'_>]) -> BySeverity {
    let indexes = entries.iter().flat_map(|entry| &entry.findings);
    indexes.filter_map(|index| findings.get(*index)).map(|located| located.finding().severity).collect()
}

/// A message without the names in it.
fn shape(message: &str) -> String {
    message
        .split('`')
        .enumerate()
        .filter(|(index, _)| index % 2 == 0)
        .map(|(_, part)| part)
        .collect::<Vec<_>>()
        .join("`")
}

/// What a finding is told with: the workload of a pod; of another object, what manages it.
fn told_with(located: &Located<'_>, snapshot: &Snapshot) -> ObjectRef {
    let managed_by = || {
        let object = located.object.filter(|object| object.pods.is_empty())?;
        snapshot.managed_by(object)
    };
    managed_by().unwrap_or_else(|| located.reported.subject(snapshot))
}

/// What manages the workload that a finding is told of.
fn manager(located: &Located<'_>, snapshot: &Snapshot) -> Option<ObjectRef> {
    let finding = located.finding();
    let number = finding.part_of().map_or(Some(finding.object), |part_of| part_of.object)?;
    let object = snapshot.objects.get(number).filter(|object| !object.pods.is_empty())?;
    snapshot.managed_by(object)
}

/// What tells apart what findings are told of.
pub(crate) fn subject(finding: &Finding) -> (Option<usize>, Option<&ObjectRef>) {
    match finding.part_of() {
        None => (Some(finding.object), None),
        Some(PartOf { object: Some(object), .. }) => (Some(*object), None),
        Some(part_of) => (None, Some(&part_of.workload)),
    }
}
