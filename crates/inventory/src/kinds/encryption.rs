//! The file of encryption at rest that the API server is started with (k8s.io/apiserver pkg/apis/apiserver/v1 v0.36.3).

use seawall_credential::JudgedKey;
use seawall_yaml::{Node, Path, Value};
use smol_str::{SmolStr, ToSmolStr};

use crate::decode::{Decode, Decoding, record};
use crate::duration::Duration;
use crate::encode::Encode;
use crate::mark;
use crate::tree::{Tree, give};

/// `EncryptionConfiguration`, and its forerunner `EncryptionConfig`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EncryptionConfiguration {
    /// The first that names a resource decides.
    pub resources: Box<[EncryptedResources]>,
    /// Fields that there are none of: the file is read strictly (`serializer.EnableStrict` in
    /// pkg/server/options/encryptionconfig/config.go, since v0.31).
    pub unknown: Box<[Path]>,
}

impl Decode for EncryptionConfiguration {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let resources = node.get("resources").map(|node| Decode::decode(node, cx)).unwrap_or_default();
        let mut unknown = Vec::new();
        if cx.saved {
            let paths =
                node.get(mark::KEY).and_then(|own| own.get(UNKNOWN)).into_iter().flat_map(Node::items);
            unknown.extend(paths.filter_map(Node::as_str).filter_map(|path| path.parse().ok()));
        } else {
            FILE.unknown(node, &Path::root(), &mut unknown);
        }
        Self { resources, unknown: unknown.into() }
    }
}

/// Where [`EncryptionConfiguration::unknown`] is written.
const UNKNOWN: &str = "unknown";

impl Encode for EncryptionConfiguration {
    fn encode(&self) -> Tree {
        let Self { resources, unknown } = self;
        let mut fields = Vec::new();
        if !unknown.is_empty() {
            let paths = unknown.iter().map(|path| Tree::Text(path.to_smolstr())).collect();
            let own = vec![(SmolStr::new_static(UNKNOWN), Tree::List(paths))];
            fields.push((SmolStr::new_static(mark::KEY), Tree::Map(own)));
        }
        give(&mut fields, "resources", resources.field());
        Tree::Map(fields)
    }
}

record! {
    /// `ResourceConfiguration`.
    EncryptedResources {
        /// `secrets`, `events.events.k8s.io`, `*.apps`, `*.`, `*.*`.
        resources: Box<[SmolStr]> = "resources",
        /// The first writes; all read.
        providers: Box<[EncryptionProvider]> = "providers",
    }

    /// `ProviderConfiguration`: one of its fields is given.
    EncryptionProvider {
        /// No encryption.
        identity: Option<Identity> = "identity",
        /// AES-CBC.
        aescbc: Option<Box<EncryptionKeys>> = "aescbc",
        /// AES-GCM.
        aesgcm: Option<Box<EncryptionKeys>> = "aesgcm",
        /// XSalsa20 and Poly1305.
        secretbox: Option<Box<EncryptionKeys>> = "secretbox",
        /// A key management service.
        kms: Option<Box<KmsProvider>> = "kms",
    }

    /// `AESConfiguration`, `SecretboxConfiguration`.
    EncryptionKeys {
        /// The first writes; all read.
        keys: Box<[EncryptionKey]> = "keys",
    }

    /// `Key`.
    EncryptionKey {
        /// Name.
        name: SmolStr = "name",
        /// What the key looks like; the key is not kept.
        secret: Option<JudgedKey> = "secret",
    }

    /// `KMSConfiguration`.
    KmsProvider {
        /// `v1` when empty, or `v2`.
        api_version: SmolStr = "apiVersion",
        /// Name.
        name: SmolStr = "name",
        /// Keys held in memory (v1); 1000 when absent.
        cache_size: Option<i64> = "cachesize",
        /// Socket of the plugin.
        endpoint: SmolStr = "endpoint",
        /// A duration; 3s when absent.
        timeout: Option<Duration> = "timeout",
    }
}

/// `IdentityConfiguration`: an object without fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity;

impl Decode for Identity {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        if !node.is_null() && !node.is_map() {
            cx.wrong_type(node, "object");
        }
        Self
    }
}

impl Encode for Identity {
    fn encode(&self) -> Tree {
        Tree::Map(Vec::new())
    }
}

/// Which fields there are.
enum Shape {
    Leaf,
    Object(&'static [(&'static str, Shape)]),
    List(&'static Shape),
}

const KEYS: Shape = Shape::Object(&[(
    "keys",
    Shape::List(&Shape::Object(&[("name", Shape::Leaf), ("secret", Shape::Leaf)])),
)]);

const KMS: Shape = Shape::Object(&[
    ("apiVersion", Shape::Leaf),
    ("name", Shape::Leaf),
    ("cachesize", Shape::Leaf),
    ("endpoint", Shape::Leaf),
    ("timeout", Shape::Leaf),
]);

const PROVIDER: Shape = Shape::Object(&[
    ("aesgcm", KEYS),
    ("aescbc", KEYS),
    ("secretbox", KEYS),
    ("identity", Shape::Object(&[])),
    ("kms", KMS),
]);

const ELEMENT: Shape =
    Shape::Object(&[("resources", Shape::List(&Shape::Leaf)), ("providers", Shape::List(&PROVIDER))]);

const FILE: Shape = Shape::Object(&[
    ("apiVersion", Shape::Leaf),
    ("kind", Shape::Leaf),
    ("resources", Shape::List(&ELEMENT)),
]);

impl Shape {
    /// The fields below `node` that there are none of.
    fn unknown(&self, node: Node<'_>, path: &Path, found: &mut Vec<Path>) {
        match (self, node.value()) {
            (Self::Object(fields), Value::Map(entries)) => {
                for (key, _, value) in entries {
                    match fields.iter().find(|(name, _)| *name == key) {
                        Some((name, shape)) => shape.unknown(value, &path.field(name), found),
                        None => found.push(path.key(key)),
                    }
                }
            }
            (Self::List(shape), Value::Seq(items)) => {
                for (index, item) in items.enumerate() {
                    shape.unknown(item, &path.index(index), found);
                }
            }
            _ => {}
        }
    }
}
