//! What checks of images, pull secrets, sandboxes and configuration say where the objects read decide, and where they do not.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use seawall_checks::{Settings, Subject};
use seawall_finding::Verdict;
use seawall_inventory::Coverage;
use text::snapshot;

/// What the check says of the last object of `text`: `pass`, `fail`, `unknown` or `n/a`.
fn said(id: &str, text: &str) -> &'static str {
    said_of(id, text, false)
}

/// The same, where the objects are all of a cluster or not.
fn said_of(id: &str, text: &str, complete: bool) -> &'static str {
    let mut snapshot = snapshot(text);
    if complete {
        snapshot.coverage = Coverage::live(Vec::new());
    }
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let check = seawall_checks::all().into_iter().find(|check| check.meta.id == id).unwrap();
    let last = snapshot.objects.len() - 1;
    match check.on_object(&Subject::new(&snapshot, last).unwrap(), &Settings::default()).verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown(_) => "unknown",
        Verdict::NotApplicable => "n/a",
    }
}

fn joined(documents: &[&str]) -> String {
    documents.join("\n---\n")
}

const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {imagePullSecrets: [{name: r}], containers: [{name: a, image: 'registry.example/team/app:1'}]}}";
const TYPED: &str = "{apiVersion: v1, kind: Secret, metadata: {name: r, namespace: shop}, type: kubernetes.io/dockerconfigjson, data: {.dockerconfigjson: e30=}}";

#[test]
fn a_pull_secret_is_judged_by_what_defines_it() {
    let opaque = TYPED.replace("kubernetes.io/dockerconfigjson", "Opaque");
    let without_key = TYPED.replace(".dockerconfigjson: e30=", "config: e30=");
    let elsewhere = opaque.replace("shop", "other");
    let old = TYPED.replace("dockerconfigjson", "dockercfg");
    let sealed = |type_: &str| {
        format!(
            "{{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {{name: r, namespace: shop}}, spec: {{template: {{type: '{type_}'}}, encryptedData: {{x: AgB}}}}}}"
        )
    };
    let external = |type_: &str| {
        format!(
            "{{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {{name: r, namespace: shop}}, spec: {{target: {{template: {{type: '{type_}'}}}}}}}}"
        )
    };
    let usable = "kubernetes.io/dockerconfigjson";
    for (others, expected) in [
        (vec![], "unknown"),
        (vec![TYPED], "pass"),
        (vec![old.as_str()], "pass"),
        (vec![opaque.as_str()], "fail"),
        (vec![without_key.as_str()], "fail"),
        (vec![elsewhere.as_str()], "unknown"),
        (vec![TYPED, opaque.as_str()], "unknown"),
        (vec![opaque.as_str(), opaque.as_str()], "fail"),
        (vec![sealed(usable).as_str()], "pass"),
        (vec![sealed("").as_str()], "fail"),
        (vec![external(usable).as_str()], "pass"),
        (vec![external("Opaque").as_str()], "fail"),
        (vec![opaque.as_str(), sealed(usable).as_str()], "fail"),
    ] {
        let mut documents = others;
        documents.push(POD);
        assert_eq!(said("SW5011", &joined(&documents)), expected, "{documents:#?}");
    }
    assert_eq!(said("SW5011", &POD.replace("imagePullSecrets: [{name: r}], ", "")), "n/a");
    assert_eq!(said("SW5011", &POD.replace("{name: r}", "{}")), "fail");
}

const SIGSTORE: &str = "{apiVersion: policy.sigstore.dev/v1beta1, kind: ClusterImagePolicy, metadata: {name: p}, spec: {images: [{glob: 'registry.example/**'}], authorities: [{key: {kms: 'k'}}]}}";
const INCLUDED: &str = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {policy.sigstore.dev/include: 'true'}}}";
const KYVERNO: &str = "{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: p}, spec: {validationFailureAction: Enforce, rules: [{name: r, match: {any: [{resources: {kinds: [Pod]}}]}, verifyImages: [{imageReferences: ['registry.example/*'], attestors: [{count: 1}]}]}]}}";

