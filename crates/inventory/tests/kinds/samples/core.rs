//! Objects of Kubernetes itself, and autoscalers of KEDA.

use seawall_inventory::kinds::EndpointTarget;
use serde_json::json;

use super::{Sample, keys, told};

pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            api_version: "v1",
            kind: "Secret",
            fields: json!({"type": "kubernetes.io/tls", "immutable": true, "data": {"tls.crt": "YQ==", "x": "?"}, "stringData": {"password": "Xk39vQ2nL"}, "sops": {"mac": "x"}}),
            read: |body| {
                let secret = body.secret()?;
                told((
                    &*secret.type_,
                    secret.immutable,
                    keys(&secret.data),
                    secret.data.get("x")?.look,
                    secret.string_data.get("password")?.is_credential(),
                    secret.sops.is_some(),
                ))
            },
            expected: r#"("kubernetes.io/tls", Some(true), "tls.crt x", Undecodable, true, true)"#,
        },
        Sample {
            api_version: "v1",
            kind: "Pod",
            fields: json!({"spec": {}, "status": {"phase": "Failed", "podIP": "10.0.0.5", "podIPs": [{"ip": "10.0.0.5"}, {"ip": "fd00::5"}], "hostIP": "192.0.2.1", "containerStatuses": [{"name": "a", "imageID": "r.example/a@sha256:1"}], "initContainerStatuses": [{"name": "b", "imageID": "sha256:2"}], "ephemeralContainerStatuses": [{"name": "c", "imageID": "docker-pullable://c@sha256:3"}]}}),
            read: |body| {
                let status = body.pod_status()?;
                told((
                    status.has_ended(),
                    status.digest("a"),
                    status.digest("b"),
                    status.digest("c"),
                    status.digest("d"),
                    status.addresses(),
                    status.node_addresses(),
                ))
            },
            expected: r#"(true, Some("sha256:1"), None, Some("sha256:3"), None, [10.0.0.5, fd00::5], [192.0.2.1])"#,
        },
        Sample {
            api_version: "batch/v1",
            kind: "Job",
            fields: json!({"spec": {}, "status": {"conditions": [{"type": "Suspended", "status": "False"}, {"type": "Complete", "status": "True"}]}}),
            read: |body| told(body.job_status()?.has_ended()),
            expected: "true",
        },
        Sample {
            api_version: "v1",
            kind: "ConfigMap",
            fields: json!({"immutable": true, "data": {"no-match-policy": "warn", "mapRoles": "- {rolearn: r, username: u, groups: [g]}", "url": "http://a:b33f@c"}, "binaryData": {"b": "/////w=="}}),
            read: |body| {
                let config = body.config_map()?;
                told((
                    keys(&config.data),
                    config.data.get("url")?.is_credential(),
                    config.binary_data.get("b")?.look,
                    config.immutable,
                    config.no_match_policy.as_deref(),
                    config.iam_mappings.iter().map(|one| (&*one.arn, &*one.username, &*one.groups[0])).next(),
                ))
            },
            expected: r#"("mapRoles no-match-policy url", true, Binary, Some(true), Some("warn"), Some(("r", "u", "g")))"#,
        },
        Sample {
            api_version: "v1",
            kind: "ServiceAccount",
            fields: json!({"imagePullSecrets": [{"name": "pull"}], "secrets": [{"name": "token", "namespace": "n"}], "automountServiceAccountToken": false}),
            read: |body| {
                let account = body.service_account()?;
                told((
                    &*account.image_pull_secrets[0].name,
                    &*account.secrets[0].name,
                    account.automount_service_account_token,
                ))
            },
            expected: r#"("pull", "token", Some(false))"#,
        },
        Sample {
            api_version: "v1",
            kind: "Service",
            fields: json!({"spec": {"type": "NodePort", "clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "protocol": "UDP", "port": 80, "targetPort": "web", "nodePort": 30080}], "externalIPs": ["203.0.113.1"], "externalName": "a.example", "allocateLoadBalancerNodePorts": false, "loadBalancerSourceRanges": ["192.0.2.0/24"], "externalTrafficPolicy": "Local"}}),
            read: |body| {
                let service = body.service()?;
                let port = &service.ports[0];
                told((
                    &*service.type_,
                    &*service.cluster_ip,
                    service.selector.get("app"),
                    (&*port.name, &*port.protocol, port.port, &port.target_port, port.node_port),
                    &service.external_ips,
                    &*service.external_name,
                    service.allocate_load_balancer_node_ports,
                    (&service.load_balancer_source_ranges, &*service.external_traffic_policy),
                ))
            },
            expected: r#"("NodePort", "None", Some("web"), ("http", "UDP", Some(80), Some(Str("web")), Some(30080)), ["203.0.113.1"], "a.example", Some(false), (["192.0.2.0/24"], "Local"))"#,
        },
        Sample {
            api_version: "discovery.k8s.io/v1",
            kind: "EndpointSlice",
            fields: json!({"addressType": "IPv4", "endpoints": [{"addresses": ["192.0.2.7"], "targetRef": {"kind": "Pod", "namespace": "shop", "name": "web-0"}}], "ports": [{"name": "http", "port": 80, "protocol": "UDP"}]}),
            read: |body| {
                let slice = body.endpoint_slice()?;
                let (endpoint, port) = (&slice.endpoints[0], &slice.ports[0]);
                let EndpointTarget { kind, namespace, name } = &endpoint.target;
                told((&endpoint.addresses, (kind, namespace, name), (&port.name, port.port, &port.protocol)))
            },
            expected: r#"(["192.0.2.7"], ("Pod", "shop", "web-0"), ("http", Some(80), "UDP"))"#,
        },
        Sample {
            api_version: "v1",
            kind: "Endpoints",
            fields: json!({"subsets": [{"addresses": [{"ip": "192.0.2.7", "targetRef": {"kind": "Pod", "namespace": "shop", "name": "web-0"}}], "notReadyAddresses": [{"ip": "192.0.2.8"}], "ports": [{"name": "http", "port": 80, "protocol": "UDP"}]}]}),
            read: |body| {
                let subset = &body.endpoints()?.subsets[0];
                let (one, other, port) = (&subset.addresses[0], &subset.not_ready[0], &subset.ports[0]);
                told(((&one.ip, &one.target.name), &other.ip, (&port.name, port.port, &port.protocol)))
            },
            expected: r#"(("192.0.2.7", "web-0"), "192.0.2.8", ("http", Some(80), "UDP"))"#,
        },
        Sample {
            api_version: "v1",
            kind: "PersistentVolumeClaim",
            fields: json!({"spec": {"accessModes": ["ReadWriteOncePod"], "resources": {"requests": {"storage": "1Gi"}, "limits": {"storage": "2Gi"}}, "storageClassName": "", "volumeMode": "Block", "volumeName": "pv", "selector": {"matchLabels": {"a": "b"}}, "dataSource": {"name": "a"}, "dataSourceRef": {"name": "a"}, "volumeAttributesClassName": "gold"}}),
            read: |body| {
                let claim = body.claim()?;
                let requests =
                    (claim.resources.requests.get("storage"), claim.resources.limits.get("storage"));
                let sources = claim.data_source.is_some()
                    && claim.data_source_ref.is_some()
                    && claim.selector.is_some();
                told((
                    &claim.access_modes,
                    requests,
                    claim.storage_class_name.as_deref(),
                    claim.volume_mode.as_deref(),
                    &*claim.volume_name,
                    sources,
                    claim.volume_attributes_class_name.as_deref(),
                ))
            },
            expected: r#"(["ReadWriteOncePod"], (Some("1Gi"), Some("2Gi")), Some(""), Some("Block"), "pv", true, Some("gold"))"#,
        },
        Sample {
            api_version: "v1",
            kind: "PersistentVolume",
            fields: json!({"spec": {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "fast", "mountOptions": ["ro"], "claimRef": {"namespace": "shop", "name": "data"}, "volumeMode": "Filesystem", "csi": {"driver": "efs.csi.aws.com", "fsType": "ext4", "volumeAttributes": {"encryptInTransit": "false"}}, "hostPath": {"path": "/a"}, "nfs": {"server": "nfs", "path": "/"}, "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]}}}}),
            read: |body| {
                let volume = body.persistent_volume()?;
                let settings = &volume.settings;
                let csi = settings.csi.as_ref()?;
                let claim = settings.claim_ref.as_ref()?;
                let zone =
                    &settings.node_affinity.as_ref()?.required.as_ref()?.terms[0].match_expressions[0].key;
                told((
                    &*volume.source,
                    &settings.access_modes,
                    settings.capacity.get("storage"),
                    &*settings.reclaim_policy,
                    &*settings.storage_class_name,
                    &settings.mount_options,
                    (&*claim.namespace, &*claim.name),
                    (&*csi.driver, &*csi.fs_type, csi.volume_attributes.text("encryptInTransit")),
                    &*settings.host_path.as_ref()?.path,
                    &*settings.nfs.as_ref()?.server,
                    zone,
                    settings.volume_mode.as_deref(),
                ))
            },
            expected: r#"("csi", ["ReadWriteMany"], Some("1Gi"), "Delete", "fast", ["ro"], ("shop", "data"), ("efs.csi.aws.com", "ext4", Some("false")), "/a", "nfs", "zone", Some("Filesystem"))"#,
        },
        Sample {
            api_version: "v1",
            kind: "LimitRange",
            fields: json!({"spec": {"limits": [{"type": "Container", "default": {"cpu": 1}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": 2}, "min": {"cpu": "1m"}, "maxLimitRequestRatio": {"cpu": 4}}]}}),
            read: |body| {
                let limit = &body.limit_range()?.limits[0];
                told((
                    &*limit.type_,
                    limit.default.get("cpu"),
                    limit.default_request.get("cpu"),
                    limit.max.get("cpu"),
                    limit.min.get("cpu"),
                    limit.max_limit_request_ratio.get("cpu"),
                ))
            },
            expected: r#"("Container", Some("1"), Some("100m"), Some("2"), Some("1m"), Some("4"))"#,
        },
        Sample {
            api_version: "v1",
            kind: "PersistentVolume",
            fields: json!({"spec": {"azureFile": {"secretName": "s", "secretNamespace": "n", "secretRef": {"namespace": "m", "name": "t"}}, "claimRef": {"namespace": "shop", "name": "data"}}}),
            read: |body| {
                let volume = body.persistent_volume()?;
                let driver = volume.driver.as_ref()?;
                let reference = driver.secret_ref.as_ref()?;
                told((
                    &*volume.source,
                    (&*driver.secret_namespace, &*driver.secret_name),
                    (&*reference.namespace, &*reference.name),
                ))
            },
            expected: r#"("azureFile", ("n", "s"), ("m", "t"))"#,
        },
        Sample {
            api_version: "storage.k8s.io/v1",
            kind: "VolumeAttachment",
            fields: json!({"spec": {"attacher": "a.example", "nodeName": "n1"}}),
            read: |body| told(&*body.volume_attachment()?.node_name),
            expected: r#""n1""#,
        },
        Sample {
            api_version: "resource.k8s.io/v1",
            kind: "ResourceSlice",
            fields: json!({"spec": {"driver": "a.example", "nodeName": "n1"}}),
            read: |body| told(&*body.resource_slice()?.node_name),
            expected: r#""n1""#,
        },
        Sample {
            api_version: "v1",
            kind: "ResourceQuota",
            fields: json!({"spec": {"hard": {"pods": 10}, "scopes": ["BestEffort"], "scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}}}),
            read: |body| {
                let quota = body.resource_quota()?;
                let scope = &quota.scope_selector.as_ref()?.match_expressions[0];
                told((
                    quota.hard.get("pods"),
                    &quota.scopes,
                    &*scope.scope_name,
                    &*scope.operator,
                    &scope.values,
                ))
            },
            expected: r#"(Some("10"), ["BestEffort"], "PriorityClass", "In", ["high"])"#,
        },
        Sample {
            api_version: "batch/v1",
            kind: "CronJob",
            fields: json!({"spec": {"schedule": "@daily", "startingDeadlineSeconds": 5, "concurrencyPolicy": "Forbid", "suspend": true, "successfulJobsHistoryLimit": 0, "failedJobsHistoryLimit": 2}}),
            read: |body| {
                let job = body.cron_job()?;
                told((
                    &*job.schedule,
                    job.starting_deadline_seconds,
                    job.concurrency_policy.as_deref(),
                    job.suspend,
                    job.successful_jobs_history_limit,
                    job.failed_jobs_history_limit,
                ))
            },
            expected: r#"("@daily", Some(5), Some("Forbid"), Some(true), Some(0), Some(2))"#,
        },
        Sample {
            api_version: "storage.k8s.io/v1",
            kind: "StorageClass",
            fields: json!({"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": "false"}, "reclaimPolicy": "Retain", "mountOptions": ["ro"], "volumeBindingMode": "Immediate", "allowVolumeExpansion": true, "allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}]}),
            read: |body| {
                let class = body.storage_class()?;
                told((
                    &*class.provisioner,
                    class.parameters.text("encrypted"),
                    class.reclaim_policy.as_deref(),
                    &class.mount_options,
                    class.volume_binding_mode.as_deref(),
                    class.allow_volume_expansion,
                    &*class.allowed_topologies[0].match_label_expressions[0].key,
                ))
            },
            expected: r#"("ebs.csi.aws.com", Some("false"), Some("Retain"), ["ro"], Some("Immediate"), Some(true), "zone")"#,
        },
        Sample {
            api_version: "storage.k8s.io/v1beta1",
            kind: "VolumeAttributesClass",
            fields: json!({"driverName": "d", "parameters": {"iops": "1"}}),
            read: |body| {
                let class = body.volume_attributes_class()?;
                told((&*class.driver_name, class.parameters.text("iops")))
            },
            expected: r#"("d", Some("1"))"#,
        },
        Sample {
            api_version: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            fields: json!({"spec": {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": [{"podSelector": {}, "namespaceSelector": {"matchLabels": {"team": "a"}}}], "ports": [{"protocol": "UDP", "port": "dns"}]}], "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": 80, "endPort": 90}]}]}}),
            read: |body| {
                let policy = body.network_policy()?;
                let (from, to) = (&policy.ingress[0].from[0], &policy.egress[0].to[0]);
                let (dns, web) = (&policy.ingress[0].ports[0], &policy.egress[0].ports[0]);
                told((
                    (policy.pod_selector.as_ref()?.match_labels.get("app"), &policy.policy_types),
                    (from.pod_selector.is_some(), from.namespace_selector.as_ref()?.match_labels.get("team")),
                    (&*dns.protocol, &dns.port, &web.port, web.end_port),
                    (to.pod_selector.is_some(), &*to.ip_block.as_ref()?.cidr, &to.ip_block.as_ref()?.except),
                ))
            },
            expected: r#"((Some("web"), ["Ingress", "Egress"]), (true, Some("a")), ("UDP", Some(Str("dns")), Some(Int(80)), Some(90)), (false, "10.0.0.0/8", ["10.1.0.0/16"]))"#,
        },
        Sample {
            api_version: "networking.k8s.io/v1",
            kind: "Ingress",
            fields: json!({"spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["a.example"], "secretName": "tls"}], "defaultBackend": {"resource": {"kind": "Bucket"}}, "rules": [{"host": "a.example", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "web", "port": {"name": "http", "number": 80}}}}]}}]}}),
            read: |body| {
                let ingress = body.ingress()?;
                let rule = &ingress.rules[0];
                let path = &rule.http.paths[0];
                let service = path.backend.service.as_ref()?;
                told((
                    (&*ingress.class, &ingress.tls[0].hosts, &*ingress.tls[0].secret_name),
                    ingress.default_backend.as_ref()?.resource.is_some(),
                    (&*rule.host, &*path.path, &*service.name, &*service.port.name, service.port.number),
                ))
            },
            expected: r#"(("nginx", ["a.example"], "tls"), true, ("a.example", "/", "web", "http", Some(80)))"#,
        },
        Sample {
            api_version: "extensions/v1beta1",
            kind: "Ingress",
            fields: json!({"spec": {"backend": {"serviceName": "web", "servicePort": "http"}}}),
            read: |body| {
                let backend = body.ingress()?.backend.as_ref()?;
                told((&*backend.service_name, &backend.service_port))
            },
            expected: r#"("web", Some(Str("http")))"#,
        },
        Sample {
            api_version: "policy/v1",
            kind: "PodDisruptionBudget",
            fields: json!({"spec": {"minAvailable": "50%", "maxUnavailable": 0, "selector": {"matchLabels": {"app": "web"}}, "unhealthyPodEvictionPolicy": "AlwaysAllow"}}),
            read: |body| {
                let budget = body.disruption_budget()?;
                told((
                    &budget.min_available,
                    &budget.max_unavailable,
                    budget.selector.as_ref()?.match_labels.get("app"),
                    budget.unhealthy_pod_eviction_policy.as_deref(),
                ))
            },
            expected: r#"(Some(Str("50%")), Some(Int(0)), Some("web"), Some("AlwaysAllow"))"#,
        },
        Sample {
            api_version: "autoscaling/v2",
            kind: "HorizontalPodAutoscaler",
            fields: json!({"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 70, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}, "targetAverageUtilization": 50}}, {"type": "ContainerResource", "containerResource": {"name": "memory", "container": "app", "target": {"type": "AverageValue"}}}]}}),
            read: |body| {
                let scaler = body.autoscaler()?;
                let cpu = scaler.metrics[0].resource.as_ref()?;
                let memory = scaler.metrics[1].container_resource.as_ref()?;
                told((
                    &*scaler.target.api_version,
                    &*scaler.target.kind,
                    &*scaler.target.name,
                    scaler.min_replicas,
                    scaler.max_replicas,
                    scaler.target_cpu_utilization_percentage,
                    (
                        &*scaler.metrics[0].type_,
                        &*cpu.name,
                        cpu.target.as_ref()?.average_utilization,
                        cpu.target_average_utilization,
                    ),
                    (&*memory.container, &*memory.target.as_ref()?.type_),
                ))
            },
            expected: r#"("apps/v1", "Deployment", "web", Some(2), Some(5), Some(70), ("Resource", "cpu", Some(60), Some(50)), ("app", "AverageValue"))"#,
        },
        Sample {
            api_version: "keda.sh/v1alpha1",
            kind: "ScaledObject",
            fields: json!({"spec": {"scaleTargetRef": {"name": "web"}, "minReplicaCount": 0, "maxReplicaCount": 3, "idleReplicaCount": 1}}),
            read: |body| {
                let scaled = body.scaled_object()?;
                told((
                    &*scaled.target.name,
                    scaled.min_replica_count,
                    scaled.max_replica_count,
                    scaled.idle_replica_count,
                ))
            },
            expected: r#"("web", Some(0), Some(3), Some(1))"#,
        },
        Sample {
            api_version: "scheduling.k8s.io/v1",
            kind: "PriorityClass",
            fields: json!({"value": 1000, "globalDefault": true, "preemptionPolicy": "Never"}),
            read: |body| {
                let class = body.priority_class()?;
                told((class.value, class.global_default, class.preemption_policy.as_deref()))
            },
            expected: r#"(Some(1000), Some(true), Some("Never"))"#,
        },
        Sample {
            api_version: "node.k8s.io/v1",
            kind: "RuntimeClass",
            fields: json!({"handler": "runsc", "overhead": {"podFixed": {"memory": "64Mi"}}, "scheduling": {"nodeSelector": {"sandbox": "yes"}, "tolerations": [{"key": "sandbox", "operator": "Exists", "effect": "NoExecute", "value": "x", "tolerationSeconds": 5}]}}),
            read: |body| {
                let class = body.runtime_class()?;
                let scheduling = class.scheduling.as_ref()?;
                let toleration = &scheduling.tolerations[0];
                told((
                    &*class.handler,
                    class.overhead.as_ref()?.pod_fixed.get("memory"),
                    scheduling.node_selector.get("sandbox"),
                    &*toleration.key,
                    toleration.toleration_seconds,
                ))
            },
            expected: r#"("runsc", Some("64Mi"), Some("yes"), "sandbox", Some(5))"#,
        },
    ]
}
