//! What can be the key and the value of a label.

use smol_str::SmolStr;

use super::InvalidSelector;

/// Longest name and longest value of a label, in bytes.
const LABEL_MAX: usize = 63;
/// Longest prefix: a DNS name (RFC 1123).
const SUBDOMAIN_MAX: usize = 253;

/// `IsLabelKey`: an optional DNS name and `/`, then a name.
pub(super) fn label_key(key: &str) -> Result<(), InvalidSelector> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if prefix.is_none_or(is_subdomain) && name.len() <= LABEL_MAX && is_name(name) {
        Ok(())
    } else {
        Err(InvalidSelector::Key(SmolStr::new(key)))
    }
}

/// `IsLabelValue`: empty, or like the name of a key.
pub(super) fn label_value(value: &str) -> Result<(), InvalidSelector> {
    if value.is_empty() || value.len() <= LABEL_MAX && is_name(value) {
        Ok(())
    } else {
        Err(InvalidSelector::Value(SmolStr::new(value)))
    }
}

/// `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
fn is_name(text: &str) -> bool {
    let alphanumeric = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    alphanumeric(bytes.first())
        && alphanumeric(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// `IsDNS1123Subdomain`: labels of lower-case letters, digits and inner dashes, between dots.
pub(super) fn is_subdomain(text: &str) -> bool {
    let label = |label: &str| {
        let edge = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = label.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    text.len() <= SUBDOMAIN_MAX && text.split('.').all(label)
}
