//! Whether an identity of a mesh is one that a rule names.
//!
//! Sources: pilot/pkg/security/authz/model/generator.go and pilot/pkg/security/authz/matcher/string.go for sidecars,
//! `stringToMatch` of pilot/pkg/serviceregistry/ambient/authorization.go for ztunnel; Linkerd's reference of authorization policy.

use crate::doubt::Doubt;
use crate::matching::Match;
use crate::mesh::MeshDoubt;

/// Who somebody is to a mesh: a service account of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub namespace: String,
    pub account: String,
}

/// The trust domain, unless the mesh's configuration says another one. In rules it means the mesh's own, whichever that is
/// (`ReplaceTrustDomainAliases` of pilot/pkg/security/trustdomain/trust-domain.go).
const DOMAIN: &str = "cluster.local";

impl Identity {
    /// `/ns/shop/sa/web`
    fn tail(&self) -> String {
        format!("/ns/{}/sa/{}", self.namespace, self.account)
    }

    /// Whether it is a principal of Istio: `cluster.local/ns/shop/sa/web`, with a `*` at one end; `*` is anybody who has one.
    pub fn is_principal(&self, value: &str, object: usize) -> Match {
        let tail = self.tail();
        let own = format!("{DOMAIN}{tail}");
        let other_domain = Match::Maybe(Doubt::Mesh(MeshDoubt::TrustDomain(object)));
        if value == "*" {
            return Match::Yes;
        }
        if let Some(end) = value.strip_prefix('*') {
            return match (own.ends_with(end), end.ends_with(&tail)) {
                (true, _) => Match::Yes,
                (false, true) => other_domain,
                (false, false) => Match::No,
            };
        }
        let (text, is_start) = value.strip_suffix('*').map_or((value, false), |start| (start, true));
        let is_it = |known: &str, text: &str| if is_start { known.starts_with(text) } else { known == text };
        if is_it(&own, text) {
            return Match::Yes;
        }
        let may_be = match text.find('/') {
            Some(at) => {
                let (domain, rest) = (text.get(..at), text.get(at..).unwrap_or_default());
                domain != Some(DOMAIN) && is_it(&tail, rest)
            }
            // The beginning of a domain.
            None => is_start,
        };
        if may_be { other_domain } else { Match::No }
    }

    /// Whether it is of a namespace as sidecars read it, where `*` stands for anything, slashes too:
    /// `.*/ns/VALUE/.*`.
    pub fn is_in_as_sidecar(&self, value: &str) -> bool {
        let own = format!("spiffe://{DOMAIN}{}", self.tail());
        glob(&format!("*/ns/{value}/*"), &own)
    }

    /// Whether it is of a namespace as ztunnel reads it, with a `*` at one end.
    pub fn is_in_as_ztunnel(&self, value: &str) -> bool {
        let own = self.namespace.as_str();
        match (value.strip_prefix('*'), value.strip_suffix('*')) {
            (Some(end), _) => own.ends_with(end),
            (None, Some(start)) => own.starts_with(start),
            (None, None) => own == value,
        }
    }

    /// Whether it is a service account: `shop/web`, or `web` of the policy's namespace.
    pub fn is_account(&self, value: &str, own: &str) -> bool {
        let (namespace, account) = value.split_once('/').unwrap_or((own, value));
        self.namespace == namespace && self.account == account
    }

    /// Whether it is of a trust domain of Istio.
    pub fn is_of_domain(&self, value: &str, object: usize) -> Match {
        match value {
            "*" | DOMAIN => Match::Yes,
            _ => Match::Maybe(Doubt::Mesh(MeshDoubt::TrustDomain(object))),
        }
    }

