//! The labelled lines below a snippet.

use std::io;

use unicode_width::UnicodeWidthStr;

use crate::plain::plain;
use crate::style::{Style, Tone};

/// Writes `= label: text` lines below a snippet, broken at the width of the terminal.
pub(super) struct Notes<'n> {
    gutter: usize,
    to: &'n mut dyn io::Write,
    style: &'n Style,
}

impl<'n> Notes<'n> {
    pub(super) fn new(gutter: usize, to: &'n mut dyn io::Write, style: &'n Style) -> Self {
        Self { gutter, to, style }
    }

    /// A note whose text may hold anything.
    pub(super) fn note(&mut self, label: &str, text: &str) -> io::Result<()> {
        let text = plain(text);
        let indent = self.gutter + 3 + label.len() + 2;
        let mut lines = broken(&text, self.style.width.saturating_sub(indent).max(20)).into_iter();
        let head = format!("{:gutter$} = {label}:", "", gutter = self.gutter);
        writeln!(self.to, "{} {}", self.style.paint(Tone::Frame, &head), lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| writeln!(self.to, "{:indent$}{line}", ""))
    }

    /// A note of several lines, which are kept apart.
    pub(super) fn lines(&mut self, label: &str, text: &str) -> io::Result<()> {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .try_for_each(|line| self.note(label, line.trim_end()))
    }
}

/// `text` in lines of at most `width` columns where it has blanks to break at.
fn broken(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut end = 0;
    let mut columns = 0;
    for word in text.split_inclusive(' ') {
        let word_width = word.trim_end().width();
        if columns + word_width > width && end > start {
            lines.push(text.get(start..end).unwrap_or_default().trim_end());
            start = end;
            columns = 0;
        }
        end += word.len();
        columns += word.width();
    }
    lines.push(text.get(start..end).unwrap_or_default().trim_end());
    lines
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn lines_break_at_blanks_only() {
        assert_eq!(broken("", 10), [""]);
        assert_eq!(broken("one two three", 7), ["one two", "three"]);
        assert_eq!(broken("a-word-that-is-too-long b", 5), ["a-word-that-is-too-long", "b"]);
        assert_eq!(broken("日本 日本", 4), ["日本", "日本"]);
    }
}
