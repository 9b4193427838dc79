//! From a text to objects.

use std::path::PathBuf;
use std::sync::Arc;

use seawall_yaml::{Document, Limits, Node, Path, Span, Value};
use smol_str::SmolStr;

use crate::body::Body;
use crate::decode::{Decode, Decoding};
use crate::kinds::Metadata;
use crate::object::Object;
use crate::origin::{FileId, Origin, Provenance, SourceFile};
use crate::problem::{Place, Problem, Weight};
use crate::snapshot::Skipped;
use crate::template::pod_templates;
use crate::text::Text;

/// What one text holds. File numbers in it are provisional until [`crate::Snapshot::assemble`].
#[derive(Debug)]
pub struct Reading {
    /// The text.
    pub file: SourceFile,
    /// Objects in document order.
    pub objects: Vec<Object>,
    /// What is wrong with the text.
    pub problems: Vec<Problem>,
    /// Documents that are not Kubernetes objects.
    pub skipped: Vec<Skipped>,
    /// Documents in the text.
    pub documents: usize,
}

/// The number that objects and problems of a [`Reading`] carry before it is part of a Snapshot.
pub(crate) const PROVISIONAL: FileId = FileId(u32::MAX);

/// In bytes. Of objects that people write the documents are kept, so that what is found in them need not be parsed again; what
/// is longer is mostly a definition of custom resources, of which nothing is found.
const SMALL: usize = 32 << 10;

/// Reads all Kubernetes objects of `bytes` as kubectl would.
pub fn read(path: PathBuf, bytes: &[u8], provenance: Provenance, limits: &Limits) -> Reading {
    let stream = seawall_yaml::parse(bytes, limits);
    let mut reader = Reader {
        path: &path,
        text: &stream.text,
        objects: Vec::new(),
        problems: Vec::new(),
        skipped: Vec::new(),
        may_suppress: crate::ignore::mentioned(&stream.text),
    };
    for document in &stream.documents {
        reader.document(document);
    }
    let Reader { mut objects, mut problems, skipped, may_suppress, .. } = reader;
    if may_suppress {
        problems.extend(crate::ignore::attach(&stream, &mut objects));
    }
    problems.extend(stream.problems.iter().map(from_yaml));
    problems.sort_by_key(|problem| match &problem.place {
        Place::Span { span, .. } => (span.start, span.end),
        Place::Path(_) | Place::Aside { .. } | Place::Flag(_) => (0, 0),
    });
    let documents = stream.documents.len();
    let holds_objects = |document: &Document| {
        let found = objects.binary_search_by_key(&document.index, |object| object.origin.document);
        found.is_ok() && document.span.len() <= SMALL
    };
    let kept = stream.documents.into_iter().filter(holds_objects).collect();
    let file = SourceFile { path, text: Text::parsed(stream.text, kept), provenance };
    Reading { file, objects, problems, skipped, documents }
}

pub(crate) fn from_yaml(problem: &seawall_yaml::Problem) -> Problem {
    Problem {
        code: problem.code(),
        weight: if problem.loses_document() { Weight::Incomplete } else { Weight::Warning },
        place: Place::Span { file: PROVISIONAL, span: problem.span },
        message: problem.message(),
        help: problem.help().to_owned(),
    }
}

/// What reads a text.
pub(crate) struct Reader<'a> {
    pub path: &'a PathBuf,
    pub text: &'a Arc<str>,
    pub objects: Vec<Object>,
    pub problems: Vec<Problem>,
    pub skipped: Vec<Skipped>,
    /// Whether the text can hold suppressions.
    pub may_suppress: bool,
}

/// `apiVersion` and `kind` of an object; a List passes its own down to items without.
#[derive(Clone, Copy)]
pub(crate) struct TypeMeta<'t> {
    pub api_version: &'t str,
    pub kind: &'t str,
}