#[test]
fn an_image_is_verified_by_a_policy_that_refuses() {
    let with = |from: &str, to: &str, text: &str| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    let unlabelled = with("labels: {policy.sigstore.dev/include: 'true'}", "labels: {}", INCLUDED);
    let one_level = with("registry.example/**", "registry.example/*", SIGSTORE);
    let warns = with("spec: {", "spec: {mode: warn, ", SIGSTORE);
    let some = with("spec: {", "spec: {match: [{resource: pods}], ", SIGSTORE);
    let config = |action: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: config-policy-controller, namespace: cosign-system}}, data: {{no-match-policy: {action}}}}}"
        )
    };
    let audits = with("Enforce", "Audit", KYVERNO);
    let other = with("registry.example/*", "other.example/*", KYVERNO);
    let selective = with("kinds: [Pod]", "kinds: [Pod], namespaces: [shop]", KYVERNO);
    let skipping = with("attestors:", "skipImageReferences: ['*/team/*'], attestors:", KYVERNO);
    let of_namespace = with(
        "kind: ClusterPolicy, metadata: {name: p}",
        "kind: Policy, metadata: {name: p, namespace: shop}",
        KYVERNO,
    );
    let of_other = of_namespace.replace("namespace: shop", "namespace: other");
    let by_cel = "{apiVersion: policies.kyverno.io/v1, kind: ImageValidatingPolicy, metadata: {name: p}, spec: {matchImageReferences: [{glob: 'registry.example/*'}]}}";
    for (others, expected) in [
        (vec![], "n/a"),
        (vec![INCLUDED], "n/a"),
        (vec![SIGSTORE, INCLUDED], "pass"),
        (vec![SIGSTORE], "unknown"),
        (vec![SIGSTORE, unlabelled.as_str()], "fail"),
        (vec![SIGSTORE, INCLUDED, unlabelled.as_str()], "unknown"),
        (vec![warns.as_str(), INCLUDED], "fail"),
        (vec![some.as_str(), INCLUDED], "unknown"),
        // What no policy names is refused, unless the controller is told otherwise.
        (vec![one_level.as_str(), INCLUDED], "unknown"),
        (vec![one_level.as_str(), INCLUDED, config("allow").as_str()], "fail"),
        (vec![one_level.as_str(), INCLUDED, config("warn").as_str()], "fail"),
        (vec![one_level.as_str(), INCLUDED, config("deny").as_str()], "pass"),
        (vec![KYVERNO], "pass"),
        (vec![audits.as_str()], "fail"),
        (vec![other.as_str()], "fail"),
        (vec![other.as_str(), KYVERNO], "pass"),
        (vec![selective.as_str()], "unknown"),
        (vec![skipping.as_str()], "fail"),
        (vec![of_namespace.as_str()], "pass"),
        (vec![of_other.as_str()], "n/a"),
        (vec![by_cel], "unknown"),
    ] {
        let mut documents = others;
        documents.push(POD);
        assert_eq!(said("SW5009", &joined(&documents)), expected, "{documents:#?}");
    }
    // Official images are known by both of their names.
    let official = POD.replace("registry.example/team/app:1", "nginx:1");
    for pattern in ["docker.io/library/nginx:*", "docker.io/nginx*", "*"] {
        let policy = with("registry.example/*", pattern, KYVERNO);
        assert_eq!(said("SW5009", &joined(&[&policy, &official])), "pass", "{pattern}");
    }
    // A lone star of sigstore is Docker Hub's own images.
    let star = with("registry.example/**", "*", SIGSTORE);
    let allow = config("allow");
    assert_eq!(said("SW5009", &joined(&[&star, INCLUDED, &allow, &official])), "pass");
    assert_eq!(said("SW5009", &joined(&[&star, INCLUDED, &allow, POD])), "fail");
}

