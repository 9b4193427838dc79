//! `metav1.ObjectMeta`.

use memchr::memmem;
use seawall_credential::{Judged, judge};
use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, Present, StringMap, record};

/// `metav1.ObjectMeta` of k8s.io/apimachinery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// Empty in a template, or when `generateName` is used.
    pub name: SmolStr,
    /// Prefix of a generated name.
    pub generate_name: SmolStr,
    /// Empty when not given: then it is decided by who applies the object.
    pub namespace: SmolStr,
    /// Labels.
    pub labels: StringMap,
    /// Annotations, without [`LAST_APPLIED`].
    pub annotations: StringMap,
    /// Owners; one of them may be the controller.
    pub owner_references: Box<[OwnerReference]>,
    /// What [`LAST_APPLIED`] looks like: it is a copy of the whole object, values of a Secret and all.
    pub last_applied: Option<LastApplied>,
    /// That a cluster made it: it was read from one.
    pub uid: Option<Present>,
}

/// The annotation in which `kubectl apply` keeps a copy of the object as JSON.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

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
}

impl Decode for Metadata {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut metadata = Self::default();
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    match key {
                        "name" => metadata.name = Decode::decode(value, cx),
                        "generateName" => metadata.generate_name = Decode::decode(value, cx),
                        "namespace" => metadata.namespace = Decode::decode(value, cx),
                        "labels" => metadata.labels = Decode::decode(value, cx),
                        "annotations" => {
                            metadata.annotations =
                                StringMap::decode_some(value, cx, |key| key != LAST_APPLIED);
                            let copy = value.is_map().then(|| value.get(LAST_APPLIED)).flatten();
                            metadata.last_applied = copy.and_then(Node::as_str).map(LastApplied::of);
                        }
                        "ownerReferences" => metadata.owner_references = Decode::decode(value, cx),
                        "uid" => metadata.uid = Decode::decode(value, cx),
                        _ => {}
                    }
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        metadata
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
        /// Whether it manages the object.
        controller: Option<bool> = "controller",
    }
}
