//! Comments that suppress, found in the text.

use memchr::{memchr, memmem, memrchr};
use seawall_yaml::Span;

use super::grammar::{Said, comment};

/// What may be a comment that suppresses. Whether it is one, or stands in a string, the tree tells.
#[derive(Debug)]
pub(super) struct Comment {
    /// From its `#` to the end of the line.
    pub(super) span: Span,
    /// Start and end of the line on which what it covers starts; `None` when no such line follows.
    pub(super) target: Option<Span>,
    /// Whether nothing stands on its line but the comment, or a separator of documents.
    pub(super) own_line: bool,
    /// What it says, or what is wrong with it.
    pub(super) said: Result<Said, &'static str>,
}

/// The comments of `text` that start with `# seawall:`, in the order of the text: at most one on a line.
pub(super) fn find(text: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let mut comments: Vec<Comment> = Vec::new();
    let mut line = Span::default();
    let mut search = 0;
    let finder = memmem::Finder::new(b"seawall:");
    while let Some(found) = bytes.get(search..).and_then(|rest| finder.find(rest)) {
        let at = search + found;
        search = at + 1;
        if at >= line.end as usize {
            line = line_around(bytes, at);
        }
        let Some(hash) = hash_before(bytes, at, line) else { continue };
        let end = line.range().end;
        let body = text.get(at + "seawall:".len()..end).unwrap_or_default();
        let span = span(hash, hash + text.get(hash..end).unwrap_or_default().trim_end().len());
        let before = text.get(line.start as usize..hash).unwrap_or_default().trim_start();
        let on_separator = before.trim_end() == "---" && bytes.get(line.start as usize) == Some(&b'-');
        let own_line = before.is_empty() || before.starts_with('#') || on_separator;
        // Behind the dash of an item that starts on a later line, a comment stands alone as well.
        let alone = own_line || before.bytes().all(|byte| matches!(byte, b'-' | b' '));
        let target = if alone { next_content_line(text, line, comments.last()) } else { Some(line) };
        comments.push(Comment { span, target, own_line, said: comment(body) });
        search = end;
    }
    comments
}

fn line_around(bytes: &[u8], at: usize) -> Span {
    let start = memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1);
    span(start, line_end(bytes, at))
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |newline| at + newline)
}

/// The `#` before the marker, if it can start a comment or stands in one.
fn hash_before(bytes: &[u8], at: usize, line: Span) -> Option<usize> {
    let before = bytes.get(line.start as usize..at)?;
    let hash = before.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'))?;
    let starts = match hash.checked_sub(1).and_then(|previous| before.get(previous)) {
        None => true,
        Some(previous) => matches!(previous, b' ' | b'\t' | b'#'),
    };
    (before.get(hash) == Some(&b'#') && starts).then_some(line.start as usize + hash)
}

/// The next line that is neither empty nor a comment. `previous` is the comment before: when both stand above the same line, the
/// way there need not be walked twice.
fn next_content_line(text: &str, line: Span, previous: Option<&Comment>) -> Option<Span> {
    if let Some(target) = previous.filter(|previous| previous.own_line).and_then(|previous| previous.target)
        && target.start > line.start
    {
        return Some(target);
    }
    let bytes = text.as_bytes();
    let mut start = line.end as usize + 1;
    while start < bytes.len() {
        let end = line_end(bytes, start);
        let content = text.get(start..end).unwrap_or_default().trim_start();
        if !content.is_empty() && !content.starts_with('#') {
            return Some(span(start, end));
        }
        start = end + 1;
    }
    None
}

/// Texts are shorter than 4 GiB ([`seawall_yaml::Limits::max_bytes`]).
fn span(start: usize, end: usize) -> Span {
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(narrow(start), narrow(end))
}
