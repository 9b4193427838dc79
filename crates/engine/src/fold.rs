//! Pods fold into their workloads.
//!
//! A cluster holds a Deployment, its ReplicaSet and its pods, and all of them say what the Deployment says. What the workload
//! itself has is told of it alone, once; what only some of its pods have (an injected container, a field that was changed on
//! the way) is told once for all of them, and under the name of the workload.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use seawall_finding::{Finding, Fingerprint, PartOf};
use seawall_inventory::{Object, ObjectRef, PodView, Snapshot, Workload};
use seawall_yaml::{Path, Segment};
use smol_str::SmolStr;

use crate::report::{Counts, Reported, Status, Unknown};

/// Which objects of a Snapshot are told together.
#[derive(Debug, Default)]
pub(crate) struct Folding {
    /// By object; nothing behind the last that is not told by itself, as in files.
    places: Vec<Place>,
    wholes: Vec<Whole>,
    numbers: HashMap<(Option<usize>, ObjectRef), usize>,
    /// Numbers of workloads that are no more, to be given again.
    vacant: Vec<usize>,
}

/// A workload of which more than one object says something, or another than itself.
#[derive(Debug)]
pub(crate) struct Whole {
    /// Its identity in its cluster.
    identity: ObjectRef,
    /// Its number, when it was read.
    object: Option<usize>,
}

/// Images that are named of a container. More would say no more.
const DIGESTS: usize = 8;

/// How an object is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// By itself.
    #[default]
    Alone,
    /// With the workload of this number.
    Part(usize),
    /// Not at all: nothing of it runs any more, and its workload says what will.
    Past,
}

impl Folding {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let found: Vec<(usize, Workload)> = (0..snapshot.objects.len())
            .into_par_iter()
            .filter_map(|number| Some((number, snapshot.workload_of(number)?)))
            .collect();
        let mut folding = Self::default();
        for (number, workload) in found {
            let place = folding.as_part(number, workload, snapshot);
            folding.put(number, place);
        }
        // Last, so that what is a part of another, in references that go in a circle, stays one.
        for whole in 0..folding.wholes.len() {
            let object = folding.wholes.get(whole).and_then(|whole| whole.object);
            if let Some(object) = object.filter(|object| folding.place(*object) == Place::Alone) {
                folding.put(object, Place::Part(whole));
            }
        }
        folding
    }

    pub(crate) fn place(&self, object: usize) -> Place {
        self.places.get(object).copied().unwrap_or_default()
    }

    pub(crate) fn put(&mut self, object: usize, place: Place) {
        if self.places.len() <= object && place != Place::Alone {
            self.places.resize(object + 1, Place::Alone);
        }
        if let Some(slot) = self.places.get_mut(object) {
            *slot = place;
        }
    }

    /// How an object is told that is a part of `workload`.
    pub(crate) fn as_part(&mut self, number: usize, workload: Workload, snapshot: &Snapshot) -> Place {
        if snapshot.objects.get(number).is_some_and(|object| snapshot.is_past(object, &workload)) {
            return Place::Past;
        }
        let Workload { reference, object, .. } = workload;
        let identity = snapshot.identity(reference);
        Place::Part(*self.numbers.entry((object, identity)).or_insert_with_key(|(object, identity)| {
            let whole = Whole { identity: identity.clone(), object: *object };
            let number = self.vacant.pop().unwrap_or(self.wholes.len());
            match self.wholes.get_mut(number) {
                Some(vacant) => *vacant = whole,
                None => self.wholes.push(whole),
            }
            number
        }))
    }

    /// The number of the workload that an object is, when others are parts of it.
    pub(crate) fn number_of(&self, object: usize, snapshot: &Snapshot) -> Option<usize> {
        let identity = snapshot.identity(snapshot.objects.get(object)?.reference());
        self.numbers.get(&(Some(object), identity)).copied()
    }

    /// Forgets a workload that no object is a part of any more.
    pub(crate) fn vacate(&mut self, number: usize) {
        let Some(whole) = self.wholes.get_mut(number) else { return };
        let key = (whole.object.take(), std::mem::take(&mut whole.identity));
        if self.numbers.remove(&key).is_some() {
            self.vacant.push(number);
        }
    }

    /// The workload numbered `whole`.
    pub(crate) fn whole<'s>(&'s self, whole: usize, snapshot: &'s Snapshot) -> Option<Of<'s>> {
        Some(Of { snapshot, whole: self.wholes.get(whole)? })
    }

    /// The object that is the workload numbered `whole`, when it was read.
    pub(crate) fn object(&self, whole: usize) -> Option<usize> {
        self.wholes.get(whole)?.object
    }

    /// The identity that findings on `object` are told under.
    pub(crate) fn identity(&self, number: usize, snapshot: &Snapshot) -> ObjectRef {
        let whole = match self.place(number) {
            Place::Part(whole) => self.wholes.get(whole),
            Place::Alone | Place::Past => None,
        };
        match whole {
            Some(whole) => whole.identity.clone(),
            None => {
                let reference = snapshot.objects.get(number).map(Object::reference);
                reference.map(|reference| snapshot.identity(reference)).unwrap_or_default()
            }
        }
    }
}

