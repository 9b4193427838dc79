//! Bytes → text, as kubectl's file visitor decodes (cli-runtime v0.36.3 pkg/resource/visitor.go: `BOMOverride` of
//! golang.org/x/text/encoding/unicode around its UTF-8 decoder).

use std::borrow::Cow;

/// A decoded input.
pub(super) struct Decoded<'i> {
    pub(super) text: Cow<'i, str>,
    /// Where bytes that are not UTF-8 were replaced: the first such place in `text`.
    pub(super) replaced: Option<usize>,
    /// A byte order mark said UTF-8. Then kubectl hands invalid bytes on, and go-yaml refuses them; otherwise it
    /// replaces them.
    pub(super) refuses_replaced: bool,
}

/// Decodes by the byte order mark, without one as UTF-8. What is invalid becomes U+FFFD.
pub(super) fn decode(input: &[u8]) -> Decoded<'_> {
    match input {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, true),
        _ => utf8(input, false),
    }
}

fn utf8(input: &[u8], has_mark: bool) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(input) {
        return Decoded { text: Cow::Borrowed(text), replaced: None, refuses_replaced: has_mark };
    }
    let mut text = String::with_capacity(input.len() + 16);
    let mut replaced = None;
    for chunk in input.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        replaced.get_or_insert(text.len());
        // x/text replaces a maximal invalid part as one; Go's JSON decoder, which sees the bytes after a byte order mark,
        // replaces each byte.
        let count = if has_mark { chunk.invalid().len() } else { 1 };
        text.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, count));
    }
    Decoded { text: Cow::Owned(text), replaced, refuses_replaced: has_mark }
}

fn utf16(input: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded<'static> {
    let mut text = String::with_capacity(input.len());
    let mut replaced = None;
    let mut units = input.chunks(2).map(|pair| match pair {
        [first, second] => Some(unit([*first, *second])),
        _ => None,
    });
    while let Some(first) = units.next() {
        let character = match first {
            Some(first) if is_surrogate(first) => {
                // A trailing surrogate completes the character, or is lost with the first one.
                let mut ahead = units.clone();
                match ahead.next() {
                    Some(Some(second)) if (0xDC00..=0xDFFF).contains(&second) => {
                        units = ahead;
                        char::decode_utf16([first, second]).next().and_then(Result::ok)
                    }
                    _ => None,
                }
            }
            Some(single) => char::from_u32(u32::from(single)),
            None => None,
        };
        if character.is_none() {
            replaced.get_or_insert(text.len());
        }
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Decoded { text: Cow::Owned(text), replaced, refuses_replaced: false }
}

fn is_surrogate(unit: u16) -> bool {
    (0xD800..=0xDFFF).contains(&unit)
}
