//! Text from outside, made safe to show.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` on one line without anything that moves a cursor, colours, hides or reorders: such characters are shown as `\u{1b}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    text.chars().for_each(|character| push_plain(&mut safe, character));
    Cow::Owned(safe)
}

/// Whether every character of `text` merely appears.
pub(crate) fn is_plain(text: &str) -> bool {
    // Most texts are ASCII, and bytes are quick to look at.
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(is_unsafe)
}

/// Appends `character` as [`plain`] shows it.
pub(crate) fn push_plain(to: &mut String, character: char) {
    match character {
        ' '..='~' => to.push(character),
        '\t' => to.push_str("    "),
        '\n' | '\r' => to.push(' '),
        character if is_unsafe(character) => {
            // Writing to a string cannot fail.
            let _ = write!(to, "\\u{{{:x}}}", u32::from(character));
        }
        character => to.push(character),
    }
}

/// Whether `character` does something else than appear: the controls of ASCII and of ISO 6429 (a terminal takes U+009B for the
/// start of an escape sequence), marks that reorder text (CVE-2021-42574), separators of lines, and characters without width.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_reaches_a_terminal_but_text() {
        let table = [
            ("web", "web"),
            ("größe 日本 🚀", "größe 日本 🚀"),
            ("a\u{1b}[31mred", "a\\u{1b}[31mred"),
            ("a\u{9b}31m", "a\\u{9b}31m"),
            ("bell\u{7}", "bell\\u{7}"),
            ("link\u{1b}]8;;http://evil\u{1b}\\", "link\\u{1b}]8;;http://evil\\u{1b}\\"),
            ("one\ntwo\r", "one two "),
            ("a\tb", "a    b"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("ad\u{200b}min", "ad\\u{200b}min"),
            ("del\u{7f}", "del\\u{7f}"),
        ];
        for (from, to) in table {
            assert_eq!(plain(from), to);
        }
    }
}
