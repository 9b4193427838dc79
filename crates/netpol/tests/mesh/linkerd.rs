//! Proxies of Linkerd.

use seawall_netpol::Verdict::{self, Allow, Deny, Unknown};

use crate::{pod, said};

fn pods(default: &str) -> String {
    let namespaces = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {linkerd.io/inject: enabled}}\n---\n\
                      apiVersion: v1\nkind: Namespace\nmetadata: {name: web, annotations: {linkerd.io/inject: enabled}}\n---\n\
                      apiVersion: v1\nkind: Namespace\nmetadata: {name: out}\n";
    let annotations = match default {
        "" => String::new(),
        policy => format!(", annotations: {{config.linkerd.io/default-inbound-policy: {policy}}}"),
    };
    [
        namespaces,
        &pod("shop", "server", &format!("labels: {{app: server}}{annotations}")),
        &pod("web", "client", "labels: {app: client}"),
        &pod("out", "stranger", "labels: {app: client}"),
    ]
    .concat()
}

const SERVER: &str = "---\napiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {namespace: shop, name: web, labels: {app: server}}\n\
                      spec: {podSelector: {matchLabels: {app: server}}, port: web}\n";

fn object(version: &str, kind: &str, name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: policy.linkerd.io/{version}\nkind: {kind}\nmetadata: {{namespace: shop, name: {name}}}\nspec: {spec}\n"
    )
}

#[test]
fn default_policies() {
    for (policy, client, stranger, outside) in [
        ("", Allow, Allow, Allow),
        ("all-unauthenticated", Allow, Allow, Allow),
        ("all-authenticated", Allow, Deny, Deny),
        ("cluster-unauthenticated", Allow, Allow, Deny),
        ("cluster-authenticated", Allow, Deny, Deny),
        ("deny", Deny, Deny, Deny),
        ("audit", Allow, Allow, Allow),
    ] {
        let said = ["client", "stranger", "nobody"].map(|from| said(&pods(policy), from, 80).0);
        assert_eq!(said, [client, stranger, outside], "{policy}");
    }
}

#[test]
fn servers_and_authorizations() {
    let tls = |spec: &str| object("v1alpha1", "MeshTLSAuthentication", "t", spec);
    let net = |spec: &str| object("v1alpha1", "NetworkAuthentication", "net", spec);
    let policy = |target: &str, required: &str| {
        object(
            "v1alpha1",
            "AuthorizationPolicy",
            "a",
            &format!("{{targetRef: {{kind: {target}}}, requiredAuthenticationRefs: [{required}]}}"),
        )
    };
    let of_web = "web, group: policy.linkerd.io";
    let server = |required: &str| policy(&format!("Server, name: {of_web}"), required);
    let by_tls = "{kind: MeshTLSAuthentication, name: t}";
    let old = |client: &str| {
        object("v1beta1", "ServerAuthorization", "s", &format!("{{server: {{name: web}}, client: {client}}}"))
    };
    let table: Vec<(Vec<String>, Verdict, Verdict)> = vec![
        (vec![], Deny, Deny),
        (vec![server("")], Allow, Allow),
        (vec![server(by_tls), tls("{identities: ['*']}")], Allow, Deny),
        (
            vec![
                server(by_tls),
                tls("{identities: ['client.web.serviceaccount.identity.linkerd.cluster.local']}"),
            ],
            Allow,
            Deny,
        ),
        (
            vec![
                server(by_tls),
                tls("{identities: ['*.shop.serviceaccount.identity.linkerd.cluster.local']}"),
            ],
            Deny,
            Deny,
        ),
        (
            vec![
                server(by_tls),
                tls("{identities: ['client.web.serviceaccount.identity.linkerd.example.org']}"),
            ],
            Unknown,
            Deny,
        ),
        (
            vec![
                server(by_tls),
                tls("{identityRefs: [{kind: ServiceAccount, name: client, namespace: web}]}"),
            ],
            Allow,
            Deny,
        ),
        (vec![server(by_tls), tls("{identityRefs: [{kind: ServiceAccount, name: client}]}")], Deny, Deny),
        (vec![server(by_tls), tls("{identityRefs: [{kind: Namespace, name: web}]}")], Allow, Deny),
        (vec![server("{kind: ServiceAccount, name: client, namespace: web}")], Allow, Deny),
        (vec![server(by_tls)], Unknown, Unknown),
        (vec![policy("Namespace, name: shop", by_tls), tls("{identities: ['*']}")], Allow, Deny),
        (vec![policy("Server, name: other", "")], Deny, Deny),
        (vec![policy("HTTPRoute, name: r", "")], Unknown, Unknown),
        (
            vec![server("{kind: NetworkAuthentication, name: net}"), net("{networks: [{cidr: 0.0.0.0/0}]}")],
            Allow,
            Allow,
        ),
        (
            vec![server("{kind: NetworkAuthentication, name: net}"), net("{networks: [{cidr: 10.0.0.0/8}]}")],
            Unknown,
            Unknown,
        ),
        (vec![old("{unauthenticated: true}")], Allow, Allow),
        (vec![old("{meshTLS: {identities: ['*']}}")], Allow, Deny),
        (vec![old("{meshTLS: {serviceAccounts: [{name: client, namespace: web}]}}")], Allow, Deny),
        (vec![old("{meshTLS: {serviceAccounts: [{name: client}]}}")], Deny, Deny),
        (vec![old("{networks: [{cidr: '::/0'}], unauthenticated: true}")], Deny, Deny),
    ];
    for (objects, client, stranger) in table {
        let text = [pods(""), SERVER.to_owned(), objects.concat()].concat();
        let found = ["client", "stranger"].map(|from| said(&text, from, 80).0);
        assert_eq!(found, [client, stranger], "{}", objects.concat());
        // Of other ports the default policy says it.
        assert_eq!(said(&text, "stranger", 81).0, Allow);
    }
}

#[test]
fn a_policy_of_the_server_is_one_more_authorization() {
    for (policy, client, stranger) in [
        ("all-authenticated", Allow, Deny),
        ("all-unauthenticated", Allow, Allow),
        ("deny", Deny, Deny),
        ("audit", Allow, Allow),
    ] {
        let server = SERVER.replace("port: web", &format!("port: 80, accessPolicy: {policy}"));
        let text = [pods("deny"), server].concat();
        assert_eq!(
            ["client", "stranger"].map(|from| said(&text, from, 80).0),
            [client, stranger],
            "{policy}"
        );
        assert_eq!(said(&text, "client", 81).0, Deny, "{policy}");
    }
}
