//! Tokens → events: the parser of go-yaml v2 (`parserc.go` of go.yaml.in/yaml/v2@v2.4.3), a state machine that never
//! recurses. Only the first document of its input matters: kubectl cuts a stream into documents before it parses.

mod block;
mod flow;
mod node;
mod tag;

use crate::problem::{Fault, ProblemKind};
use crate::scanner::{Content, Scanner, Style, Token, TokenKind};
use crate::span::Span;
pub(crate) use tag::Tag;
use tag::TagDirective;

/// A step through a document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    Alias { name: Span, span: Span },
    Scalar { properties: Properties, content: Content, style: Style, span: Span },
    SequenceStart { properties: Properties, style: Style, span: Span },
    SequenceEnd { span: Span },
    MappingStart { properties: Properties, style: Style, span: Span },
    MappingEnd { span: Span },
}

/// Anchor and tag of a node.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Properties {
    /// The name of the anchor in the source.
    pub(crate) anchor: Option<Span>,
    pub(crate) tag: Tag,
    /// Where anchor and tag stand in the source, when there are any.
    pub(crate) start: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// Reads the events of one document.
pub(crate) struct Parser<'s> {
    pub(crate) scanner: Scanner<'s>,
    state: State,
    states: Vec<State>,
    directives: Vec<TagDirective>,
    /// The first token after the document; known after the document's end.
    pub(crate) follows: Option<Token>,
}

impl<'s> Parser<'s> {
    pub(crate) fn new(source: &'s [u8]) -> Parser<'s> {
        Parser {
            scanner: Scanner::new(source),
            state: State::DocumentStart,
            states: Vec::with_capacity(16),
            directives: Vec::new(),
            follows: None,
        }
    }

    /// The next event.
    #[inline]
    pub(crate) fn next_event(&mut self) -> Result<Event, Fault> {
        match self.state {
            State::BlockMappingKey => self.block_mapping_key(false),
            State::BlockMappingValue => self.block_mapping_value(),
            State::BlockMappingFirstKey => self.block_mapping_key(true),
            State::BlockSequenceFirstEntry => self.block_sequence_entry(true),
            State::BlockSequenceEntry => self.block_sequence_entry(false),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockNode => self.node(true, false),
            State::FlowSequenceFirstEntry => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.flow_sequence_entry_mapping_key(),
            State::FlowSequenceEntryMappingValue => self.flow_sequence_entry_mapping_value(),
            State::FlowSequenceEntryMappingEnd => self.flow_sequence_entry_mapping_end(),
            State::FlowMappingFirstKey => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::DocumentStart => self.document_start(),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::End => Ok(Event::StreamEnd),
        }
    }

    fn document_start(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        let explicit = matches!(
            token.kind,
            TokenKind::VersionDirective | TokenKind::TagDirective | TokenKind::DocumentStart
        );
        if token.kind == TokenKind::StreamEnd {
            self.state = State::End;
            return Ok(Event::StreamEnd);
        }
        self.process_directives()?;
        self.states.push(State::DocumentEnd);
        if !explicit {
            self.state = State::BlockNode;
        } else {
            let token = self.scanner.peek()?;
            if token.kind != TokenKind::DocumentStart {
                return fail("a directive must be followed by `---`; kubectl refuses directives", token);
            }
            self.scanner.skip();
            self.state = State::DocumentContent;
        }
        Ok(Event::DocumentStart)
    }

    fn document_content(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::VersionDirective
            | TokenKind::TagDirective
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop_state();
                Ok(empty_scalar(token.span.start))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Result<Event, Fault> {
        let token = self.scanner.peek()?;
        self.follows = Some(token);
        self.state = State::End;
        Ok(Event::DocumentEnd)
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }
}

fn fail<T>(message: &'static str, token: Token) -> Result<T, Fault> {
    Err(Fault::new(ProblemKind::Syntax(message.into()), token.span))
}

fn empty_scalar(at: u32) -> Event {
    Event::Scalar {
        properties: Properties::default(),
        content: Content::None,
        style: Style::Plain,
        span: Span::new(at, at),
    }
}
