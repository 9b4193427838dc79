//! Unpacking, within bounds.

use std::fmt;
use std::io::Read;

use ruzstd::decoding::StreamingDecoder;

/// What a frame of Zstandard begins with (RFC 8878 §3.1.1).
const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// Whether `bytes` are packed with Zstandard.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Bytes that a file may unpack to: forty times what 100,000 pods take.
const MOST_TEXT: u64 = 8 << 30;

/// Bytes that a line may have: a header that names a million files.
const LONGEST_LINE: usize = 64 << 20;

/// Bytes of lines that are decoded at once.
const CHUNK: usize = 1 << 20;

/// Bytes that are unpacked in one step.
const STEP: usize = 128 << 10;

/// What is wrong with a packed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// It is no Zstandard, or it ends too early.
    Packing,
    /// A frame does not have its checksum.
    Checksum,
    /// It is no UTF-8.
    Text,
    /// It unpacks to more than may be.
    TooLarge(u64),
    /// It holds more objects than may be.
    TooMany(usize),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packing => f.write_str("it cannot be unpacked to its end"),
            Self::Checksum => f.write_str("what it unpacks to is not what was packed"),
            Self::Text => f.write_str("what it unpacks to is no text"),
            Self::TooLarge(limit) => write!(f, "it unpacks to more than {} MiB", limit >> 20),
            Self::TooMany(limit) => write!(f, "it says that it holds more than {limit} objects"),
        }
    }
}

/// The lines of a packed text, many at a time.
pub(super) struct Chunks<'b> {
    packed: &'b [u8],
    frame: Option<Frame<'b>>,
    /// What is unpacked and not given yet.
    text: Vec<u8>,
    /// Bytes of it from the start in which no line ends.
    endless: usize,
    /// Bytes that were unpacked in all.
    unpacked: u64,
    damage: Option<Damage>,
}

type Frame<'b> = Box<StreamingDecoder<&'b [u8], ruzstd::decoding::FrameDecoder>>;

impl<'b> Chunks<'b> {
    pub(super) fn of(packed: &'b [u8]) -> Self {
        Self { packed, frame: None, text: Vec::new(), endless: 0, unpacked: 0, damage: None }
    }

    /// What ended the text before its end.
    pub(super) fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// The first line.
    pub(super) fn first_line(&mut self) -> Result<String, Damage> {
        loop {
            let new = self.text.get(self.endless..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', new) {
                let line = self.take(self.endless + at + 1);
                self.endless = 0;
                return line;
            }
            self.endless = self.text.len();
            if !self.step()? {
                return Err(Damage::Packing);
            }
        }
    }

    /// Unpacks a little more; `false` when there is no more.
    fn step(&mut self) -> Result<bool, Damage> {
        loop {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None if self.packed.is_empty() => return Ok(false),
                None => {
                    // A frame may ask for 100 MB to be kept of it, and no more (`DEFAULT_MAX_WINDOW_SIZE`).
                    Box::new(StreamingDecoder::new(self.packed).map_err(|_| Damage::Packing)?)
                }
            };
            let before = self.text.len();
            let step = frame.by_ref().take(STEP as u64).read_to_end(&mut self.text);
            step.map_err(|_| Damage::Packing)?;
            let more = self.text.len() - before;
            self.unpacked = self.unpacked.saturating_add(more as u64);
            if self.unpacked > MOST_TEXT || self.text.len() > LONGEST_LINE {
                let limit = if self.unpacked > MOST_TEXT { MOST_TEXT } else { LONGEST_LINE as u64 };
                return Err(Damage::TooLarge(limit));
            }
            if more > 0 {
                self.frame = Some(frame);
                return Ok(true);
            }
            let (rest, decoder) = frame.into_parts();
            let written = decoder.get_checksum_from_data();
            if written.is_some() && written != decoder.get_calculated_checksum() {
                return Err(Damage::Checksum);
            }
            self.packed = rest;
        }
    }

    /// The next lines: as many as are decoded at once.
    fn lines(&mut self) -> Result<Option<String>, Damage> {
        loop {
            if self.text.len() >= CHUNK {
                let new = self.text.get(self.endless..).unwrap_or_default();
                if let Some(at) = memchr::memrchr(b'\n', new) {
                    let lines = self.take(self.endless + at + 1);
                    self.endless = self.text.len();
                    return lines.map(Some);
                }
                self.endless = self.text.len();
            }
            if !self.step()? {
                return if self.text.is_empty() { Ok(None) } else { self.take(self.text.len()).map(Some) };
            }
        }
    }

    fn take(&mut self, bytes: usize) -> Result<String, Damage> {
        let rest = self.text.split_off(bytes.min(self.text.len()));
        let taken = std::mem::replace(&mut self.text, rest);
        String::from_utf8(taken).map_err(|_| Damage::Text)
    }
}

impl Iterator for Chunks<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.damage.is_some() {
            return None;
        }
        self.lines().unwrap_or_else(|damage| {
            self.damage = Some(damage);
            None
        })
    }
}
