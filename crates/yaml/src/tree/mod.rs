//! The spanned tree of a document.

mod locate;
mod node;
mod slot;
mod value;

use std::sync::Arc;

use crate::span::Span;
pub use locate::Located;
pub use node::{Entries, Items, Node, WrittenEntries, WrittenEntry};
pub(crate) use slot::{
    ALIASED, BOOL_KEY, EFFECTIVE, FLOAT_KEY, INT_KEY, KEY_TYPE, Kind, MERGE, MILESTONE, NO_JSON_KEY,
    PROPERTIES, Part, Slot, Storage, insert_part,
};
pub use value::Value;

/// One document of an input: what kubectl makes one object of (or a `List` of several).
///
/// It shares the text of its input and holds about 16 bytes per node, so it is cheap to keep; it may go to other threads.
#[derive(Debug)]
pub struct Document {
    pub(crate) text: Arc<str>,
    /// Where the document stands in the text: for YAML, all between the separators.
    pub span: Span,
    /// The position among the documents of the input, from 0. Documents that hold nothing are not counted; documents
    /// that could not be read are.
    pub index: usize,
    pub(crate) format: Format,
    pub(crate) storage: Storage,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML, of which JSON-like text in a YAML stream is a part.
    Yaml,
    /// JSON, read by JSON's rules.
    Json,
}

impl Document {
    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// Whether the document was read as YAML or as JSON.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The text of the whole input; all spans are offsets into it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of this document alone.
    pub(crate) fn own_text(&self) -> &str {
        self.text.get(self.span.start as usize..).unwrap_or("")
    }

    /// The memory that the tree takes, in bytes, without the text.
    #[must_use]
    pub fn tree_bytes(&self) -> usize {
        let storage = &self.storage;
        size_of::<Document>()
            + storage.slots.capacity() * size_of::<Slot>()
            + storage.heap.capacity()
            + storage.strings.capacity() * size_of::<Span>()
            + storage.numbers.capacity() * size_of::<u64>()
            + storage.effective.capacity() * size_of::<Part>()
            + storage.pairs.capacity() * size_of::<(u32, u32)>()
            + storage.properties.capacity() * size_of::<(u32, u32)>()
    }
}
