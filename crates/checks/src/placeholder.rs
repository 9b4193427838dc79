//! What is filled in before an object is applied.

/// Whether `text` holds a variable of a template, by the looks of it: what the field says is then not known.
pub(crate) fn is_placeholder(text: &str) -> bool {
    text.contains('$') || text.contains("{{")
}
