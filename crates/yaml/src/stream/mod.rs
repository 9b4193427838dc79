//! A whole input → documents, as kubectl takes it apart (apimachinery v0.36.3 pkg/util/yaml/decoder.go,
//! `YAMLOrJSONDecoder`): JSON if it starts with `{`, YAML if not, and YAML again when the JSON ends early.

mod encoding;
mod printable;
mod split;

use std::sync::Arc;

use crate::compose::{Composed, compose_yaml};
use crate::json::{JsonDocument, read_json};
use crate::limits::Limits;
use crate::problem::{Fault, Problem, ProblemKind};
use crate::span::{Span, offset};
use crate::tree::{Document, Format, Kind, Storage};
use split::{Chunk, Chunks};

/// What an input holds.
#[derive(Debug)]
pub struct Stream {
    /// The input as UTF-8, without byte order mark. All spans are offsets into it.
    pub text: Arc<str>,
    /// The documents that could be read, in order. Documents that hold nothing (or only comments, or `null`) are left
    /// out, as kubectl skips them.
    pub documents: Vec<Document>,
    /// What is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads a whole input. It never fails as a whole: what could not be read is a problem, and the rest is there.
///
/// kubectl stops at the first error; this goes on at the next `---`, so that one broken document hides no other.
#[must_use]
pub fn parse(input: &[u8], limits: &Limits) -> Stream {
    let max_bytes = limits.max_bytes.min(u32::MAX as usize - 8);
    if input.len() > max_bytes {
        let kind = ProblemKind::SizeLimit { limit: max_bytes, size: input.len() };
        return Stream {
            text: Arc::from(""),
            documents: Vec::new(),
            problems: vec![Problem { kind, span: Span::default(), document: None }],
        };
    }
    let decoded = encoding::decode(input);
    let text: Arc<str> = Arc::from(&*decoded.text);
    if text.len() > max_bytes {
        // UTF-16 and replaced bytes grow.
        let kind = ProblemKind::SizeLimit { limit: max_bytes, size: text.len() };
        return Stream {
            text: Arc::from(""),
            documents: Vec::new(),
            problems: vec![Problem { kind, span: Span::default(), document: None }],
        };
    }
    let mut reader = Reader {
        text: &text,
        shared: Arc::clone(&text),
        limits,
        refused: if decoded.refuses_replaced { decoded.replaced } else { None },
        next_index: 0,
        documents: Vec::new(),
        problems: Vec::new(),
        dropped_problems: 0,
        is_full: false,
    };
    if let (Some(at), None) = (decoded.replaced, reader.refused) {
        reader.add(Fault::new(ProblemKind::Replaced, Span::of(at, at + '\u{FFFD}'.len_utf8())), 0, None);
    }
    if let Some(rest) = reader.read_json_documents() {
        reader.read_yaml_documents(rest);
    }
    reader.finish()
}

/// Where YAML starts.
#[derive(Default)]
struct YamlStart {
    start: usize,
    /// What JSON had against the text from there on. It is reported instead of what YAML has against it.
    json_fault: Option<Fault>,
}

struct Reader<'r> {
    text: &'r str,
    shared: Arc<str>,
    limits: &'r Limits,
    /// The first place with bytes that go-yaml refuses.
    refused: Option<usize>,
    next_index: usize,
    documents: Vec<Document>,
    problems: Vec<Problem>,
    dropped_problems: usize,
    is_full: bool,
}

