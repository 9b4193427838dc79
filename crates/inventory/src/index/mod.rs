//! Where to find objects in a Snapshot without going through all of them.
//!
//! Every index is a sorted list of numbers: a few bytes per object, and answers in an order that does not depend on the hashes
//! in it. Names and labels are found by hash and then compared, so that a collision costs time and nothing else; the hash is
//! keyed anew in each run, so that no input can be made for it.

mod change;
mod objects;
mod selecting;

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use objects::Objects;
pub(crate) use objects::Space;
use selecting::Selecting;
pub(crate) use selecting::Selects;

use crate::object::Object;
use crate::origin::UnitId;
use crate::selector::Selector;

/// Indexes of a Snapshot's objects, built when it is assembled.
#[derive(Default)]
pub struct Index {
    hasher: RandomState,
    objects: Objects,
    /// Labels of pods, sorted.
    labels: Box<[Label]>,
    /// Pods, sorted.
    pods: Box<[(Space, Pod)]>,
    /// Claims that pods name, sorted.
    claims: Box<[(Space, u64, Pod)]>,
    /// What autoscalers name, sorted.
    targets: Box<[(Space, u64, u32)]>,
    selecting: Selecting,
    /// Numbers of no object, to be given again.
    vacant: Vec<u32>,
    /// Places as there were when the index was built; it is built anew when most of its places are those of namespaces that
    /// are gone.
    places: usize,
}

/// A pod template: the number of its object, and its own in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pod {
    pub object: u32,
    pub template: u32,
}

/// A label of a pod, with the hashes of its key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    space: Space,
    key: u32,
    value: u32,
    pod: Pod,
}

/// What objects put into the lists of an index.
#[derive(Default)]
struct Rows {
    labels: Vec<Label>,
    pods: Vec<(Space, Pod)>,
    claims: Vec<(Space, u64, Pod)>,
    targets: Vec<(Space, u64, u32)>,
    selecting: Vec<Selects>,
}

impl Index {
    /// The index of `objects`, of which each was rendered by the unit that `unit_of` says, if any.
    pub(crate) fn new(objects: &[Object], unit_of: impl Fn(&Object) -> Option<UnitId>) -> Self {
        let hasher = RandomState::default();
        let mut index = Self { objects: Objects::new(&hasher, objects, unit_of), ..Self::default() };
        index.hasher = hasher;
        let mut rows = Rows::default();
        for (number, (object, space)) in objects.iter().zip(index.objects.spaces_of(objects)).enumerate() {
            index.rows(object, narrow(number), space, &mut rows);
        }
        index.labels = sorted(rows.labels);
        index.pods = sorted(rows.pods);
        index.claims = sorted(rows.claims);
        index.targets = sorted(rows.targets);
        index.selecting = Selecting::new(rows.selecting, |text| index.hash(text));
        index.places = index.objects.places();
        index
    }

    /// Adds the rows of the object numbered `number`, which stands in `space`.
    fn rows(&self, object: &Object, number: u32, space: Space, rows: &mut Rows) {
        for (template, pod) in object.pods.iter().enumerate() {
            let this = Pod { object: number, template: narrow(template) };
            rows.pods.push((space, this));
            rows.labels.extend(pod.labels.iter().map(|(key, value)| Label {
                space,
                key: self.hash(key),
                value: self.hash(value),
                pod: this,
            }));
            let named = pod.spec.volumes.iter().filter_map(|volume| volume.persistent_volume_claim.as_ref());
            rows.claims.extend(named.map(|claim| (space, self.hasher.hash_one(&*claim.claim_name), this)));
        }
        if let Some(scaling) = object.autoscaling() {
            rows.targets.push((space, self.hasher.hash_one(scaling.name), number));
        }
        rows.selecting.extend(Selects::of(object, number, space));
    }

    /// Where an object stands; a Namespace stands for what is in it.
    pub(crate) fn space_of(&self, object: &Object, unit: Option<UnitId>) -> Option<Space> {
        match defined_namespace(object) {
            Some(name) => self.objects.space("", "Pod", None, name),
            None => self.objects.space(object.group(), &object.kind, unit, &object.metadata.namespace),
        }
    }

    /// The number of the place that `namespace` names, for objects of a kind.
    pub(crate) fn space(&self, group: &str, kind: &str, namespace: &str) -> Option<Space> {
        self.objects.space(group, kind, None, namespace)
    }

