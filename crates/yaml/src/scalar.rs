//! What a scalar means: the resolver of go-yaml v2 (`resolve.go` and `decode.go`'s `scalar` of
//! go.yaml.in/yaml/v2@v2.4.3), YAML 1.1 with Go's number syntax.

mod base64;
mod number;
mod timestamp;

use crate::parser::Tag;
pub(crate) use base64::decode as decode_base64;
pub(crate) use number::{float_key, json_number};
use number::{parse_float, parse_integer};

/// The type and value of a scalar, before the conversion to JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer beyond `i64`.
    Uint(u64),
    Float(f64),
    /// The string is the scalar's text.
    Str,
    /// The string is what the text encodes in base64.
    Binary,
}

/// The tag demands a form that the text does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch;

/// Resolves a scalar. `implicit`: it is plain and has no tag, or has the tag `!`.
#[inline]
pub(crate) fn resolve(text: &str, tag: Tag, implicit: bool) -> Result<Scalar, Mismatch> {
    match tag {
        Tag::None if !implicit => Ok(Scalar::Str),
        Tag::None => Ok(resolve_plain(text)),
        Tag::Str | Tag::NonSpecific | Tag::Merge | Tag::Other => Ok(Scalar::Str),
        Tag::Binary => Ok(Scalar::Binary),
        Tag::Timestamp => match resolve_untyped(text) {
            Scalar::Str if timestamp::is_timestamp(text) => Ok(Scalar::Str),
            _ => Err(Mismatch),
        },
        Tag::Null => match resolve_untyped(text) {
            Scalar::Null => Ok(Scalar::Null),
            _ => Err(Mismatch),
        },
        Tag::Bool => match resolve_untyped(text) {
            Scalar::Bool(value) => Ok(Scalar::Bool(value)),
            _ => Err(Mismatch),
        },
        Tag::Int => match resolve_untyped(text) {
            integer @ (Scalar::Int(_) | Scalar::Uint(_)) => Ok(integer),
            _ => Err(Mismatch),
        },
        Tag::Float => match resolve_untyped(text) {
            #[expect(clippy::cast_precision_loss, reason = "go-yaml converts so")]
            Scalar::Int(value) => Ok(Scalar::Float(value as f64)),
            float @ Scalar::Float(_) => Ok(float),
            _ => Err(Mismatch),
        },
    }
}

/// Resolves a plain scalar without a tag.
#[inline]
fn resolve_plain(text: &str) -> Scalar {
    match text.as_bytes().first() {
        None | Some(b'+' | b'-' | b'.' | b'~' | b'0'..=b'9') => resolve_untyped(text),
        // The longest word with a meaning is `false`.
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') if text.len() <= 5 => {
            word(text)
        }
        Some(_) => Scalar::Str,
    }
}

fn resolve_untyped(text: &str) -> Scalar {
    match text.as_bytes().first() {
        None => Scalar::Null,
        Some(b'.') => match word(text) {
            Scalar::Str => parse_float(text).map_or(Scalar::Str, Scalar::Float),
            special => special,
        },
        Some(b'+' | b'-' | b'0'..=b'9') => match word(text) {
            // go-yaml tries timestamps first, which become strings; none of them is a number (its hyphens see to that).
            Scalar::Str => number(text),
            special => special,
        },
        Some(_) => word(text),
    }
}

fn number(text: &str) -> Scalar {
    let without_underscores;
    let digits = if text.contains('_') {
        without_underscores = text.replace('_', "");
        without_underscores.as_str()
    } else {
        text
    };
    parse_integer(digits)
        .or_else(|| number::parse_yaml_float(digits).map(Scalar::Float))
        .or_else(|| number::parse_binary(digits))
        .unwrap_or(Scalar::Str)
}

/// The words with a meaning (`resolveMap`).
fn word(text: &str) -> Scalar {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => Scalar::Str,
    }
}
