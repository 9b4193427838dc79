//! Sidecars of Istio.

use seawall_netpol::Verdict::{self, Allow, Deny, Unknown};

use crate::{pod, said};

/// `server` and `client` are in the mesh, in namespaces `shop` and `web`; `stranger` is not.
fn pods() -> String {
    let namespaces = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n---\n\
                      apiVersion: v1\nkind: Namespace\nmetadata: {name: web, labels: {istio.io/rev: canary}}\n---\n\
                      apiVersion: v1\nkind: Namespace\nmetadata: {name: out}\n";
    [
        namespaces,
        &pod("shop", "server", "labels: {app: server}"),
        &pod("web", "client", "labels: {app: client}"),
        &pod("out", "stranger", "labels: {app: client}"),
    ]
    .concat()
}

fn peer(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{namespace: {namespace}, name: {name}}}\nspec: {spec}\n"
    )
}

fn policy(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{namespace: {namespace}, name: {name}}}\nspec: {spec}\n"
    )
}

#[test]
fn modes() {
    let strict = "{mtls: {mode: STRICT}}";
    let own = |mode: &str, ports: &str| {
        format!(
            "{{selector: {{matchLabels: {{app: server}}}}, mtls: {{mode: {mode}}}, portLevelMtls: {ports}}}"
        )
    };
    let table: &[(&[String], Verdict)] = &[
        (&[], Allow),
        (&[peer("istio-system", "a", strict)], Deny),
        (&[peer("shop", "a", strict)], Deny),
        (&[peer("web", "a", strict)], Allow),
        (&[peer("istio-system", "a", strict), peer("shop", "b", "{mtls: {mode: PERMISSIVE}}")], Allow),
        (&[peer("istio-system", "a", strict), peer("shop", "b", "{mtls: {mode: UNSET}}")], Deny),
        (&[peer("shop", "a", strict), peer("shop", "b", &own("DISABLE", "{}"))], Allow),
        (&[peer("shop", "a", strict), peer("shop", "b", &own("UNSET", "{80: {mode: PERMISSIVE}}"))], Allow),
        (&[peer("shop", "a", strict), peer("shop", "b", &own("UNSET", "{81: {mode: PERMISSIVE}}"))], Deny),
        (&[peer("shop", "a", strict), peer("shop", "b", &own("DISABLE", "{80: {mode: UNSET}}"))], Allow),
        (&[peer("shop", "a", strict), peer("shop", "b", "{mtls: {mode: PERMISSIVE}}")], Unknown),
        // With a selector it counts in its own namespace, and not in the root namespace.
        (
            &[peer("istio-system", "a", "{selector: {matchLabels: {app: server}}, mtls: {mode: STRICT}}")],
            Allow,
        ),
    ];
    for (objects, expected) in table {
        let text = [pods(), objects.concat()].concat();
        assert_eq!(said(&text, "stranger", 80).0, *expected, "{objects:?}");
        assert_eq!(said(&text, "client", 80).0, Allow, "{objects:?}");
    }
}

