//! From a path to a node.

use super::{Document, Node};
use crate::path::{Path, Segment};
use crate::span::Span;

/// The deepest existing node on a path: see [`Document::locate`].
#[derive(Clone, Copy, Debug)]
pub struct Located<'t> {
    /// The node that the whole path, or its longest part that exists, leads to.
    pub node: Node<'t>,
    /// Where the key of the node stands; `None` for the root and for items of sequences.
    pub key_span: Option<Span>,
    /// How many segments of the path exist.
    pub depth: usize,
    /// Whether the whole path exists.
    pub exact: bool,
}

impl Located<'_> {
    /// Where to point a reader to: the key, or an item of a sequence itself.
    #[must_use]
    pub fn anchor(&self) -> Span {
        self.key_span.unwrap_or_else(|| self.node.span())
    }
}

impl Document {
    /// Follows `path` from the root as far as it exists.
    #[must_use]
    pub fn locate(&self, path: &Path) -> Located<'_> {
        let mut located = Located { node: self.root(), key_span: None, depth: 0, exact: false };
        for segment in path.segments() {
            let (node, key_span) = match segment {
                Segment::Key(key) => match located.node.entry(key) {
                    Some((key_span, value)) => (value, Some(key_span)),
                    None => return located,
                },
                Segment::Index(index) => match located.node.item(*index) {
                    Some(item) => (item, None),
                    None => return located,
                },
            };
            located = Located { node, key_span, depth: located.depth + 1, exact: false };
        }
        Located { exact: true, ..located }
    }

    /// The node at `path`, if it exists.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<Node<'_>> {
        let located = self.locate(path);
        located.exact.then_some(located.node)
    }
}
