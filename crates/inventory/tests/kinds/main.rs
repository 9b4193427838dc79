//! Every kind of which checks read more than its pods: what is read of it, and that nothing in it ends the reading.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod samples;
mod saved;

use std::collections::BTreeSet;
use std::path::PathBuf;

use samples::{Sample, samples};
use seawall_inventory::kinds::{ConfigMap, Container, PodSpec};
use seawall_inventory::{Body, Place, Provenance, Reading};
use seawall_yaml::{Limits, LineIndex};
use serde_json::{Value, json};

fn read(text: &str) -> Reading {
    seawall_inventory::read(
        PathBuf::from("a.yaml"),
        text.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    )
}

/// The text of an object with these fields.
fn text(sample: &Sample, fields: &Value) -> String {
    let mut object = fields.clone();
    object["apiVersion"] = json!(sample.api_version);
    object["kind"] = json!(sample.kind);
    object.to_string()
}

#[test]
fn what_is_read_of_each_kind() {
    for sample in samples() {
        let reading = read(&text(&sample, &sample.fields));
        assert!(reading.problems.is_empty(), "{}: {:?}", sample.kind, reading.problems);
        assert_eq!(
            (sample.read)(&reading.objects[0].body).as_deref(),
            Some(sample.expected),
            "{}",
            sample.kind
        );
    }
}

#[test]
fn every_kind_of_body_has_a_sample() {
    // The name of a variant is what its debug form begins with; `Other` is no kind.
    let source = include_str!("../../src/body.rs");
    let declared: BTreeSet<&str> = source
        .split_once("\nbodies! {")
        .unwrap()
        .1
        .lines()
        .filter_map(|line| line.trim().split_once('(').filter(|(_, rest)| rest.contains("), ")))
        .map(|(variant, _)| variant)
        .collect();
    let seen: BTreeSet<String> = samples()
        .iter()
        .map(|sample| {
            let reading = read(&text(sample, &sample.fields));
            let debug = format!("{:?}", reading.objects[0].body);
            debug.split_once('(').unwrap().0.to_owned()
        })
        .collect();
    assert!(declared.len() > 30, "{declared:?}");
    assert_eq!(seen.iter().map(String::as_str).collect::<BTreeSet<_>>(), declared);
}

#[test]
fn a_kind_without_a_spec_is_read_and_others_of_its_name_are_not() {
    for sample in samples() {
        let reading = read(&text(&sample, &json!({})));
        assert!(reading.problems.is_empty(), "{}", sample.kind);
        // Of pods and jobs only a cluster says more than their template.
        let is_bare = matches!(sample.kind, "Pod" | "Job");
        assert_eq!(matches!(reading.objects[0].body, Body::Other), is_bare, "{}", sample.kind);
        let foreign = Sample { api_version: "example.test/v1", ..sample };
        let reading = read(&text(&foreign, &foreign.fields));
        assert!(matches!(reading.objects[0].body, Body::Other), "{}", foreign.kind);
    }
}

