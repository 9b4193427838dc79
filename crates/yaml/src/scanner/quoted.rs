//! Quoted scalars: `'value'` and `"value"`.

use super::chars::{hex, is_blank};
use super::{Content, Scanner, Style};
use crate::problem::Fault;
use crate::span::Span;
use crate::steps;

impl Scanner<'_> {
    pub(super) fn scan_quoted(&mut self, style: Style) -> Result<(Span, Content), Fault> {
        let start = self.position;
        let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
        self.position += 1;
        if let Some(close) = self.simple_close(quote) {
            let content = Span::of(self.position, close);
            self.advance_to(close + 1);
            return Ok((Span::of(start, close + 1), Content::Source(content)));
        }
        let heap_start = self.heap.len();
        self.breaks.clear();
        loop {
            if self.at_document_indicator() {
                return self
                    .syntax("a document ends within a quoted value; is the closing quote missing?", start);
            }
            if self.current() == 0 {
                return self.syntax("the closing quote is missing", start);
            }
            let escaped_break = self.scan_quoted_run(quote, start)?;
            if self.current() == quote {
                break;
            }
            self.scan_quoted_blanks(escaped_break);
        }
        self.position += 1;
        Ok((Span::of(start, self.position), self.heap_content(heap_start)))
    }

    /// Where the scalar closes when it is on one line and without escapes, so that its content is the source itself.
    fn simple_close(&self, quote: u8) -> Option<usize> {
        let rest = self.source.get(self.position..)?;
        let end =
            if quote == b'"' { memchr::memchr2(b'"', b'\\', rest)? } else { memchr::memchr(b'\'', rest)? };
        steps::count(end);
        let close = self.position + end;
        let doubled = quote == b'\'' && self.at(close + 1) == b'\'';
        if self.at(close) != quote || doubled {
            return None;
        }
        let content = rest.get(..end)?;
        let has_break = if self.ascii {
            memchr::memchr2(b'\n', b'\r', content).is_some()
        } else {
            (self.position..close).any(|position| self.break_length(position) > 0)
        };
        (!has_break).then_some(close)
    }

    /// Takes characters and escapes up to a blank, a break or the closing quote. True: an escaped line break was taken.
    fn scan_quoted_run(&mut self, quote: u8, start: usize) -> Result<bool, Fault> {
        loop {
            let mut end = self.position;
            while !(self.at(end) == quote
                || quote == b'"' && self.at(end) == b'\\'
                || self.is_blank_or_end(end))
            {
                end += 1;
            }
            self.heap.push_str(self.text(self.position, end));
            self.advance_to(end);
            match self.current() {
                b'\'' if quote == b'\'' && self.at(end + 1) == b'\'' => {
                    self.heap.push('\'');
                    self.position += 2;
                }
                b'\\' if quote == b'"' => {
                    if self.break_length(end + 1) > 0 {
                        self.position += 1;
                        self.skip_line();
                        return Ok(true);
                    }
                    self.scan_escape(start)?;
                }
                _ => return Ok(false),
            }
        }
    }

    fn scan_escape(&mut self, start: usize) -> Result<(), Fault> {
        let digits = match self.at(self.position + 1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            other => {
                let Some(character) = simple_escape(other) else {
                    return self.syntax(
                        "an unknown escape in a double-quoted value; double the `\\`",
                        self.position,
                    );
                };
                self.heap.push(character);
                self.position += 2;
                return Ok(());
            }
        };
        let mut code = 0_u32;
        for index in 0..digits {
            let Some(digit) = hex(self.at(self.position + 2 + index)) else {
                return self.syntax("a hexadecimal digit is missing in an escape", start);
            };
            code = code.saturating_mul(16).saturating_add(digit);
        }
        let Some(character) = char::from_u32(code) else {
            return self.syntax("an escape names no Unicode character", start);
        };
        self.heap.push(character);
        self.position += 2 + digits;
        Ok(())
    }

    /// Takes blanks and breaks, and folds the breaks.
    fn scan_quoted_blanks(&mut self, escaped_break: bool) {
        let start = self.position;
        let mut first_break = "";
        let mut folding = escaped_break;
        loop {
            if is_blank(self.current()) {
                self.position += 1;
            } else if self.break_length(self.position) > 0 {
                let content = self.read_line();
                if folding {
                    self.breaks.push_str(content);
                } else {
                    first_break = content;
                    folding = true;
                }
            } else {
                break;
            }
        }
        if folding {
            self.fold(first_break);
        } else {
            self.heap.push_str(self.text(start, self.position));
        }
    }
}

fn simple_escape(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0B',
        b'f' => '\x0C',
        b'r' => '\r',
        b'e' => '\x1B',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
