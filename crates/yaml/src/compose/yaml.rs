//! The tree of one YAML document.

use std::collections::HashMap;

use super::{Builder, alias, json_bounds};
use crate::limits::Limits;
use crate::parser::{Event, Parser, Properties, Tag};
use crate::problem::{Fault, ProblemKind};
use crate::scalar::{Scalar, decode_base64, float_key, json_number, resolve};
use crate::scanner::{Content, Style, Token, with_final_break};
use crate::span::{Span, offset};
use crate::tree::{ALIASED, BOOL_KEY, FLOAT_KEY, INT_KEY, Kind, MERGE, NO_JSON_KEY, PROPERTIES, Storage};

/// A document that was read.
pub(crate) struct Composed {
    /// `None`: the text holds no document, only comments.
    pub(crate) storage: Option<Storage>,
    /// The token that follows the document.
    pub(crate) follows: Option<Token>,
    /// Everything before was looked at.
    pub(crate) position: usize,
}

/// Reads the first document of `text`, which holds no NUL. Spans are relative to it. `warnings` gets what is found on the
/// way, also when an error follows.
pub(crate) fn compose_yaml(
    text: &str,
    limits: &Limits,
    warnings: &mut Vec<Fault>,
) -> Result<Composed, Fault> {
    let source = with_final_break(text);
    let source = source.as_bytes();
    let mut composer = Composer {
        parser: Parser::new(source),
        builder: Builder::new(source.len(), limits),
        text,
        source,
        anchors: HashMap::new(),
        heights: HashMap::new(),
        has_alias: false,
    };
    let found = composer.document();
    warnings.append(&mut composer.builder.warnings);
    let found = found?;
    let Composer { mut parser, builder, has_alias, .. } = composer;
    let Builder { mut storage, exceeds_json, .. } = builder;
    if has_alias {
        alias::check_expansion(&storage, limits)?;
    }
    if exceeds_json {
        json_bounds::check_json(&storage)?;
    }
    storage.heap = std::mem::take(&mut parser.scanner.heap);
    if source.len() > text.len() {
        storage.clamp_spans(offset(text.len()));
    }
    storage.shrink();
    Ok(Composed {
        storage: found.then_some(storage),
        follows: parser.follows,
        position: parser.scanner.position(),
    })
}

struct Composer<'s> {
    parser: Parser<'s>,
    builder: Builder,
    text: &'s str,
    source: &'s [u8],
    anchors: HashMap<&'s [u8], Anchor>,
    /// The levels of collections in nodes with an anchor.
    heights: HashMap<u32, usize>,
    has_alias: bool,
}

#[derive(Clone, Copy)]
struct Anchor {
    slot: u32,
    /// What a scalar was resolved to, before it became a key or JSON.
    scalar: Option<Scalar>,
}

impl<'s> Composer<'s> {
    /// False: there is no document.
    fn document(&mut self) -> Result<bool, Fault> {
        loop {
            match self.parser.next_event()? {
                Event::DocumentStart => {}
                Event::StreamEnd => return Ok(false),
                Event::DocumentEnd => return Ok(true),
                Event::Scalar { properties, content, style, span } => {
                    self.scalar(properties, content, style, span)?;
                }
                Event::Alias { name, span } => self.alias(name, span)?,
                Event::SequenceStart { properties, style, span } => {
                    self.open(Kind::Sequence, properties, style, span)?;
                }
                Event::MappingStart { properties, style, span } => {
                    self.open(Kind::Mapping, properties, style, span)?;
                }
                Event::SequenceEnd { span } | Event::MappingEnd { span } => self.close(span)?,
            }
        }
    }