/// Every value in every sample, in turn, is of another type: the object stays, and what Kubernetes refuses is told.
#[test]
fn values_of_any_type_anywhere_are_read() {
    let strange = [
        json!(null),
        json!(true),
        json!(-1),
        json!(i64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{202e}x\u{0}"),
        json!([]),
        json!([null, 1, "a", {}, [[]]]),
        json!({}),
        json!({"": null, "a": {"b": [1]}}),
    ];
    let mut malformed = 0;
    for sample in samples() {
        for pointer in pointers(&sample.fields) {
            for value in &strange {
                let mut fields = sample.fields.clone();
                *fields.pointer_mut(&pointer).unwrap() = value.clone();
                let reading = read(&text(&sample, &fields));
                let object =
                    reading.objects.first().unwrap_or_else(|| panic!("{}{pointer}: {value}", sample.kind));
                let told = reading.problems.iter().any(|problem| problem.code == "wrong-type");
                assert_eq!(object.malformed, told, "{}{pointer}: {value}", sample.kind);
                malformed += usize::from(told);
            }
        }
    }
    assert!(malformed > 1000, "{malformed}");
}

/// Pointers (RFC 6901) to every value below `value`.
fn pointers(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (key, child) in children {
        found.push(format!("/{key}"));
        found.extend(pointers(child).into_iter().map(|below| format!("/{key}{below}")));
    }
    found
}

#[test]
fn a_wrong_type_is_told_at_its_line() {
    for (text, expected) in [
        ("apiVersion: v1\nkind: Secret\ndata: [a]\n", "3 sequence where Kubernetes expects map of strings"),
        ("apiVersion: v1\nkind: Secret\nstringData:\n  a: 1\n", "4 integer where Kubernetes expects string"),
        ("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: true\n", "4 boolean where Kubernetes expects string"),
        ("apiVersion: v1\nkind: Service\nspec:\n  ports: 80\n", "4 integer where Kubernetes expects list"),
        (
            "apiVersion: v1\nkind: ResourceQuota\nspec:\n  hard:\n    pods: [1]\n",
            "5 sequence where Kubernetes expects quantity",
        ),
        (
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec:\n  minAvailable: true\n",
            "4 boolean where Kubernetes expects integer or string",
        ),
        (
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec:\n  maxReplicas: '3'\n",
            "4 string where Kubernetes expects integer",
        ),
        (
            "apiVersion: batch/v1\nkind: CronJob\nspec:\n  suspend: 'yes'\n",
            "4 string where Kubernetes expects boolean",
        ),
        (
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nparameters:\n  encrypted: true\n",
            "4 boolean where Kubernetes expects string",
        ),
        (
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nwebhooks:\n- rules: {}\n",
            "4 mapping where Kubernetes expects list",
        ),
        (
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- providers:\n  - aescbc:\n      keys:\n      - secret: 7\n",
            "7 integer where Kubernetes expects string",
        ),
        (
            "apiVersion: velero.io/v1\nkind: Schedule\nspec:\n  paused: 1\n",
            "4 integer where Kubernetes expects boolean",
        ),
        (
            "apiVersion: v1\nkind: Pod\nspec:\n  activeDeadlineSeconds: soon\n",
            "4 string where Kubernetes expects integer",
        ),
        (
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env:\n    - name: A\n      value: 1\n",
            "7 integer where Kubernetes expects string",
        ),
    ] {
        let reading = read(text);
        let lines = LineIndex::new(&reading.file.text.get());
        let told: Vec<String> = reading
            .problems
            .iter()
            .map(|problem| {
                let Place::Span { span, .. } = &problem.place else { panic!("a place in the text") };
                format!("{} {}", lines.position(&reading.file.text.get(), span.start).line, problem.message)
            })
            .collect();
        assert_eq!(told, [expected], "{text}");
        assert!(reading.objects[0].malformed, "{text}");
    }
}

#[test]
fn constraints_of_gatekeeper_have_parameters_of_their_own() {
    let reading = read(
        "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sRequiredLabels\nspec:\n  parameters: {repos: {a: 1}}\n",
    );
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
}

/// A secret that is in many places of many kinds is in no object that was read.
#[test]
fn secret_values_are_not_kept() {
    const SECRET: &str = "Zx81-not-to-be-kept";
    let base64 = "Wng4MS1ub3QtdG8tYmUta2VwdA==";
    let documents = [
        json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"password": SECRET}, "data": {"token": base64}}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"app.conf": format!("a=b\npassword={SECRET}\n")},
               "binaryData": {"password": base64}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"password\":\"{SECRET}\"}}"),
                "kapp.k14s.io/original": format!("{{\"password\":\"{SECRET}\"}}")}},
               "spec": {"containers": [{"env": [{"name": "PASSWORD", "value": SECRET}], "livenessProbe": {
                    "httpGet": {"httpHeaders": [{"name": "Authorization", "value": SECRET}]}}}],
                "volumes": [{"name": "a", "csi": {"volumeAttributes": {"password": SECRET}}}]}}),
        json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "parameters": {"adminPassword": SECRET}}),
        json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "EncryptionConfiguration", "resources": [
                {"resources": ["secrets"], "providers": [{"aescbc": {"keys": [{"name": "a", "secret": base64}]}}]}]}),
        json!({"apiVersion": "velero.io/v1", "kind": "BackupStorageLocation", "spec": {
                "config": {"s3Url": format!("https://user:{SECRET}@minio.example"), "secretKey": SECRET}}}),
        json!({"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "spec": {"provider": {
                "vault": {"server": format!("https://user:{SECRET}@vault.example"), "token": SECRET}}}}),
        json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
               "webhooks": [{"clientConfig": {"url": format!("https://user:{SECRET}@hook.example")}}]}),
    ];
    for document in documents {
        let reading = read(&document.to_string());
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(saved::hold(&reading), 1);
        let saved: String = reading.objects.iter().map(seawall_inventory::saved::object_line).collect();
        let kept = format!("{:?}{saved}", reading.objects);
        assert!(kept.contains("kind") && !kept.contains(SECRET) && !kept.contains(base64), "{kept}");
    }
}

