//! Flow collections.

use super::{Event, Parser, Properties, State, empty_scalar, fail};
use crate::problem::Fault;
use crate::scanner::{Style, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.skip();
        }
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowSequenceEnd {
            if !first {
                if token.kind != TokenKind::FlowEntry {
                    return fail("expected `,` or `]`", token);
                }
                self.scanner.skip();
                token = self.scanner.peek()?;
            }
            if token.kind == TokenKind::Key {
                self.state = State::FlowSequenceEntryMappingKey;
                self.scanner.skip();
                return Ok(Event::MappingStart {
                    properties: Properties::default(),
                    style: Style::Flow,
                    span: token.span,
                });
            }
            if token.kind != TokenKind::FlowSequenceEnd {
                self.states.push(State::FlowSequenceEntry);
                return self.node(false, false);
            }
        }
        self.pop_state();
        self.scanner.skip();
        Ok(Event::SequenceEnd { span: token.span })
    }

    /// The key of a mapping of one entry within a sequence, `[key: value]`.
    pub(super) fn flow_sequence_entry_mapping_key(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        if !matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
            self.states.push(State::FlowSequenceEntryMappingValue);
            return self.node(false, false);
        }
        // go-yaml takes the token away here, whatever it is (parserc.go,
        // yaml_parser_parse_flow_sequence_entry_mapping_key).
        self.scanner.skip();
        self.state = State::FlowSequenceEntryMappingValue;
        Ok(empty_scalar(token.span.end))
    }

    pub(super) fn flow_sequence_entry_mapping_value(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        if token.kind == TokenKind::Value {
            self.scanner.skip();
            let next = self.scanner.peek()?;
            if !matches!(next.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::FlowSequenceEntryMappingEnd);
                return self.node(false, false);
            }
        }
        self.state = State::FlowSequenceEntryMappingEnd;
        Ok(empty_scalar(token.span.start))
    }

    pub(super) fn flow_sequence_entry_mapping_end(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        self.state = State::FlowSequenceEntry;
        Ok(Event::MappingEnd { span: Span::new(token.span.start, token.span.start) })
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.skip();
        }
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowMappingEnd {
            if !first {
                if token.kind != TokenKind::FlowEntry {
                    return fail("expected `,` or `}`", token);
                }
                self.scanner.skip();
                token = self.scanner.peek()?;
            }
            if token.kind == TokenKind::Key {
                self.scanner.skip();
                let next = self.scanner.peek()?;
                if matches!(next.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                    self.state = State::FlowMappingValue;
                    return Ok(empty_scalar(next.span.start));
                }
                self.states.push(State::FlowMappingValue);
                return self.node(false, false);
            }
            if token.kind != TokenKind::FlowMappingEnd {
                self.states.push(State::FlowMappingEmptyValue);
                return self.node(false, false);
            }
        }
        self.pop_state();
        self.scanner.skip();
        Ok(Event::MappingEnd { span: token.span })
    }

    pub(super) fn flow_mapping_value(&mut self, empty: bool) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        self.state = State::FlowMappingKey;
        if empty || token.kind != TokenKind::Value {
            return Ok(empty_scalar(token.span.start));
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        if matches!(next.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
            return Ok(empty_scalar(next.span.start));
        }
        self.states.push(State::FlowMappingKey);
        self.node(false, false)
    }
}
