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
    let short = text.len() <= 256;
    let between = |open: &str, close: &str| {
        text.find(open).is_some_and(|at| text.get(at..).is_some_and(|rest| rest.contains(close)))
    };
    let whole = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    let masked =
        text.len() >= 3 && text.bytes().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_'));
    let placeholder = short
        && (is_request(text)
            || between("${", "}")
            || between("{{", "}}")
            || whole('<', '>')
            || whole('[', ']')
            || masked)
        || is_shell_variable(text);
    placeholder.then_some(Look::Placeholder)
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