#[test]
fn what_policies_let_in() {
    let requests = "AuthorizationPolicy shop/a decides by requests";
    // Of the client, of the stranger.
    for (spec, client, stranger, reason) in [
        ("{}", Deny, Deny, ""),
        ("{rules: [{}]}", Allow, Allow, ""),
        ("{action: DENY, rules: [{}]}", Deny, Deny, ""),
        ("{action: DENY}", Allow, Allow, ""),
        ("{action: AUDIT, rules: [{}]}", Allow, Allow, ""),
        (
            "{action: CUSTOM, provider: {name: x}, rules: [{}]}",
            Unknown,
            Unknown,
            "AuthorizationPolicy shop/a has somebody else decide",
        ),
        ("{selector: {matchLabels: {app: other}}}", Allow, Allow, ""),
        ("{rules: [{from: [{source: {namespaces: [web]}}]}]}", Allow, Deny, ""),
        ("{rules: [{from: [{source: {principals: [cluster.local/ns/web/sa/client]}}]}]}", Allow, Deny, ""),
        ("{rules: [{from: [{source: {principals: ['*']}}]}]}", Allow, Deny, ""),
        ("{rules: [{from: [{source: {notNamespaces: [web]}}]}]}", Deny, Allow, ""),
        ("{rules: [{from: [{source: {serviceAccounts: [web/client]}}]}]}", Allow, Deny, ""),
        // What is not encrypted has no identity, and gets around what denies by it.
        ("{action: DENY, rules: [{from: [{source: {namespaces: [web, out]}}]}]}", Deny, Allow, ""),
        ("{rules: [{to: [{operation: {ports: ['80']}}]}]}", Allow, Allow, ""),
        ("{rules: [{to: [{operation: {ports: ['81']}}]}]}", Deny, Deny, ""),
        ("{rules: [{to: [{operation: {notPorts: ['80']}}]}]}", Deny, Deny, ""),
        ("{rules: [{when: [{key: destination.port, values: ['80']}]}]}", Allow, Allow, ""),
        ("{rules: [{to: [{operation: {methods: [GET]}}]}]}", Unknown, Unknown, requests),
        (
            "{rules: [{from: [{source: {namespaces: [web]}}], to: [{operation: {paths: [/x]}}]}]}",
            Unknown,
            Deny,
            requests,
        ),
        // Where a port is not read as HTTP, such a rule allows nothing at all.
        (
            "{rules: [{to: [{operation: {ports: ['80']}}, {operation: {methods: [GET]}}]}]}",
            Unknown,
            Unknown,
            requests,
        ),
        ("{action: DENY, rules: [{to: [{operation: {paths: [/x], ports: ['81']}}]}]}", Allow, Allow, ""),
        (
            "{action: DENY, rules: [{when: [{key: 'request.headers[x]', values: [a]}]}]}",
            Unknown,
            Unknown,
            requests,
        ),
        ("{rules: [{from: [{source: {ipBlocks: [0.0.0.0/0]}}]}]}", Allow, Allow, ""),
        // Nobody knows what it was to do.
        (
            "{rules: [{to: [{operation: {ports: [http]}}]}]}",
            Unknown,
            Unknown,
            "AuthorizationPolicy shop/a is not one that the API server takes",
        ),
        ("{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: g}]}", Allow, Allow, ""),
    ] {
        let text = [pods(), policy("shop", "a", spec)].concat();
        let (of_client, of_stranger) = (said(&text, "client", 80), said(&text, "stranger", 80));
        assert_eq!((of_client.0, of_stranger.0), (client, stranger), "{spec}");
        // Of other ports it may be unknown.
        if client == Unknown {
            assert_eq!(of_client.1, reason, "{spec}");
        }
        // What the proxy itself listens on is not asked about.
        assert_eq!(said(&text, "stranger", 15021).0, Allow, "{spec}");
    }
}

#[test]
fn policies_of_the_root_namespace_are_about_all() {
    let denies =
        policy("istio-system", "a", "{action: DENY, rules: [{from: [{source: {namespaces: [web]}}]}]}");
    assert_eq!(said(&[pods(), denies].concat(), "client", 80).0, Deny);
    let other = policy("web", "a", "{action: DENY, rules: [{}]}");
    assert_eq!(said(&[pods(), other].concat(), "client", 80).0, Allow);
    let istiod = pod("mesh", "istiod", "labels: {app: istiod}");
    let denies = policy("mesh", "a", "{action: DENY, rules: [{}]}");
    assert_eq!(said(&[pods(), istiod, denies].concat(), "client", 80).0, Deny);
}

#[test]
fn clients_that_are_told_otherwise_may_have_no_identity() {
    let allows = policy("shop", "a", "{rules: [{from: [{source: {namespaces: [web]}}]}]}");
    let rule = |host: &str, mode: &str| {
        format!(
            "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{namespace: shop, name: d}}\nspec: {{host: {host}, trafficPolicy: {{tls: {{mode: {mode}}}}}}}\n"
        )
    };
    for (host, mode, expected) in [
        ("server", "DISABLE", Unknown),
        ("server", "ISTIO_MUTUAL", Allow),
        ("server.other.svc.cluster.local", "DISABLE", Allow),
    ] {
        let text = [pods(), allows.clone(), rule(host, mode)].concat();
        assert_eq!(said(&text, "client", 80).0, expected, "{host} {mode}");
    }
}

#[test]
fn ports_that_a_sidecar_does_not_take() {
    let strict = peer("shop", "a", "{mtls: {mode: STRICT}}");
    for (annotation, port, expected) in [
        ("traffic.sidecar.istio.io/excludeInboundPorts: '80, 90'", 80, Allow),
        ("traffic.sidecar.istio.io/excludeInboundPorts: '81'", 80, Deny),
        ("traffic.sidecar.istio.io/includeInboundPorts: '81'", 80, Allow),
        ("traffic.sidecar.istio.io/includeInboundPorts: ''", 80, Allow),
        ("traffic.sidecar.istio.io/includeInboundPorts: '*'", 80, Deny),
    ] {
        let own = pod("shop", "server", &format!("labels: {{app: server}}, annotations: {{{annotation}}}"));
        let text =
            [pods().replace(&pod("shop", "server", "labels: {app: server}"), &own), strict.clone()].concat();
        assert_eq!(said(&text, "stranger", port).0, expected, "{annotation}");
    }
}
