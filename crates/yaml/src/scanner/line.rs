//! Movement over characters and line breaks.

use super::Scanner;
use super::chars::{is_blank, may_break};
use crate::steps;

impl Scanner<'_> {
    /// The column of the current position in characters, from 0.
    #[inline]
    pub(super) fn column(&self) -> usize {
        self.position - self.line_start - self.continuation_bytes
    }

    /// Moves within the line.
    #[inline]
    pub(super) fn advance_to(&mut self, end: usize) {
        if !self.ascii {
            let passed = self.source.get(self.position..end).unwrap_or_default();
            self.continuation_bytes += passed.iter().filter(|byte| **byte & 0xC0 == 0x80).count();
        }
        self.position = end;
    }

    /// The length of the line break at `position`, 0 when there is none.
    ///
    /// kubectl's line reader turns CR LF into LF before go-yaml sees it (`LineReader` in apimachinery's
    /// util/yaml/decoder.go), so CR CR LF reaches go-yaml as CR LF, which is one break.
    #[inline]
    pub(super) fn break_length(&self, position: usize) -> usize {
        match self.at(position) {
            b'\n' => 1,
            b'\r' => match (self.at(position + 1), self.at(position + 2)) {
                (b'\n', _) => 2,
                (b'\r', b'\n') => 3,
                _ => 1,
            },
            0xC2 if self.at(position + 1) == 0x85 => 2,
            0xE2 if self.at(position + 1) == 0x80 && matches!(self.at(position + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// Moves behind the line break at the current position, if there is one.
    #[inline]
    pub(super) fn skip_line(&mut self) {
        let length = self.break_length(self.position);
        if length > 0 {
            self.position += length;
            self.line_start = self.position;
            self.continuation_bytes = 0;
        }
    }

    /// Moves behind the line break and says what it becomes in a scalar: a line feed, or LS or PS unchanged.
    pub(super) fn read_line(&mut self) -> &'static str {
        let content = match (self.current(), self.break_length(self.position), self.at(self.position + 2)) {
            (_, 0, _) => "",
            (0xE2, _, 0xA8) => "\u{2028}",
            (0xE2, _, _) => "\u{2029}",
            _ => "\n",
        };
        self.skip_line();
        content
    }

    /// Whether the position is a line break or the end.
    #[inline]
    pub(super) fn is_break_or_end(&self, position: usize) -> bool {
        let byte = self.at(position);
        may_break(byte) && (byte == 0 || self.break_length(position) > 0)
    }

    #[inline]
    pub(super) fn is_blank_or_end(&self, position: usize) -> bool {
        is_blank(self.at(position)) || self.is_break_or_end(position)
    }

    /// The position of the next line break, or the end.
    pub(super) fn line_end(&self) -> usize {
        let rest = self.source.get(self.position..).unwrap_or_default();
        if self.ascii {
            let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            steps::count(length);
            return self.position + length;
        }
        let mut position = self.position;
        while !self.is_break_or_end(position) {
            position += 1;
        }
        position
    }

    pub(super) fn skip_blanks(&mut self) {
        while is_blank(self.current()) {
            self.position += 1;
        }
    }

    pub(super) fn skip_comment(&mut self) {
        if self.current() == b'#' {
            self.advance_to(self.line_end());
        }
    }

    /// Whether `---` or `...` stands at the start of a line here.
    pub(super) fn at_document_indicator(&self) -> bool {
        self.column() == 0
            && matches!(
                (self.current(), self.at(self.position + 1), self.at(self.position + 2)),
                (b'-', b'-', b'-') | (b'.', b'.', b'.')
            )
            && self.is_blank_or_end(self.position + 3)
    }

    /// Skips spaces, comments and line breaks up to the next token.
    pub(super) fn skip_to_token(&mut self) {
        loop {
            // A tab may separate tokens, but not indent: not where a key could start.
            while match self.current() {
                b' ' => true,
                b'\t' => self.flow_level > 0 || !self.simple_key_allowed,
                _ => false,
            } {
                self.position += 1;
            }
            self.skip_comment();
            if self.break_length(self.position) == 0 {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }
}