    /// Whether it is an identity of Linkerd: `web.shop.serviceaccount.identity.linkerd.cluster.local`, with a `*` at its beginning; `*` is
    /// anybody who has one.
    pub fn is_named(&self, value: &str, object: usize) -> Match {
        const AT: &str = ".serviceaccount.identity.";
        let head = format!("{}.{}{AT}", self.account, self.namespace);
        let own = format!("{head}linkerd.{DOMAIN}");
        let elsewhere = Match::Maybe(Doubt::Mesh(MeshDoubt::TrustDomain(object)));
        let is_end = value.strip_prefix('*');
        let is_it = match is_end {
            Some("") => return Match::Yes,
            Some(end) => own.ends_with(end),
            None => own == value,
        };
        if is_it {
            return Match::Yes;
        }
        // Up to where the mesh is installed.
        let known = value.find(AT).and_then(|at| value.get(..at + AT.len()));
        let may_be = match (is_end, known) {
            (Some(_), Some(known)) => known.strip_prefix('*').is_some_and(|end| head.ends_with(end)),
            (None, Some(known)) => known == head,
            (Some(_), None) => true,
            (None, None) => false,
        };
        if may_be { elsewhere } else { Match::No }
    }
}

/// Whether a text is what a pattern says, in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Identity, glob};
    use crate::doubt::Doubt;
    use crate::matching::Match;
    use crate::mesh::MeshDoubt;

    const ELSEWHERE: Match = Match::Maybe(Doubt::Mesh(MeshDoubt::TrustDomain(7)));

    fn web() -> Identity {
        Identity { namespace: "shop".to_owned(), account: "web".to_owned() }
    }

    #[test]
    fn principals_of_istio() {
        for (value, expected) in [
            ("*", Match::Yes),
            ("cluster.local/ns/shop/sa/web", Match::Yes),
            ("cluster.local/ns/shop/sa/we", Match::No),
            ("cluster.local/ns/shop/*", Match::Yes),
            ("cluster.local/*", Match::Yes),
            ("cluster.loc*", Match::Yes),
            ("*/ns/shop/sa/web", Match::Yes),
            ("*web", Match::Yes),
            ("*web2", Match::No),
            ("mine.example/ns/shop/sa/web", ELSEWHERE),
            ("mine.example/ns/shop/*", ELSEWHERE),
            ("mine.example/ns/other/*", Match::No),
            ("mine*", ELSEWHERE),
            ("*example/ns/shop/sa/web", ELSEWHERE),
            ("spiffe://cluster.local/ns/shop/sa/web", Match::No),
            ("", Match::No),
        ] {
            assert_eq!(web().is_principal(value, 7), expected, "{value}");
        }
    }

    #[test]
    fn namespaces_and_accounts_of_istio() {
        for (value, sidecar, ztunnel) in [
            ("shop", true, true),
            ("sho", false, false),
            ("sh*", true, true),
            ("*op", true, true),
            ("s*p", true, false),
            ("*", true, true),
        ] {
            let own = web();
            assert_eq!(
                (own.is_in_as_sidecar(value), own.is_in_as_ztunnel(value)),
                (sidecar, ztunnel),
                "{value}"
            );
        }
        assert!(web().is_account("shop/web", "other") && web().is_account("web", "shop"));
        assert!(!web().is_account("web", "other") && !web().is_account("shop/*", "shop"));
    }

    #[test]
    fn identities_of_linkerd() {
        for (value, expected) in [
            ("*", Match::Yes),
            ("web.shop.serviceaccount.identity.linkerd.cluster.local", Match::Yes),
            ("api.shop.serviceaccount.identity.linkerd.cluster.local", Match::No),
            ("*.shop.serviceaccount.identity.linkerd.cluster.local", Match::Yes),
            ("*.other.serviceaccount.identity.linkerd.cluster.local", Match::No),
            ("web.shop.serviceaccount.identity.mesh.example.org", ELSEWHERE),
            ("*.shop.serviceaccount.identity.mesh.example.org", ELSEWHERE),
            ("*.cluster.local", Match::Yes),
            ("*.example.org", ELSEWHERE),
        ] {
            assert_eq!(web().is_named(value, 7), expected, "{value}");
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("*", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*b*", "abc", true),
            ("a*b*b", "ab", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
