//! Where an object came from: files, and the charts and overlays that rendered them.

use std::path::PathBuf;
use std::sync::Arc;

use seawall_yaml::{Path, Span};
use smol_str::SmolStr;

use crate::text::Text;

/// Number of a [`SourceFile`] in its Snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Number of a [`Unit`] in its Snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u32);

/// A text that objects were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as people know it: relative to where they stand, `/` between parts; `-` for standard input.
    /// For a rendered text: the template or resource file that it was rendered from.
    pub path: PathBuf,
    /// The decoded text; spans are byte offsets into it.
    pub text: Text,
    /// How the text came to be.
    pub provenance: Provenance,
}

/// How the text of a [`SourceFile`] came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It stands in the file as it is.
    Verbatim,
    /// An API server said it. The text is not kept: it may hold what Secrets hold.
    Live,
    /// An API server said it, as metadata alone, and it is known for what it owns: no check judges these objects.
    Owners,
    /// A tool rendered it; `template` is the text of the file it was rendered from, when that is known. Places in it are
    /// found by matching.
    Rendered {
        /// The chart or overlay.
        unit: UnitId,
        /// The text of the template or resource.
        template: Option<Arc<str>>,
    },
}

impl Provenance {
    /// Whether an API server said it.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live | Self::Owners)
    }
}

/// A folder that renders as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folder, as people know it.
    pub path: PathBuf,
    /// What renders it.
    pub kind: UnitKind,
}

/// What renders a [`Unit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A Helm chart.
    HelmChart,
    /// A Kustomize directory.
    Kustomization,
}

/// Where an object came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The text.
    pub file: FileId,
    /// Which document of the text, counted from 0.
    pub document: usize,
    /// Bytes of the document in the text.
    pub span: Span,
    /// Where the object stands in the document: the root, or `items[3]` of a List.
    pub path: Path,
}

/// A suppression written beside the object, as a comment or as an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The part of the object that it covers, seen from the object's root; the root covers all of it.
    pub path: Path,
    /// Check ids or names as written, unresolved.
    pub checks: Vec<SmolStr>,
    /// Why. Empty when the author gave none; then it does not suppress.
    pub reason: String,
    /// Last day on which it holds, as written: `YYYY-MM-DD`.
    pub expires: Option<SmolStr>,
    /// Where it stands in the text.
    pub span: Span,
    /// How it was written.
    pub form: IgnoreForm,
}

/// How an [`Ignore`] was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IgnoreForm {
    /// `# seawall: ignore[check] reason`
    Comment,
    /// Annotation `seawall.dev/ignore`.
    Annotation,
}