#[test]
fn the_copy_that_kubectl_keeps_is_judged_and_dropped() {
    let object = |copy: &str| {
        let annotations = json!({"kubectl.kubernetes.io/last-applied-configuration": copy, "a": "b"});
        let text = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "annotations": annotations}});
        read(&text.to_string()).objects.remove(0)
    };
    for (copy, holds_data, is_credential) in [
        (r#"{"kind":"Secret","data":{"password":"aHVudGVyMg=="}}"#, true, true),
        (r#"{"kind":"Secret","stringData":{"password":"x"}}"#, true, true),
        (r#"{"kind":"Secret","data":{}}"#, false, false),
        (r#"{"env":[{"value":"postgres://a:hunter22@db/x"}]}"#, false, true),
    ] {
        let metadata = object(copy).metadata;
        let applied = metadata.last_applied.unwrap();
        assert_eq!(
            (applied.holds_data, applied.judged.is_credential()),
            (holds_data, is_credential),
            "{copy}"
        );
        assert_eq!(metadata.annotations.iter().collect::<Vec<_>>(), [("a", "b")]);
    }
}

/// Bytes per workload count: a large cluster has a hundred thousand.
#[test]
fn what_every_workload_has_stays_small() {
    for (name, size, most) in [
        ("Body", size_of::<Body>(), 16),
        ("Object", size_of::<seawall_inventory::Object>(), 272),
        ("PodSpec", size_of::<PodSpec>(), 184),
        ("Container", size_of::<Container>(), 216),
        ("EnvVar", size_of::<seawall_inventory::kinds::EnvVar>(), 40),
        ("VolumeMount", size_of::<seawall_inventory::kinds::VolumeMount>(), 104),
    ] {
        assert!(size <= most, "{name}: {size} bytes, {most} at most");
    }
    assert!(size_of::<ConfigMap>() > size_of::<Body>(), "bodies stand in boxes");
}

/// Fields of a pod that are rare, and where they are read from.
#[test]
fn what_is_read_of_a_pod() {
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"uid": "1"}, "spec": {
        "resources": {"limits": {"memory": "1Gi"}, "claims": [{"name": "gpu"}]},
        "activeDeadlineSeconds": 5, "priority": 7, "preemptionPolicy": "Never", "overhead": {"cpu": "1m"},
        "schedulerName": "own", "hostnameOverride": "h", "dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["192.0.2.1"], "options": [{"name": "ndots", "value": "2"}]}, "resourceClaims": [{"name": "gpu"}],
        "securityContext": {"supplementalGroupsPolicy": "Strict", "seLinuxChangePolicy": "Recursive",
            "fsGroupChangePolicy": "OnRootMismatch"},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}],
                     "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]},
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {"weight": 2, "preference": {"matchExpressions": [{"key": "b", "operator": "Exists"}]}}]},
            "podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 3, "podAffinityTerm": {"topologyKey": "zone", "namespaces": ["n"]}}]},
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "host", "namespaceSelector": {},
                 "matchLabelKeys": ["m"], "mismatchLabelKeys": ["x"]}]}},
        "topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {}, "minDomains": 2, "matchLabelKeys": ["m"], "nodeAffinityPolicy": "Honor",
            "nodeTaintsPolicy": "Ignore"}],
        "tolerations": [{"key": "k", "tolerationSeconds": 300}],
        "volumes": [
            {"name": "a", "persistentVolumeClaim": {"claimName": "data", "readOnly": true}},
            {"name": "b", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
            {"name": "c", "image": {"reference": "r/i:1", "pullPolicy": "Always"}},
            {"name": "d", "secret": {"secretName": "s", "items": [{"key": "k", "path": "p"}]}},
            {"name": "e", "configMap": {"name": "c", "items": [{"key": "k", "path": "p"}]}},
            {"name": "f", "projected": {"sources": [{"downwardAPI": {}}, {"clusterTrustBundle": {"path": "p"}},
                {"podCertificate": {}}]}},
            {"name": "g", "csi": {"driver": "d", "volumeAttributes": {"encrypted": "true"},
                "nodePublishSecretRef": {"name": "s"}}}],
        "containers": [{
            "name": "c", "volumeDevices": [{"name": "x"}], "resizePolicy": [], "restartPolicyRules": [],
            "env": [{"name": "TOKEN", "value": "$(OTHER)"}, {"name": "A", "valueFrom": {"fileKeyRef": {"key": "k"}}}],
            "volumeMounts": [{"name": "a", "recursiveReadOnly": "Enabled", "subPathExpr": "$(A)"}],
            "lifecycle": {"stopSignal": "SIGTERM", "preStop": {"sleep": {"seconds": 1}}},
            "readinessProbe": {"httpGet": {"httpHeaders": [{"name": "Host", "value": "a"}]}}}]}});
    let reading = read(&pod.to_string());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert!(reading.objects[0].metadata.uid().is_some());
    let spec = &reading.objects[0].pods[0].spec;
    let rare = spec.rare();
    let resources = rare.resources.as_ref().unwrap();
    assert_eq!((resources.limits.get("memory"), resources.claims.is_some()), (Some("1Gi"), true));
    assert_eq!((rare.active_deadline_seconds, rare.priority), (Some(5), Some(7)));
    assert_eq!(
        (rare.preemption_policy.as_deref(), rare.scheduler_name.as_deref()),
        (Some("Never"), Some("own"))
    );
    assert!(rare.hostname_override.is_some() && rare.resource_claims.is_some());
    assert_eq!(rare.overhead.get("cpu"), Some("1m"));
    let dns = rare.dns_config.as_ref().unwrap();
    let option = (&*dns.options[0].name, &*dns.options[0].value);
    assert_eq!((&*rare.dns_policy, &*dns.nameservers[0], option), ("None", "192.0.2.1", ("ndots", "2")));
    let security = spec.security_context.as_ref().unwrap().rare();
    assert_eq!(security.supplemental_groups_policy.as_deref(), Some("Strict"));
    assert_eq!(security.se_linux_change_policy.as_deref(), Some("Recursive"));
    assert_eq!(security.fs_group_change_policy.as_deref(), Some("OnRootMismatch"));
    let affinity = spec.affinity.as_ref().unwrap();
    let node = affinity.node_affinity.as_ref().unwrap();
    let term = &node.required.as_ref().unwrap().terms[0];
    assert_eq!((&*term.match_expressions[0].operator, &*term.match_fields[0].key), ("Gt", "metadata.name"));
    assert_eq!(
        (node.preferred[0].weight, &*node.preferred[0].preference.match_expressions[0].key),
        (Some(2), "b")
    );
    let near = &affinity.pod_affinity.as_ref().unwrap().preferred[0];
    assert_eq!((near.weight, &*near.term.topology_key, &*near.term.namespaces[0]), (Some(3), "zone", "n"));
    let apart = &affinity.pod_anti_affinity.as_ref().unwrap().required[0];
    assert_eq!(apart.label_selector.as_ref().unwrap().match_labels.get("app"), Some("web"));
    assert!(apart.namespace_selector.is_some());
    assert_eq!((&*apart.match_label_keys[0], &*apart.mismatch_label_keys[0]), ("m", "x"));
    let spread = &spec.topology_spread_constraints[0];
    assert_eq!(
        (spread.max_skew, spread.min_domains, spread.label_selector.is_some()),
        (Some(1), Some(2), true)
    );
    assert_eq!((&*spread.when_unsatisfiable, &*spread.match_label_keys[0]), ("DoNotSchedule", "m"));
    assert_eq!((&*spread.node_affinity_policy, &*spread.node_taints_policy), ("Honor", "Ignore"));
    assert_eq!(spec.tolerations[0].toleration_seconds, Some(300));
    let volumes = &spec.volumes;
    let claim = volumes[0].persistent_volume_claim.as_ref().unwrap();
    assert_eq!((&*claim.claim_name, claim.read_only), ("data", Some(true)));
    let template = volumes[1].ephemeral.as_ref().unwrap().volume_claim_template.as_ref().unwrap();
    assert_eq!(&*template.spec.as_ref().unwrap().access_modes[0], "ReadWriteOnce");
    let image = volumes[2].image.as_ref().unwrap();
    assert_eq!((&*image.reference, image.pull_policy.as_deref()), ("r/i:1", Some("Always")));
    assert_eq!(&*volumes[3].secret.as_ref().unwrap().items[0].key, "k");
    assert_eq!(&*volumes[4].config_map.as_ref().unwrap().items[0].path, "p");
    let sources = &volumes[5].projected.as_ref().unwrap().sources;
    assert!(sources[0].downward_api.is_some() && sources[1].cluster_trust_bundle.is_some());
    assert!(sources[2].pod_certificate.is_some());
    let csi = volumes[6].csi.as_ref().unwrap();
    assert_eq!(csi.volume_attributes.text("encrypted"), Some("true"));
    assert_eq!(&*csi.node_publish_secret_ref.as_ref().unwrap().name, "s");
    let container = &spec.containers[0];
    assert!(container.rare().volume_devices.is_some() && container.rare().resize_policy.is_some());
    assert!(container.rare().restart_policy_rules.is_some());
    assert_eq!(container.env[0].value.unwrap().look, seawall_credential::Look::Reference);
    assert!(container.env[1].value_from.as_ref().unwrap().file_key_ref.is_some());
    let mount = &container.volume_mounts[0];
    assert!(mount.recursive_read_only.is_some() && mount.sub_path_expr.is_some());
    let lifecycle = container.rare().lifecycle.as_ref().unwrap();
    assert!(lifecycle.stop_signal.is_some() && lifecycle.pre_stop.as_ref().unwrap().sleep.is_some());
    let probe = container.readiness_probe.as_ref().unwrap();
    assert_eq!(&*probe.http_get.as_ref().unwrap().rare().http_headers[0].name, "Host");
    // A pod that says nothing rare has the same fields, all absent.
    let plain = read(r#"{"apiVersion": "v1", "kind": "Pod", "spec": {"priority": null}}"#);
    let spec = &plain.objects[0].pods[0].spec;
    assert!(spec.rare().priority.is_none());
}

