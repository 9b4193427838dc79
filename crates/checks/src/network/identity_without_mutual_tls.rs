use seawall_inventory::kinds::{AuthorizationRule, RuleSource};
use seawall_yaml::Path;

use super::mesh::is_strict;

crate::check::check! {
    /// Mesh rule that plaintext gets around
    ///
    /// ## What it finds
    /// Rules of Istio's AuthorizationPolicies that deny by an identity (`principals`, `namespaces`, `serviceAccounts`), or that allow all but some, on pods that let
    /// in what the mesh has not encrypted. Where no PeerAuthentication was read that says it, a cluster is taken to be as Istio is installed, and of files it is unknown.
    ///
    /// ## Why it matters
    /// Only what is encrypted by the mesh has an identity. Whoever connects without is none of those who are denied, and none of those who are left out of
    /// what is allowed: he gets in, and whoever is denied only has to leave his sidecar aside.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: security.istio.io/v1
    /// kind: PeerAuthentication
    /// metadata:
    ///   namespace: shop
    ///   name: default
    /// spec:
    ///   mtls:
    ///     mode: PERMISSIVE
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: not-from-test
    /// spec:
    ///   action: DENY
    ///   rules:
    ///   - from:   # <- finding
    ///     - source:
    ///         namespaces: [test]
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: others
    /// spec:
    ///   rules:
    ///   - from:   # <- finding
    ///     - source:
    ///         notNamespaces: [test]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: security.istio.io/v1
    /// kind: PeerAuthentication
    /// metadata:
    ///   namespace: istio-system
    ///   name: default
    /// spec:
    ///   mtls:
    ///     mode: STRICT
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: not-from-test
    /// spec:
    ///   action: DENY
    ///   rules:
    ///   - from:
    ///     - source:
    ///         namespaces: [test]
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: edge
    /// spec:
    ///   rules:
    ///   - from:
    ///     - source:
    ///         namespaces: [edge]
    /// ```
    /// ## How to fix
    /// Say `STRICT` in a PeerAuthentication of the namespace or of the mesh; or deny who has no identity, too: a rule with `notPrincipals: ["*"]`.
    ///
    /// ## References
    /// - istio.io/istio 1.31 pilot/pkg/security/authz/model/generator.go
    id: "SW3027",
    name: "identity-without-mutual-tls",
    severity: Medium,
    scope: Object,
    subjects: ["AuthorizationPolicy.security.istio.io"],
    reads: ["PeerAuthentication.security.istio.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(policy) = object.body.istio_authorization() else { return out.not_applicable() };
        let (is_deny, is_allow) = (policy.action == "DENY", matches!(policy.action.as_str(), "" | "ALLOW"));
        let is_gotten_around = |rule: &AuthorizationRule| {
            is_deny && by_identity(rule, has_identity) || is_allow && by_identity(rule, lacks_only)
        };
        let found: Vec<usize> =
            policy.rules.iter().enumerate().filter(|(_, rule)| is_gotten_around(rule)).map(|(number, _)| number).collect();
        // One that denies whoever has no identity closes the gap.
        let closes = |rule: &AuthorizationRule| {
            rule.to.is_empty() && rule.when.is_empty() && rule.from.iter().any(|from| {
                from.source.not_principals.iter().any(|value| value == "*")
            })
        };
        if found.is_empty() || (is_deny && policy.rules.iter().any(closes)) {
            return;
        }
        let view = out.snapshot();
        let says = match is_strict(object, view) {
            Some(true) => return,
            Some(false) => "a PeerAuthentication lets in what the mesh has not encrypted",
            None if view.is_live() => "no PeerAuthentication says `STRICT`: what the mesh has not encrypted is let in",
            None => return out.unknown("no PeerAuthentication that says whether the pods let in plaintext is among the objects read"),
        };
        for number in found {
            let at = Path::root().field("spec").field("rules").index(number);
            out.fail(at, "whoever connects without the mesh's encryption gets around the rule").derived(says);
        }
    }
}

/// Whether each source of a rule is so; one without a source is about everybody.
fn by_identity(rule: &AuthorizationRule, is: fn(&RuleSource) -> bool) -> bool {
    !rule.from.is_empty() && rule.from.iter().all(|from| is(&from.source))
}

fn has_identity(source: &RuleSource) -> bool {
    [&source.principals, &source.namespaces, &source.service_accounts].iter().any(|given| !given.is_empty())
}

/// Whether it says who must not be meant, and nothing of who must be.
fn lacks_only(source: &RuleSource) -> bool {
    let not = [&source.not_principals, &source.not_namespaces, &source.not_service_accounts];
    let is_none_but = not.iter().any(|given| !given.is_empty()) && source.ip_blocks.is_empty();
    let asks_for_some = source.not_principals.iter().any(|value| value == "*");
    is_none_but && !has_identity(source) && !asks_for_some && source.rare().request_principals.is_empty()
}
