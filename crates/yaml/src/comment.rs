//! Comments: found when asked for, at no cost to parsing.

use crate::scanner::{Content, Scanner, Style, TokenKind, with_final_break};
use crate::span::{Span, offset};
use crate::stream::Stream;
use crate::tree::{Document, Format};

/// A comment of a YAML document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    /// Where it stands, from the `#` to the end of the line.
    pub span: Span,
    /// What is written after the `#`, without surrounding blanks.
    pub text: &'t str,
    /// Nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// The comments of a document, in order: what YAML takes for comments, not what merely looks like one within a string or
/// a block scalar. JSON has none.
pub fn comments<'t>(document: &'t Document) -> impl Iterator<Item = Comment<'t>> {
    let text = document.span.slice(&document.text);
    let base = document.span.start;
    let spans = if document.format == Format::Yaml { comment_spans(text) } else { Vec::new() };
    spans.into_iter().map(move |span| {
        let line_start =
            text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let before = Span::new(offset(line_start), span.start).slice(text);
        Comment {
            span: Span::new(base + span.start, base + span.end),
            text: span.slice(text).trim_start_matches('#').trim(),
            own_line: before.chars().all(|character| matches!(character, ' ' | '\t' | '\u{FEFF}')),
        }
    })
}

impl Stream {
    /// The comments of all documents, in order.
    pub fn comments(&self) -> impl Iterator<Item = Comment<'_>> {
        self.documents.iter().flat_map(comments)
    }
}

/// Comments stand where no token does: between the tokens, and after the indicators of a block scalar.
fn comment_spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    if !text.contains('#') {
        return found;
    }
    let source = with_final_break(text);
    let mut scanner = Scanner::new(source.as_bytes());
    let mut end = 0;
    // An error cannot come before the end of the document, which was read.
    while let Ok(token) = scanner.peek() {
        scanner.skip();
        let is_synthetic =
            token.span.is_empty() && !matches!(token.content, Content::Source(_) | Content::Heap(_));
        if !is_synthetic || token.kind == TokenKind::StreamEnd {
            find_between(text, end, token.span.start, &mut found);
            end = end.max(token.span.end);
            if matches!(token.style, Style::Literal | Style::Folded) {
                let header = text.get(token.span.start as usize..).unwrap_or("");
                let header = header.split(['\n', '\r']).next().unwrap_or("");
                find_between(text, token.span.start, token.span.start + offset(header.len()), &mut found);
            }
        }
        if matches!(token.kind, TokenKind::StreamEnd | TokenKind::DocumentEnd) {
            break;
        }
    }
    found
}

fn find_between(text: &str, start: u32, end: u32, found: &mut Vec<Span>) {
    let mut position = start;
    while position < end {
        let rest = Span::new(position, end).slice(text);
        let Some(at) = memchr::memchr(b'#', rest.as_bytes()) else { return };
        let begin = position + offset(at);
        let comment = rest.get(at..).unwrap_or("");
        let line = comment.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).next().unwrap_or("");
        found.push(Span::new(begin, begin + offset(line.len())));
        position = begin + offset(line.len().max(1));
    }
}
