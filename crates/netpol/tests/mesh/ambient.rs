//! Istio's ztunnel: what it knows of rules is connections.

use seawall_netpol::Verdict::{Allow, Deny, Unknown};

use crate::{pod, said};

fn pods(more: &str) -> String {
    let namespace = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{istio.io/dataplane-mode: ambient{more}}}}}\n"
        )
    };
    let outside = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: out}\n";
    [
        &namespace("shop"),
        &namespace("web"),
        outside,
        &pod("shop", "server", "labels: {app: server}"),
        &pod("web", "client", "labels: {app: client}"),
        &pod("out", "stranger", "labels: {app: client}"),
    ]
    .concat()
}

fn policy(spec: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{namespace: shop, name: a}}\nspec: {spec}\n"
    )
}

#[test]
fn rules_about_requests_are_never_met_by_what_allows_and_always_by_what_denies() {
    for (spec, client, stranger) in [
        ("{rules: [{to: [{operation: {methods: [GET]}}]}]}", Deny, Deny),
        ("{action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}", Deny, Deny),
        (
            "{action: DENY, rules: [{from: [{source: {namespaces: [web]}}], to: [{operation: {methods: [GET]}}]}]}",
            Deny,
            Allow,
        ),
        ("{action: CUSTOM, provider: {name: x}, rules: [{}]}", Allow, Allow),
        ("{rules: [{from: [{source: {namespaces: [web]}}]}]}", Allow, Deny),
        ("{rules: [{from: [{source: {namespaces: ['w*b']}}]}]}", Deny, Deny),
    ] {
        let text = [pods(""), policy(spec)].concat();
        assert_eq!(
            (said(&text, "client", 80).0, said(&text, "stranger", 80).0),
            (client, stranger),
            "{spec}"
        );
    }
}

#[test]
fn behind_a_waypoint_it_is_not_known_who_comes() {
    let text =
        [pods(", istio.io/use-waypoint: w"), policy("{rules: [{from: [{source: {namespaces: [web]}}]}]}")]
            .concat();
    let (verdict, reason) = said(&text, "client", 80);
    assert_eq!(verdict, Unknown);
    assert_eq!(
        reason,
        "what comes to Pod shop/server by a waypoint has the identity of that, and is judged there"
    );
    assert_eq!(said(&text, "stranger", 80).0, Deny);
}
