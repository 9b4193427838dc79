//! Places in a text: byte ranges, and the lines and columns people read.

use std::fmt;
use std::ops::Range;

/// A half-open range of byte offsets into [`Stream::text`](crate::Stream::text).
///
/// Offsets are 32 bits wide: [`Limits::max_bytes`](crate::Limits::max_bytes) keeps every text below 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the last byte; equal to `start` for something that is absent, such as an empty value.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The span as a range that slices the text.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// What the span covers of `text`; empty when it does not lie within it.
    #[must_use]
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    pub(crate) fn of(start: usize, end: usize) -> Span {
        Span::new(offset(start), offset(end))
    }
}

/// Narrows an offset; the size limit makes the saturation unreachable.
pub(crate) fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A line and column, both counted from 1.
///
/// A line ends at LF (a CR before it belongs to the ending). A column counts Unicode scalar values (`char`s), not bytes
/// and not the cells a terminal shows: this is what most editors and SARIF's `unicodeCodePoints` mean by a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Turns offsets of one text into lines and columns. Building it costs one pass over the text, asking is a binary search
/// and a count within one line.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    #[must_use]
    pub fn new(text: &str) -> LineIndex {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| offset(at + 1)));
        LineIndex { starts }
    }

    /// The number of lines; a text that ends with a line ending has an empty last line.
    #[must_use]
    pub fn lines(&self) -> u32 {
        offset(self.starts.len())
    }

    /// The position of `at` in `text`, which must be the text the index was made from. An offset past the end means the
    /// end.
    #[must_use]
    pub fn position(&self, text: &str, at: u32) -> Position {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (at as usize).min(text.len());
        let before = text.as_bytes().get(start..end).unwrap_or_default();
        let columns = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        Position { line: offset(line), column: offset(columns + 1) }
    }

    /// The span of `line` (from 1), without its ending. `None` when the text has no such line.
    #[must_use]
    pub fn line_span(&self, text: &str, line: u32) -> Option<Span> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).map_or(text.len(), |next| *next as usize - 1);
        let content = text.get(start as usize..end)?;
        let content = content.strip_suffix('\r').unwrap_or(content);
        Some(Span::of(start as usize, start as usize + content.len()))
    }
}
