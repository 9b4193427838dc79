//! A Kubernetes object as Seawall keeps it.

use std::fmt;

use seawall_yaml::{Path, Span};
use smol_str::SmolStr;

use crate::body::Body;
use crate::encode::Encode;
use crate::kinds::Metadata;
use crate::origin::{FileId, Ignore, Origin};
use crate::template::{PodTemplate, embeds_pods};
use crate::tree::{Tree, give};

/// Whether checks read more of a kind than the metadata of its objects.
pub fn has_content(group: &str, kind: &str) -> bool {
    embeds_pods(group, kind) || Body::is_read(group, kind)
}

/// A Kubernetes object. Kinds that no check reads are kept too, with their metadata alone.
#[derive(Clone, Debug)]
pub struct Object {
    /// `apps/v1`, `v1`, …
    pub api_version: SmolStr,
    /// `Deployment`, …
    pub kind: SmolStr,
    /// Name, namespace, labels, annotations, owners.
    pub metadata: Metadata,
    /// Pod templates that stand in it: one in most workloads, several in some custom resources, none elsewhere.
    pub pods: Box<[PodTemplate]>,
    /// What it is, for kinds of which checks read more than that.
    pub body: Body,
    /// Where it came from.
    pub origin: Origin,
    /// Suppressions written beside it.
    pub ignores: Vec<Ignore>,
    /// Whether a field of it has a type that the API server refuses. Then what checks do not find in it is unknown,
    /// not passed.
    pub malformed: bool,
}

impl Object {
    /// The API group: `apps` of `apps/v1`, empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The version of its API: `v1beta1` of `policy/v1beta1`.
    pub fn version(&self) -> &str {
        self.api_version.rsplit('/').next().unwrap_or_default()
    }

    /// What stands where an object was removed from a Snapshot: nothing that a query finds.
    pub(crate) fn vacant() -> Self {
        Self::unwritten("", "", Body::Other)
    }

    /// One that nobody wrote, with a body of its kind: it stands in no file.
    pub fn unwritten(api_version: &str, kind: &str, body: Body) -> Self {
        Self {
            api_version: SmolStr::new(api_version),
            kind: SmolStr::new(kind),
            metadata: Metadata::default(),
            pods: Box::default(),
            body,
            origin: Origin { file: FileId(u32::MAX), document: 0, span: Span::default(), path: Path::root() },
            ignores: Vec::new(),
            malformed: false,
        }
    }

    /// Whether no object stands here any more: it was removed from its Snapshot. What is read always has a kind.
    pub fn is_vacant(&self) -> bool {
        self.kind.is_empty()
    }

    /// Whether all that checks read of two objects is equal, wherever they were read.
    pub fn says_the_same(&self, other: &Self) -> bool {
        // Destructured, so that a new field is not forgotten. A suppression in an annotation stands at another byte each time
        // that the object is read.
        let Self { api_version, kind, metadata, pods, body, origin: _, ignores, malformed } = self;
        let anywhere = |ignore: &Ignore| Ignore { span: Span::default(), ..ignore.clone() };
        *malformed == other.malformed
            && *api_version == other.api_version
            && *kind == other.kind
            && *metadata == other.metadata
            && *body == other.body
            && *pods == other.pods
            && ignores.iter().map(anywhere).eq(other.ignores.iter().map(anywhere))
    }

    /// All that is known of it, under the names of the Kubernetes API; marks in place of what is not kept.
    pub fn tree(&self) -> Tree {
        let Self { api_version, kind, metadata, pods, body, origin: _, ignores: _, malformed: _ } = self;
        let mut root = Vec::new();
        give(&mut root, "apiVersion", api_version.field());
        give(&mut root, "kind", kind.field());
        give(&mut root, "metadata", metadata.field());
        body.give(&mut root);
        let mut tree = Tree::Map(root);
        for pod in pods {
            pod.give(&mut tree);
        }
        tree
    }

    /// What the object is called: its name, or its `generateName` with `*` behind it.
    pub fn display_name(&self) -> SmolStr {
        if self.metadata.name.is_empty() && !self.metadata.generate_name().is_empty() {
            return smol_str::format_smolstr!("{}*", self.metadata.generate_name());
        }
        self.metadata.name.clone()
    }

    /// Its identity in a cluster. The version of its API is not part of it: the same object can be read in several.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            group: SmolStr::new(self.group()),
            kind: self.kind.clone(),
            namespace: self.metadata.namespace.clone(),
            name: self.display_name(),
        }
    }
}

/// What identifies an object in a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// API group, empty for the core group.
    pub group: SmolStr,
    /// Kind.
    pub kind: SmolStr,
    /// Namespace as written; empty when not given, or for a cluster-scoped object.
    pub namespace: SmolStr,
    /// Name.
    pub name: SmolStr,
}

impl fmt::Display for ObjectRef {
    /// `Deployment shop/web`, or `Deployment web` without a namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() && self.name.is_empty() {
            // A file of configuration.
            f.write_str(&self.kind)
        } else if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}
