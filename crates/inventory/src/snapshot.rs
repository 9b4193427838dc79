//! Everything that was read, at one moment.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use smol_str::SmolStr;

use crate::coverage::Coverage;
use crate::index::Index;
use crate::object::Object;
use crate::origin::{FileId, Provenance, SourceFile, Unit, UnitId};
use crate::pod_view::PodView;
use crate::problem::{Place, Problem};
use crate::read::Reading;

/// Everything that was read, at one moment. Immutable; the same input gives the same Snapshot whatever the order in
/// which it was read.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The texts, by [`FileId`].
    pub files: Vec<SourceFile>,
    /// Charts and overlays, by [`crate::UnitId`].
    pub units: Vec<Unit>,
    /// The objects, in the order of files, documents and items.
    pub objects: Vec<Object>,
    /// What could not be read or understood.
    pub problems: Vec<Problem>,
    /// What was left out because no check needs it, as it is no Kubernetes object for example, and why.
    pub skipped: Vec<Skipped>,
    /// Documents that were read, Kubernetes or not.
    pub documents: usize,
    /// How far these are all objects of a cluster, so that what is not here is nowhere. Files are never all.
    pub coverage: Coverage,
    /// The namespace that objects go to whose own is not written; `default` when empty.
    pub namespace: SmolStr,
    /// Where to find objects; the queries of [`crate::View`] read it.
    pub index: Index,
}

/// A file, or a document of it, that is not for Kubernetes; or a list of a cluster that no check needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file, or the list.
    pub path: PathBuf,
    /// The document, counted from 0; `None` for the whole file.
    pub document: Option<usize>,
    /// Why.
    pub reason: &'static str,
}

impl Snapshot {
    /// Puts readings together, in the order of their paths.
    pub fn assemble(
        mut readings: Vec<Reading>,
        units: Vec<Unit>,
        problems: Vec<Problem>,
        skipped: Vec<Skipped>,
    ) -> Self {
        // Rendered texts of one template in two charts share a path; the unit tells them apart.
        readings.sort_by_cached_key(|reading| order(&reading.file));
        let mut snapshot = Self { units, problems, skipped, ..Self::default() };
        snapshot.objects.reserve_exact(readings.iter().map(|reading| reading.objects.len()).sum());
        for reading in readings {
            let id = FileId(u32::try_from(snapshot.files.len()).unwrap_or(u32::MAX));
            snapshot.files.push(reading.file);
            snapshot.documents += reading.documents;
            snapshot.skipped.extend(reading.skipped);
            snapshot.problems.extend(reading.problems.into_iter().map(|problem| in_file(problem, id)));
            snapshot.objects.extend(reading.objects.into_iter().map(|mut object| {
                object.origin.file = id;
                object
            }));
        }
        snapshot
            .skipped
            .sort_by_cached_key(|skipped| (by_parts(&skipped.path), skipped.document, skipped.reason));
        let index = Index::new(&snapshot.objects, |object| snapshot.unit_of(object));
        snapshot.index = index;
        snapshot
    }

    /// Objects that stand in no file.
    pub fn unwritten(objects: Vec<Object>) -> Self {
        let index = Index::new(&objects, |_| None);
        Self { objects, index, ..Self::default() }
    }

    /// The text that `id` numbers.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The pod templates of an object.
    pub fn pods_of<'s>(&self, object: &'s Object) -> impl Iterator<Item = PodView<'s>> + use<'s> {
        object.pods.iter().map(move |template| PodView { object, template })
    }

    /// The chart or overlay that rendered an object.
    pub fn unit_of(&self, object: &Object) -> Option<UnitId> {
        match self.file(object.origin.file)?.provenance {
            Provenance::Verbatim | Provenance::Live | Provenance::Owners => None,
            Provenance::Rendered { unit, .. } => Some(unit),
        }
    }

    /// Whether an object is known for what it owns alone: no check judges it.
    pub fn only_owns(&self, object: &Object) -> bool {
        self.file(object.origin.file).is_some_and(|file| file.provenance == Provenance::Owners)
    }

    /// How many objects there are to judge.
    pub fn subjects(&self) -> usize {
        self.objects.iter().filter(|object| !object.is_vacant() && !self.only_owns(object)).count()
    }
}

fn order(file: &SourceFile) -> (Vec<u8>, Option<(UnitId, Arc<str>)>) {
    let rendered = match &file.provenance {
        Provenance::Verbatim | Provenance::Live | Provenance::Owners => None,
        Provenance::Rendered { unit, .. } => Some((*unit, file.text.get())),
    };
    (by_parts(&file.path), rendered)
}

/// The order of paths part by part, as bytes: it is asked for more often than there are paths.
fn by_parts(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.map(|byte| if std::path::is_separator(char::from(*byte)) { 0 } else { *byte }).collect()
}

fn in_file(mut problem: Problem, id: FileId) -> Problem {
    if let Place::Span { file, .. } = &mut problem.place {
        *file = id;
    }
    problem
}
