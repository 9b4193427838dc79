//! Suppressions written in the input, as comments and annotations.

use seawall_yaml::{Document, Node};

use crate::origin::Ignore;

/// The suppressions that `document` holds for the object at `node`.
pub(crate) fn ignores(_text: &str, _document: &Document, _node: Node<'_>) -> Vec<Ignore> {
    Vec::new()
}
