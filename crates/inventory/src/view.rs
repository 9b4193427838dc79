//! A Snapshot as checks see it: queries, and a note of what they asked for.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use smol_str::SmolStr;

use crate::kind::is_read;
use crate::object::{Object, ObjectRef};
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
    /// Whether gaps are all that is wanted.
    only_gaps: bool,
    /// The first gap in what was read that a query fell into.
    gap: Cell<Option<usize>>,
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

    /// The number of the first gap in what was read that a query has fallen into since this was last asked
    /// ([`crate::Coverage::gaps`]): what was answered since then rests on what was not seen. Nothing without a recorder.
    pub fn take_gap(self) -> Option<usize> {
        self.recorder.and_then(|recorder| recorder.gap.take())
    }

    /// The Snapshot, for names of what queries have found. Whoever looks for more in it rests on what nobody notes.
    pub fn found_in(self) -> &'s Snapshot {
        self.snapshot
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
        let object = self.snapshot.objects.get(number).filter(|object| !object.is_vacant())?;
        (!self.snapshot.only_owns(object)).then_some(object)
    }

    /// Whether the objects were read from a cluster, where they are in use.
    pub fn is_live(self) -> bool {
        self.snapshot.coverage.live
    }

    /// Whether all objects of a kind were read that stand beside `object`, so that what is not here is nowhere. Files are never all.
    pub fn has_all_beside(self, object: &Object, group: &str, kind: &str) -> bool {
        let within = Within::beside(object, group, kind, self.snapshot);
        let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
        self.is_live() && is_read(group, kind) && self.snapshot.coverage.gap(&what, &within, None).is_none()
    }

    /// Whether all objects of a kind were read in a namespace that is written so; see [`Self::has_all_beside`].
    pub fn has_all_in(self, namespace: &str, group: &str, kind: &str) -> bool {
        let within = Within::Namespace(SmolStr::new(namespace));
        let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
        self.is_live() && is_read(group, kind) && self.snapshot.coverage.gap(&what, &within, None).is_none()
    }

    /// Whether all pods were read that stand beside `object`, and all that embeds pods.
    pub fn has_all_pods_beside(self, object: &Object) -> bool {
        let within = Within::around(object, self.snapshot);
        self.is_live() && self.snapshot.coverage.gap(&What::Pods, &within, None).is_none()
    }

    /// Notes that a verdict rests on all objects of a kind, for whoever has asked for them otherwise and says himself what was not
    /// read of them.
    pub fn follow(self, group: &str, kind: &str) {
        if let Some(recorder) = self.recorder.filter(|recorder| !recorder.only_gaps) {
            let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
            recorder.reads.borrow_mut().insert(Read { what, within: Within::Everywhere, name: None });
        }
    }

    /// The identity of an object in its cluster ([`Snapshot::identity`]).
    pub fn identity(self, object: &Object) -> ObjectRef {
        self.snapshot.identity(object.reference())
    }

    /// Notes that objects of a kind were asked for.
    pub(crate) fn note(self, group: &str, kind: &str, within: impl FnOnce() -> Within, name: Option<&str>) {
        if let Some(recorder) = self.recorder {
            let what = What::Kind { group: SmolStr::new(group), kind: SmolStr::new(kind) };
            self.tell(recorder, Read { what, within: within(), name: name.map(SmolStr::new) });
        }
    }

    /// Notes that pods were asked for.
    pub(crate) fn note_pods(self, within: impl FnOnce() -> Within) {
        if let Some(recorder) = self.recorder {
            self.tell(recorder, Read { what: What::Pods, within: within(), name: None });
        }
    }

    fn tell(self, recorder: &Recorder, read: Read) {
        if let Some(gap) = self.snapshot.coverage.gap(&read.what, &read.within, read.name.as_deref()) {
            let first = recorder.gap.get().map_or(gap, |before| before.min(gap));
            recorder.gap.set(Some(first));
        }
        if !recorder.only_gaps {
            recorder.reads.borrow_mut().insert(read);
        }
    }
}

impl<'s> From<&'s Snapshot> for View<'s> {
    fn from(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, recorder: None }
    }
}

impl Recorder {
    /// One that notes gaps alone, for [`View::take_gap`].
    pub fn of_gaps() -> Self {
        Self { only_gaps: true, ..Self::default() }
    }

    /// What was asked for since it was last taken.
    pub fn take(&self) -> BTreeSet<Read> {
        self.reads.take()
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
