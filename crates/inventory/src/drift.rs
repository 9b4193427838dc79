//! What runs and what is written: a cluster held against the files that it is made of.
//!
//! Compared is what is read of objects, which is what matters for their security, after the API server's defaults are taken out
//! on both sides (see the table `defaults`), or with what the API server itself makes of a file. What values look like is compared, never the values.

mod defaults;
mod difference;
mod made;
mod own;

use std::collections::BTreeMap;

use made::Makers;
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::cluster_scoped::is_cluster_scoped;
use crate::kind::is_read;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Snapshot;
use crate::tree::Tree;
use crate::view::View;

/// How a cluster and files differ. Objects are named by their numbers in their Snapshot.
#[derive(Debug, Default)]
pub struct Drift {
    /// Objects of the cluster that are in no file.
    pub unwritten: Vec<usize>,
    /// Objects of the cluster that are in no file and were made by the cluster itself, and by what.
    pub made: Vec<(usize, &'static str)>,
    /// Objects of the cluster that are in no file, were made by the cluster itself, and are not as it made them.
    pub altered: Vec<Altered>,
    /// Objects of both that differ.
    pub changed: Vec<Changed>,
    /// Objects of files that are not in the cluster.
    pub unapplied: Vec<usize>,
    /// Objects of files of which the cluster was not asked, or did not say, whether it has them.
    pub uncompared: Vec<usize>,
    /// How many objects are in both.
    pub compared: usize,
}

/// An object that the cluster itself has made, and somebody has changed.
#[derive(Debug)]
pub struct Altered {
    /// In the cluster.
    pub live: usize,
    /// What has made it.
    pub by: &'static str,
    /// What is other than it was made, a phrase for each: never none.
    pub how: Vec<String>,
}

/// An object that differs.
#[derive(Debug)]
pub struct Changed {
    /// In the files.
    pub written: usize,
    /// In the cluster.
    pub live: usize,
    /// Where.
    pub fields: Vec<Difference>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its path; items of lists are numbered as in the files, and as in the cluster when they are only there.
    pub path: Path,
    /// What the files say; `None` for nothing.
    pub written: Option<Tree>,
    /// What the cluster says; `None` for nothing.
    pub live: Option<Tree>,
}

/// How to compare.
pub struct Compared<'c> {
    /// The namespace that objects without one are applied to.
    pub namespace: &'c str,
    /// The only namespace of the cluster that was read, if it was one.
    pub only: Option<&'c str>,
    /// Whether all objects of a group and kind were listed.
    pub is_listed: &'c dyn Fn(&str, &str) -> bool,
    /// What the API server makes of objects of the files, by their numbers, where it was asked and said so. All others are compared
    /// by the table of what it fills in.
    pub made: &'c BTreeMap<usize, Object>,
    /// What is other than the API server has made it at its start, a phrase for each; `None` for what it has not made.
    pub at_start: &'c dyn Fn(&Object) -> Option<Vec<String>>,
}

impl Drift {
    /// Holds a cluster against files.
    pub fn between(written: &Snapshot, live: &Snapshot, compared: &Compared<'_>) -> Self {
        let (mut places, uncompared) = places(written, compared);
        let mut drift = Self { uncompared, ..Self::default() };
        let (scaled, makers) = (made::scaled(live), Makers::of(live));
        for (number, object) in subjects(live) {
            match places.remove(&object.reference()) {
                Some(numbers) => {
                    drift.compared += 1;
                    let scaled = scaled.contains(&object.reference());
                    drift.changed.extend(closest(written, &numbers, object, number, compared.made, scaled));
                }
                // What files are applied to need not be in them.
                None if compared.only.is_some_and(|only| is_namespace(&object.reference(), only)) => {}
                None => match (compared.at_start)(object) {
                    Some(how) if !how.is_empty() => {
                        drift.altered.push(Altered { live: number, by: made::API_SERVER, how });
                    }
                    Some(_) => drift.made.push((number, made::API_SERVER)),
                    None => match made::by(object, &makers) {
                        Some(by) => drift.made.push((number, by)),
                        None => drift.unwritten.push(number),
                    },
                },
            }
        }
        for (reference, numbers) in places {
            let listed = (compared.is_listed)(&reference.group, &reference.kind);
            let list = if listed { &mut drift.unapplied } else { &mut drift.uncompared };
            // What several overlays make is one object.
            list.extend(numbers.first());
        }
        drift.unapplied.sort_unstable();
        drift.uncompared.sort_unstable();
        drift
    }

    /// Whether nothing differs.
    pub fn is_none(&self) -> bool {
        self.unwritten.is_empty()
            && self.altered.is_empty()
            && self.changed.is_empty()
            && self.unapplied.is_empty()
    }
}

/// Whether it is the Namespace of that name.
fn is_namespace(reference: &ObjectRef, name: &str) -> bool {
    reference.group.is_empty() && reference.kind == "Namespace" && reference.name == name
}

/// The objects that are compared, with their numbers: not what is known for what it owns alone.
fn subjects(snapshot: &Snapshot) -> impl Iterator<Item = (usize, &Object)> {
    let view = View::from(snapshot);
    (0..snapshot.objects.len()).filter_map(move |number| Some((number, view.subject(number)?)))
}

/// Objects of files that the cluster has too, by their numbers there.
pub fn in_both(written: &Snapshot, live: &Snapshot, compared: &Compared<'_>) -> Vec<usize> {
    let (mut places, _) = places(written, compared);
    let found = subjects(live).filter_map(|(_, object)| places.remove(&object.reference()));
    let mut numbers: Vec<usize> = found.flatten().collect();
    numbers.sort_unstable();
    numbers
}

/// The objects of files by what they are once they are applied, and those that are not compared.
fn places(written: &Snapshot, compared: &Compared<'_>) -> (BTreeMap<ObjectRef, Vec<usize>>, Vec<usize>) {
    let mut places: BTreeMap<ObjectRef, Vec<usize>> = BTreeMap::new();
    let mut uncompared = Vec::new();
    for (number, object) in subjects(written) {
        let reference = applied(object, compared.namespace);
        let is_within = |only| reference.namespace == only || is_namespace(&reference, only);
        let elsewhere = compared.only.is_some_and(|only| !is_within(only));
        // A file of the API server's configuration has no name, and a generated name is another each time.
        if elsewhere || object.metadata.name.is_empty() || !is_read(object.group(), &object.kind) {
            uncompared.push(number);
        } else {
            places.entry(reference).or_default().push(number);
        }
    }
    (places, uncompared)
}

/// What an object is once it is applied, `namespace` being that of those without one.
pub fn applied(object: &Object, namespace: &str) -> ObjectRef {
    let mut reference = object.reference();
    if is_cluster_scoped(object.group(), &object.kind) {
        reference.namespace = SmolStr::default();
    } else if reference.namespace.is_empty() {
        reference.namespace = SmolStr::new(namespace);
    }
    reference
}

/// How an object differs from what is written of it; of several overlays that make it, from the one that it is likest to.
fn closest(
    written: &Snapshot,
    numbers: &[usize],
    live: &Object,
    number: usize,
    made: &BTreeMap<usize, Object>,
    scaled: bool,
) -> Option<Changed> {
    let there = numbers.iter().filter_map(|number| Some((*number, written.objects.get(*number)?)));
    let changed = there.map(|(at, object)| Changed {
        written: at,
        live: number,
        fields: difference::between(object, made.get(&at), live, scaled),
    });
    changed.min_by_key(|changed| changed.fields.len()).filter(|changed| !changed.fields.is_empty())
}
