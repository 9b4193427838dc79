//! Which token stands at the current position.

use super::chars::{is_blank, is_indicator};
use super::{Content, Scanner, Style, Token, TokenKind};
use crate::problem::{Fault, ProblemKind};
use crate::span::Span;

impl Scanner<'_> {
    /// Appends the next token, and the starts and ends of block collections that it implies.
    pub(super) fn fetch_next(&mut self) -> Result<(), Fault> {
        self.skip_to_token();
        let column = self.column();
        self.unroll_indent(i32::try_from(column).unwrap_or(i32::MAX));
        let byte = self.current();
        let next = self.position + 1;
        let in_flow = self.flow_level > 0;
        if column == 0 {
            if byte == b'%' {
                return self.fetch_directive();
            }
            if matches!(byte, b'-' | b'.') && self.at_document_indicator() {
                return self.fetch_document_indicator(byte);
            }
        }
        match byte {
            0 => self.fetch_stream_end(),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.is_blank_or_end(next) => self.fetch_block_entry(),
            b'?' if in_flow || self.is_blank_or_end(next) => self.fetch_key(),
            b':' if in_flow || self.is_blank_or_end(next) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(Style::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(Style::Folded),
            b'\'' => self.fetch_flow_scalar(Style::SingleQuoted),
            b'"' => self.fetch_flow_scalar(Style::DoubleQuoted),
            b'-' => self.fetch_flow_scalar(Style::Plain),
            b'?' | b':' if !in_flow => self.fetch_flow_scalar(Style::Plain),
            b'\t' => Err(Fault::new(
                ProblemKind::Tab("a tab cannot indent a key or an item"),
                Span::of(self.position, next),
            )),
            _ if is_blank(byte) || is_indicator(byte) => {
                self.syntax("this character cannot start a value; quote the value", self.position)
            }
            _ => self.fetch_flow_scalar(Style::Plain),
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.ended = true;
        self.append(Token::new(TokenKind::StreamEnd, self.here()));
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_directive()?;
        self.append(token);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, byte: u8) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let kind = if byte == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.append_indicator(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Fault> {
        let level = self.simple_keys.len() - 1;
        self.save_simple_key()?;
        let token = Token::new(kind, Span::of(self.position, self.position + 1));
        let token_number = self.next_token_number();
        self.append_possible_key(token, level);
        self.increase_flow_level(token_number)?;
        self.simple_key_allowed = true;
        self.position += 1;
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.decrease_flow_level();
        self.simple_key_allowed = false;
        self.append_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.append_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Fault> {
        // In flow context the parser refuses it.
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.syntax("a sequence item (`-`) is not allowed here", self.position);
            }
            self.roll_indent(self.column(), None, TokenKind::BlockSequenceStart, self.position)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.append_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Fault> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.syntax("a key (`?`) is not allowed here", self.position);
            }
            self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.position)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.append_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Fault> {
        let level = self.simple_keys.len() - 1;
        if self.is_valid(level)?
            && let Some(key) = self.simple_keys.get_mut(level)
        {
            key.possible = false;
            let key = *key;
            self.insert(key.token_number, Token::new(TokenKind::Key, Span::of(key.position, key.position)));
            self.roll_indent(key.column, Some(key.token_number), TokenKind::BlockMappingStart, key.position)?;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.syntax(
                        "a second `:` on one line; quote the value if it contains `: `",
                        self.position,
                    );
                }
                self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.position)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.append_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_anchor(kind)?;
        self.append_possible_key(token, self.simple_keys.len() - 1);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_tag()?;
        self.append_possible_key(token, self.simple_keys.len() - 1);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let (span, content) = self.scan_block_scalar(style)?;
        self.append(Token { style, content, ..Token::new(TokenKind::Scalar, span) });
        Ok(())
    }

    fn fetch_flow_scalar(&mut self, style: Style) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let (span, content) = match style {
            Style::Plain => self.scan_plain()?,
            _ => self.scan_quoted(style)?,
        };
        let token = Token { style, content, ..Token::new(TokenKind::Scalar, span) };
        self.append_possible_key(token, self.simple_keys.len() - 1);
        Ok(())
    }

    fn append_indicator(&mut self, kind: TokenKind, length: usize) {
        let start = self.position;
        self.position += length;
        self.append(Token::new(kind, Span::of(start, self.position)));
    }

    /// The content put into the heap since `start`.
    pub(super) fn heap_content(&self, start: usize) -> Content {
        Content::Heap(Span::of(start, self.heap.len()))
    }
}