    fn open(&mut self, kind: Kind, properties: Properties, style: Style, span: Span) -> Result<(), Fault> {
        if self.builder.expects_key() {
            let what = if kind == Kind::Mapping { "a mapping" } else { "a sequence" };
            return Err(Fault::new(ProblemKind::Key(what), span));
        }
        let slot = self.builder.open(kind, style, span)?;
        self.properties(slot, properties, None);
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), Fault> {
        // A block collection ends with its last child; its end token stands where the next token starts.
        let end = if span.is_empty() { 0 } else { span.end };
        // The strings are still in the scanner's hands.
        std::mem::swap(&mut self.builder.storage.heap, &mut self.parser.scanner.heap);
        let closed = self.builder.close(end, self.text);
        std::mem::swap(&mut self.builder.storage.heap, &mut self.parser.scanner.heap);
        if let Some((slot, height)) = closed?
            && self.builder.storage.slot(slot).flags & PROPERTIES != 0
        {
            self.heights.insert(slot, height);
        }
        Ok(())
    }

    #[inline]
    fn scalar(
        &mut self,
        properties: Properties,
        content: Content,
        style: Style,
        span: Span,
    ) -> Result<(), Fault> {
        let text = self.content(content);
        let implicit =
            properties.tag == Tag::NonSpecific || properties.tag == Tag::None && style == Style::Plain;
        let is_key = self.builder.expects_key();
        let is_merge = is_key && text == "<<" && (implicit || properties.tag == Tag::Merge);
        let scalar = if is_merge {
            Scalar::Str
        } else {
            resolve(text, properties.tag, implicit).map_err(|_| {
                Fault::new(ProblemKind::TagMismatch { tag: properties.tag.name().to_owned() }, span)
            })?
        };
        let slot = if is_merge {
            self.builder.note_merge();
            self.builder.scalar(Scalar::Str, style, span, MERGE)
        } else if is_key {
            self.key(scalar, content, style, span, 0)?
        } else {
            self.value(scalar, content, style, span)?
        };
        if properties.start.is_some() {
            self.properties(slot, properties, Some(scalar));
        }
        Ok(())
    }

    #[inline]
    fn value(&mut self, scalar: Scalar, content: Content, style: Style, span: Span) -> Result<u32, Fault> {
        Ok(match (scalar, content) {
            (Scalar::Binary, _) => {
                let decoded = self.binary(content, span)?;
                self.builder.string(decoded, style, span, 0)
            }
            (Scalar::Str, Content::Heap(part)) => self.builder.string(part, style, span, 0),
            (Scalar::Str, Content::None) => self.builder.string(Span::default(), style, span, 0),
            (Scalar::Float(float), _) => self.builder.scalar(json_number(float), style, span, 0),
            (scalar, _) => self.builder.scalar(scalar, style, span, 0),
        })
    }

    /// Adds a key, as the string that it is in JSON.
    #[inline]
    fn key(
        &mut self,
        scalar: Scalar,
        content: Content,
        style: Style,
        span: Span,
        flags: u8,
    ) -> Result<u32, Fault> {
        let (converted, key_type) = match scalar {
            Scalar::Str => {
                let text = content_of(content, self.text, &self.parser.scanner.heap);
                self.builder.note_key(text);
                return Ok(match content {
                    Content::Heap(part) => self.builder.string(part, style, span, flags),
                    Content::Source(_) => self.builder.scalar(Scalar::Str, style, span, flags),
                    _ => self.builder.string(Span::default(), style, span, flags),
                });
            }
            Scalar::Binary => {
                let decoded = self.binary(content, span)?;
                self.builder.note_key(decoded.slice(&self.parser.scanner.heap));
                return Ok(self.builder.string(decoded, style, span, flags));
            }
            Scalar::Null => ("null".to_owned(), NO_JSON_KEY),
            Scalar::Uint(value) => (value.to_string(), INT_KEY | NO_JSON_KEY),
            Scalar::Bool(value) => (value.to_string(), BOOL_KEY),
            Scalar::Int(value) => (value.to_string(), INT_KEY),
            Scalar::Float(value) => (float_key(value), FLOAT_KEY),
        };
        self.builder.exceeds_json |= key_type & NO_JSON_KEY != 0;
        self.builder.note_key(&converted);
        let kept = self.keep(&converted);
        Ok(self.builder.string(kept, style, span, flags | key_type))
    }

