//! Meshes: Istio and Linkerd.

use serde_json::json;

use super::{Sample, told};

pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            api_version: "security.istio.io/v1",
            kind: "PeerAuthentication",
            fields: json!({"spec": {"selector": {"matchLabels": {"app": "web"}}, "mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": "DISABLE"}}}}),
            read: |body| {
                let peer = body.peer_authentication()?;
                let ports: Vec<_> =
                    peer.port_level_mtls.iter().map(|(port, mtls)| (port, &*mtls.mode)).collect();
                told((peer.selector.as_ref()?.match_labels.get("app"), &*peer.mtls.as_ref()?.mode, ports))
            },
            expected: r#"(Some("web"), "STRICT", [("8080", "DISABLE")])"#,
        },
        Sample {
            api_version: "security.istio.io/v1beta1",
            kind: "AuthorizationPolicy",
            fields: json!({"spec": {"selector": {"matchLabels": {"app": "web"}}, "targetRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "g"}, "targetRefs": [{"kind": "Service", "name": "s", "namespace": "n"}], "action": "DENY", "rules": [{
                "from": [{"source": {"principals": ["a"], "notPrincipals": ["b"], "namespaces": ["c"], "notNamespaces": ["d"], "serviceAccounts": ["e"], "notServiceAccounts": ["f"], "ipBlocks": ["g"], "notIpBlocks": ["h"], "requestPrincipals": ["i"], "notRequestPrincipals": ["j"], "remoteIpBlocks": ["k"], "notRemoteIpBlocks": ["l"], "trustDomains": ["m"], "notTrustDomains": ["n"]}}],
                "to": [{"operation": {"ports": ["80"], "notPorts": ["81"], "hosts": ["o"], "notHosts": ["p"], "methods": ["GET"], "notMethods": ["PUT"], "paths": ["/q"], "notPaths": ["/r"]}}],
                "when": [{"key": "source.ip", "values": ["s"], "notValues": ["t"]}]}]}}),
            read: |body| {
                let policy = body.istio_authorization()?;
                let rule = &policy.rules[0];
                let (source, to, when) = (&rule.from[0].source, &rule.to[0].operation, &rule.when[0]);
                let rare = source.rare();
                let targets = (&*policy.target_ref.as_ref()?.kind, &*policy.target_refs[0].namespace);
                told((
                    (policy.selector.as_ref()?.match_labels.get("app"), targets, &*policy.action),
                    (&source.principals, &source.not_principals, &source.namespaces, &source.not_namespaces),
                    (&source.service_accounts, &source.not_service_accounts),
                    (&source.ip_blocks, &source.not_ip_blocks),
                    (&rare.request_principals, &rare.not_request_principals),
                    (&rare.remote_ip_blocks, &rare.not_remote_ip_blocks),
                    (&rare.trust_domains, &rare.not_trust_domains),
                    (&to.ports, &to.not_ports, &to.hosts, &to.not_hosts),
                    (&to.methods, &to.not_methods, &to.paths, &to.not_paths),
                    (&*when.key, &when.values, &when.not_values),
                ))
            },
            expected: r#"((Some("web"), ("Gateway", "n"), "DENY"), (["a"], ["b"], ["c"], ["d"]), (["e"], ["f"]), (["g"], ["h"]), (["i"], ["j"]), (["k"], ["l"]), (["m"], ["n"]), (["80"], ["81"], ["o"], ["p"]), (["GET"], ["PUT"], ["/q"], ["/r"]), ("source.ip", ["s"], ["t"]))"#,
        },
        Sample {
            api_version: "networking.istio.io/v1",
            kind: "DestinationRule",
            fields: json!({"spec": {"host": "web", "trafficPolicy": {"tls": {"mode": "DISABLE"}, "portLevelSettings": [{"port": {"number": 80}, "tls": {"mode": "SIMPLE"}}]}, "subsets": [{"name": "v1", "trafficPolicy": {"tls": {"mode": "MUTUAL"}}}]}}),
            read: |body| {
                let rule = body.destination_rule()?;
                let policy = rule.traffic_policy.as_ref()?;
                let port = &policy.port_level_settings[0];
                let subset = &rule.subsets[0];
                told((
                    (&*rule.host, &*policy.tls.as_ref()?.mode),
                    (port.port.number, &*port.tls.as_ref()?.mode),
                    (&*subset.name, &*subset.traffic_policy.as_ref()?.tls.as_ref()?.mode),
                ))
            },
            expected: r#"(("web", "DISABLE"), (Some(80), "SIMPLE"), ("v1", "MUTUAL"))"#,
        },
        Sample {
            api_version: "policy.linkerd.io/v1beta3",
            kind: "Server",
            fields: json!({"spec": {"podSelector": {"matchLabels": {"app": "web"}}, "externalWorkloadSelector": {}, "port": "http", "accessPolicy": "all-authenticated"}}),
            read: |body| {
                let server = body.server()?;
                let labels = &server.pod_selector.as_ref()?.match_labels;
                let outside = server.external_workload_selector.is_some();
                told((labels.get("app"), outside, server.port.as_ref(), &*server.access_policy))
            },
            expected: r#"(Some("web"), true, Some(Str("http")), "all-authenticated")"#,
        },
        Sample {
            api_version: "policy.linkerd.io/v1beta1",
            kind: "ServerAuthorization",
            fields: json!({"spec": {"server": {"name": "s", "selector": {"matchLabels": {"app": "web"}}}, "client": {"networks": [{"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}], "unauthenticated": true, "meshTLS": {"unauthenticatedTLS": true, "identities": ["*"], "serviceAccounts": [{"name": "a", "namespace": "n"}]}}}}),
            read: |body| {
                let authorization = body.server_authorization()?;
                let (server, client) = (&authorization.server, &authorization.client);
                let tls = client.mesh_tls.as_ref()?;
                let account = &tls.service_accounts[0];
                told((
                    (server.name.as_deref(), server.selector.as_ref()?.match_labels.get("app")),
                    (&*client.networks[0].cidr, &client.networks[0].except, client.unauthenticated),
                    (tls.unauthenticated, &tls.identities, &*account.name, &*account.namespace),
                ))
            },
            expected: r#"((Some("s"), Some("web")), ("10.0.0.0/8", ["10.1.0.0/16"], Some(true)), (Some(true), ["*"], "a", "n"))"#,
        },
        Sample {
            api_version: "policy.linkerd.io/v1alpha1",
            kind: "AuthorizationPolicy",
            fields: json!({"spec": {"targetRef": {"group": "policy.linkerd.io", "kind": "Server", "name": "s"}, "requiredAuthenticationRefs": [{"kind": "ServiceAccount", "name": "a", "namespace": "n"}]}}),
            read: |body| {
                let policy = body.linkerd_authorization()?;
                let (target, required) = (&policy.target_ref, &policy.required[0]);
                told((
                    (&*target.group, &*target.kind, &*target.name),
                    (&*required.kind, &*required.name, &*required.namespace),
                ))
            },
            expected: r#"(("policy.linkerd.io", "Server", "s"), ("ServiceAccount", "a", "n"))"#,
        },
        Sample {
            api_version: "policy.linkerd.io/v1alpha1",
            kind: "MeshTLSAuthentication",
            fields: json!({"spec": {"identities": ["*.shop.serviceaccount.identity.linkerd.cluster.local"], "identityRefs": [{"kind": "ServiceAccount", "name": "a"}]}}),
            read: |body| {
                let authentication = body.mesh_tls_authentication()?;
                told((&authentication.identities, &*authentication.identity_refs[0].name))
            },
            expected: r#"(["*.shop.serviceaccount.identity.linkerd.cluster.local"], "a")"#,
        },
        Sample {
            api_version: "policy.linkerd.io/v1alpha1",
            kind: "NetworkAuthentication",
            fields: json!({"spec": {"networks": [{"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}]}}),
            read: |body| {
                let network = &body.network_authentication()?.networks[0];
                told((&*network.cidr, &network.except))
            },
            expected: r#"("10.0.0.0/8", ["10.1.0.0/16"])"#,
        },
    ]
}