#[test]
fn what_is_read_of_controllers() {
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {
        "serviceName": "web", "minReadySeconds": 3, "parallelism": 4, "completions": 5, "backoffLimit": 6, "suspend": true,
        "podFailurePolicy": {"rules": []},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": 1}},
        "updateStrategy": {"rollingUpdate": {"partition": 2}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}],
        "template": {"spec": {}}}});
    let reading = read(&set.to_string());
    let spec = &reading.objects[0].pods[0].controller.as_ref().unwrap().spec;
    let rare = spec.rare();
    assert_eq!((&*rare.service_name, rare.min_ready_seconds, rare.parallelism), ("web", Some(3), Some(4)));
    assert_eq!((rare.completions, rare.backoff_limit, rare.suspend), (Some(5), Some(6), Some(true)));
    assert!(rare.pod_failure_policy.is_some());
    let rolling = spec.strategy.as_ref().unwrap().rolling_update.as_ref().unwrap();
    let number =
        |value: &Option<seawall_inventory::decode::IntOrString>| format!("{:?}", value.as_ref().unwrap());
    assert_eq!(
        (number(&rolling.max_unavailable), number(&rolling.max_surge)),
        ("Str(\"25%\")".into(), "Int(1)".into())
    );
    assert_eq!(
        spec.rare().update_strategy.as_ref().unwrap().rolling_update.as_ref().unwrap().partition,
        Some(2)
    );
    assert_eq!(
        &*spec.rare().volume_claim_templates[0].spec.as_ref().unwrap().access_modes[0],
        "ReadWriteOnce"
    );
}

