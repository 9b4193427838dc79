//! Objects as an API server lists them.

use std::path::{Path as FilePath, PathBuf};

use seawall_yaml::{Limits, Path, Value};
use smol_str::SmolStr;

use crate::decode::StringMap;
use crate::object::Object;
use crate::origin::{Provenance, SourceFile};
use crate::problem::{Place, Problem, Weight};
use crate::read::{Reader, Reading, TypeMeta, from_yaml};
use crate::text::Text;

/// Objects of one kind as an API server lists them. They are taken one by one, so that of a long list one object at a time is
/// held as text and tree, and what Secrets hold ends with it.
#[derive(Debug)]
pub struct Listing {
    path: PathBuf,
    api_version: SmolStr,
    kind: SmolStr,
    provenance: Provenance,
    objects: Vec<Object>,
    problems: Vec<Problem>,
    taken: usize,
}

impl Listing {
    /// A list that people know as `path`, of objects of this type. Items do not say theirs (`unstructuredList` of
    /// k8s.io/apimachinery pkg/apis/meta/v1/unstructured), and where only metadata was asked for they say another one.
    pub fn new(path: PathBuf, api_version: &str, kind: &str) -> Self {
        let (api_version, kind) = (SmolStr::new(api_version), SmolStr::new(kind));
        let provenance = Provenance::Live;
        Self { path, api_version, kind, provenance, objects: Vec::new(), problems: Vec::new(), taken: 0 }
    }

    /// A list of objects that are wanted for what they own: of them no more is kept than who they are, who owns them, and which
    /// suppressions stand beside them.
    pub fn of_owners(path: PathBuf, api_version: &str, kind: &str) -> Self {
        Self { provenance: Provenance::Owners, ..Self::new(path, api_version, kind) }
    }

    /// Takes an item: JSON.
    pub fn take(&mut self, item: &str, limits: &Limits) {
        let stream = seawall_yaml::parse(item.as_bytes(), limits);
        let mut reader = Reader {
            path: &self.path,
            text: &stream.text,
            objects: Vec::with_capacity(1),
            problems: stream.problems.iter().map(from_yaml).collect(),
            skipped: Vec::new(),
            may_suppress: crate::ignore::mentioned(&stream.text),
        };
        let meta = TypeMeta { api_version: &self.api_version, kind: &self.kind };
        let document = stream.documents.first();
        match document.filter(|document| matches!(document.root().value(), Value::Map(_))) {
            Some(document) => reader.single(document, document.root(), Path::root(), meta),
            None if reader.problems.is_empty() => reader.problems.push(Problem {
                code: "not-an-object",
                weight: Weight::Incomplete,
                place: Place::Path(self.path.clone()),
                message: "an item of this list is not an object".to_owned(),
                help: "see whether the API server or the extension that serves it is well".to_owned(),
            }),
            None => {}
        }
        let Reader { objects, problems, .. } = reader;
        let place = || Place::Path(shown(&self.path, objects.first()));
        self.problems.extend(problems.into_iter().map(|problem| Problem { place: place(), ..problem }));
        self.objects.extend(objects.into_iter().map(|mut object| {
            object.origin.document = self.taken;
            if self.provenance == Provenance::Owners {
                object.metadata.labels = StringMap::default();
                object.metadata.annotations = StringMap::default();
                object.metadata.last_applied = None;
            }
            object
        }));
        self.taken += 1;
    }

    /// What was taken. The text is not kept.
    pub fn finish(self) -> Reading {
        let Self { path, provenance, mut objects, problems, taken, .. } = self;
        objects.shrink_to_fit();
        let file = SourceFile { path, text: Text::from(""), provenance };
        Reading { file, objects, problems, skipped: Vec::new(), documents: taken }
    }
}

/// `LIST/NAMESPACE/NAME`: the text is not kept, so no line can be named.
fn shown(list: &FilePath, object: Option<&Object>) -> PathBuf {
    let mut shown = list.to_string_lossy().into_owned();
    if let Some(object) = object {
        for part in [&object.metadata.namespace, &object.metadata.name] {
            if !part.is_empty() {
                shown.push('/');
                shown.push_str(part);
            }
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_of_the_type_of_their_list_and_told_by_name() {
        let mut listing = Listing::new("c/apps/v1/deployments".into(), "apps/v1", "Deployment");
        let items = [
            r#"{"metadata":{"namespace":"shop","name":"web"},"spec":{"template":{"spec":{"hostNetwork":"no"}}}}"#,
            r#"{"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{"name":"bare"}}"#,
            "null",
            "[]",
        ];
        for item in items {
            listing.take(item, &Limits::default());
        }
        let reading = listing.finish();
        assert_eq!((reading.documents, reading.file.provenance), (4, Provenance::Live));
        let known: Vec<_> = reading
            .objects
            .iter()
            .map(|object| {
                (&*object.api_version, &*object.kind, &*object.metadata.name, object.origin.document)
            })
            .collect();
        assert_eq!(known, [("apps/v1", "Deployment", "web", 0), ("apps/v1", "Deployment", "bare", 1)]);
        let problems: Vec<_> =
            reading.problems.iter().map(|problem| (problem.code, problem.place.clone())).collect();
        let list = || Place::Path("c/apps/v1/deployments".into());
        let web = Place::Path("c/apps/v1/deployments/shop/web".into());
        assert_eq!(problems, [("wrong-type", web), ("not-an-object", list()), ("not-an-object", list())]);
    }
}
