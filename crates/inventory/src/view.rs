//! A Snapshot as checks see it: queries, and a note of what they asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::object::Object;
use crate::origin::{FileId, SourceFile, UnitId};
use crate::pod_view::PodView;
use crate::snapshot::Snapshot;

/// A Snapshot as checks see it. Other objects than the one at hand are reached by its queries alone, so that a [`Recorder`]
/// knows everything that a verdict rests on.
#[derive(Clone, Copy, Debug)]
pub struct View<'s> {
    pub(crate) snapshot: &'s Snapshot,
    recorder: Option<&'s Recorder>,
}

/// What queries asked for, each once, in order. Without one, as in a scan of files, a query notes nothing and costs nothing more.
#[derive(Debug, Default)]
pub struct Recorder {
    reads: RefCell<BTreeSet<Read>>,
}

/// What a query asked for. The answer is another one only when an object that [`Read::concerns`] comes, goes or changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Read {
    /// Which objects.
    pub what: What,
    /// Where they stand.
    pub within: Within,
    /// Their name, when they were asked for by it.
    pub name: Option<SmolStr>,
}

/// Which objects a query asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Those of a kind.
    Kind {
        /// API group, empty for the core group.
        group: SmolStr,
        /// Kind.
        kind: SmolStr,
    },
    /// Pods, and whatever embeds them.
    Pods,
}

/// Where objects stand, or are looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// All places.
    Everywhere,
    /// In no namespace, as a Node.
    Cluster,
    /// In a namespace as it is written; an empty name for what was read as it stands and gives none.
    Namespace(SmolStr),
    /// In what a chart or overlay rendered without a namespace.
    Unit(UnitId),
}

impl<'s> View<'s> {
    /// A view that tells `recorder` what its queries ask for.
    pub fn recorded(snapshot: &'s Snapshot, recorder: &'s Recorder) -> Self {
        Self { snapshot, recorder: Some(recorder) }
    }

    /// The pod templates of an object.
    pub fn pods_of(self, object: &'s Object) -> impl Iterator<Item = PodView<'s>> + use<'s> {
        self.snapshot.pods_of(object)
    }

    /// The text that `id` numbers.
    pub fn file(self, id: FileId) -> Option<&'s SourceFile> {
        self.snapshot.file(id)
    }

    /// The object at `number`, for whoever judges it. What is asked about other objects is a query.
    pub fn subject(self, number: usize) -> Option<&'s Object> {
        self.snapshot.objects.get(number).filter(|object| !object.is_vacant())
    }

    /// Whether these are all objects of a cluster, so that what is not here is nowhere.
    pub fn is_complete(self) -> bool {
        self.snapshot.complete
    }

    /// Notes that objects of a kind were asked for.
    pub(crate) fn note(self, group: &str, kind: &str, within: impl FnOnce() -> Within, name: Option<&str>) {
        if let Some(recorder) = self.recorder {
            let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
            recorder.note(Read { what, within: within(), name: name.map(SmolStr::new) });
        }
    }

    /// Notes that pods were asked for.
    pub(crate) fn note_pods(self, within: impl FnOnce() -> Within) {
        if let Some(recorder) = self.recorder {
            recorder.note(Read { what: What::Pods, within: within(), name: None });
        }
    }
}

impl<'s> From<&'s Snapshot> for View<'s> {
    fn from(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, recorder: None }
    }
}

impl Recorder {
    /// What was asked for since it was last taken.
    pub fn take(&self) -> BTreeSet<Read> {
        self.reads.take()
    }

    fn note(&self, read: Read) {
        self.reads.borrow_mut().insert(read);
    }
}

impl Read {
    /// Calls `told` with each question that has another answer when `object` of `snapshot` comes, goes or changes: those that
    /// [`Self::concerns`] it.
    pub fn concerned_by(object: &Object, snapshot: &Snapshot, mut told: impl FnMut(&Self)) {
        let kind = What::Kind { group: SmolStr::new(object.group()), kind: object.kind.clone() };
        let pods = (!object.pods.is_empty()).then_some(What::Pods);
        for what in [Some(kind), pods].into_iter().flatten() {
            for within in [Within::Everywhere, Within::of(object, snapshot)] {
                let mut read = Self { what: what.clone(), within, name: None };
                told(&read);
                read.name = Some(object.metadata.name.clone());
                told(&read);
            }
        }
    }

    /// Whether the answer may be another one when `object` of `snapshot` comes, goes or changes.
    pub fn concerns(&self, object: &Object, snapshot: &Snapshot) -> bool {
        let what = match &self.what {
            What::Kind { group, kind } => object.group() == group && object.kind == *kind,
            What::Pods => !object.pods.is_empty(),
        };
        let place = self.within == Within::Everywhere || self.within == Within::of(object, snapshot);
        what && place && self.name.as_ref().is_none_or(|name| object.metadata.name == *name)
    }
}
