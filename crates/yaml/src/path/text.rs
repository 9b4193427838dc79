//! Paths as people write them.

use std::fmt;
use std::str::FromStr;

use super::{Path, Segment};

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments().into_iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Key(key) if !is_bare(key) => {
                    formatter.write_str("[")?;
                    write_quoted(formatter, key)?;
                    formatter.write_str("]")?;
                }
                Segment::Key(key) if position == 0 => formatter.write_str(key)?,
                Segment::Key(key) => write!(formatter, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(is_bare_byte)
}

fn is_bare_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn write_quoted(formatter: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    formatter.write_str("\"")?;
    for character in key.chars() {
        match character {
            '"' => formatter.write_str("\\\"")?,
            '\\' => formatter.write_str("\\\\")?,
            control if control.is_control() => write!(formatter, "\\u{{{:x}}}", u32::from(control))?,
            plain => write!(formatter, "{plain}")?,
        }
    }
    formatter.write_str("\"")
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a path: {problem} at byte {at}; write it like spec.containers[0].image or metadata.labels[\"a.b/c\"]"
)]
pub struct PathError {
    text: String,
    problem: &'static str,
    at: usize,
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Path, PathError> {
        let mut reader = PathReader { text, rest: text };
        let mut path = Path::root();
        while !reader.rest.is_empty() {
            let segment = if reader.eat("[") {
                reader.bracket()?
            } else {
                if !path.is_empty() && !reader.eat(".") {
                    return Err(reader.fail("a `.` or `[` is missing"));
                }
                reader.bare_key()?
            };
            path = path.push(segment);
        }
        Ok(path)
    }
}

struct PathReader<'p> {
    text: &'p str,
    rest: &'p str,
}

impl PathReader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn bare_key(&mut self) -> Result<Segment, PathError> {
        let end = self.rest.bytes().position(|byte| !is_bare_byte(byte)).unwrap_or(self.rest.len());
        match self.rest.split_at_checked(end) {
            Some((key, rest)) if !key.is_empty() => {
                self.rest = rest;
                Ok(Segment::Key(key.into()))
            }
            _ => Err(self.fail("a key is missing")),
        }
    }

    fn bracket(&mut self) -> Result<Segment, PathError> {
        let segment = if self.eat("\"") { self.quoted_key()? } else { self.number()? };
        if self.eat("]") { Ok(segment) } else { Err(self.fail("a `]` is missing")) }
    }

    fn number(&mut self) -> Result<Segment, PathError> {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let digits = self.rest.get(..end).unwrap_or("");
        let index = digits.parse().map_err(|_| self.fail("an index or a quoted key is missing"))?;
        self.rest = self.rest.get(end..).unwrap_or("");
        Ok(Segment::Index(index))
    }

    fn quoted_key(&mut self) -> Result<Segment, PathError> {
        let mut key = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next() {
                Some('"') => break,
                Some('\\') => match escape(&mut characters) {
                    Some(character) => key.push(character),
                    None => return Err(self.fail("an escape is not understood")),
                },
                Some(character) => key.push(character),
                None => return Err(self.fail("the closing `\"` is missing")),
            }
        }
        self.rest = characters.as_str();
        Ok(Segment::Key(key.into()))
    }

    fn fail(&self, problem: &'static str) -> PathError {
        PathError { text: self.text.to_owned(), problem, at: self.text.len() - self.rest.len() }
    }
}

fn escape(characters: &mut std::str::Chars<'_>) -> Option<char> {
    match characters.next()? {
        literal @ ('"' | '\\') => Some(literal),
        'u' => {
            let (code, rest) = characters.as_str().strip_prefix('{')?.split_once('}')?;
            *characters = rest.chars();
            char::from_u32(u32::from_str_radix(code, 16).ok()?)
        }
        _ => None,
    }
}