/// What a check came to on the objects of a workload: the last of these wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Decided {
    /// It was not asked: a check of the whole Snapshot.
    #[default]
    Nothing,
    NotApplicable,
    Passed,
    Unknown,
    Failed,
}

impl Decided {
    /// The verdict that was counted, which is one at most.
    pub(crate) fn of(counts: &Counts) -> Self {
        match counts {
            Counts { failed: 1.., .. } => Self::Failed,
            Counts { unknown: 1.., .. } => Self::Unknown,
            Counts { passed: 1.., .. } => Self::Passed,
            Counts { not_applicable: 1.., .. } => Self::NotApplicable,
            _ => Self::Nothing,
        }
    }
}

/// What was found on the objects of one workload so far. The order in which they come does not matter.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// By fingerprint, and how many equal ones of the same object came before.
    told: HashMap<(Fingerprint, usize), Told>,
    /// By check, reason and gap.
    unknowns: BTreeMap<(&'static str, SmolStr, Option<usize>), Option<usize>>,
    decided: Vec<Decided>,
    /// Pods among the objects.
    pods: usize,
    /// Digests that run, by container.
    digests: BTreeMap<SmolStr, BTreeSet<SmolStr>>,
}

/// A finding that objects of a workload have.
#[derive(Debug)]
struct Told {
    /// As the first of the objects has it.
    finding: Finding,
    /// Pods that have it.
    pods: usize,
}

/// A workload in its Snapshot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of<'s> {
    snapshot: &'s Snapshot,
    whole: &'s Whole,
}

impl Folded {
    /// Adds what was found on the object numbered `number`: findings with fingerprints of the workload that are not told
    /// apart, and what each check came to, by its position in the plan.
    pub(crate) fn add(
        &mut self,
        number: usize,
        findings: impl IntoIterator<Item = Reported>,
        unknowns: impl IntoIterator<Item = Unknown>,
        decided: impl Iterator<Item = Decided>,
        of: Of<'_>,
    ) {
        let object = of.snapshot.objects.get(number);
        let is_pod = object.is_some_and(is_pod);
        self.pods += usize::from(is_pod);
        object.into_iter().flat_map(digests).for_each(|(container, digest)| {
            self.digests.entry(container).or_default().insert(digest);
        });
        self.decide(decided);
        for Unknown { check, object, reason, gap } in unknowns {
            self.put_unknown((check, reason, gap), object, of);
        }
        let mut nth: HashMap<Fingerprint, usize> = HashMap::new();
        // What a controller makes has labels and annotations of what it makes it from, under a name of its own.
        let own_metadata = Path::root().field("metadata");
        let is_between = !is_pod && Some(number) != of.whole.object;
        for Reported { finding, fingerprint, .. } in findings {
            if is_between && finding.path.starts_with(&own_metadata) {
                continue;
            }
            let nth = nth.entry(fingerprint).or_default();
            self.put((fingerprint, *nth), Told { finding, pods: usize::from(is_pod) }, of);
            *nth += 1;
        }
    }

    /// Adds what was found on other objects of the same workload.
    pub(crate) fn merge(&mut self, other: Self, of: Of<'_>) {
        self.pods += other.pods;
        other.digests.into_iter().for_each(|(container, digests)| {
            self.digests.entry(container).or_default().extend(digests);
        });
        self.decide(other.decided.into_iter());
        other.unknowns.into_iter().for_each(|(unknown, object)| self.put_unknown(unknown, object, of));
        other.told.into_iter().for_each(|(key, told)| self.put(key, told, of));
    }

