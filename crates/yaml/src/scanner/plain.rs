//! Plain scalars: `value`, perhaps over several lines.

use super::chars::{is_blank, is_flow_indicator, is_surely_plain};
use super::{Content, Scanner};
use crate::problem::{Fault, ProblemKind};
use crate::span::Span;

impl Scanner<'_> {
    pub(super) fn scan_plain(&mut self) -> Result<(Span, Content), Fault> {
        let start = self.position;
        let indent = usize::try_from(self.indent + 1).unwrap_or(0);
        let heap_start = self.heap.len();
        let mut copied = false;
        // The end of what belongs to the scalar so far; blanks and breaks after it belong only if more follows.
        let mut end = start;
        let mut first_break = "";
        let mut folding = false;
        self.breaks.clear();

        while !(self.current() == b'#' || self.at_document_indicator()) {
            let run_end = self.plain_run_end();
            if run_end > self.position {
                if folding && !copied {
                    self.heap.push_str(self.text(start, end));
                    copied = true;
                }
                if folding {
                    self.fold(first_break);
                    folding = false;
                } else if copied {
                    self.heap.push_str(self.text(end, self.position));
                }
                if copied {
                    self.heap.push_str(self.text(self.position, run_end));
                }
                self.advance_to(run_end);
                end = run_end;
            }
            if !is_blank(self.current()) && self.break_length(self.position) == 0 {
                break;
            }
            loop {
                if is_blank(self.current()) {
                    if folding && self.column() < indent && self.current() == b'\t' {
                        return Err(Fault::new(
                            ProblemKind::Tab("a tab cannot indent the next line of a value"),
                            Span::of(self.position, self.position + 1),
                        ));
                    }
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
            if self.flow_level == 0 && self.column() < indent {
                break;
            }
        }

        if folding {
            self.simple_key_allowed = true;
        }
        let span = Span::of(start, end);
        Ok((span, if copied { self.heap_content(heap_start) } else { Content::Source(span) }))
    }

    /// The end of the characters from here on that belong to a plain scalar without a blank or break.
    #[inline]
    fn plain_run_end(&self) -> usize {
        let mut position = self.position;
        loop {
            let byte = self.at(position);
            if !is_surely_plain(byte) {
                let ends = match byte {
                    b':' => self.is_blank_or_end(position + 1),
                    b'#' => false,
                    _ if is_flow_indicator(byte) => self.flow_level > 0,
                    _ => self.is_blank_or_end(position),
                };
                if ends {
                    return position;
                }
            }
            position += 1;
        }
    }

    /// Folds line breaks: one becomes a space, of several the first is dropped.
    pub(super) fn fold(&mut self, first_break: &str) {
        if first_break != "\n" {
            self.heap.push_str(first_break);
            self.heap.push_str(&self.breaks);
        } else if self.breaks.is_empty() {
            self.heap.push(' ');
        } else {
            self.heap.push_str(&self.breaks);
        }
        self.breaks.clear();
    }
}
