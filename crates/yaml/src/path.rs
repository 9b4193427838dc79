//! Paths to a field: `spec.containers[0].image`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use smol_str::SmolStr;

/// A path from the root of a document to a node. Cloning it is free.
///
/// Written as `spec.containers[0].image`; a key that is not made of letters, digits, `_` and `-` stands quoted in
/// brackets: `metadata.annotations["a.b/c"]`. [`Display`](fmt::Display) and [`FromStr`] are inverse to each other. The
/// root is the empty path.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Arc<[Segment]>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value of a key in a mapping.
    Key(SmolStr),
    /// The item of a sequence, from 0.
    Index(usize),
}

impl Path {
    /// The path of the document itself.
    #[must_use]
    pub fn root() -> Path {
        Path::default()
    }

    /// This path and one more key.
    #[must_use]
    pub fn key(&self, key: impl Into<SmolStr>) -> Path {
        self.push(Segment::Key(key.into()))
    }

    /// This path and one more key that is known beforehand: it is not copied.
    #[must_use]
    pub fn field(&self, key: &'static str) -> Path {
        self.push(Segment::Key(SmolStr::new_static(key)))
    }

    /// This path and one more index.
    #[must_use]
    pub fn index(&self, index: usize) -> Path {
        self.push(Segment::Index(index))
    }

    /// This path and one more segment.
    #[must_use]
    pub fn push(&self, segment: Segment) -> Path {
        self.0.iter().cloned().chain(std::iter::once(segment)).collect()
    }

    /// This path followed by `rest`.
    #[must_use]
    pub fn join(&self, rest: &Path) -> Path {
        // Most objects are their document: what is in them has the same path in both.
        if self.is_empty() {
            return rest.clone();
        }
        self.0.iter().chain(rest.0.iter()).cloned().collect()
    }

    /// The segments from the root on.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path without its last segment; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Path> {
        let (_, parent) = self.0.split_last()?;
        Some(parent.iter().cloned().collect())
    }

    /// The last `count` segments as a path of their own; all of them when there are fewer.
    #[must_use]
    pub fn tail(&self, count: usize) -> Path {
        let start = self.len().saturating_sub(count);
        self.0.get(start..).unwrap_or_default().iter().cloned().collect()
    }

    /// The last segment; `None` for the root.
    #[must_use]
    pub fn last(&self) -> Option<&Segment> {
        self.0.last()
    }

    /// The number of segments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether this is the root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `self` is `ancestor` or lies below it.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Path) -> bool {
        self.0.starts_with(&ancestor.0)
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<Segments: IntoIterator<Item = Segment>>(segments: Segments) -> Path {
        Path(segments.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
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
