//! What makes Secrets, and backups.

use serde_json::json;

use super::{Sample, keys, told};

pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            api_version: "bitnami.com/v1alpha1",
            kind: "SealedSecret",
            fields: json!({"spec": {"encryptedData": {"password": "AgB"}, "data": "AgA", "template": {"type": "Opaque", "metadata": {"annotations": {"sealedsecrets.bitnami.com/cluster-wide": "true"}}, "data": {"conf": "a=b"}}}}),
            read: |body| {
                let sealed = body.sealed_secret()?;
                let annotations = &sealed.template.metadata.annotations;
                told((
                    keys(&sealed.encrypted_data),
                    sealed.data.is_some(),
                    &*sealed.template.type_,
                    annotations.get("sealedsecrets.bitnami.com/cluster-wide"),
                    keys(&sealed.template.data),
                ))
            },
            expected: r#"("password", true, "Opaque", Some("true"), "conf")"#,
        },
        Sample {
            api_version: "external-secrets.io/v1",
            kind: "ExternalSecret",
            fields: json!({"spec": {"secretStoreRef": {"name": "s", "kind": "ClusterSecretStore"}, "target": {"name": "t", "creationPolicy": "Merge", "template": {"type": "kubernetes.io/tls", "data": {"k": "{{ .a }}"}, "templateFrom": [{"configMap": {}}]}}, "data": [{"secretKey": "password", "remoteRef": {"key": "x"}}], "dataFrom": [{"extract": {"key": "x"}}, {"find": {"path": "/a", "name": {"regexp": ".*"}, "tags": {"a": "b"}}}], "refreshInterval": 0, "refreshPolicy": "Periodic"}}),
            read: |body| {
                let secret = body.external_secret()?;
                let find = secret.data_from[1].find.as_ref()?;
                let store = secret.secret_store_ref.as_ref()?;
                let template = secret.target.template.as_ref()?;
                told((
                    (&*store.name, &*store.kind),
                    (
                        &*secret.target.name,
                        secret.target.creation_policy.as_deref(),
                        &*template.type_,
                        keys(&template.data),
                        template.template_from.len(),
                    ),
                    &*secret.data[0].secret_key,
                    secret.data_from[0].extract.is_some(),
                    (find.path.as_deref(), &*find.name.as_ref()?.regexp, find.tags.get("a")),
                    &*secret.refresh_interval.as_ref()?.0,
                    secret.refresh_policy.as_deref(),
                ))
            },
            expected: r#"(("s", "ClusterSecretStore"), ("t", Some("Merge"), "kubernetes.io/tls", "k", 1), "password", true, (Some("/a"), ".*", Some("b")), "0", Some("Periodic"))"#,
        },
        Sample {
            api_version: "external-secrets.io/v1beta1",
            kind: "ClusterExternalSecret",
            fields: json!({"spec": {"externalSecretSpec": {"secretStoreRef": {"name": "s", "kind": "ClusterSecretStore"}, "target": {"name": "t", "creationPolicy": "Merge", "template": {"type": "kubernetes.io/tls", "data": {"k": "{{ .a }}"}, "templateFrom": [{"configMap": {}}]}}, "data": [{"secretKey": "password", "remoteRef": {"key": "x"}}], "dataFrom": [{"extract": {"key": "x"}}, {"find": {"path": "/a", "name": {"regexp": ".*"}, "tags": {"a": "b"}}}], "refreshInterval": "1h", "refreshPolicy": "Periodic"}, "externalSecretName": "e", "namespaceSelector": {}, "namespaceSelectors": [{}, {}], "namespaces": ["a"]}}),
            read: |body| {
                let cluster = body.cluster_external_secret()?;
                let secret = &cluster.external_secret_spec;
                let find = secret.data_from[1].find.as_ref()?;
                let store = secret.secret_store_ref.as_ref()?;
                let template = secret.target.template.as_ref()?;
                told((
                    (&*store.name, &*store.kind),
                    (
                        &*secret.target.name,
                        secret.target.creation_policy.as_deref(),
                        &*template.type_,
                        keys(&template.data),
                        template.template_from.len(),
                    ),
                    &*secret.data[0].secret_key,
                    secret.data_from[0].extract.is_some(),
                    (find.path.as_deref(), &*find.name.as_ref()?.regexp, find.tags.get("a")),
                    &*secret.refresh_interval.as_ref()?.0,
                    secret.refresh_policy.as_deref(),
                    &*cluster.external_secret_name,
                    cluster.namespace_selector.is_some(),
                    cluster.namespace_selectors.len(),
                    &cluster.namespaces,
                ))
            },
            expected: r#"(("s", "ClusterSecretStore"), ("t", Some("Merge"), "kubernetes.io/tls", "k", 1), "password", true, (Some("/a"), ".*", Some("b")), "1h", Some("Periodic"), "e", true, 2, ["a"])"#,
        },
        Sample {
            api_version: "external-secrets.io/v1",
            kind: "SecretStore",
            fields: json!({"spec": {"conditions": [{"namespaceSelector": {}, "namespaces": ["a"], "namespaceRegexes": [".*"]}], "provider": {"vault": {"server": "http://vault:8200", "auth": {"tokenSecretRef": {"name": "t"}}, "insecure": true}}}}),
            read: |body| {
                let store = body.secret_store()?;
                let condition = &store.conditions[0];
                let settings = &store.provider.settings;
                told((
                    condition.namespace_selector.is_some(),
                    &condition.namespaces,
                    &condition.namespace_regexes,
                    &*store.provider.name,
                    settings.text("server"),
                    settings.text("insecure"),
                    settings.get("auth").is_some(),
                    store.provider.of_caller,
                ))
            },
            expected: r#"(true, ["a"], [".*"], "vault", Some("http://vault:8200"), Some("true"), false, true)"#,
        },
        Sample {
            api_version: "external-secrets.io/v1",
            kind: "ClusterSecretStore",
            fields: json!({"spec": {"conditions": [{"namespaceSelector": {}, "namespaces": ["a"], "namespaceRegexes": [".*"]}], "provider": {"vault": {"server": "http://vault:8200", "auth": {"tokenSecretRef": {"name": "t"}}, "insecure": true}}}}),
            read: |body| {
                let store = body.secret_store()?;
                let condition = &store.conditions[0];
                let settings = &store.provider.settings;
                told((
                    condition.namespace_selector.is_some(),
                    &condition.namespaces,
                    &condition.namespace_regexes,
                    &*store.provider.name,
                    settings.text("server"),
                    settings.text("insecure"),
                    settings.get("auth").is_some(),
                    store.provider.of_caller,
                ))
            },
            expected: r#"(true, ["a"], [".*"], "vault", Some("http://vault:8200"), Some("true"), false, true)"#,
        },
        Sample {
            api_version: "secrets-store.csi.x-k8s.io/v1",
            kind: "SecretProviderClass",
            fields: json!({"spec": {"provider": "vault", "parameters": {"vaultAddress": "http://u:p@vault"}, "secretObjects": [{"secretName": "s", "type": "Opaque", "data": [{"key": "k", "objectName": "o"}]}]}}),
            read: |body| {
                let class = body.secret_provider_class()?;
                let synced = &class.secret_objects[0];
                told((
                    &*class.provider,
                    class.parameters.text("vaultAddress"),
                    class.parameters.get("vaultAddress")?.judged.is_credential(),
                    &*synced.secret_name,
                    &*synced.type_,
                    &*synced.data[0].key,
                ))
            },
            expected: r#"("vault", Some("http://vault"), true, "s", "Opaque", "k")"#,
        },
        Sample {
            api_version: "cert-manager.io/v1",
            kind: "Certificate",
            fields: json!({"spec": {"secretName": "tls"}}),
            read: |body| told(&*body.certificate()?.secret_name),
            expected: r#""tls""#,
        },
        Sample {
            api_version: "velero.io/v1",
            kind: "Schedule",
            fields: json!({"spec": {"schedule": "0 1 * * *", "paused": true, "template": {"includedNamespaces": ["a"], "excludedNamespaces": ["b"], "includedResources": ["c"], "excludedResources": ["d"], "includedNamespaceScopedResources": ["e"], "excludedNamespaceScopedResources": ["f"], "labelSelector": {}, "orLabelSelectors": [{}, {}], "snapshotVolumes": false, "defaultVolumesToFsBackup": true, "ttl": "720h", "storageLocation": "s"}}}),
            read: |body| {
                let schedule = body.backup_schedule()?;
                let backup = &schedule.template;
                let lists = [
                    &backup.included_namespaces,
                    &backup.excluded_namespaces,
                    &backup.included_resources,
                    &backup.excluded_resources,
                    &backup.included_namespace_scoped_resources,
                    &backup.excluded_namespace_scoped_resources,
                ];
                told((
                    &*schedule.schedule,
                    schedule.paused,
                    lists.map(|list| &*list[0]),
                    backup.label_selector.is_some(),
                    backup.or_label_selectors.len(),
                    backup.snapshot_volumes,
                    backup.default_volumes_to_fs_backup,
                    &*backup.ttl.as_ref()?.0,
                    &*backup.storage_location,
                ))
            },
            expected: r#"("0 1 * * *", Some(true), ["a", "b", "c", "d", "e", "f"], true, 2, Some(false), Some(true), "720h", "s")"#,
        },
        Sample {
            api_version: "velero.io/v1",
            kind: "BackupStorageLocation",
            fields: json!({"spec": {"provider": "aws", "config": {"s3Url": "http://minio"}, "objectStorage": {"bucket": "b", "caCert": "YQ=="}, "accessMode": "ReadOnly", "default": true}}),
            read: |body| {
                let location = body.backup_storage_location()?;
                told((
                    &*location.provider,
                    location.config.text("s3Url"),
                    &*location.object_storage.bucket,
                    location.object_storage.ca_cert.is_some(),
                    &*location.access_mode,
                    location.default,
                ))
            },
            expected: r#"("aws", Some("http://minio"), "b", true, "ReadOnly", Some(true))"#,
        },
        Sample {
            api_version: "cilium.io/v2",
            kind: "CiliumClusterwideNetworkPolicy",
            fields: json!({"spec": {"nodeSelector": {"matchLabels": {"role": "edge"}}}}),
            read: |body| told(body.cilium_policy()?.node_selector.is_some()),
            expected: "true",
        },
        Sample {
            api_version: "cilium.io/v2",
            kind: "CiliumNetworkPolicy",
            fields: json!({"spec": {"endpointSelector": {}, "ingressDeny": [{"fromEntities": ["world"]}]}}),
            read: |body| told(body.cilium_policy()?.node_selector.is_some()),
            expected: "false",
        },
        Sample {
            api_version: "policy.networking.k8s.io/v1alpha2",
            kind: "ClusterNetworkPolicy",
            fields: json!({"spec": {"tier": "Admin", "priority": 10, "subject": {"namespaces": {"matchLabels": {"team": "a"}}}, "ingress": [{"name": "in", "action": "Pass", "from": [{"pods": {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "web"}}}}], "protocols": [{"tcp": {"destinationPort": {"number": 80}}}, {"udp": {"destinationPort": {"range": {"start": 1, "end": 2}}}}, {"destinationNamedPort": "web"}]}], "egress": [{"action": "Accept", "to": [{"networks": ["10.0.0.0/8"]}, {"nodes": {}}, {"domainNames": ["*.example.com"]}], "protocols": [{"sctp": {"destinationPort": {"number": 9}}}]}]}}),
            read: |body| {
                let policy = body.cluster_network_policy()?;
                let (rule, out) = (&policy.ingress[0], &policy.egress[0]);
                let (pods, ports) = (rule.from[0].pods.as_ref()?, &rule.protocols);
                let range = ports[1].udp.as_ref()?.destination_port.as_ref()?.range.as_ref()?;
                told((
                    (
                        &*policy.tier,
                        policy.priority,
                        policy.subject.namespaces.as_ref()?.match_labels.get("team"),
                    ),
                    (&*rule.name, &*rule.action, pods.pod_selector.match_labels.get("app")),
                    (ports[0].tcp.as_ref()?.destination_port.as_ref()?.number, range.start, range.end),
                    (&*ports[2].destination_named_port, out.protocols[0].sctp.is_some()),
                    (&out.to[0].networks, out.to[1].nodes.is_some(), &out.to[2].domain_names),
                ))
            },
            expected: r#"(("Admin", Some(10), Some("a")), ("in", "Pass", Some("web")), (Some(80), Some(1), Some(2)), ("web", true), (["10.0.0.0/8"], true, ["*.example.com"]))"#,
        },
        Sample {
            api_version: "policy.networking.k8s.io/v1alpha1",
            kind: "AdminNetworkPolicy",
            fields: json!({"spec": {"priority": 3, "subject": {"pods": {"namespaceSelector": {}, "podSelector": {}}}, "ingress": [{"action": "Allow", "from": [{"namespaces": {"namespaceSelector": {}, "sameLabels": ["team"], "notSameLabels": ["zone"], "matchExpressions": [{"key": "a", "operator": "Exists"}]}}, {"pods": {"namespaces": {"namespaceSelector": {}}, "podSelector": {}}}], "ports": [{"portNumber": {"protocol": "UDP", "port": 53}}, {"portRange": {"protocol": "SCTP", "start": 1, "end": 2}}, {"namedPort": "web"}]}]}}),
            read: |body| {
                let policy = body.cluster_network_policy()?;
                let rule = &policy.ingress[0];
                let spaces = rule.from[0].namespaces.as_ref()?;
                let (number, range) =
                    (rule.ports[0].port_number.as_ref()?, rule.ports[1].port_range.as_ref()?);
                told((
                    (policy.priority, policy.subject.pods.is_some(), &*rule.action),
                    (spaces.namespace_selector.is_some(), &spaces.same_labels, &spaces.not_same_labels),
                    (spaces.match_expressions.len(), rule.from[1].pods.as_ref()?.namespaces.is_some()),
                    (&*number.protocol, number.port, &*range.protocol, range.start, range.end),
                    &rule.ports[2].named_port,
                ))
            },
            expected: r#"((Some(3), true, "Allow"), (true, ["team"], ["zone"]), (1, true), ("UDP", Some(53), "SCTP", Some(1), Some(2)), Some("web"))"#,
        },
        Sample {
            api_version: "projectcalico.org/v3",
            kind: "GlobalNetworkPolicy",
            fields: json!({"spec": {"tier": "security", "order": 10.5, "selector": "app == 'web'", "namespaceSelector": "has(team)", "serviceAccountSelector": "all()", "types": ["Ingress"], "preDNAT": false, "doNotTrack": true, "applyOnForward": true, "performanceHints": ["AssumeNeededOnEveryNode"], "ingress": [{"action": "Allow", "protocol": "TCP", "notProtocol": 17, "ipVersion": 4, "icmp": {"type": 8}, "notICMP": {}, "http": {"methods": ["GET"]}, "source": {"nets": ["10.0.0.0/8"], "notNets": ["10.1.0.0/16"], "selector": "a == 'b'", "notSelector": "c == 'd'", "namespaceSelector": "global()", "serviceAccounts": {"names": ["x"], "selector": "y == 'z'"}, "services": {"name": "s", "namespace": "n"}, "domains": ["*.example.com"]}, "destination": {"ports": [80, "1:2", "web"], "notPorts": [81]}}]}}),
            read: |body| {
                let policy = body.calico_policy()?;
                let rule = &policy.ingress[0];
                let (source, accounts) = (&rule.source, rule.source.service_accounts.as_ref()?);
                let service = source.services.as_ref()?;
                told((
                    (
                        &*policy.tier,
                        &policy.order.as_ref()?.0,
                        &*policy.selector,
                        &*policy.namespace_selector,
                    ),
                    (&*policy.service_account_selector, &policy.types, policy.egress.len()),
                    (
                        policy.pre_dnat,
                        policy.do_not_track,
                        policy.apply_on_forward,
                        &policy.performance_hints,
                    ),
                    (&*rule.action, &rule.protocol, &rule.not_protocol, rule.ip_version),
                    (rule.icmp.is_some(), rule.not_icmp.is_some(), rule.http.is_some()),
                    (&source.nets, &source.not_nets, &*source.selector, &*source.not_selector),
                    (&*source.namespace_selector, &accounts.names, &*accounts.selector, &source.domains),
                    (
                        &*service.name,
                        &*service.namespace,
                        &rule.destination.ports,
                        &rule.destination.not_ports,
                    ),
                ))
            },
            expected: r#"(("security", "10.5", "app == 'web'", "has(team)"), ("all()", ["Ingress"], 0), (Some(false), Some(true), Some(true), ["AssumeNeededOnEveryNode"]), ("Allow", Some(Str("TCP")), Some(Int(17)), Some(4)), (true, true, true), (["10.0.0.0/8"], ["10.1.0.0/16"], "a == 'b'", "c == 'd'"), ("global()", ["x"], "y == 'z'", ["*.example.com"]), ("s", "n", [Int(80), Str("1:2"), Str("web")], [Int(81)]))"#,
        },
        Sample {
            api_version: "crd.projectcalico.org/v1",
            kind: "Tier",
            fields: json!({"spec": {"order": 100, "defaultAction": "Pass"}}),
            read: |body| {
                let tier = body.calico_tier()?;
                told((&tier.order.as_ref()?.0, &*tier.default_action))
            },
            expected: r#"("100", "Pass")"#,
        },
        Sample {
            api_version: "crd.projectcalico.org/v1",
            kind: "GlobalNetworkSet",
            fields: json!({"spec": {"nets": ["10.0.0.0/8"], "allowedEgressDomains": ["a.example"]}}),
            read: |body| {
                let set = body.calico_network_set()?;
                told((&set.nets, &set.domains))
            },
            expected: r#"(["10.0.0.0/8"], ["a.example"])"#,
        },
        Sample {
            api_version: "gateway.networking.k8s.io/v1",
            kind: "Gateway",
            fields: json!({"spec": {"gatewayClassName": "envoy", "listeners": [{"name": "web", "port": 443, "protocol": "HTTPS", "hostname": "a.example", "tls": {"mode": "Terminate"}}]}}),
            read: |body| {
                let gateway = body.gateway()?;
                let listener = &gateway.listeners[0];
                told((
                    (&*gateway.class, &*listener.name, listener.port, &*listener.protocol),
                    (&*listener.hostname, listener.tls.is_some()),
                ))
            },
            expected: r#"(("envoy", "web", Some(443), "HTTPS"), ("a.example", true))"#,
        },
        Sample {
            api_version: "gateway.networking.k8s.io/v1",
            kind: "HTTPRoute",
            fields: json!({"spec": {"parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "edge", "name": "public", "sectionName": "web"}], "hostnames": ["a.example"], "rules": [{"backendRefs": [{"group": "", "kind": "Service", "namespace": "shop", "name": "web", "port": 80}]}]}}),
            read: |body| {
                let route = body.route()?;
                let (parent, backend) = (&route.parent_refs[0], &route.rules[0].backend_refs[0]);
                told((
                    (&parent.group, &*parent.kind, &*parent.namespace, &*parent.name, &*parent.section_name),
                    &route.hostnames,
                    (&*backend.group, &*backend.kind, &*backend.namespace, &*backend.name, backend.port),
                ))
            },
            expected: r#"((Some("gateway.networking.k8s.io"), "Gateway", "edge", "public", "web"), ["a.example"], ("", "Service", "shop", "web", Some(80)))"#,
        },
        Sample {
            api_version: "gateway.networking.k8s.io/v1beta1",
            kind: "ReferenceGrant",
            fields: json!({"spec": {"from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "shop"}], "to": [{"group": "", "kind": "Service", "name": "web"}]}}),
            read: |body| {
                let grant = body.reference_grant()?;
                let (from, to) = (&grant.from[0], &grant.to[0]);
                told(((&*from.group, &*from.kind, &*from.namespace), (&*to.group, &*to.kind, &*to.name)))
            },
            expected: r#"(("gateway.networking.k8s.io", "HTTPRoute", "shop"), ("", "Service", "web"))"#,
        },
        Sample {
            api_version: "monitoring.coreos.com/v1",
            kind: "ServiceMonitor",
            fields: json!({"spec": {"selector": {"matchLabels": {"app": "web"}}, "namespaceSelector": {"any": true, "matchNames": ["shop"]}, "endpoints": [{"port": "metrics"}, {"targetPort": 9090}]}}),
            read: |body| {
                let monitor = body.monitor()?;
                let namespaces = &monitor.namespace_selector;
                told((
                    monitor.selector.as_ref()?.match_labels.get("app"),
                    (namespaces.any, &namespaces.match_names),
                    (&*monitor.endpoints[0].port, monitor.endpoints[1].target_port.as_ref()),
                ))
            },
            expected: r#"(Some("web"), (Some(true), ["shop"]), ("metrics", Some(Int(9090))))"#,
        },
        Sample {
            api_version: "monitoring.coreos.com/v1",
            kind: "PodMonitor",
            fields: json!({"spec": {"selector": {}, "podMetricsEndpoints": [{"port": "metrics"}]}}),
            read: |body| {
                let monitor = body.monitor()?;
                told((monitor.selector.is_some(), &*monitor.pod_endpoints[0].port))
            },
            expected: r#"(true, "metrics")"#,
        },
    ]
}
