//! Names of ports.

/// Why the API server refuses a name of a port of a container, or of one that a policy or a probe means; `None` when it takes it
/// (`IsValidPortName` of k8s.io/apimachinery pkg/util/validation/validation.go v0.36.3).
pub fn refused_port_name(name: &str) -> Option<&'static str> {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() > 15 {
        Some("it has more than 15 characters")
    } else if !name.bytes().all(is_known) {
        Some("it has other characters than `a` to `z`, `0` to `9` and `-`")
    } else if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Some("it has no letter")
    } else if name.contains("--") || name.starts_with('-') || name.ends_with('-') {
        Some("it has a hyphen where none can be")
    } else {
        None
    }
}
