//! Edits of a text that keep its comments and layout.

mod flow;
mod insert;
mod layout;
mod model;
mod place;
mod remove;
mod render;
mod replace;
mod value;

use std::sync::Arc;

use crate::compose::compose_yaml;
use crate::json::read_json;
use crate::limits::Limits;
use crate::path::Path;
use crate::span::Span;
use crate::tree::{Document, Format};
use layout::Layout;
pub use value::EditValue;
use value::Model;

/// One change of a document. Paths start at the document's root.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Gives a field a value; what is missing above it is created.
    Set {
        /// The field, or an item of a sequence; the index after the last item adds one.
        path: Path,
        /// Its new value.
        value: EditValue,
    },
    /// Takes a field or item away; every duplicate of the key with it.
    Remove {
        /// The field or item.
        path: Path,
    },
    /// Inserts an item into a sequence, which is created when it is missing.
    Insert {
        /// The sequence.
        path: Path,
        /// The position of the new item; the length of the sequence adds it at the end.
        index: usize,
        /// The new item.
        value: EditValue,
    },
}

/// Why an edit was not made. The text is unchanged then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Nothing is there to be removed, or an index lies beyond the end.
    #[error("there is nothing at `{0}`")]
    Missing(Path),
    /// Something other than a mapping or sequence is in the way.
    #[error("`{path}` is a {found}, so nothing can be put into it")]
    Type {
        /// Where.
        path: Path,
        /// Its type.
        found: &'static str,
    },
    /// The place is shared through an alias or a merge (`<<`), so that a change would show elsewhere too.
    #[error("`{0}` is shared with another place by an alias or a merge; change it by hand")]
    Shared(Path),
    /// The layout is one that these edits cannot keep right.
    #[error("the text around `{0}` is written in a way that cannot be edited; change it by hand")]
    Layout(Path),
    /// A float is infinite or not a number.
    #[error("`{0}` would become a number that JSON cannot hold")]
    Number(Path),
    /// The text is not the one the document was read from.
    #[error("the text is not the one that the document was read from")]
    OtherText,
}

/// Makes `edits` in order, each on the outcome of the one before, and returns the whole new text.
///
/// Comments, blank lines, indentation, quotes, line endings and the order of keys stay as they are around an edit. The
/// new text is read again to make sure that it means exactly the edited object; an edit for which that cannot be reached
/// is an error.
///
/// # Errors
/// See [`EditError`].
pub fn apply(text: &str, document: &Document, edits: &[Edit]) -> Result<String, EditError> {
    if *text != *document.text {
        return Err(EditError::OtherText);
    }
    let mut current = own_document(document.span.slice(text), document.format).ok_or(EditError::OtherText)?;
    for edit in edits {
        current = apply_one(&current, edit)?;
    }
    let before = text.get(..document.span.start as usize).unwrap_or("");
    let after = text.get(document.span.end as usize..).unwrap_or("");
    Ok([before, current.text(), after].concat())
}

/// A change of the text: what stands in the range is replaced.
#[derive(Debug)]
struct Splice {
    span: Span,
    text: String,
}

impl Splice {
    fn new(span: Span, text: impl Into<String>) -> Splice {
        Splice { span, text: text.into() }
    }
}

fn apply_one(document: &Document, edit: &Edit) -> Result<Document, EditError> {
    let yaml = document.format == Format::Yaml;
    let wanted = model::expected(document, edit)?;
    let path = edit.path();
    let refuse = || EditError::Layout(path.clone());
    let mut current = None;
    // Duplicates of a key are removed one by one.
    loop {
        let source = current.as_ref().unwrap_or(document);
        let layout = Layout::new(source);
        let splices = match edit {
            Edit::Set { path, value } => layout.set(path, value)?,
            Edit::Remove { path } => layout.remove(path)?,
            Edit::Insert { path, index, value } => layout.insert(path, *index, value)?,
        };
        let text = splice(source.text(), splices).ok_or_else(refuse)?;
        let edited = own_document(&text, document.format).ok_or_else(refuse)?;
        if Model::of(edited.root(), yaml) == wanted {
            return Ok(edited);
        }
        let still_there = matches!(edit, Edit::Remove { .. }) && edited.get(path).is_some();
        if !still_there || edited.text().len() >= source.text().len() {
            return Err(if place::is_shared(document) { EditError::Shared(path.clone()) } else { refuse() });
        }
        current = Some(edited);
    }
}

fn splice(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| splice.span);
    let mut edited = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for splice in splices {
        edited.push_str(text.get(done..splice.span.start as usize)?);
        edited.push_str(&splice.text);
        done = splice.span.end as usize;
    }
    edited.push_str(text.get(done..)?);
    Some(edited)
}

/// Reads a text that holds one document and nothing else. A document that has become null is still one.
fn own_document(text: &str, format: Format) -> Option<Document> {
    let limits = Limits { max_bytes: u32::MAX as usize, ..Limits::default() };
    let storage = match format {
        Format::Yaml => compose_yaml(text, &limits, &mut Vec::new()).ok()?.storage?,
        Format::Json => read_json(text, 0, &limits).ok()??.storage,
    };
    let span = Span::of(0, text.len());
    Some(Document { text: Arc::from(text), span, index: 0, format, storage })
}

impl Edit {
    fn path(&self) -> &Path {
        match self {
            Edit::Set { path, .. } | Edit::Remove { path } | Edit::Insert { path, .. } => path,
        }
    }
}