    fn alias(&mut self, name: Span, span: Span) -> Result<(), Fault> {
        let name_bytes = self.source.get(name.range()).unwrap_or_default();
        let name_text = || String::from_utf8_lossy(name_bytes).into_owned();
        let Some(anchor) = self.anchors.get(name_bytes).copied() else {
            return Err(Fault::new(ProblemKind::UnknownAnchor { anchor: name_text() }, span));
        };
        let target = self.builder.storage.slot(anchor.slot);
        let is_collection = matches!(target.kind, Kind::Sequence | Kind::Mapping);
        if is_collection && target.data == 0 {
            return Err(Fault::new(ProblemKind::AliasCycle { anchor: name_text() }, span));
        }
        self.has_alias = true;
        if self.builder.expects_key() {
            return self.alias_key(anchor, span);
        }
        let height = self.heights.get(&anchor.slot).copied().unwrap_or(0);
        match anchor.scalar {
            // The anchored node may be a key, which is a string whatever it was.
            Some(scalar @ (Scalar::Bool(_) | Scalar::Int(_))) => {
                self.builder.scalar(scalar, Style::Plain, span, ALIASED);
            }
            Some(Scalar::Float(float)) => {
                self.builder.scalar(json_number(float), Style::Plain, span, ALIASED);
            }
            _ => {
                self.builder.alias(anchor.slot, height, span)?;
            }
        }
        Ok(())
    }

    fn alias_key(&mut self, anchor: Anchor, span: Span) -> Result<(), Fault> {
        match anchor.scalar {
            None => Err(Fault::new(ProblemKind::Key("an alias of a mapping or sequence"), span)),
            Some(Scalar::Str | Scalar::Binary) => {
                let storage = &self.builder.storage;
                let target = storage.slot(anchor.slot);
                let part = match target.kind {
                    Kind::String => storage.strings.get(target.data as usize).copied().unwrap_or_default(),
                    _ => {
                        let text = storage.string(target, self.text).unwrap_or("").to_owned();
                        self.keep(&text)
                    }
                };
                self.builder.note_key(part.slice(&self.parser.scanner.heap));
                self.builder.string(part, Style::Plain, span, ALIASED);
                Ok(())
            }
            Some(scalar) => self.key(scalar, Content::None, Style::Plain, span, ALIASED).map(|_| ()),
        }
    }

    fn properties(&mut self, slot: u32, properties: Properties, scalar: Option<Scalar>) {
        self.builder.note_properties(slot, properties.start);
        if let Some(anchor) = properties.anchor
            && let Some(name) = self.source.get(anchor.range())
        {
            self.anchors.insert(name, Anchor { slot, scalar });
        }
    }

    fn binary(&mut self, content: Content, span: Span) -> Result<Span, Fault> {
        match decode_base64(self.content(content)) {
            Some(decoded) => Ok(self.keep(&decoded)),
            None => {
                let tag = Tag::Binary.name().to_owned();
                Err(Fault::new(ProblemKind::TagMismatch { tag }, span))
            }
        }
    }

    fn content(&self, content: Content) -> &str {
        content_of(content, self.text, &self.parser.scanner.heap)
    }

    fn keep(&mut self, text: &str) -> Span {
        let heap = &mut self.parser.scanner.heap;
        let start = heap.len();
        heap.push_str(text);
        Span::new(offset(start), offset(heap.len()))
    }
}

fn content_of<'c>(content: Content, text: &'c str, heap: &'c str) -> &'c str {
    match content {
        Content::Source(part) => part.slice(text),
        Content::Heap(part) => part.slice(heap),
        _ => "",
    }
}
