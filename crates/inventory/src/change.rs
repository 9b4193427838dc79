//! A Snapshot that follows what changes in a cluster.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cluster_scoped::is_cluster_scoped;
use crate::object::{Object, ObjectRef};
use crate::origin::{FileId, Provenance, SourceFile};
use crate::snapshot::Snapshot;
use crate::text::Text;

/// What happened to an object of a cluster.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is there, and as this says: new, or in the place of what it was.
    Set(Box<Object>),
    /// It is gone.
    Removed(ObjectRef),
}

/// An object that is not what it was.
#[derive(Debug)]
pub struct Changed {
    /// Its number in the Snapshot; when it was removed, the number that it had.
    pub object: usize,
    /// What it was; `None` when it is new.
    pub before: Option<Object>,
}

impl Snapshot {
    /// A list of a cluster that objects to come will say they are from, under the name by which people know it. One that was
    /// served before is known.
    pub fn list(&mut self, path: &Path, provenance: Provenance) -> FileId {
        let same = |file: &SourceFile| file.path == path && file.provenance == provenance;
        let number = self.files.iter().position(same).unwrap_or(self.files.len());
        if number == self.files.len() {
            self.files.push(SourceFile { path: path.to_owned(), text: Text::from(""), provenance });
        }
        FileId(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Applies changes together, the last one of each object. Returns what is not as it was before, by number: a change that
    /// says what is known already is none.
    ///
    /// Objects keep their numbers. Those of removed objects are given to new ones; until then nothing stands there
    /// ([`Object::is_vacant`]), and no query finds it. Objects that a chart or an overlay rendered stand apart, and are not
    /// changed.
    ///
    /// It takes time in the number of changes, and for each list of the index in which something changes one copy of it.
    pub fn apply(&mut self, changes: Vec<Change>) -> Vec<Changed> {
        let mut last: BTreeMap<ObjectRef, Option<Object>> = BTreeMap::new();
        for change in changes {
            match change {
                Change::Set(object) => last.insert(identity(object.reference()), Some(*object)),
                Change::Removed(reference) => last.insert(identity(reference), None),
            };
        }
        let mut changed = Vec::new();
        for (reference, after) in last {
            let numbers = self.numbers(&reference);
            match (numbers.split_first(), after) {
                (None, None) => {}
                (None, Some(after)) => changed.push(Changed { object: self.add(after), before: None }),
                (Some(_), None) => changed.extend(numbers.iter().filter_map(|number| self.vacate(*number))),
                (Some((first, others)), Some(after)) => {
                    changed.extend(others.iter().filter_map(|number| self.vacate(*number)));
                    let now = self.objects.get_mut(*first).filter(|now| !now.says_the_same(&after));
                    changed.extend(now.map(|now| {
                        let before = Some(std::mem::replace(now, after));
                        Changed { object: *first, before }
                    }));
                }
            }
        }
        changed.sort_unstable_by_key(|changed| changed.object);
        let mut index = std::mem::take(&mut self.index);
        let gone = changed.iter().filter_map(|changed| Some((changed.object, changed.before.as_ref()?)));
        let come = changed.iter().filter_map(|changed| {
            let now = self.objects.get(changed.object).filter(|now| !now.is_vacant())?;
            Some((changed.object, now))
        });
        index.change(&gone.collect::<Vec<_>>(), &come.collect::<Vec<_>>(), |object| self.unit_of(object));
        for changed in &changed {
            if self.objects.get(changed.object).is_some_and(Object::is_vacant) {
                index.give_back(changed.object);
            }
        }
        index.renew(&self.objects, |object| self.unit_of(object));
        self.index = index;
        changed
    }

    /// Numbers of the objects of this identity: one in a cluster.
    fn numbers(&self, reference: &ObjectRef) -> Vec<usize> {
        let ObjectRef { group, kind, namespace, name } = reference;
        let space = self.index.space(group, kind, namespace);
        let is_it =
            |number: &usize| self.objects.get(*number).is_some_and(|object| object.display_name() == *name);
        self.index.named(group, kind, space, name).filter(is_it).collect()
    }

    fn add(&mut self, object: Object) -> usize {
        if let Some(number) = self.index.take_vacant()
            && let Some(vacant) = self.objects.get_mut(number)
        {
            *vacant = object;
            return number;
        }
        self.objects.push(object);
        self.objects.len() - 1
    }

    fn vacate(&mut self, number: usize) -> Option<Changed> {
        let object = self.objects.get_mut(number)?;
        Some(Changed { object: number, before: Some(std::mem::replace(object, Object::vacant())) })
    }
}

/// An object that stands in no namespace is the same one whatever namespace is written in it.
fn identity(mut reference: ObjectRef) -> ObjectRef {
    if is_cluster_scoped(&reference.group, &reference.kind) {
        reference.namespace = Default::default();
    }
    reference
}
