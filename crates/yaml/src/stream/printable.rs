//! Characters that YAML does not allow, and how far go-yaml v2 reads before it notices (`readerc.go`).

use crate::problem::{Fault, ProblemKind};
use crate::span::Span;

/// The place of the first character in `text` that YAML does not allow.
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut done = 0;
    for block in bytes.chunks(64) {
        // Without branches, so that the compiler can use vectors.
        let suspicious = block.iter().fold(false, |found, byte| found | is_suspicious(*byte));
        if suspicious {
            let found = block.iter().enumerate().find(|(at, byte)| {
                is_suspicious(**byte) && is_forbidden(bytes.get(done + at..).unwrap_or_default())
            });
            if let Some((at, _)) = found {
                return Some(done + at);
            }
        }
        done += block.len();
    }
    None
}

#[inline]
fn is_suspicious(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\n') & (byte != b'\t') & (byte != b'\r')
        | (byte == 0x7F)
        | (byte == 0xC2)
        | (byte == 0xEF)
}

/// Control characters other than tab, line feed, carriage return and NEL; U+FFFE and U+FFFF.
fn is_forbidden(bytes: &[u8]) -> bool {
    match bytes {
        [b'\t' | b'\n' | b'\r', ..] => false,
        [0x00..=0x1F | 0x7F, ..] => true,
        [0xC2, second, ..] => (0x80..0xA0).contains(second) && *second != 0x85,
        [0xEF, 0xBF, 0xBE | 0xBF, ..] => true,
        _ => false,
    }
}

/// Whether go-yaml had read the character at `forbidden` when it had looked at all before `seen`: it reads blocks of 512
/// bytes. `text` is a document, in which CR LF counts as LF as kubectl's line reader makes it.
pub(super) fn was_read(text: &str, seen: usize, forbidden: usize) -> bool {
    const BLOCK: usize = 512;
    let shrunk = |end: usize| {
        end - memchr::memmem::find_iter(text.as_bytes().get(..end).unwrap_or_default(), b"\r\n").count()
    };
    let (seen, forbidden) = (shrunk(seen.min(text.len())), shrunk(forbidden));
    let mut decoded = 0;
    let normal = text.replace("\r\n", "\n");
    while decoded < seen {
        // A character that does not fit into the block waits for the next.
        decoded = normal.floor_char_boundary((decoded + BLOCK).min(normal.len())).max(decoded + 1);
    }
    forbidden < decoded
}

pub(super) fn fault(at: usize, text: &str) -> Fault {
    let length = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    let message = if text.get(at..).is_some_and(|rest| rest.starts_with(char::REPLACEMENT_CHARACTER)) {
        "bytes that are not UTF-8"
    } else {
        "a control character, which YAML does not allow"
    };
    Fault::new(ProblemKind::Encoding(message), Span::of(at, at + length))
}
