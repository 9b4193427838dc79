//! How a text is laid out: lines, columns, indentation, line endings.

use crate::scanner::Style;
use crate::span::{Span, offset};
use crate::tree::{Document, Format, Node};

/// The layout of a document that stands alone in its text.
pub(super) struct Layout<'d> {
    pub(super) document: &'d Document,
    pub(super) text: &'d str,
    /// The line ending.
    pub(super) line_ending: &'static str,
    /// By how much a mapping is indented below its key.
    pub(super) step: usize,
    /// By how much a sequence is indented below its key.
    pub(super) sequence_step: usize,
    pub(super) json: bool,
}

impl<'d> Layout<'d> {
    pub(super) fn new(document: &'d Document) -> Layout<'d> {
        let text = document.text();
        let mut layout = Layout {
            document,
            text,
            line_ending: if text.contains("\r\n") { "\r\n" } else { "\n" },
            step: 2,
            // As kubectl itself writes.
            sequence_step: 0,
            json: document.format == Format::Json,
        };
        layout.learn();
        layout
    }

    /// Takes the indentation from the first nested collections of the document.
    fn learn(&mut self) {
        let (mut step, mut sequence_step) = (None, None);
        let mut pending = vec![(self.document.root(), None)];
        while let Some((node, key_column)) = pending.pop() {
            if node.is_alias() || node.style() == Style::Flow || step.is_some() && sequence_step.is_some() {
                continue;
            }
            if let Some(column) = key_column {
                let deeper = self.column(node.span().start).checked_sub(column);
                if node.is_map() {
                    step = step.or(deeper.filter(|deeper| *deeper > 0));
                } else if node.is_seq() {
                    sequence_step = sequence_step.or(deeper);
                }
            }
            let first = pending.len();
            pending.extend(node.items().map(|item| (item, None)));
            if node.is_map() {
                let column = self.column(node.span().start);
                let values = node.written_entries().map(|entry| (entry.value, Some(column)));
                pending.extend(values.filter(|(value, _)| value.is_map() || value.is_seq()));
            }
            if let Some(added) = pending.get_mut(first..) {
                added.reverse();
            }
        }
        self.step = step.unwrap_or(self.step);
        self.sequence_step = sequence_step.unwrap_or(self.sequence_step);
    }

    /// The start of the line that `at` stands in.
    pub(super) fn line_start(&self, at: u32) -> u32 {
        let before = self.text.as_bytes().get(..at as usize).unwrap_or_default();
        offset(memchr::memrchr(b'\n', before).map_or(0, |found| found + 1))
    }

    /// The end of the line that `at` stands in, before its ending.
    pub(super) fn line_end(&self, at: u32) -> u32 {
        let rest = self.text.as_bytes().get(at as usize..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let length =
            if rest.get(..length).is_some_and(|line| line.ends_with(b"\r")) { length - 1 } else { length };
        at + offset(length)
    }

    /// The start of the line after the one in which something ends at `at`; what ends with a line ends there.
    pub(super) fn next_line(&self, at: u32) -> u32 {
        if at > 0 && self.text.as_bytes().get(at as usize - 1) == Some(&b'\n') {
            return at;
        }
        let rest = self.text.as_bytes().get(at as usize..).unwrap_or_default();
        at + offset(memchr::memchr(b'\n', rest).map_or(rest.len(), |found| found + 1))
    }

    /// The column of `at` in characters, from 0.
    pub(super) fn column(&self, at: u32) -> usize {
        Span::new(self.line_start(at), at).slice(self.text).trim_start_matches('\u{FEFF}').chars().count()
    }

    /// Whether only blanks stand before `at` on its line.
    pub(super) fn starts_line(&self, at: u32) -> bool {
        Span::new(self.line_start(at), at).slice(self.text).bytes().all(|byte| byte == b' ')
    }

    /// The first character at or after `at` that is neither blank nor in a comment.
    pub(super) fn next_token(&self, at: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let mut position = at as usize;
        loop {
            match bytes.get(position) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => position += 1,
                Some(b'#') => position = self.line_end(offset(position)) as usize,
                _ => return offset(position),
            }
        }
    }

    /// Inserts whole lines at `at`, the start of a line or the end of the text.
    pub(super) fn lines_at(&self, at: u32, lines: &str) -> super::Splice {
        let ending = self.line_ending;
        let ends_line = at == 0 || self.text.as_bytes().get(at as usize - 1) == Some(&b'\n');
        let text = if ends_line { format!("{lines}{ending}") } else { format!("{ending}{lines}") };
        super::Splice::new(Span::new(at, at), text)
    }

    /// Whether the content of the node is written in flow style, or the document in JSON.
    pub(super) fn is_flow(&self, node: Node<'_>) -> bool {
        self.json || node.style() == Style::Flow
    }
}
