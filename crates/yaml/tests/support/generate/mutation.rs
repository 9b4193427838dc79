//! Changes to a text that make most of them wrong, and the encodings of files.

use super::Random;

pub(super) fn mutate(text: &mut String, random: &mut Random) {
    let boundary = |text: &str, at: usize| text.floor_char_boundary(at);
    let length = text.len();
    let at = boundary(text, random.below(length + 1));
    match random.below(8) {
        0..3 => text.insert_str(at, random.pick(INSERTS)),
        3 => {
            let end = boundary(text, (at + 1 + random.below(4)).min(length)).max(at);
            text.replace_range(at..end, "");
        }
        4 => {
            let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
            if lines.len() > 1 {
                let (left, right) = (random.below(lines.len()), random.below(lines.len()));
                lines.swap(left, right);
            }
            *text = lines.concat();
        }
        5 => {
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            if !lines.is_empty() {
                let line = random.below(lines.len());
                if random.chance(50) {
                    lines[line].insert(0, ' ');
                } else if lines[line].starts_with(' ') {
                    lines[line].remove(0);
                } else {
                    let copy = lines[line].clone();
                    lines.insert(line, copy);
                }
            }
            *text = lines.concat();
        }
        6 => text.truncate(at),
        _ => {
            let end = boundary(text, (at + 8).min(length)).max(at);
            let piece = text[at..end].to_owned();
            let to = boundary(text, random.below(length + 1));
            text.insert_str(to, &piece);
        }
    }
}

pub(super) fn encode(text: String, random: &mut Random) -> Vec<u8> {
    match random.below(40) {
        0 => ["\u{feff}", &text].concat().into_bytes(),
        1 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        3..6 => text.replace('\n', "\r\n").into_bytes(),
        6 => text.replace('\n', "\r").into_bytes(),
        7 => {
            let mut bytes = text.into_bytes();
            if !bytes.is_empty() {
                let at = random.below(bytes.len());
                bytes[at] = [0xFF, 0xC3, 0x80, 0x00, 0x07, 0xED, 0x7F][random.below(7)];
            }
            bytes
        }
        8 => text.trim_end().to_owned().into_bytes(),
        _ => text.into_bytes(),
    }
}

const INSERTS: &[&str] = &[
    " ", "  ", "\n", "\t", ":", ": ", "-", "- ", "?", "? ", ",", "[", "]", "{", "}", "#", " #", "&a", "*a",
    "!", "!!str ", "|", ">", "'", "\"", "%", "@", "\\", "---\n", "...\n", "\r", "\r\n", "<<: ", "\u{feff}",
    "\u{85}", "\u{2028}", "\n\n", "0", "é", "\n ", "\n\t", "\u{7f}", "=",
];
