//! What names may be made of. They go into paths of requests, so that others would ask for something else.

/// Whether it is a DNS label, as names of namespaces are (`IsDNS1123Label` of k8s.io/apimachinery pkg/util/validation).
pub(crate) fn is_dns_label(name: &str) -> bool {
    name.len() <= 63 && is_part(name)
}

/// Whether it is a DNS subdomain, as names of API groups are (`IsDNS1123Subdomain`).
pub(crate) fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_part)
}

fn is_part(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_change_a_path_are_none() {
        let long = "a".repeat(64);
        for (name, label, subdomain) in [
            ("a", true, true),
            ("kube-system", true, true),
            ("1", true, true),
            ("apps.k8s.io", false, true),
            ("", false, false),
            (".", false, false),
            ("..", false, false),
            ("a/b", false, false),
            ("a?b", false, false),
            ("a#b", false, false),
            ("a%2fb", false, false),
            ("A", false, false),
            ("-a", false, false),
            ("a-", false, false),
            ("a..b", false, false),
            ("ä", false, false),
            ("a\n", false, false),
            (&long, false, true),
        ] {
            assert_eq!((is_dns_label(name), is_dns_subdomain(name)), (label, subdomain), "{name:?}");
        }
    }
}