impl Reader<'_> {
    fn document(&mut self, document: &Document) {
        let root = document.root();
        match root.value() {
            // A document of comments alone.
            Value::Null => {}
            Value::Map(_) => {
                match type_meta(root) {
                    Ok(Some(meta)) => self.object(document, root, Path::root(), meta),
                    Ok(None) => self.skip(document, "no apiVersion and kind"),
                    Err((span, missing)) => {
                        if root.get("metadata").is_some_and(|node| matches!(node.value(), Value::Map(_))) {
                            self.incomplete(
                            "not-an-object",
                            span,
                            format!("looks like a Kubernetes object, but `{missing}` is missing or not a string"),
                            format!("add `{missing}` at the top of the document; kubectl refuses it as it is"),
                        );
                        } else {
                            self.skip(document, "no apiVersion and kind");
                        }
                    }
                }
            }
            _ => self.skip(document, "not a map"),
        }
    }

    fn skip(&mut self, document: &Document, reason: &'static str) {
        self.skipped.push(Skipped { path: self.path.clone(), document: Some(document.index), reason });
    }

    fn incomplete(&mut self, code: &'static str, span: Span, message: String, help: String) {
        let place = Place::Span { file: PROVISIONAL, span };
        self.problems.push(Problem { code, weight: Weight::Incomplete, place, message, help });
    }

    /// Takes an object, or the items of a List of any kind: what `Unstructured.IsList` of k8s.io/apimachinery
    /// pkg/apis/meta/v1/unstructured calls one is an object with a list under `items`.
    fn object(&mut self, document: &Document, node: Node<'_>, path: Path, meta: TypeMeta<'_>) {
        match node.get("items").map(|items| items.value()) {
            Some(Value::Seq(items)) if meta.kind.ends_with("List") => {
                let path = path.key("items");
                // Items of a typed list carry no type of their own (unstructuredList of the same package).
                let inherited = TypeMeta { kind: meta.kind.strip_suffix("List").unwrap_or_default(), ..meta };
                for (index, item) in items.enumerate() {
                    let own = type_meta(item).ok().flatten();
                    let meta = own.or((!inherited.kind.is_empty()).then_some(inherited));
                    match meta {
                        // A List in a List is taken apart too, to a depth bounded by the parser's.
                        Some(meta) => self.object(document, item, path.index(index), meta),
                        None => self.incomplete(
                            "not-an-object",
                            item.span(),
                            "an item of this List has no apiVersion and kind".to_owned(),
                            "add both to the item; kubectl refuses the List as it is".to_owned(),
                        ),
                    }
                }
            }
            _ => self.single(document, node, path, meta),
        }
    }

    /// Takes an object that is no List.
    pub(crate) fn single(&mut self, document: &Document, node: Node<'_>, path: Path, meta: TypeMeta<'_>) {
        let mut decoding = Decoding::default();
        let origin = Origin { file: PROVISIONAL, document: document.index, span: document.span, path };
        let mut object = decode(node, meta, origin, &mut decoding);
        object.malformed = !decoding.wrong_types.is_empty();
        for wrong in decoding.wrong_types {
            self.incomplete(
                "wrong-type",
                wrong.span,
                format!("{} where Kubernetes expects {}", wrong.found, wrong.expected),
                "correct the value; the API server refuses the whole object as it is".to_owned(),
            );
        }
        if self.may_suppress {
            object.ignores = crate::ignore::of_object(self.text, node, &object.pods, &mut self.problems);
        }
        self.objects.push(object);
    }
}

/// The object at `node`, without suppressions.
pub(crate) fn decode(node: Node<'_>, meta: TypeMeta<'_>, origin: Origin, cx: &mut Decoding) -> Object {
    let metadata = node.get("metadata").map(|node| Metadata::decode(node, cx)).unwrap_or_default();
    let group = meta.api_version.split_once('/').map_or("", |(group, _)| group);
    Object {
        api_version: SmolStr::new(meta.api_version),
        kind: SmolStr::new(meta.kind),
        metadata,
        pods: pod_templates(group, meta.kind, node, cx).into(),
        body: Body::decode(group, meta.kind, node, cx),
        origin,
        ignores: Vec::new(),
        malformed: false,
    }
}

/// The type of an object: `Ok(None)` when it has neither field, an error naming the one that is missing otherwise.
pub(crate) fn type_meta(node: Node<'_>) -> Result<Option<TypeMeta<'_>>, (Span, &'static str)> {
    let field = |name| node.get(name).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
    match (field("apiVersion"), field("kind")) {
        (Some(api_version), Some(kind)) => Ok(Some(TypeMeta { api_version, kind })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err((node.span(), "apiVersion")),
        (Some(_), None) => Err((node.span(), "kind")),
    }
}