#[test]
fn a_sandbox_isolates_by_the_handler_of_its_class() {
    let sandbox = |fields: &str| {
        format!(
            "{{apiVersion: agents.x-k8s.io/v1alpha1, kind: Sandbox, metadata: {{name: a}}, spec: {{podTemplate: {{spec: {{{fields} containers: [{{name: a, image: 'a:1'}}]}}}}}}}}"
        )
    };
    let class = |handler: &str| {
        format!(
            "{{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {{name: c}}, handler: {handler}}}"
        )
    };
    for (classes, fields, expected) in [
        (vec![], "", "fail"),
        (vec![], "runtimeClassName: '',", "fail"),
        (vec![], "hostUsers: true,", "fail"),
        (vec![], "hostUsers: false,", "pass"),
        (vec![], "runtimeClassName: c,", "unknown"),
        (vec![class("runsc")], "runtimeClassName: c,", "pass"),
        (vec![class("kata-qemu")], "runtimeClassName: c,", "pass"),
        (vec![class("runc")], "runtimeClassName: c,", "fail"),
        (vec![class("runscx")], "runtimeClassName: c,", "fail"),
        (vec![class("runc"), class("runsc")], "runtimeClassName: c,", "unknown"),
        (vec![class("runsc")], "runtimeClassName: d,", "unknown"),
        (vec![class("runsc")], "", "fail"),
    ] {
        let own = sandbox(fields);
        let mut documents: Vec<&str> = classes.iter().map(String::as_str).collect();
        documents.push(&own);
        assert_eq!(said("SW1060", &joined(&documents)), expected, "{documents:#?}");
    }
    assert_eq!(said("SW1060", POD), "n/a");
}

#[test]
fn a_key_is_there_by_what_defines_or_makes_its_object() {
    let pod = |from: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: a, namespace: shop}}, spec: {{containers: [{{name: a, image: 'a:1', env: [{{name: A, valueFrom: {{{from}}}}}]}}]}}}}"
        )
    };
    let secret = pod("secretKeyRef: {name: s, key: k}");
    let config = pod("configMapKeyRef: {name: s, key: k}");
    let object = |kind: &str, namespace: &str, fields: &str| {
        format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: s, namespace: {namespace}}}{fields}}}")
    };
    let here = |fields: &str| object("Secret", "shop", fields);
    let map = |fields: &str| object("ConfigMap", "shop", fields);
    let made = |api_version: &str, kind: &str, spec: &str| {
        format!(
            "{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: s, namespace: shop}}, spec: {{{spec}}}}}"
        )
    };
    let sealed = |spec: &str| made("bitnami.com/v1alpha1", "SealedSecret", spec);
    let external = |spec: &str| made("external-secrets.io/v1", "ExternalSecret", spec);
    let keys = |count: usize| format!("data: [{}]", vec!["{secretKey: x}"; count].join(", "));
    for (others, pod, expected) in [
        (vec![], &secret, "unknown"),
        (vec![here(", data: {k: eA==}")], &secret, "pass"),
        (vec![here(", stringData: {k: x}")], &secret, "pass"),
        (vec![here(", data: {x: eA==}, stringData: {y: x}")], &secret, "fail"),
        (vec![here(", data: {kk: eA==}")], &secret, "fail"),
        (vec![here("")], &secret, "unknown"),
        (vec![object("Secret", "other", ", data: {k: eA==}")], &secret, "unknown"),
        (vec![map(", data: {k: x}")], &secret, "unknown"),
        (vec![here(", data: {k: eA==}"), here(", data: {x: eA==}")], &secret, "unknown"),
        (vec![here(", data: {y: eA==}"), here(", data: {x: eA==}")], &secret, "fail"),
        (vec![here(", type: kubernetes.io/service-account-token, data: {x: eA==}")], &secret, "fail"),
        (vec![sealed("encryptedData: {k: AgB}")], &secret, "pass"),
        (vec![sealed("encryptedData: {x: AgB}")], &secret, "fail"),
        (vec![sealed("encryptedData: {x: AgB}, template: {data: {k: '{{ .x }}'}}")], &secret, "pass"),
        (vec![sealed("data: AgB")], &secret, "unknown"),
        (vec![external("data: [{secretKey: k}]")], &secret, "pass"),
        (vec![external("data: [{secretKey: x}]")], &secret, "fail"),
        (vec![external("data: [{secretKey: x}], target: {name: s}")], &secret, "fail"),
        (vec![external("data: [{secretKey: x}], target: {name: t}")], &secret, "unknown"),
        (vec![external("data: [{secretKey: x}], target: {creationPolicy: Merge}")], &secret, "unknown"),
        (vec![external("data: [{secretKey: x}], dataFrom: [{extract: {key: x}}]")], &secret, "unknown"),
        (vec![external("dataFrom: [{extract: {key: x}}]")], &secret, "unknown"),
        (
            vec![external("data: [{secretKey: x}], target: {template: {data: {k: '{{ .x }}'}}}")],
            &secret,
            "pass",
        ),
        (
            vec![external("data: [{secretKey: k}], target: {template: {data: {x: '{{ .k }}'}}}")],
            &secret,
            "unknown",
        ),
        (
            vec![external("data: [{secretKey: x}], target: {template: {data: {y: '{{ .x }}'}}}")],
            &secret,
            "fail",
        ),
        (
            vec![external("data: [{secretKey: x}], target: {template: {templateFrom: [{literal: x}]}}")],
            &secret,
            "unknown",
        ),
        (vec![external("data: [{secretKey: k}]"), sealed("encryptedData: {k: AgB}")], &secret, "unknown"),
        (vec![here(", data: {x: eA==}"), sealed("encryptedData: {k: AgB}")], &secret, "fail"),
        (vec![], &config, "unknown"),
        (vec![map(", data: {k: x}")], &config, "pass"),
        (vec![map(", binaryData: {k: eA==}")], &config, "fail"),
        (vec![map(", data: {x: x}")], &config, "fail"),
        (vec![sealed("encryptedData: {k: AgB}")], &config, "unknown"),
        (vec![map(", data: {x: x}")], &pod("configMapKeyRef: {name: s, key: '${KEY}'}"), "unknown"),
        (vec![map(", data: {x: x}")], &pod("configMapKeyRef: {name: s, key: k, optional: true}"), "n/a"),
        (vec![external("refreshInterval: 1h")], &secret, "unknown"),
        (vec![external(&keys(64))], &secret, "fail"),
        (vec![external(&keys(65))], &secret, "unknown"),
        (vec![here(", data: {k: eA==}"); 64], &secret, "pass"),
        (vec![here(", data: {k: eA==}"); 65], &secret, "unknown"),
        (vec![], &pod("configMapKeyRef: {name: kube-root-ca.crt, key: ca.crt}"), "pass"),
        (vec![], &pod("configMapKeyRef: {name: kube-root-ca.crt, key: tls.crt}"), "fail"),
        (vec![map(", data: {x: x}")], &pod("fieldRef: {fieldPath: metadata.name}"), "n/a"),
    ] {
        let mut documents: Vec<&str> = others.iter().map(String::as_str).collect();
        documents.push(pod);
        assert_eq!(said("SW4007", &joined(&documents)), expected, "{documents:#?}");
    }
}

