//! Where in the text an edit's path leads.

use super::EditError;
use super::layout::Layout;
use crate::path::{Path, Segment};
use crate::span::Span;
use crate::tree::{Document, Node};

/// A node and what stands around it.
#[derive(Clone, Copy)]
pub(super) struct Place<'d> {
    pub(super) node: Node<'d>,
    /// The collection it is in.
    pub(super) container: Option<Node<'d>>,
    /// Where its key stands; `None` for the root and for items.
    pub(super) key: Option<Span>,
    /// Its number among the items of a sequence.
    pub(super) item: usize,
    /// It stands in flow context.
    pub(super) in_flow: bool,
}

/// What a path leads to.
pub(super) enum Found<'d, 'p> {
    Place(Place<'d>),
    /// The deepest place that exists, and the segments that do not.
    Missing(Place<'d>, Vec<&'p Segment>),
}

impl<'d> Layout<'d> {
    pub(super) fn find<'p>(&self, path: &'p Path) -> Result<Found<'d, 'p>, EditError> {
        let mut place =
            Place { node: self.document.root(), container: None, key: None, item: 0, in_flow: self.json };
        let segments = path.segments();
        for (depth, segment) in segments.iter().enumerate() {
            let node = place.node;
            let rest = || segments.get(depth..).unwrap_or_default().to_vec();
            if node.is_alias() {
                return Err(EditError::Shared(path.clone()));
            }
            let in_flow = place.in_flow || self.is_flow(node);
            let next = match segment {
                Segment::Key(key) => node.entry(key).map(|(key, node)| (node, Some(key), 0)),
                Segment::Index(index) => node.item(*index).map(|node| (node, None, *index)),
            };
            let Some((child, key, item)) = next else { return Ok(Found::Missing(place, rest())) };
            if let Some(key) = key
                && !node.written_entries().any(|entry| entry.key_span == key && !entry.is_merge)
            {
                // The entry comes from a merge: one written here would override it.
                if segments.len() > depth + 1 {
                    return Err(EditError::Shared(path.clone()));
                }
                return Ok(Found::Missing(place, rest()));
            }
            place = Place { node: child, container: Some(node), key, item, in_flow };
        }
        Ok(Found::Place(place))
    }

    pub(super) fn find_place(&self, path: &Path) -> Result<Place<'d>, EditError> {
        match self.find(path)? {
            Found::Place(place) => Ok(place),
            Found::Missing(..) => Err(EditError::Missing(path.clone())),
        }
    }
}

/// Whether the document has anchors that are used.
pub(super) fn is_shared(document: &Document) -> bool {
    let mut pending = vec![document.root()];
    while let Some(node) = pending.pop() {
        if node.is_alias() {
            return true;
        }
        pending.extend(node.items());
        pending.extend(node.written_entries().map(|entry| entry.value));
    }
    false
}