    /// What is told of the workload, and how often checks came to each verdict, which is added to `counts`.
    pub(crate) fn finish(self, of: Of<'_>, counts: &mut [Counts]) -> (Vec<Reported>, Vec<Unknown>) {
        for (decided, counts) in self.decided.iter().zip(counts) {
            match decided {
                Decided::Nothing => {}
                Decided::NotApplicable => counts.not_applicable += 1,
                Decided::Passed => counts.passed += 1,
                Decided::Unknown => counts.unknown += 1,
                Decided::Failed => counts.failed += 1,
            }
        }
        let unknown = |((check, reason, gap), object)| Unknown { check, object, reason, gap };
        let unknowns = self.unknowns.into_iter().map(unknown).collect();
        let report = |((fingerprint, _), Told { mut finding, pods }): ((Fingerprint, usize), Told)| {
            let object = of.snapshot.objects.get(finding.object);
            let running = object.and_then(|object| container_of_image(&finding, object));
            if let Some(running) = running.and_then(|name| self.digests.get(&name)) {
                finding.aside.get_or_insert_default().running =
                    running.iter().take(DIGESTS).cloned().collect();
            }
            if Some(finding.object) != of.whole.object {
                let (workload, object) = (of.whole.identity.clone(), of.whole.object);
                let part_of = PartOf { workload, object, pods, of: self.pods };
                finding.aside.get_or_insert_default().part_of = Some(part_of);
            }
            Reported { finding, fingerprint, status: Status::Active }
        };
        (self.told.into_iter().map(report).collect(), unknowns)
    }

    fn decide(&mut self, decided: impl Iterator<Item = Decided>) {
        for (position, new) in decided.enumerate() {
            match self.decided.get_mut(position) {
                Some(known) => *known = new.max(*known),
                None => self.decided.push(new),
            }
        }
    }

    fn put(&mut self, key: (Fingerprint, usize), told: Told, of: Of<'_>) {
        match self.told.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(told);
            }
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.pods += told.pods;
                if of.rank(told.finding.object) < of.rank(known.finding.object) {
                    known.finding = told.finding;
                }
            }
        }
    }

    fn put_unknown(
        &mut self,
        unknown: (&'static str, SmolStr, Option<usize>),
        object: Option<usize>,
        of: Of<'_>,
    ) {
        let known = self.unknowns.entry(unknown).or_insert(object);
        if object.is_some_and(|object| known.is_none_or(|known| of.rank(object) < of.rank(known))) {
            *known = object;
        }
    }
}

impl<'s> Of<'s> {
    /// The order in which objects stand for their workload: itself, then its pods, by name. Numbers say nothing in a cluster.
    fn rank(self, number: usize) -> (bool, bool, &'s str, &'s str, &'s str) {
        let Some(object) = self.snapshot.objects.get(number) else { return (true, true, "", "", "") };
        let metadata = &object.metadata;
        (
            Some(number) != self.whole.object,
            !is_pod(object),
            &object.kind,
            &metadata.namespace,
            &metadata.name,
        )
    }
}

fn is_pod(object: &Object) -> bool {
    object.kind == "Pod" && object.group().is_empty()
}

/// Containers of a pod with the digests of the images that they run.
fn digests(object: &Object) -> impl Iterator<Item = (SmolStr, SmolStr)> {
    let status = object.body.pod_status();
    let names = object.pods.iter().flat_map(|template| PodView { object, template }.containers());
    names.filter_map(move |container| {
        let digest = status?.digest(container.name())?;
        Some((container.container.name.clone(), SmolStr::new(digest)))
    })
}

/// The container about whose image a finding is.
fn container_of_image(finding: &Finding, object: &Object) -> Option<SmolStr> {
    if finding.path.last() != Some(&Segment::Key(SmolStr::new_static("image"))) {
        return None;
    }
    let above = finding.path.parent()?;
    let mut containers = object.pods.iter().flat_map(|template| PodView { object, template }.containers());
    let found = containers.find(|container| container.place() == *above)?;
    Some(found.container.name.clone())
}
