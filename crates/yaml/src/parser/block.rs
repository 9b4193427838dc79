//! Block collections.

use super::{Event, Parser, State, empty_scalar, fail};
use crate::problem::Fault;
use crate::scanner::TokenKind;
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn block_sequence_entry(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.skip();
        }
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::BlockEntry => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                if matches!(next.kind, TokenKind::BlockEntry | TokenKind::BlockEnd) {
                    self.state = State::BlockSequenceEntry;
                    return Ok(empty_scalar(token.span.end));
                }
                self.states.push(State::BlockSequenceEntry);
                self.node(true, false)
            }
            TokenKind::BlockEnd => {
                self.pop_state();
                self.scanner.skip();
                Ok(Event::SequenceEnd { span: token.span })
            }
            _ => fail(
                "expected a sequence item (`-`) or the end of the sequence; is the indentation right?",
                token,
            ),
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::BlockEntry {
            self.pop_state();
            return Ok(Event::SequenceEnd { span: Span::new(token.span.start, token.span.start) });
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        if matches!(
            next.kind,
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
        ) {
            self.state = State::IndentlessSequenceEntry;
            return Ok(empty_scalar(token.span.end));
        }
        self.states.push(State::IndentlessSequenceEntry);
        self.node(true, false)
    }

    pub(super) fn block_mapping_key(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.skip();
        }
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Key => {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                if matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
                    self.state = State::BlockMappingValue;
                    return Ok(empty_scalar(token.span.end));
                }
                self.states.push(State::BlockMappingValue);
                self.node(true, true)
            }
            TokenKind::BlockEnd => {
                self.pop_state();
                self.scanner.skip();
                Ok(Event::MappingEnd { span: token.span })
            }
            _ => fail("expected a key or the end of the mapping; is the indentation right?", token),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        self.state = State::BlockMappingKey;
        if token.kind != TokenKind::Value {
            return Ok(empty_scalar(token.span.start));
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        if matches!(next.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
            return Ok(empty_scalar(token.span.end));
        }
        self.states.push(State::BlockMappingKey);
        self.node(true, true)
    }
}
