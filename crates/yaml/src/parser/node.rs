//! A node: properties and content.

use super::{Event, Parser, Properties, State, fail};
use crate::problem::Fault;
use crate::scanner::{Content, Style, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    /// Parses a node; in block context also block collections, and where allowed a sequence whose items are not
    /// indented deeper than the key before them.
    pub(super) fn node(&mut self, block: bool, indentless: bool) -> Result<Event, Fault> {
        let mut token = self.scanner.peek()?;
        if token.kind == TokenKind::Scalar {
            self.pop_state();
            self.scanner.skip();
            return Ok(Event::Scalar {
                properties: Properties::default(),
                content: token.content,
                style: token.style,
                span: token.span,
            });
        }
        if token.kind == TokenKind::Alias {
            self.pop_state();
            self.scanner.skip();
            let name = if let Content::Source(name) = token.content { name } else { token.span };
            return Ok(Event::Alias { name, span: token.span });
        }
        let first = token;
        let mut properties = Properties::default();
        let mut end = token.span.start;
        let mut has_tag = false;
        loop {
            match token.kind {
                TokenKind::Anchor if properties.anchor.is_none() => {
                    if let Content::Source(name) = token.content {
                        properties.anchor = Some(name);
                    }
                }
                TokenKind::Tag if !has_tag => {
                    has_tag = true;
                }
                _ => break,
            }
            if token.kind == TokenKind::Tag {
                properties.tag = self.resolve_tag(token)?;
            }
            end = token.span.end;
            properties.start.get_or_insert(token.span.start);
            self.scanner.skip();
            token = self.scanner.peek()?;
        }

        let span = token.span;
        match token.kind {
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessSequenceEntry;
                Ok(Event::SequenceStart { properties, style: Style::Block, span })
            }
            TokenKind::Scalar => {
                self.pop_state();
                self.scanner.skip();
                Ok(Event::Scalar { properties, content: token.content, style: token.style, span })
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequenceFirstEntry;
                Ok(Event::SequenceStart { properties, style: Style::Flow, span })
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingFirstKey;
                Ok(Event::MappingStart { properties, style: Style::Flow, span })
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::BlockSequenceFirstEntry;
                Ok(Event::SequenceStart { properties, style: Style::Block, span })
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::BlockMappingFirstKey;
                Ok(Event::MappingStart { properties, style: Style::Block, span })
            }
            _ if properties.start.is_some() => {
                self.pop_state();
                let span = Span::new(end, end);
                Ok(Event::Scalar { properties, content: Content::None, style: Style::Plain, span })
            }
            _ if block => fail("a value is missing here", if first.span.is_empty() { token } else { first }),
            _ => fail("a value is missing here, or a `,` or closing bracket too many", token),
        }
    }
}