#[test]
fn what_is_not_in_a_whole_cluster_is_nowhere() {
    let secret = "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, stringData: {FIELDS}}";
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: [{name: a, image: 'a:1', envFrom: [{secretRef: {name: s}}], env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}}";
    let claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop}, spec: {accessModes: [ReadWriteMany]}}";
    for (id, documents, in_files, in_cluster) in [
        ("SW4007", vec![pod.to_owned()], "unknown", "fail"),
        ("SW4007", vec![secret.replace("FIELDS", ""), pod.to_owned()], "unknown", "fail"),
        ("SW4007", vec![secret.replace("FIELDS", "k: x"), pod.to_owned()], "pass", "pass"),
        ("SW4014", vec![claim.to_owned()], "unknown", "pass"),
    ] {
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let text = joined(&documents);
        assert_eq!(said_of(id, &text, false), in_files, "{id} {text}");
        assert_eq!(said_of(id, &text, true), in_cluster, "{id} {text}");
    }
}

/// Nobody has as many: beyond, what each pod would be held against grows with the input.
#[test]
fn too_many_quotas_of_a_namespace_are_not_compared() {
    let quota = |number: usize| {
        format!(
            "{{apiVersion: v1, kind: ResourceQuota, metadata: {{name: q{number}, namespace: shop}}, spec: {{hard: {{requests.cpu: '1'}}}}}}"
        )
    };
    for (quotas, expected) in [(64, "fail"), (65, "unknown")] {
        let mut documents: Vec<String> = (0..quotas).map(quota).collect();
        documents.push(POD.to_owned());
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        assert_eq!(said("SW6025", &joined(&documents)), expected, "{quotas} quotas");
    }
}
