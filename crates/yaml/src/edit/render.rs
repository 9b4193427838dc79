//! Values → text.

use super::layout::Layout;
use super::value::EditValue;
use crate::parser::Tag;
use crate::scalar::{Scalar, resolve};
use crate::scanner::Style;

impl Layout<'_> {
    /// A value in one line: a scalar, or a collection in flow style. `style`: how a string is quoted if it can be.
    pub(super) fn inline(&self, value: &EditValue, style: Style, in_flow: bool) -> String {
        match value {
            EditValue::Null => "null".to_owned(),
            EditValue::Bool(value) => value.to_string(),
            EditValue::Int(value) => value.to_string(),
            EditValue::Float(value) => format!("{value:?}"),
            EditValue::Str(text) => self.string(text, style, in_flow),
            EditValue::Seq(items) => {
                let items: Vec<_> = items.iter().map(|item| self.inline(item, Style::Plain, true)).collect();
                format!("[{}]", items.join(", "))
            }
            EditValue::Map(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| self.flow_entry(key, value)).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// An entry of a mapping in flow style.
    pub(super) fn flow_entry(&self, key: &str, value: &EditValue) -> String {
        format!("{}: {}", self.string(key, Style::Plain, true), self.inline(value, Style::Plain, true))
    }

    /// A collection as lines in block style, the first without its indentation.
    pub(super) fn block(&self, value: &EditValue, indent: usize) -> String {
        let lines: Vec<String> = match value {
            EditValue::Map(entries) if !entries.is_empty() => {
                entries.iter().map(|(key, value)| self.block_entry(key, value, indent)).collect()
            }
            EditValue::Seq(items) if !items.is_empty() => {
                items.iter().map(|item| format!("- {}", self.block(item, indent + 2))).collect()
            }
            scalar => return self.inline(scalar, Style::Plain, false),
        };
        lines.join(&format!("{}{}", self.line_ending, " ".repeat(indent)))
    }

    /// An entry of a mapping as lines in block style, the first without its indentation.
    pub(super) fn block_entry(&self, key: &str, value: &EditValue, indent: usize) -> String {
        let key = self.string(key, Style::Plain, false);
        if value.is_inline() {
            return format!("{key}: {}", self.inline(value, Style::Plain, false));
        }
        let below = self.below(value, indent);
        format!("{key}:{}{}{}", self.line_ending, " ".repeat(below), self.block(value, below))
    }

    /// The column of a collection below a key at `indent`.
    pub(super) fn below(&self, value: &EditValue, indent: usize) -> usize {
        match value {
            EditValue::Seq(_) => indent + self.sequence_step,
            _ => indent + self.step,
        }
    }

    fn string(&self, text: &str, style: Style, in_flow: bool) -> String {
        if self.json {
            return double_quoted(text, true);
        }
        match style {
            Style::SingleQuoted if text.chars().all(is_printable) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            Style::DoubleQuoted => double_quoted(text, false),
            _ if is_plain(text, in_flow) => text.to_owned(),
            _ => double_quoted(text, false),
        }
    }
}

/// Whether a string can be written without quotes, for this reader and for others.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let starts_well = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'.'));
    let ends_well = text.bytes().next_back().is_some_and(|byte| !matches!(byte, b' ' | b':'));
    let is_plain_byte = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'_' | b'.' | b'-' | b'@' | b'+' | b'=')
            || !in_flow && matches!(byte, b' ' | b',' | b':' | b'(' | b')')
    };
    starts_well
        && ends_well
        && text.bytes().all(is_plain_byte)
        && !text.contains(": ")
        && !text.starts_with("...")
        && resolve(text, Tag::None, true) == Ok(Scalar::Str)
        && !is_sexagesimal(text)
}

/// Numbers to other readers of YAML 1.1, such as `12:30`.
fn is_sexagesimal(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'_'))
}

fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn double_quoted(text: &str, json: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            plain if is_printable(plain) => quoted.push(plain),
            other if json || u32::from(other) <= 0xFFFF => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(other)))
            }
            other => quoted.push_str(&format!("\\U{:08x}", u32::from(other))),
        }
    }
    quoted.push('"');
    quoted
}
