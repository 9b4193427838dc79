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

mod arguments;
mod assignment;
mod code;
mod encoding;
mod format;
mod judged;
mod key;
mod name;
mod placeholder;
mod random;

pub use arguments::{Argument, judge_arguments};
pub use encoding::decode_base64;
pub use judged::{CredentialKind, Judged, Length, Look};
pub use key::{JudgedKey, judge_key};
pub use name::is_credential_name;

/// Judges one value; `name` is what it is called (an environment variable, a key, a flag): a word that is nothing in
/// `LOG_LEVEL` is a password in `DB_PASSWORD`. What is assigned to other names in it counts too: `-Ddb.password=…`.
pub fn judge(name: &str, value: &str) -> Judged {
    let length = Length::of(value.len());
    let text = value.trim();
    let look = if text.is_empty() {
        Look::Empty
    } else if let Some(kind) = format::find(text) {
        Look::Credential(kind)
    } else if let Some(look) = assigned(text) {
        look
    } else if let Some(look) = placeholder::find(text) {
        look
    } else {
        by_name(name, text).unwrap_or(Look::Ordinary)
    };
    Judged { look, length }
}

/// Judges a text that may be a file: a key of a ConfigMap or of a Secret.
pub fn judge_text(name: &str, text: &str) -> Judged {
    // `password.txt` is a file with a password in it, `password-policy.yaml` is none.
    let stem = name.strip_suffix(".txt").unwrap_or(name);
    judge(stem, text)
}

/// The first credential that is assigned to a name in `text`.
fn assigned(text: &str) -> Option<Look> {
    assignment::all(text, name::place, name::may_be_one).find_map(|found| by_name(found.name, found.value))
}

/// What a value is by its name alone.
fn by_name(name: &str, value: &str) -> Option<Look> {
    let text = value.trim();
    if text.is_empty() {
        return None;
    }
    let is_auth = name.trim_start_matches(['_', '-']).eq_ignore_ascii_case("auth");
    if is_auth && format::is_user_and_password(text) {
        return Some(Look::Credential(CredentialKind::Authorization));
    }
    let named = name::named(name)?;
    if placeholder::find(text).is_some() || !name::is_credential(named, text) {
        return None;
    }
    Some(Look::Credential(if name::is_weak(text) {
        CredentialKind::WeakPassword
    } else {
        CredentialKind::Named
    }))
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

#[cfg(test)]
mod recall;
#[cfg(test)]
mod tests;
