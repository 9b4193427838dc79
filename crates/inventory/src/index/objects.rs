//! Objects by kind, place and name.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use smol_str::SmolStr;

use super::change::{Numbered, change};
use super::{narrow, range, sorted};
use crate::cluster_scoped::is_cluster_scoped;
use crate::object::Object;
use crate::origin::UnitId;

/// The number of a place where objects stand together: a namespace; or, for objects whose namespace is not written, all of one
/// chart or overlay, or all that was read as it stands; or the cluster as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Space(u32);

/// The place of what stands in no namespace.
const CLUSTER: Space = Space(0);

#[derive(Default)]
pub(super) struct Objects {
    kinds: BTreeMap<(SmolStr, SmolStr), u32>,
    /// Other places than [`CLUSTER`]: a unit with an empty namespace, or none with one that is written.
    spaces: BTreeMap<(Option<UnitId>, SmolStr), Space>,
    /// Sorted.
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    kind: u32,
    space: Space,
    name: u64,
    object: u32,
}

impl Objects {
    pub(super) fn new(
        hasher: &RandomState,
        objects: &[Object],
        unit_of: impl Fn(&Object) -> Option<UnitId>,
    ) -> Self {
        let mut index = Self::default();
        let mut entries = Vec::with_capacity(objects.len());
        for (number, object) in objects.iter().enumerate().filter(|(_, object)| !object.is_vacant()) {
            entries.push(index.entry(hasher, object, narrow(number), unit_of(object)));
        }
        index.entries = sorted(entries);
        index
    }

    /// The entry of an object, for which its kind and its place get a number when they have none.
    fn entry(&mut self, hasher: &RandomState, object: &Object, number: u32, unit: Option<UnitId>) -> Entry {
        let next = narrow(self.kinds.len());
        let kind = (SmolStr::new(object.group()), object.kind.clone());
        let kind = *self.kinds.entry(kind).or_insert(next);
        let space = if is_cluster_scoped(object.group(), &object.kind) {
            CLUSTER
        } else {
            let next = Space(narrow(self.spaces.len() + 1));
            *self.spaces.entry(place(unit, &object.metadata.namespace)).or_insert(next)
        };
        Entry { kind, space, name: hasher.hash_one(&*object.metadata.name), object: number }
    }

    /// Takes objects out and puts others in; the places of both, in their order.
    pub(super) fn change(
        &mut self,
        hasher: &RandomState,
        gone: &[Numbered<'_>],
        come: &[Numbered<'_>],
        unit_of: impl Fn(&Object) -> Option<UnitId>,
    ) -> (Vec<Space>, Vec<Space>) {
        let mut entries = |objects: &[Numbered<'_>]| -> Vec<Entry> {
            let objects = objects.iter();
            objects
                .map(|(number, object)| self.entry(hasher, object, narrow(*number), unit_of(object)))
                .collect()
        };
        let (gone, come) = (entries(gone), entries(come));
        let spaces = |entries: &[Entry]| entries.iter().map(|entry| entry.space).collect();
        let spaces = (spaces(&gone), spaces(&come));
        change(&mut self.entries, gone, come);
        spaces
    }

    /// How many places have a number.
    pub(super) fn places(&self) -> usize {
        self.spaces.len()
    }

    /// Where each object stands, in their order.
    pub(super) fn spaces_of(&self, objects: &[Object]) -> Vec<Space> {
        let mut spaces = vec![CLUSTER; objects.len()];
        for entry in &self.entries {
            if let Some(space) = spaces.get_mut(entry.object as usize) {
                *space = entry.space;
            }
        }
        spaces
    }

    /// The place of an object; `None` when none stands there.
    pub(super) fn space(
        &self,
        group: &str,
        kind: &str,
        unit: Option<UnitId>,
        namespace: &str,
    ) -> Option<Space> {
        if is_cluster_scoped(group, kind) {
            return Some(CLUSTER);
        }
        self.spaces.get(&place(unit, namespace)).copied()
    }

    pub(super) fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = usize> {
        let kind = self.kind(group, kind);
        in_order(range(&self.entries, move |entry| Some(entry.kind).cmp(&kind)))
    }

    pub(super) fn at(&self, group: &str, kind: &str, space: Option<Space>) -> impl Iterator<Item = usize> {
        let wanted = (self.kind(group, kind), space);
        in_order(range(&self.entries, move |entry| (Some(entry.kind), Some(entry.space)).cmp(&wanted)))
    }

    pub(super) fn named(
        &self,
        group: &str,
        kind: &str,
        space: Option<Space>,
        name: u64,
    ) -> impl Iterator<Item = usize> {
        let wanted = (self.kind(group, kind), space, name);
        numbers(range(&self.entries, move |entry| {
            (Some(entry.kind), Some(entry.space), entry.name).cmp(&wanted)
        }))
    }

    fn kind(&self, group: &str, kind: &str) -> Option<u32> {
        self.kinds.get(&(SmolStr::new(group), SmolStr::new(kind))).copied()
    }
}

fn numbers(entries: &[Entry]) -> impl Iterator<Item = usize> {
    entries.iter().map(|entry| entry.object as usize)
}

/// Entries of different names stand in the order of their hashes.
fn in_order(entries: &[Entry]) -> impl Iterator<Item = usize> + use<> {
    let mut found: Vec<usize> = numbers(entries).collect();
    found.sort_unstable();
    found.into_iter()
}

/// A namespace that is written is one place, whoever wrote it.
fn place(unit: Option<UnitId>, namespace: &str) -> (Option<UnitId>, SmolStr) {
    (unit.filter(|_| namespace.is_empty()), SmolStr::new(namespace))
}
