//! Where documents begin and end in a stream: by lines, before any of it is parsed.

use crate::span::Span;
use crate::steps;

/// The text of one document, which ends before a separator line or at the end of the input.
pub(super) struct Chunk {
    pub(super) span: Span,
    /// The separator that follows has something else on its line, which kubectl refuses.
    pub(super) refused: Option<Span>,
}

/// Splits as `YAMLReader` does: at every line that starts with `---`, also within quotes and block scalars.
pub(super) struct Chunks<'t> {
    text: &'t str,
    next: usize,
    /// The line before was a refused separator, and what follows up to the next separator was its document.
    skipping: bool,
}

impl<'t> Chunks<'t> {
    /// Splits what comes from `start` on, which is the beginning of a line for the splitting.
    pub(super) fn new(text: &'t str, start: usize) -> Chunks<'t> {
        Chunks { text, next: start, skipping: false }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        loop {
            let start = self.next;
            let text = self.text;
            if start >= text.len() {
                return None;
            }
            // `YAMLReader` ends a document at a separator, but one that ends nothing is kept as the document's first line
            // (so `---#` is a comment after a document, and a string before one).
            let is_first_line = is_separator(text, start) && refused(text, start).is_none();
            let search_from = if is_first_line { line_end(text, start) } else { start };
            let separator = separator(text, search_from);
            let end = separator.unwrap_or(text.len());
            let refused = separator.and_then(|line| refused(text, line));
            self.next = separator.map_or(text.len(), |line| line_end(text, line));
            let skipped = std::mem::replace(&mut self.skipping, refused.is_some());
            let start = if skipped { end } else { start };
            if start < end || refused.is_some() {
                return Some(Chunk { span: Span::of(start, end), refused });
            }
        }
    }
}

fn is_separator(text: &str, line: usize) -> bool {
    text.get(line..).is_some_and(|rest| rest.starts_with("---"))
}

/// The start of the first line at or after `start` (itself the beginning of a line) that starts with `---`.
fn separator(text: &str, start: usize) -> Option<usize> {
    if is_separator(text, start) { Some(start) } else { next_separator(text, start) }
}

/// The first separator on a line after the one that `position` stands in.
pub(super) fn next_separator(text: &str, position: usize) -> Option<usize> {
    let rest = text.as_bytes().get(position..)?;
    let found = memchr::memmem::find(rest, b"\n---");
    steps::count(found.unwrap_or(rest.len()));
    found.map(|at| position + at + 1)
}

fn line_end(text: &str, line: usize) -> usize {
    let rest = text.as_bytes().get(line..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |at| line + at + 1)
}

/// Only blanks and a comment may follow `---`.
fn refused(text: &str, line: usize) -> Option<Span> {
    let after = text.get(line + 3..line_end(text, line))?;
    let content = after.trim_matches(is_go_space);
    if content.is_empty() || content.starts_with('#') {
        return None;
    }
    let start = line + 3 + (after.len() - after.trim_start_matches(is_go_space).len());
    Some(Span::of(start, start + content.len()))
}

/// `GuessJSONStream`: the first character that is not blank within 4096 bytes is `{`.
pub(super) fn starts_like_json(text: &str) -> bool {
    const LOOKAHEAD: usize = 4096;
    let start = text.len() - text.trim_start_matches(is_go_space).len();
    start < LOOKAHEAD && text.as_bytes().get(start) == Some(&b'{')
}

/// Whether a brace and a quote, as in JSON, come first.
pub(super) fn opens_like_json(text: &str, start: usize) -> bool {
    let rest = text.get(start..).unwrap_or("").trim_start();
    rest.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'))
}

/// Where YAML starts after a JSON value that ended at `start`: behind blanks, up to the first line feed
/// (`consumeWhitespace`). `None` when kubectl gives up because it wants to see four bytes each time it looks.
pub(super) fn yaml_after_json(text: &str, start: usize) -> Option<usize> {
    const WINDOW: usize = 4;
    let mut position = start;
    loop {
        let rest = text.get(position..)?;
        if rest.len() < WINDOW {
            return None;
        }
        match rest.chars().next()? {
            '\n' => return Some(position + 1),
            char::REPLACEMENT_CHARACTER => return None,
            blank if is_go_space(blank) => position += blank.len_utf8(),
            _ => return Some(position),
        }
    }
}

/// The first character in what follows a document that is neither blank, comment nor a further `...`.
pub(super) fn first_content(rest: &str) -> Option<usize> {
    let mut start = 0;
    for line in rest.split_inclusive('\n') {
        let content = line.trim();
        let is_end = content == "...";
        if !(content.is_empty() || content.starts_with('#') || is_end) {
            return Some(start + (line.len() - line.trim_start().len()));
        }
        start += line.len();
    }
    None
}

/// Go's `unicode.IsSpace`.
fn is_go_space(character: char) -> bool {
    // The Unicode property White_Space, as in Rust.
    character.is_whitespace()
}