    /// Where a kind stands that is looked for beside an object: in its namespace, or in none.
    pub(crate) fn space_beside(
        &self,
        group: &str,
        kind: &str,
        object: &Object,
        unit: Option<UnitId>,
    ) -> Option<Space> {
        let name = defined_namespace(object).unwrap_or(&object.metadata.namespace);
        self.objects.space(group, kind, unit, name)
    }

    /// Numbers of all objects of a kind, in order.
    pub(crate) fn of_kind(&self, group: &str, kind: &str) -> impl Iterator<Item = usize> {
        self.objects.of_kind(group, kind)
    }

    /// Numbers of the objects of a kind at a place.
    pub(crate) fn at(&self, group: &str, kind: &str, space: Option<Space>) -> impl Iterator<Item = usize> {
        self.objects.at(group, kind, space)
    }

    /// Numbers of objects of a kind at a place that may have this name.
    pub(crate) fn named(
        &self,
        group: &str,
        kind: &str,
        space: Option<Space>,
        name: &str,
    ) -> impl Iterator<Item = usize> {
        self.objects.named(group, kind, space, self.hasher.hash_one(name))
    }

    /// The pods at a place.
    pub(crate) fn pods_at(&self, space: Option<Space>) -> impl Iterator<Item = Pod> {
        range(&self.pods, |(at, _)| Some(*at).cmp(&space)).iter().map(|(_, pod)| *pod)
    }

    /// Pods at a place that may have a claim of this name.
    pub(crate) fn claiming(&self, space: Option<Space>, claim: &str) -> impl Iterator<Item = Pod> {
        let key = (space, self.hasher.hash_one(claim));
        range(&self.claims, |(at, hash, _)| (Some(*at), *hash).cmp(&key)).iter().map(|(_, _, pod)| *pod)
    }

    /// Numbers of autoscalers at a place that may name this.
    pub(crate) fn scaling(&self, space: Option<Space>, name: &str) -> impl Iterator<Item = usize> {
        let key = (space, self.hasher.hash_one(name));
        range(&self.targets, |(at, hash, _)| (Some(*at), *hash).cmp(&key))
            .iter()
            .map(|(_, _, object)| *object as usize)
    }

    /// What may select pods with these labels at a place: of each, one requirement holds as far as its hash tells.
    pub(crate) fn selecting<'i>(
        &'i self,
        space: Option<Space>,
        labels: impl Iterator<Item = (&'i str, &'i str)> + 'i,
    ) -> impl Iterator<Item = &'i Selects> {
        self.selecting.candidates(space, labels.map(|(key, value)| (self.hash(key), self.hash(value))))
    }

    /// Pods at a place that the selector may select, in order.
    pub(crate) fn selected(&self, space: Option<Space>, selector: &Selector) -> Vec<Pod> {
        let Some(requirements) = selector.requirements() else { return Vec::new() };
        let Some(key) = selecting::Key::of(requirements) else { return self.pods_at(space).collect() };
        let label = self.hash(key.label);
        let mut pods: Vec<Pod> = match key.values {
            None => range(&self.labels, |one| (Some(one.space), one.key).cmp(&(space, label)))
                .iter()
                .map(|one| one.pod)
                .collect(),
            Some(values) => values
                .iter()
                .map(|value| (space, label, self.hash(value)))
                .flat_map(|wanted| {
                    range(&self.labels, move |one| (Some(one.space), one.key, one.value).cmp(&wanted))
                })
                .map(|one| one.pod)
                .collect(),
        };
        pods.sort_unstable();
        pods.dedup();
        pods
    }

    /// A hash of a label's key or value; never 0.
    fn hash(&self, text: &str) -> u32 {
        (self.hasher.hash_one(text) as u32) | 1
    }
}

/// Its hashes are others in each run, and tell nothing that the objects do not.
impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Index")
    }
}

/// The name of the namespace that an object defines.
pub(crate) fn defined_namespace(object: &Object) -> Option<&str> {
    let is_one = object.kind == "Namespace" && object.group().is_empty() && !object.metadata.name.is_empty();
    is_one.then_some(object.metadata.name.as_str())
}

/// A number as it stands in an index. More objects than it can hold do not fit in memory.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Box<[T]> {
    items.sort_unstable();
    items.into()
}

/// The items of a sorted list that compare as equal.
fn range<T>(items: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let start = items.partition_point(|item| compare(item).is_lt());
    let rest = items.get(start..).unwrap_or_default();
    let length = rest.partition_point(|item| compare(item).is_eq());
    rest.get(..length).unwrap_or_default()
}
