//! Bytes → tokens: the scanner of go-yaml v2 (`scannerc.go` of go.yaml.in/yaml/v2@v2.4.3, itself a port of libyaml),
//! which is what kubectl reads manifests with. It accepts and refuses the same texts, because a text that kubectl
//! understands differently is a way past a reader.
//!
//! Unlike the original, tokens carry byte ranges, and content is copied only when it differs from the source.

mod block;
mod chars;
mod directive;
mod fetch;
mod line;
mod plain;
mod quoted;
mod simple_key;
mod token;

use std::borrow::Cow;

use crate::problem::{Fault, ProblemKind};
use crate::span::Span;
use crate::steps;
use simple_key::SimpleKey;
pub use token::Style;
pub(crate) use token::{Content, TagText, Token, TokenKind};

/// The text as go-yaml gets to see it: kubectl's line reader ends every line with a line feed, also the last.
pub(crate) fn with_final_break(text: &str) -> Cow<'_, str> {
    if text.ends_with('\n') {
        Cow::Borrowed(text)
    } else if text.ends_with('\r') {
        // The reader drops a CR only before a line feed that is there; see `Scanner::break_length`.
        Cow::Owned([text, "\r\n"].concat())
    } else {
        Cow::Owned([text, "\n"].concat())
    }
}

/// Reads the tokens of one document.
pub(crate) struct Scanner<'s> {
    source: &'s [u8],
    /// The source has no multi-byte characters, so a column is a distance in bytes.
    ascii: bool,
    position: usize,
    line_start: usize,
    /// UTF-8 continuation bytes between `line_start` and `position`; they do not count as columns.
    continuation_bytes: usize,

    queue: Vec<Token>,
    /// The first token of `queue` that the parser has not taken yet.
    head: usize,
    /// How many tokens the parser has taken.
    taken: usize,
    ended: bool,

    flow_level: usize,
    indent: i32,
    indents: Vec<i32>,
    simple_key_allowed: bool,
    /// One potential key per flow level.
    simple_keys: Vec<SimpleKey>,

    /// Line breaks held back until it is known how they fold.
    breaks: String,
    /// Content that differs from the source: what [`Content::Heap`] points into.
    pub(crate) heap: String,
    /// What [`Content::Tag`] points to.
    pub(crate) tags: Vec<TagText>,
}

impl<'s> Scanner<'s> {
    /// Starts at the beginning of `source`, which comes from [`with_final_break`] and holds no NUL.
    pub(crate) fn new(source: &'s [u8]) -> Scanner<'s> {
        // The reader drops a byte order mark at the start of each document (readerc.go, determine_encoding).
        let start = if source.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Scanner {
            source,
            ascii: source.is_ascii(),
            position: start,
            line_start: start,
            continuation_bytes: 0,
            queue: Vec::with_capacity(16),
            head: 0,
            taken: 0,
            ended: false,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            breaks: String::new(),
            heap: String::new(),
            tags: Vec::new(),
        }
    }

    /// The next token, which stays in the queue.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Token, Fault> {
        loop {
            if let Some(token) = self.queue.get(self.head) {
                let token = *token;
                if token.simple_key == 0 || !self.may_be_key(token)? {
                    return Ok(token);
                }
            }
            if self.ended {
                // Past the end there is only the end; the parser stops at the first one.
                return Ok(Token::new(TokenKind::StreamEnd, self.here()));
            }
            self.fetch_next()?;
        }
    }

    /// Takes the token that [`peek`](Scanner::peek) showed.
    #[inline]
    pub(crate) fn skip(&mut self) {
        self.head += 1;
        self.taken += 1;
        if self.head == self.queue.len() {
            self.queue.clear();
            self.head = 0;
        }
    }

    /// Where the scanner stands; everything before was looked at.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    fn append(&mut self, token: Token) {
        // Tokens wait only while a key may still be found, so the queue stays short; drop what was taken.
        if self.head > 64 && self.head * 2 > self.queue.len() {
            self.queue.drain(..self.head);
            self.head = 0;
        }
        self.queue.push(token);
    }

    /// Inserts before the token with the given number, counted from the first token of the document. If that token is
    /// gone, appends.
    fn insert(&mut self, number: usize, token: Token) {
        match number.checked_sub(self.taken) {
            Some(ahead) => {
                steps::count(self.queue.len() - self.head);
                self.queue.insert((self.head + ahead).min(self.queue.len()), token);
            }
            None => self.append(token),
        }
    }

    fn next_token_number(&self) -> usize {
        self.taken + (self.queue.len() - self.head)
    }

    #[inline]
    fn at(&self, position: usize) -> u8 {
        steps::count(1);
        self.source.get(position).copied().unwrap_or(0)
    }

    #[inline]
    fn current(&self) -> u8 {
        self.at(self.position)
    }

    fn here(&self) -> Span {
        Span::of(self.position, self.position)
    }

    fn text(&self, start: usize, end: usize) -> &'s str {
        // Token boundaries are ASCII characters, so a slice of a valid text is valid.
        std::str::from_utf8(self.source.get(start..end).unwrap_or_default()).unwrap_or("")
    }

    fn syntax<T>(&self, message: &'static str, start: usize) -> Result<T, Fault> {
        let mut end = self.position.max(start);
        if end == start && !self.is_break_or_end(start) {
            // The character itself.
            end += 1;
            while self.at(end) & 0xC0 == 0x80 {
                end += 1;
            }
        }
        Err(Fault::new(ProblemKind::Syntax(message.into()), Span::of(start, end)))
    }
}
