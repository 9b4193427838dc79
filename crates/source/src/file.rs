//! Reading one file, without trust in what it is.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It is a folder, pipe, socket or device.
    NotAFile(&'static str),
    /// It is larger than may be.
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// The system says no.
    Io(io::Error),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads a regular file of at most `limit` bytes. Never waits for another process: a pipe without a writer is an error,
/// not a halt.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let file = open_without_waiting(path)?;
    // Asked of what was opened, not of the path, which may be another file by now.
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile(kind(metadata.file_type())));
    }
    if metadata.len() > limit {
        return Err(Unreadable::TooLarge { limit });
    }
    read_stream(&file, Some(&metadata), limit)
}

/// Reads a stream of at most `limit` bytes to its end.
pub(crate) fn read_stream(
    reader: impl Read,
    metadata: Option<&Metadata>,
    limit: u64,
) -> Result<Vec<u8>, Unreadable> {
    let size = metadata.map_or(0, Metadata::len).min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(size.saturating_add(1)).unwrap_or_default());
    // A file may grow while it is read, and files of /proc say that they are empty.
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Unreadable::TooLarge { limit });
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    // The bits of open(2) fit the C `int` that the standard library wants.
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// What something is that is not a file, with its article.
pub(crate) fn kind(file_type: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return "a named pipe";
        }
        if file_type.is_socket() {
            return "a socket";
        }
        if file_type.is_block_device() || file_type.is_char_device() {
            return "a device";
        }
    }
    if file_type.is_dir() { "a folder" } else { "something else" }
}
