//! Stores of secrets outside of the cluster: how they are reached, and what selects everything in them.

use seawall_credential::Look;
use seawall_inventory::judged::Parameter;

/// What an address says of the way to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Plain HTTP to another host.
    Plain,
    /// It is put in before it is used.
    Open,
    /// Nothing that is wrong.
    Fine,
}

/// The way to the address that a parameter holds.
pub(super) fn way_of(parameter: &Parameter) -> Way {
    way(parameter.text.as_deref().unwrap_or_default(), parameter.judged.look)
}

/// The way to `address`, which looks so.
pub(super) fn way(address: &str, look: Look) -> Way {
    let scheme = address.split_at_checked("http://".len());
    match scheme {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http://") => {
            if is_loopback(rest) {
                Way::Fine
            } else {
                Way::Plain
            }
        }
        _ if matches!(look, Look::Placeholder | Look::Reference) => Way::Open,
        _ => Way::Fine,
    }
}

/// Whether what stands behind `http://` is this host itself: a proxy beside, that encrypts what goes out.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(literal) => return literal.split(']').next() == Some("::1"),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = |suffix: &str| {
        let at = name.len().checked_sub(suffix.len());
        at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    (name.len() == "localhost".len() && local("localhost"))
        || local(".localhost")
        || name
            .strip_prefix("127.")
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// What Go's `strconv.ParseBool` takes for true.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

/// Whether a regular expression matches each name that there is. It need not match the whole name, as Go's `MatchString`; the
/// expressions that people write for "all" are known, others are not taken apart.
pub(super) fn matches_everything(expression: &str) -> bool {
    let begins = expression.strip_prefix('^');
    let inner = begins.unwrap_or(expression);
    let ends = inner.strip_suffix('$');
    let inner = ends.unwrap_or(inner);
    let anchored = begins.is_some() && ends.is_some();
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    match inner {
        ".*" | ".+" | ".*?" | ".+?" => true,
        "" | "." => !anchored,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use seawall_credential::judge;

    use super::*;

    #[test]
    fn plain_http_leaves_the_host() {
        for (address, expected) in [
            ("http://vault:8200", Way::Plain),
            ("HTTP://vault", Way::Plain),
            ("http://", Way::Plain),
            ("http://localhost.example", Way::Plain),
            ("http://notlocalhost", Way::Plain),
            ("http://127.example", Way::Plain),
            ("http://user@vault", Way::Plain),
            ("http://localhost@vault", Way::Plain),
            ("http://[::2]:8200", Way::Plain),
            ("http://vault/?a=@localhost", Way::Plain),
            ("http://localhost:8200/v1", Way::Fine),
            ("http://Localhost", Way::Fine),
            ("http://vault.localhost", Way::Fine),
            ("http://127.0.0.1:8200", Way::Fine),
            ("http://[::1]:8200", Way::Fine),
            ("https://vault", Way::Fine),
            ("vault.example", Way::Fine),
            ("unix:///run/vault.sock", Way::Fine),
            ("${VAULT_ADDR}", Way::Open),
            ("http://${VAULT}:8200", Way::Plain),
            ("", Way::Fine),
            ("http:/", Way::Fine),
            ("httpä://a", Way::Fine),
        ] {
            assert_eq!(way(address, judge("address", address).look), expected, "{address}");
        }
    }

    #[test]
    fn what_matches_everything_is_known() {
        for expression in
            ["", ".*", "^.*$", "^.*", ".*$", ".+", "^.+$", "(.*)", "^(.*)$", ".", "^", "$", ".*?"]
        {
            assert!(matches_everything(expression), "{expression}");
        }
        for expression in
            ["^$", "^.$", "a", "a.*", "^team-", ".*-prod$", "^(a|.*)$", "..*", "\\.*", "(", ")", "^(.)$"]
        {
            assert!(!matches_everything(expression), "{expression}");
        }
    }
}
