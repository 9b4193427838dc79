//! Which extras nobody may have in a constrained mode.
//!
//! Source: `validateExtra` of k8s.io/apiserver pkg/endpoints/filters/impersonation/mode.go, `IsDomainPrefixedPath` of
//! k8s.io/apimachinery pkg/util/validation/validation.go v0.36.3.

use std::collections::BTreeMap;

use seawall_inventory::selector::is_dns_subdomain;
use smol_str::SmolStr;

/// Why nobody may have these; `None` when they are as they should be.
pub(super) fn refusal(extra: &BTreeMap<SmolStr, Vec<SmolStr>>) -> Option<String> {
    extra.iter().find_map(|(key, values)| {
        if key.is_empty() {
            Some("an extra has no key".to_owned())
        } else if !is_domain_prefixed(key) {
            Some(format!("the key `{key}` of an extra is no path behind a domain"))
        } else if key.chars().any(char::is_uppercase) {
            Some(format!("the key `{key}` of an extra is not in lower case"))
        } else if values.is_empty() || values.iter().any(|value| value.is_empty()) {
            Some(format!("the extra `{key}` has no value"))
        } else {
            None
        }
    })
}

/// `acme.io/foo`
fn is_domain_prefixed(key: &str) -> bool {
    let Some((host, path)) = key.split_once('/') else { return false };
    is_dns_subdomain(host) && is_path(path)
}

/// `httpPathFmt`
fn is_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    !path.is_empty() && path.bytes().all(is_plain)
}
