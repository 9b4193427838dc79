//! Tokens: what the scanner hands to the parser.

use crate::span::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// A scalar without quotes, `value`.
    Plain,
    /// `'value'`.
    SingleQuoted,
    /// `"value"`.
    DoubleQuoted,
    /// A block scalar that keeps its line breaks, `|`.
    Literal,
    /// A block scalar that folds its lines, `>`.
    Folded,
    /// A mapping or sequence by indentation.
    Block,
    /// A mapping or sequence in `{}` or `[]`.
    Flow,
}

/// The content of a scalar, anchor or alias token.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Content {
    #[default]
    None,
    /// It stands in the source as it is.
    Source(Span),
    /// It was put together in [`Scanner::heap`](super::Scanner::heap) (escapes, folded lines).
    Heap(Span),
    /// The index of a tag or tag directive in [`Scanner::tags`](super::Scanner::tags).
    Tag(u32),
    /// The numbers of a `%YAML` directive.
    Version(u8, u8),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) style: Style,
    /// The level of the simple key that this token may turn out to start, plus one; 0 when it cannot.
    pub(super) simple_key: u16,
    pub(crate) span: Span,
    pub(crate) content: Content,
}

impl Token {
    pub(super) fn new(kind: TokenKind, span: Span) -> Token {
        Token { kind, style: Style::Plain, simple_key: 0, span, content: Content::None }
    }

    /// Whether nothing follows any more.
    pub(crate) fn is_end(&self) -> bool {
        self.kind == TokenKind::StreamEnd
    }

    /// Whether it is `...`.
    pub(crate) fn is_document_end(&self) -> bool {
        self.kind == TokenKind::DocumentEnd
    }
}

/// A tag as written (handle and suffix), or a `%TAG` directive (handle and prefix).
#[derive(Clone, Debug)]
pub(crate) struct TagText {
    pub(crate) handle: String,
    pub(crate) suffix: String,
}
