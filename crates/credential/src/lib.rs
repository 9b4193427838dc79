//! What a value looks like, judged once where it is read, so that the value itself need not be kept.
//!
//! ```
//! use seawall_credential::{CredentialKind, Look, judge};
//!
//! let judged = judge("DATABASE_URL", "postgres://shop:Xk39vQ2nL@db.shop/orders");
//! assert_eq!(judged.look, Look::Credential(CredentialKind::UrlPassword));
//! assert_eq!(judge("LOG_LEVEL", "debug").look, Look::Ordinary);
//! assert_eq!(judge("PASSWORD", "$(DB_PASSWORD)").look, Look::Reference);
//! ```
//!
//! Everything here is linear in the length of the value and keeps nothing of it.

mod encoding;
mod format;
mod judged;
mod key;
mod name;
mod placeholder;

pub use encoding::decode_base64;
pub use judged::{CredentialKind, Judged, Length, Look};
pub use key::{Digest, JudgedKey, judge_key};
pub use name::is_credential_name;

/// Judges one value; `name` is what it is called (an environment variable, a key, a flag): a word that is nothing in
/// `LOG_LEVEL` is a password in `DB_PASSWORD`.
pub fn judge(name: &str, value: &str) -> Judged {
    let length = Length::of(value.len());
    let text = value.trim();
    let look = if text.is_empty() {
        Look::Empty
    } else if let Some(kind) = format::find(text) {
        Look::Credential(kind)
    } else if let Some(look) = placeholder::find(text) {
        look
    } else {
        by_name(name, text).unwrap_or(Look::Ordinary)
    };
    Judged { look, length }
}

/// Judges a text that may be a file: a key of a ConfigMap or of a Secret. The whole is judged as a value of `name`, and when
/// that is nothing, each of its lines as `key=value` or `key: value`; the first credential counts.
pub fn judge_text(name: &str, text: &str) -> Judged {
    let whole = judge(name, text);
    if whole.is_credential() || !text.contains('\n') {
        return whole;
    }
    // What has a form of its own was found in the whole.
    let of_lines = text.lines().filter_map(assignment).map(|(name, value)| by_name(name, value));
    match of_lines.into_iter().find(Option::is_some).flatten() {
        Some(look) => Judged { look, ..whole },
        None => whole,
    }
}

/// What a value is by its name alone.
fn by_name(name: &str, value: &str) -> Option<Look> {
    let text = value.trim();
    let is_password = !text.is_empty()
        && placeholder::find(text).is_none()
        && is_credential_name(name)
        && name::could_be_a_password(text);
    is_password.then(|| {
        Look::Credential(if name::is_weak(text) {
            CredentialKind::WeakPassword
        } else {
            CredentialKind::Named
        })
    })
}

/// Judges what stands in base64, as in `data` of a Secret. What is not base64 is [`Look::Undecodable`], and what decodes to
/// something else than text is [`Look::Binary`], unless its name says what it is.
pub fn judge_base64(name: &str, encoded: &str) -> Judged {
    let length = Length::of(encoded.len());
    if let Some(look) = placeholder::find(encoded.trim()) {
        return Judged { look, length };
    }
    match decode_base64(encoded) {
        None => Judged { look: Look::Undecodable, length },
        Some(bytes) => match str::from_utf8(&bytes) {
            Ok(text) => judge_text(name, text),
            Err(_) => Judged { look: Look::Binary, length: Length::of(bytes.len()) },
        },
    }
}

/// What is longer before a `=` or `:` is no name.
const LONGEST_NAME: usize = 80;

/// `key=value` or `key: value`, without the quotes around the value.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return None;
    }
    let at = line.find(['=', ':'])?;
    let (name, rest) = line.split_at_checked(at)?;
    if name.len() > LONGEST_NAME {
        return None;
    }
    let value = rest.get(1..)?.trim().trim_end_matches(',');
    let unquoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let value = unquoted('"').or_else(|| unquoted('\'')).unwrap_or(value);
    Some((name.trim().trim_matches(['"', '\'']), value))
}

#[cfg(test)]
mod tests;
