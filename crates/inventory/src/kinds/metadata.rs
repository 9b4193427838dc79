//! `metav1.ObjectMeta`.

use memchr::memmem;
use seawall_credential::{Judged, judge};
use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, StringMap, record};
use crate::encode::Encode;
use crate::mark::{self, mark};
use crate::tree::{Tree, give};

/// `metav1.ObjectMeta` of k8s.io/apimachinery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Empty in a template, or when `generateName` is used.
    pub name: SmolStr,
    /// Empty when not given: then it is decided by who applies the object.
    pub namespace: SmolStr,
    /// Labels.
    pub labels: StringMap,
    /// Annotations, without copies of the object.
    pub annotations: StringMap,
    /// Owners; one of them may be the controller.
    pub owner_references: Box<[OwnerReference]>,
    /// What [`LAST_APPLIED`] looks like: it is a copy of the whole object, values of a Secret and all.
    pub last_applied: Option<LastApplied>,
    /// What few objects of files say.
    rare: Option<Box<RareMetadata>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct RareMetadata {
    generate_name: SmolStr,
    uid: SmolStr,
}

/// The annotation in which `kubectl apply` keeps a copy of the object as JSON.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Annotations with a copy of the object, or of what was changed in it: its values are not kept either. Those of kapp (carvel-dev/kapp
/// pkg/kapp/diff/changed_resource.go) and of Rancher, Fleet and k3s (rancher/wrangler pkg/apply/desiredset_compare.go).
const COPIES: &[&str] =
    &[LAST_APPLIED, "kapp.k14s.io/original", "kapp.k14s.io/original-diff", "objectset.rio.cattle.io/applied"];

/// What the copy of an object looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastApplied {
    /// What it looks like as a text.
    pub judged: Judged,
    /// Whether `data` or `stringData` stands in it with something in it.
    pub holds_data: bool,
}

impl LastApplied {
    fn of(text: &str) -> Self {
        // kubectl writes it without spaces (`json.Marshal` of Go).
        let holds = |field: &str| memmem::find(text.as_bytes(), field.as_bytes()).is_some();
        Self { judged: judge("", text), holds_data: holds("\"data\":{\"") || holds("\"stringData\":{\"") }
    }

    /// Reads what is written of it: its judgement, and behind that whether it holds data.
    fn from_code(code: &str) -> Option<Self> {
        let bare = code.strip_suffix(HOLDS_DATA);
        Some(Self { judged: Judged::from_code(bare.unwrap_or(code))?, holds_data: bare.is_some() })
    }
}

/// Written behind a judgement.
const HOLDS_DATA: &str = " data";

impl Decode for Metadata {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut metadata = Self::default();
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    match key {
                        "name" => metadata.name = Decode::decode(value, cx),
                        "generateName" if !value.is_null() => {
                            metadata.rare.get_or_insert_default().generate_name = Decode::decode(value, cx);
                        }
                        "namespace" => metadata.namespace = Decode::decode(value, cx),
                        "labels" => metadata.labels = Decode::decode(value, cx),
                        "annotations" => {
                            metadata.annotations =
                                StringMap::decode_some(value, cx, |key| !COPIES.contains(&key));
                            let copy = value.is_map().then(|| value.get(LAST_APPLIED)).flatten();
                            metadata.last_applied = copy.and_then(|copy| match mark::of(copy, cx) {
                                Some(code) => LastApplied::from_code(code),
                                None => copy.as_str().map(LastApplied::of),
                            });
                        }
                        "ownerReferences" => metadata.owner_references = Decode::decode(value, cx),
                        "uid" if !value.is_null() => {
                            metadata.rare.get_or_insert_default().uid = Decode::decode(value, cx);
                        }
                        _ => {}
                    }
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        metadata.rare = metadata.rare.filter(|rare| **rare != RareMetadata::default());
        metadata
    }
}

impl Encode for Metadata {
    fn encode(&self) -> Tree {
        let Self { name, namespace, labels, annotations, owner_references, last_applied, rare } = self;
        let none = RareMetadata::default();
        let RareMetadata { generate_name, uid } = rare.as_deref().unwrap_or(&none);
        let mut fields = Vec::new();
        give(&mut fields, "name", name.field());
        give(&mut fields, "generateName", generate_name.field());
        give(&mut fields, "namespace", namespace.field());
        give(&mut fields, "uid", uid.field());
        give(&mut fields, "labels", labels.field());
        let mut annotations = annotations.encode();
        if let (Some(LastApplied { judged, holds_data }), Tree::Map(entries)) =
            (last_applied, &mut annotations)
        {
            let data = if *holds_data { HOLDS_DATA } else { "" };
            entries.push((SmolStr::new_static(LAST_APPLIED), mark(format_args!("{judged}{data}"))));
        }
        give(&mut fields, "annotations", Some(annotations).filter(|tree| !tree.is_nothing()));
        give(&mut fields, "ownerReferences", owner_references.field());
        Tree::Map(fields)
    }
}

impl Metadata {
    /// Prefix of a generated name; empty when there is none.
    pub fn generate_name(&self) -> &str {
        self.rare.as_ref().map_or("", |rare| &rare.generate_name)
    }

    /// What a cluster calls it; `None` for what was not read from one.
    pub fn uid(&self) -> Option<&str> {
        self.rare.as_ref().map(|rare| rare.uid.as_str()).filter(|uid| !uid.is_empty())
    }

    /// The owner that manages the object: at most one is the controller (`ValidateOwnerReferences` of k8s.io/apimachinery
    /// pkg/api/validation).
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller == Some(true))
    }
}

impl OwnerReference {
    /// API group of the owner, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

record! {
    /// `metav1.OwnerReference`.
    OwnerReference {
        /// API version of the owner.
        api_version: SmolStr = "apiVersion",
        /// Kind of the owner.
        kind: SmolStr = "kind",
        /// Name of the owner, in the same namespace or cluster-scoped.
        name: SmolStr = "name",
        /// What the cluster calls the owner: another object of the same name is not it.
        uid: SmolStr = "uid",
        /// Whether it manages the object.
        controller: Option<bool> = "controller",
    }
}
