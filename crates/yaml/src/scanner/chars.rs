//! Character classes of YAML 1.1 as go-yaml v2 has them (`yamlprivateh.go`).

const BLANK: u8 = 1;
/// A byte that is, or may be the first byte of, a line break; and the end of input.
const BREAK: u8 = 2;
/// Letters, digits, `_` and `-`: directive names, anchors, tag handles.
const WORD: u8 = 4;
/// Bytes of a tag URI besides the word bytes.
const URI: u8 = 8;
/// Bytes that end a plain scalar in flow context.
const FLOW: u8 = 16;
/// Bytes that a plain scalar may run over without looking: neither blank nor break nor `:` nor `#` nor flow indicator.
const PLAIN: u8 = 32;
/// Bytes that a plain scalar cannot start with, or only when what follows allows it.
const INDICATOR: u8 = 64;

const CLASS: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "evaluated when compiling")]
const fn classes() -> [u8; 256] {
    let mut table = [PLAIN; 256];
    let sets: [(&[u8], u8); 7] = [
        (b" \t", BLANK),
        (b"\0\r\n\xC2\xE2", BREAK),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", WORD | URI),
        (b";/?:@&=+$,.!~*'()[]%", URI),
        (b",?[]{}", FLOW),
        (b"-?:,[]{}#&*!|>'\"%@`", INDICATOR),
        (b" \t\0\r\n\xC2\xE2,?[]{}:#", 0),
    ];
    let mut set = 0;
    while set < sets.len() {
        let (bytes, class) = sets[set];
        let mut index = 0;
        while index < bytes.len() {
            let byte = bytes[index] as usize;
            if class == 0 {
                table[byte] &= !PLAIN;
            } else {
                table[byte] |= class;
            }
            index += 1;
        }
        set += 1;
    }
    table
}

#[inline]
fn has(byte: u8, class: u8) -> bool {
    CLASS.get(byte as usize).is_some_and(|classes| classes & class != 0)
}

#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    has(byte, BLANK)
}

#[inline]
pub(super) fn may_break(byte: u8) -> bool {
    has(byte, BREAK)
}

#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    has(byte, WORD)
}

#[inline]
pub(super) fn is_uri(byte: u8) -> bool {
    has(byte, URI)
}

#[inline]
pub(super) fn is_flow_indicator(byte: u8) -> bool {
    has(byte, FLOW)
}

#[inline]
pub(super) fn is_surely_plain(byte: u8) -> bool {
    has(byte, PLAIN)
}

#[inline]
pub(super) fn is_indicator(byte: u8) -> bool {
    has(byte, INDICATOR)
}

/// The value of a hexadecimal digit.
#[inline]
pub(super) fn hex(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}
