//! Values that stand for others.

use crate::judged::Look;

/// How values begin that say where the real one is.
const REFERENCES: &[&str] =
    &["$(", "vault:", "ref+", "secretKeyRef:", "op://", "awssm:", "gcpsm:", "azurekv:"];

/// What a value stands for, when it is no value itself.
pub(crate) fn find(text: &str) -> Option<Look> {
    if text.starts_with("ENC[") {
        return Some(Look::Encrypted);
    }
    // `<path:secret/data/shop#password>` is how argocd-vault-plugin names a value.
    if REFERENCES.iter().any(|start| text.starts_with(start)) || text.starts_with("<path:") {
        return Some(Look::Reference);
    }
    // What is longer is a text in which something is left open.
    let placeholder = text.len() <= 256 && (is_request(text) || is_open(text) || is_masked(text));
    (placeholder || is_shell_variable(text)).then_some(Look::Placeholder)
}

/// `${PASSWORD}`, `{{ password }}`, `<password>`, `[password]`.
fn is_open(text: &str) -> bool {
    let between =
        |open: &str, close: &str| text.split_once(open).is_some_and(|(_, rest)| rest.contains(close));
    let has_brace = memchr::memchr(b'{', text.as_bytes()).is_some();
    has_brace && (between("${", "}") || between("{{", "}}"))
        || text.starts_with('<') && text.ends_with('>')
        || text.starts_with('[') && text.ends_with(']')
}

/// `********`, `xxx`.
fn is_masked(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_'))
}

/// `$PASSWORD`.
fn is_shell_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Words that ask for a value in its place: `your-password-here`, `REPLACE_ME`, `TODO`.
fn is_request(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "your",
        "my",
        "replace",
        "replaceme",
        "redacted",
        "placeholder",
        "insert",
        "dummy",
        "fake",
        "todo",
        "tbd",
        "fixme",
        "sample",
        "enter",
        "here",
        "masked",
        "censored",
        "omitted",
    ];
    text.len() <= 64
        && text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| WORDS.iter().any(|request| word.eq_ignore_ascii_case(request)))
}
