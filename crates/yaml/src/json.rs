//! JSON documents, as Go's encoding/json and Kubernetes' sigs.k8s.io/json read them.

use crate::compose::Builder;
use crate::limits::Limits;
use crate::problem::{Fault, ProblemKind};
use crate::scalar::Scalar;
use crate::scanner::Style;
use crate::span::{Span, offset};
use crate::steps;
use crate::tree::{Kind, Storage};

/// A JSON value that was read.
pub(crate) struct JsonDocument {
    /// Where it stands in the text.
    pub(crate) span: Span,
    pub(crate) storage: Storage,
    pub(crate) warnings: Vec<Fault>,
    /// The first number beyond float64: the value ends where it seems to, but Kubernetes cannot hold it.
    pub(crate) number: Option<Fault>,
}

/// Reads the next JSON value of `text` from `start` on. `None`: only white space is left.
pub(crate) fn read_json(text: &str, start: usize, limits: &Limits) -> Result<Option<JsonDocument>, Fault> {
    let bytes = text.as_bytes();
    let mut begin = start;
    while bytes.get(begin).copied().is_some_and(is_space) {
        begin += 1;
    }
    if begin >= bytes.len() {
        return Ok(None);
    }
    let own_text = text.get(begin..).unwrap_or("");
    let mut reader = Reader {
        text: own_text,
        bytes: own_text.as_bytes(),
        position: 0,
        builder: Builder::new(0, limits),
        open: Vec::new(),
        number: None,
    };
    let mut fail = |fault: Fault| Fault::new(fault.kind, shift(fault.span, offset(begin)));
    reader.document().map_err(&mut fail)?;
    let Builder { mut storage, warnings, .. } = reader.builder;
    storage.shrink();
    let span = Span::of(begin, begin + reader.position);
    Ok(Some(JsonDocument { span, storage, warnings, number: reader.number }))
}

fn shift(span: Span, by: u32) -> Span {
    Span::new(span.start + by, span.end + by)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

struct Reader<'j> {
    text: &'j str,
    bytes: &'j [u8],
    position: usize,
    builder: Builder,
    /// The brackets that are open: true for `{`.
    open: Vec<bool>,
    number: Option<Fault>,
}

