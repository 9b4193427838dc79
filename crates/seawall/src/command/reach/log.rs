//! Logs of flows, line by line.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use seawall_netpol::LONGEST_FLOW;

/// A log that is read.
pub(super) struct Log {
    from: Box<dyn BufRead>,
    bytes: Vec<u8>,
    /// The number of the line at hand, from 1.
    pub number: u64,
}

impl Log {
    /// One of a file, or of `stdin` where the path is `-`.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(super) fn open<R: Read + 'static>(path: &Path, stdin: impl FnOnce() -> R) -> io::Result<Self> {
        let from: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(BufReader::new(stdin()))
        } else {
            Box::new(BufReader::with_capacity(1 << 16, File::open(path)?))
        };
        Ok(Self { from, bytes: Vec::new(), number: 0 })
    }

    /// Goes to the next line that is not empty; whether there is one. Of one that is too long as much is kept as is too much.
    ///
    /// # Errors
    /// It cannot be read any further.
    pub(super) fn next(&mut self) -> io::Result<bool> {
        while self.read()? {
            self.number += 1;
            if !self.bytes.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The line at hand.
    pub(super) fn line(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes.trim_ascii())
    }

    fn read(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let longest = LONGEST_FLOW as u64 + 2;
        if self.from.by_ref().take(longest).read_until(b'\n', &mut self.bytes)? == 0 {
            return Ok(false);
        }
        if self.bytes.len() as u64 == longest && !self.bytes.ends_with(b"\n") {
            // The rest of it belongs to the same line.
            loop {
                let buffer = self.from.fill_buf()?;
                let end = buffer.iter().position(|byte| *byte == b'\n');
                let length = end.map_or(buffer.len(), |end| end + 1);
                self.from.consume(length);
                if end.is_some() || length == 0 {
                    break;
                }
            }
        }
        Ok(true)
    }
}