impl Reader<'_> {
    /// Reads JSON values as long as there are some. Returns where YAML goes on, if it does.
    fn read_json_documents(&mut self) -> Option<YamlStart> {
        if !split::starts_like_json(self.text) {
            return Some(YamlStart::default());
        }
        let mut start = 0;
        let mut count = 0;
        loop {
            if self.is_full {
                return None;
            }
            match read_json(self.text, start, self.limits) {
                Ok(None) => return None,
                Ok(Some(document)) => {
                    count += 1;
                    start = document.span.end as usize;
                    self.add_json(document);
                }
                Err(fault) => return self.leave_json(start, count, fault),
            }
        }
    }

    /// JSON failed at `start`. kubectl tries YAML unless it has seen more than one JSON value, and if that fails too it
    /// reports the error in the JSON; here only if it looks like JSON beyond the brace, which templates do not.
    fn leave_json(&mut self, start: usize, count: usize, fault: Fault) -> Option<YamlStart> {
        if count <= 1
            && !is_bound(&fault.kind)
            && let Some(start) = split::yaml_after_json(self.text, start)
        {
            let json_fault = split::opens_like_json(self.text, start).then_some(fault);
            return Some(YamlStart { start, json_fault });
        }
        let failed_at = fault.span.start as usize;
        let index = self.take_index();
        self.add(fault, 0, Some(index));
        let start = split::next_separator(self.text, failed_at)?;
        Some(YamlStart { start, json_fault: None })
    }

    fn read_yaml_documents(&mut self, mut from: YamlStart) {
        for chunk in Chunks::new(self.text, from.start) {
            if self.is_full {
                return;
            }
            self.read_chunk(&chunk, from.json_fault.take());
        }
    }

    /// `json_fault`: what JSON had against the text, which is reported if YAML has something against it too.
    fn read_chunk(&mut self, chunk: &Chunk, json_fault: Option<Fault>) {
        let base = chunk.span.start;
        let mut warnings = Vec::new();
        let read = match self.compose(chunk, &mut warnings) {
            Ok(composed) => composed,
            Err(fault) => {
                let index = self.take_index();
                for warning in warnings {
                    self.add(warning, base, Some(index));
                }
                match json_fault {
                    Some(json_fault) if !is_bound(&fault.kind) => self.add(json_fault, 0, Some(index)),
                    _ => self.add(fault, base, Some(index)),
                }
                self.refuse_separator(chunk, Some(index));
                return;
            }
        };
        let dropped = self.dropped_text(chunk, &read);
        let index = match read.storage {
            Some(storage) if !is_empty(&storage) => {
                let index = self.take_index();
                self.push(Document {
                    text: Arc::clone(&self.shared),
                    span: chunk.span,
                    index,
                    format: Format::Yaml,
                    storage,
                });
                Some(index)
            }
            _ => None,
        };
        for warning in warnings {
            self.add(warning, base, index);
        }
        if let Some(span) = dropped {
            self.add(Fault::new(ProblemKind::Dropped, span), 0, index);
        }
        self.refuse_separator(chunk, index);
    }

    fn compose(&self, chunk: &Chunk, warnings: &mut Vec<Fault>) -> Result<Composed, Fault> {
        let text = chunk.span.slice(self.text);
        let forbidden = printable::first_forbidden(text);
        let refused = self.refused.and_then(|at| at.checked_sub(chunk.span.start as usize));
        let refused = refused.filter(|at| *at < text.len());
        let bad = [forbidden, refused].into_iter().flatten().min();
        let readable = text.get(..bad.unwrap_or(text.len())).unwrap_or("");
        let composed = compose_yaml(readable, self.limits, warnings);
        match (bad, composed) {
            (None, composed) => composed,
            // The document may have ended long before the character.
            (Some(at), Ok(composed))
                if composed.follows.is_some_and(|token| !token.is_end())
                    && !printable::was_read(text, composed.position + 1, at) =>
            {
                Ok(composed)
            }
            (Some(at), Ok(_)) => Err(printable::fault(at, text)),
            (Some(at), Err(fault)) if (fault.span.end as usize) < at => Err(fault),
            (Some(at), Err(_)) => Err(printable::fault(at, text)),
        }
    }

    /// What kubectl ignores after the end of the document.
    fn dropped_text(&self, chunk: &Chunk, read: &Composed) -> Option<Span> {
        let token = read.follows.filter(|token| !token.is_end())?;
        let base = chunk.span.start as usize;
        let text = chunk.span.slice(self.text);
        let start = if token.is_document_end() { token.span.end } else { token.span.start } as usize;
        let rest = text.get(start..)?;
        let content = split::first_content(rest)?;
        Some(Span::of(base + start + content, base + start + rest.trim_end().len()))
    }

    fn refuse_separator(&mut self, chunk: &Chunk, index: Option<usize>) {
        if let Some(span) = chunk.refused {
            // kubectl loses the document before such a separator as well.
            let index = index.unwrap_or_else(|| self.take_index());
            self.add(Fault::new(ProblemKind::Separator, span), 0, Some(index));
        }
    }

    fn add_json(&mut self, document: JsonDocument) {
        let base = document.span.start;
        if let Some(fault) = document.number {
            let index = self.take_index();
            self.add(fault, base, Some(index));
            return;
        }
        let index = (!is_empty(&document.storage)).then(|| self.take_index());
        for warning in document.warnings {
            self.add(warning, base, index);
        }
        if let Some(index) = index {
            self.push(Document {
                text: Arc::clone(&self.shared),
                span: document.span,
                index,
                format: Format::Json,
                storage: document.storage,
            });
        }
    }

    fn take_index(&mut self) -> usize {
        let index = self.next_index;
        self.next_index += 1;
        index
    }

    fn push(&mut self, document: Document) {
        if self.documents.len() < self.limits.max_documents {
            self.documents.push(document);
        } else if !self.is_full {
            self.is_full = true;
            let kind = ProblemKind::DocumentLimit { limit: self.limits.max_documents };
            self.add(Fault::new(kind, document.span), 0, Some(document.index));
        }
    }

    fn add(&mut self, fault: Fault, base: u32, document: Option<usize>) {
        if self.problems.len() >= self.limits.max_problems {
            self.dropped_problems += 1;
            return;
        }
        let end = offset(self.text.len());
        let absolute = |span: Span| {
            Span::new(span.start.saturating_add(base).min(end), span.end.saturating_add(base).min(end))
        };
        let kind = match fault.kind {
            ProblemKind::DuplicateKey { key, first, ambiguous } => {
                ProblemKind::DuplicateKey { key, first: absolute(first), ambiguous }
            }
            ProblemKind::MergeOverride { key, merge } => {
                ProblemKind::MergeOverride { key, merge: absolute(merge) }
            }
            kind => kind,
        };
        self.problems.push(Problem { kind, span: absolute(fault.span), document });
    }

    fn finish(mut self) -> Stream {
        self.problems.sort_by_key(|problem| problem.span.start);
        if self.dropped_problems > 0 {
            let kind =
                ProblemKind::ProblemLimit { limit: self.limits.max_problems, dropped: self.dropped_problems };
            self.problems.push(Problem { kind, span: Span::default(), document: None });
        }
        Stream { text: self.shared, documents: self.documents, problems: self.problems }
    }
}

fn is_bound(kind: &ProblemKind) -> bool {
    matches!(kind, ProblemKind::DepthLimit { .. } | ProblemKind::AliasLimit { .. })
}

/// kubectl skips `null`.
fn is_empty(storage: &Storage) -> bool {
    storage.slot(storage.resolve(0)).kind == Kind::Null
}