impl Reader<'_> {
    /// Reads one value, with a stack of its own instead of recursion.
    fn document(&mut self) -> Result<(), Fault> {
        loop {
            // Here a value is due, or in an empty collection its end.
            self.skip_space();
            let opened = self.value_or_open()?;
            if opened {
                self.skip_space();
                let is_map = self.open.last() == Some(&true);
                if self.current() == if is_map { b'}' } else { b']' } {
                    self.close()?;
                } else {
                    if is_map {
                        self.key()?;
                    }
                    continue;
                }
            }
            // A value is complete.
            loop {
                let Some(is_map) = self.open.last().copied() else { return Ok(()) };
                self.skip_space();
                match (self.current(), is_map) {
                    (b',', true) => {
                        self.position += 1;
                        self.skip_space();
                        self.key()?;
                        break;
                    }
                    (b',', false) => {
                        self.position += 1;
                        break;
                    }
                    (b'}', true) | (b']', false) => self.close()?,
                    (_, true) => return self.fail("expected `,` or `}` after a value"),
                    (_, false) => return self.fail("expected `,` or `]` after an item"),
                }
            }
        }
    }

    /// Reads a scalar, or the opening bracket of a collection. True: a collection was opened.
    fn value_or_open(&mut self) -> Result<bool, Fault> {
        let start = self.position;
        match self.current() {
            b'{' => return self.open(Kind::Mapping, true).map(|()| true),
            b'[' => return self.open(Kind::Sequence, false).map(|()| true),
            b'"' => {
                self.string()?;
            }
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.word("true", Scalar::Bool(true))?,
            b'f' => self.word("false", Scalar::Bool(false))?,
            b'n' => self.word("null", Scalar::Null)?,
            _ if start >= self.bytes.len() => return self.fail("the JSON ends too early"),
            _ => return self.fail("expected a JSON value"),
        }
        Ok(false)
    }

    fn open(&mut self, kind: Kind, is_map: bool) -> Result<(), Fault> {
        let span = Span::of(self.position, self.position + 1);
        self.builder.open(kind, Style::Flow, span)?;
        self.open.push(is_map);
        self.position += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.position += 1;
        self.open.pop();
        self.builder.close(offset(self.position), self.text)?;
        Ok(())
    }

    /// Reads a key and the colon.
    fn key(&mut self) -> Result<(), Fault> {
        if self.current() != b'"' {
            return self.fail("expected a key in double quotes");
        }
        let slot = self.string()?;
        let storage = &self.builder.storage;
        let key = storage.string(storage.slot(slot), self.text).unwrap_or("");
        // The borrow ends with the hash; the builder only looks at a few bytes.
        let bit = Builder::key_bit(key);
        self.builder.note_key_bit(bit);
        self.skip_space();
        if self.current() != b':' {
            return self.fail("expected `:` after a key");
        }
        self.position += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<u32, Fault> {
        let start = self.position;
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        let Some(end) = memchr::memchr2(b'"', b'\\', rest) else {
            self.position = self.bytes.len();
            return self.fail("the closing quote of a string is missing");
        };
        steps::count(end);
        let plain = rest.get(..end).unwrap_or_default();
        if let Some(control) = first_control(plain) {
            self.position = start + 1 + control;
            return self.fail("a control character in a string; write it as an escape");
        }
        if rest.get(end) == Some(&b'"') {
            self.position = start + end + 2;
            let span = Span::of(start, self.position);
            return Ok(self.builder.scalar(Scalar::Str, Style::DoubleQuoted, span, 0));
        }
        self.escaped_string(start)
    }

    fn escaped_string(&mut self, start: usize) -> Result<u32, Fault> {
        let heap_start = self.builder.storage.heap.len();
        self.position = start + 1;
        loop {
            let rest = self.bytes.get(self.position..).unwrap_or_default();
            let Some(end) = memchr::memchr2(b'"', b'\\', rest) else {
                self.position = self.bytes.len();
                return self.fail("the closing quote of a string is missing");
            };
            if let Some(control) = first_control(rest.get(..end).unwrap_or_default()) {
                self.position += control;
                return self.fail("a control character in a string; write it as an escape");
            }
            let piece = self.text.get(self.position..self.position + end).unwrap_or("");
            self.builder.storage.heap.push_str(piece);
            self.position += end;
            if self.current() == b'"' {
                self.position += 1;
                break;
            }
            self.escape()?;
        }
        let content = Span::of(heap_start, self.builder.storage.heap.len());
        let span = Span::of(start, self.position);
        Ok(self.builder.string(content, Style::DoubleQuoted, span, 0))
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let character = match self.at(self.position + 1) {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0C',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let Some(first) = self.hex4(self.position + 2) else {
                    return self.fail("`\\u` must be followed by four hexadecimal digits");
                };
                self.position += 6;
                // Half of a pair without the other half becomes U+FFFD.
                let mut character = char::from_u32(first);
                if (0xD800..0xDC00).contains(&first)
                    && self.current() == b'\\'
                    && self.at(self.position + 1) == b'u'
                    && let Some(second) = self.hex4(self.position + 2)
                    && (0xDC00..0xE000).contains(&second)
                {
                    character = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                    self.position += 6;
                }
                self.builder.storage.heap.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(());
            }
            _ => return self.fail("an unknown escape in a string"),
        };
        self.builder.storage.heap.push(character);
        self.position += 2;
        Ok(())
    }

    fn hex4(&self, start: usize) -> Option<u32> {
        let mut value = 0;
        for index in 0..4 {
            value = value * 16 + char::from(self.at(start + index)).to_digit(16)?;
        }
        Some(value)
    }

    fn number(&mut self) -> Result<(), Fault> {
        let start = self.position;
        if self.current() == b'-' {
            self.position += 1;
        }
        match self.current() {
            b'0' => self.position += 1,
            b'1'..=b'9' => self.skip_digits(),
            _ => return self.fail("expected a digit"),
        }
        let mut has_point = false;
        if self.current() == b'.' {
            has_point = true;
            self.position += 1;
            self.expect_digits()?;
        }
        if matches!(self.current(), b'e' | b'E') {
            self.position += 1;
            if matches!(self.current(), b'+' | b'-') {
                self.position += 1;
            }
            self.expect_digits()?;
        }
        let span = Span::of(start, self.position);
        let text = span.slice(self.text);
        let integer = if has_point { None } else { text.parse().ok() };
        let scalar = match integer {
            Some(integer) => Scalar::Int(integer),
            None => match text.parse::<f64>().ok().filter(|float| float.is_finite()) {
                Some(float) => Scalar::Float(float),
                None => {
                    self.number.get_or_insert_with(|| Fault::new(ProblemKind::Number, span));
                    Scalar::Null
                }
            },
        };
        self.builder.scalar(scalar, Style::Plain, span, 0);
        Ok(())
    }

    fn expect_digits(&mut self) -> Result<(), Fault> {
        if !self.current().is_ascii_digit() {
            return self.fail("expected a digit");
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.current().is_ascii_digit() {
            self.position += 1;
        }
    }

    fn word(&mut self, word: &str, scalar: Scalar) -> Result<(), Fault> {
        let start = self.position;
        for expected in word.bytes() {
            if self.current() != expected {
                return self.fail("expected `true`, `false` or `null`");
            }
            self.position += 1;
        }
        self.builder.scalar(scalar, Style::Plain, Span::of(start, self.position), 0);
        Ok(())
    }

    fn skip_space(&mut self) {
        while is_space(self.current()) {
            self.position += 1;
        }
    }

    fn current(&self) -> u8 {
        self.at(self.position)
    }

    fn at(&self, position: usize) -> u8 {
        steps::count(1);
        self.bytes.get(position).copied().unwrap_or(0)
    }

    fn fail<T>(&self, message: &'static str) -> Result<T, Fault> {
        let end = self.text.get(self.position..).and_then(|rest| rest.chars().next());
        let length = end.map_or(0, char::len_utf8);
        let message = if self.position >= self.bytes.len() { "the JSON ends too early" } else { message };
        let kind = ProblemKind::Json(message.into());
        Err(Fault::new(kind, Span::of(self.position, self.position + length)))
    }
}

fn first_control(bytes: &[u8]) -> Option<usize> {
    let has_control = bytes.iter().fold(false, |found, byte| found | (*byte < 0x20));
    if has_control { bytes.iter().position(|byte| *byte < 0x20) } else { None }
}
