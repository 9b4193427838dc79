//! Block scalars: `|` and `>`.

use super::chars::is_blank;
use super::{Content, Scanner, Style};
use crate::problem::{Fault, ProblemKind};
use crate::span::Span;

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    pub(super) fn scan_block_scalar(&mut self, style: Style) -> Result<(Span, Content), Fault> {
        let start = self.position;
        let (chomping, increment) = self.scan_block_header()?;
        let mut indent = match (increment, usize::try_from(self.indent)) {
            (0, _) => 0,
            (increment, Ok(outer)) => outer + increment,
            (increment, Err(_)) => increment,
        };
        let mut end = self.position;
        let heap_start = self.heap.len();
        let mut pending_break = "";
        let mut leading_blank = false;
        self.breaks.clear();
        let mut breaks_end = self.scan_block_breaks(&mut indent)?;

        while self.column() == indent && self.current() != 0 {
            let blank = is_blank(self.current());
            let folds = style == Style::Folded && !leading_blank && !blank && pending_break == "\n";
            if !folds {
                self.heap.push_str(pending_break);
            } else if self.breaks.is_empty() {
                self.heap.push(' ');
            }
            self.heap.push_str(&self.breaks);
            self.breaks.clear();
            leading_blank = blank;
            let line_end = self.line_end();
            self.heap.push_str(self.text(self.position, line_end));
            self.advance_to(line_end);
            pending_break = self.read_line();
            end = self.position;
            breaks_end = self.scan_block_breaks(&mut indent)?;
        }
        if chomping != Chomping::Strip {
            self.heap.push_str(pending_break);
        }
        if chomping == Chomping::Keep {
            self.heap.push_str(&self.breaks);
            end = breaks_end;
        }
        Ok((Span::of(start, end), self.heap_content(heap_start)))
    }

    /// Takes the indicators after `|` or `>` and the rest of the line: chomping, and the explicit indentation or 0.
    fn scan_block_header(&mut self) -> Result<(Chomping, usize), Fault> {
        let start = self.position;
        self.position += 1;
        let mut chomping = Chomping::Clip;
        let mut increment = 0;
        if let Some(found) = chomping_of(self.current()) {
            chomping = found;
            self.position += 1;
            increment = self.scan_indentation_indicator(start)?;
        } else if self.current().is_ascii_digit() {
            increment = self.scan_indentation_indicator(start)?;
            if let Some(found) = chomping_of(self.current()) {
                chomping = found;
                self.position += 1;
            }
        }
        self.skip_blanks();
        self.skip_comment();
        if !self.is_break_or_end(self.position) {
            return self.syntax("only a comment may follow the start of a block value on its line", start);
        }
        self.skip_line();
        Ok((chomping, increment))
    }

    fn scan_indentation_indicator(&mut self, start: usize) -> Result<usize, Fault> {
        match self.current() {
            b'0' => self.syntax("a block value cannot have an indentation of 0", start),
            digit @ b'1'..=b'9' => {
                self.position += 1;
                Ok(usize::from(digit - b'0'))
            }
            _ => Ok(0),
        }
    }

    /// Takes indentation and empty lines, whose breaks it holds back, and finds the indentation if it is not known yet.
    /// Returns the end of the last break taken.
    fn scan_block_breaks(&mut self, indent: &mut usize) -> Result<usize, Fault> {
        let mut end = self.position;
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.current() == b' ' {
                self.position += 1;
            }
            deepest = deepest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.current() == b'\t' {
                return Err(Fault::new(
                    ProblemKind::Tab("a tab cannot indent the lines of a block value"),
                    Span::of(self.position, self.position + 1),
                ));
            }
            if self.break_length(self.position) == 0 {
                break;
            }
            let content = self.read_line();
            self.breaks.push_str(content);
            end = self.position;
        }
        if *indent == 0 {
            let least = usize::try_from(self.indent + 1).unwrap_or(0).max(1);
            *indent = deepest.max(least);
        }
        Ok(end)
    }
}

fn chomping_of(byte: u8) -> Option<Chomping> {
    match byte {
        b'+' => Some(Chomping::Keep),
        b'-' => Some(Chomping::Strip),
        _ => None,
    }
}