/// `SecretKeyRef` of External Secrets: a ClusterSecretStore takes a credential from the namespace that the reference names, else from
/// that of the ExternalSecret.
#[test]
fn a_store_takes_a_credential_of_the_caller_where_no_namespace_is_named() {
    let of_caller = |provider: serde_json::Value| {
        let store = json!({"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "spec": {"provider": provider}});
        read(&store.to_string()).objects[0].body.secret_store().unwrap().provider.of_caller
    };
    for (provider, expected) in [
        (json!({"vault": {"auth": {"tokenSecretRef": {"name": "t", "key": "k"}}}}), true),
        (
            json!({"vault": {"auth": {"tokenSecretRef": {"name": "t", "key": "k", "namespace": "vault"}}}}),
            false,
        ),
        (json!({"vault": {"auth": {"kubernetes": {"role": "r", "serviceAccountRef": {"name": "s"}}}}}), true),
        (json!({"azurekv": {"authSecretRef": {"clientId": {"name": "a", "key": "i"}}}}), true),
        (
            json!({"azurekv": {"authSecretRef": {"clientId": {"name": "a", "key": "i", "namespace": "b"}}}}),
            false,
        ),
        (
            json!({"webhook": {"secrets": [{"name": "a", "secretRef": {"name": "b", "namespace": "c"}}]}}),
            false,
        ),
        (json!({"webhook": {"secrets": [{"name": "a", "secretRef": {"name": "b"}}]}}), true),
        (
            json!({"vault": {"caProvider": {"name": "ca", "key": "k", "type": "Secret"}, "server": "s"}}),
            false,
        ),
        (json!({"aws": {"service": "SecretsManager", "region": "r"}}), false),
        (json!({}), false),
        (json!({"vault": null}), false),
    ] {
        assert_eq!(of_caller(provider.clone()), expected, "{provider}");
    }
}
