//! Known parts of a node are told once, by what they mount and do; what they do not need is told as anywhere else, and what only looks
//! like them gains nothing by it.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use std::fs;
use std::path::Path;

use seawall_engine::{Config, PssProfile, Report, Selection};
use seawall_finding::{Profile, PssLevel};
use text::snapshot;

fn report(text: &str, selection: &Selection) -> Report {
    let snapshot = snapshot(text);
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let plan = seawall_engine::plan(&Config::default(), selection, &seawall_checks::all()).unwrap();
    seawall_engine::evaluate(&snapshot, &plan)
}

/// What the default profile finds, as `check path`.
fn found(text: &str) -> Vec<String> {
    let selection = Selection { profile: Some(Profile::Default), ..Selection::default() };
    let report = report(text, &selection);
    let told = report.active().map(|reported| {
        let path = reported.finding.path.to_string();
        let path = path.strip_prefix("spec.template.").unwrap_or(&path).to_owned();
        format!("{} {path}", reported.finding.check.name)
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

fn agent(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_agents");
    fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap()
}

/// Agents, and what is found of them beside that they are privileged by design: what they could do without.
const AGENTS: &[(&str, &[&str])] = &[
    ("cilium", &[]),
    ("kube-proxy", &[]),
    // Its registrar needs a socket of the kubelet, not the whole node.
    ("csi-driver", &["privileged-container spec.containers[1].securityContext.privileged"]),
    ("device-plugin", &["privileged-container spec.containers[0].securityContext.privileged"]),
    ("log-collector", &[]),
    // It can set the clock of the node.
    ("node-monitor", &["added-capability spec.containers[0].securityContext.capabilities.add[0]"]),
    ("etcd", &[]),
];

#[test]
fn known_agents_are_told_once() {
    for (name, beside) in AGENTS {
        let mut expected = vec!["privileged-by-design spec".to_owned()];
        expected.extend(beside.iter().map(|told| (*told).to_owned()));
        expected.sort();
        assert_eq!(found(&agent(name)), expected, "{name}");
    }
}

#[test]
fn every_file_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_agents");
    assert_eq!(fs::read_dir(folder).unwrap().count(), AGENTS.len());
}

/// The same pods where a scheduler puts them are no part of the node.
#[test]
fn a_deployment_is_no_node_agent() {
    for (name, _) in AGENTS.iter().filter(|(name, _)| *name != "etcd") {
        let text = agent(name).replace("kind: DaemonSet", "kind: Deployment");
        let found = found(&text);
        assert!(found.len() >= 3, "{name}: {found:?}");
        assert!(!found.iter().any(|told| told.starts_with("privileged-by-design")), "{name}");
    }
    let elsewhere = agent("etcd").replace("kube-system", "shop");
    assert!(!found(&elsewhere).iter().any(|told| told.starts_with("privileged-by-design")));
}

/// A name, an image, or half of what an agent does is not enough; what is added to one is found.
#[test]
fn what_is_beyond_the_need_is_found() {
    for (name, from, to, told) in [
        (
            "kube-proxy",
            "/usr/local/bin/kube-proxy",
            "/bin/other",
            "privileged-container spec.containers[0].securityContext.privileged",
        ),
        (
            "kube-proxy",
            "hostNetwork: true",
            "hostNetwork: false",
            "privileged-container spec.containers[0].securityContext.privileged",
        ),
        ("kube-proxy", "path: /lib/modules", "path: /", "sensitive-host-path spec.volumes[2].hostPath.path"),
        (
            "kube-proxy",
            "name: lib-modules, readOnly: true",
            "name: lib-modules",
            "sensitive-host-path spec.volumes[2].hostPath.path",
        ),
        (
            "kube-proxy",
            "path: /run/xtables.lock",
            "path: /run/docker.sock",
            "container-runtime-socket spec.volumes[1].hostPath.path",
        ),
        (
            "kube-proxy",
            "hostNetwork: true",
            "hostNetwork: true\n      hostPID: true",
            "host-pid spec.hostPID",
        ),
        (
            "kube-proxy",
            "hostNetwork: true",
            "hostNetwork: true\n      hostIPC: true",
            "host-ipc spec.hostIPC",
        ),
        (
            "csi-driver",
            "/var/lib/kubelet/plugins_registry",
            "/var/lib/kubelet/other",
            "sensitive-host-path spec.volumes[1].hostPath.path",
        ),
        (
            "csi-driver",
            "mountPropagation: Bidirectional",
            "mountPropagation: None",
            "privileged-container spec.containers[0].securityContext.privileged",
        ),
        ("csi-driver", "path: /dev,", "path: /etc,", "sensitive-host-path spec.volumes[4].hostPath.path"),
        (
            "log-collector",
            "mountPath: /var/log/pods, readOnly: true",
            "mountPath: /var/log/pods",
            "sensitive-host-path spec.volumes[2].hostPath.path",
        ),
        (
            "log-collector",
            "path: /run/agent",
            "path: /etc/agent",
            "writable-host-path spec.containers[0].volumeMounts[0].readOnly",
        ),
        (
            "log-collector",
            "path: /run/agent",
            "path: /run/containerd",
            "container-runtime-socket spec.volumes[0].hostPath.path",
        ),
        (
            "node-monitor",
            "mountPath: /host/root, readOnly: true",
            "mountPath: /host/root",
            "sensitive-host-path spec.volumes[1].hostPath.path",
        ),
        (
            "node-monitor",
            "runAsNonRoot: true, runAsUser: 65534,",
            "runAsUser: 0,",
            "sensitive-host-path spec.volumes[1].hostPath.path",
        ),
        ("cilium", "path: /etc/cni/net.d", "path: /etc", "sensitive-host-path spec.volumes[3].hostPath.path"),
        (
            "cilium",
            "SETUID]",
            "SETUID, SYS_RAWIO]",
            "added-capability spec.containers[0].securityContext.capabilities.add[12]",
        ),
        (
            "etcd",
            "path: /var/lib/etcd",
            "path: /var/lib/kubelet",
            "sensitive-host-path spec.volumes[1].hostPath.path",
        ),
        (
            "etcd",
            "capabilities: {drop: [ALL]}",
            "privileged: true",
            "privileged-container spec.containers[0].securityContext.privileged",
        ),
    ] {
        let before = agent(name);
        let after = before.replace(from, to);
        assert_ne!(before, after, "{name}: {from}");
        let found = found(&after);
        assert!(found.iter().any(|one| one == told), "{name}: {from} → {to}: {found:#?}");
    }
}

/// What is avoidable is named at the one finding too.
#[test]
fn what_is_avoidable_is_named() {
    let text = agent("kube-proxy").replace("hostNetwork: true", "hostNetwork: true\n      hostPID: true");
    let report = report(&text, &Selection::default());
    let by_design =
        report.active().find(|reported| reported.finding.check.name == "privileged-by-design").unwrap();
    let related: Vec<String> =
        by_design.finding.related().iter().map(|related| related.path.to_string()).collect();
    assert_eq!(related, ["spec.template.spec.hostPID"]);
}

/// A standard asks what is there, not whether it is needed.
#[test]
fn a_standard_excuses_nothing() {
    let selection = Selection {
        pss: Some(PssProfile { level: PssLevel::Baseline, version: None }),
        ..Selection::default()
    };
    let report = report(&agent("kube-proxy"), &selection);
    let mut names: Vec<&str> = report.active().map(|reported| reported.finding.check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["host-network", "host-path-volume", "privileged-container"]);
}

/// Whoever leaves out the one finding has all the others.
#[test]
fn without_the_check_all_is_told() {
    let checks: Vec<_> =
        seawall_checks::all().into_iter().filter(|check| check.meta.name != "privileged-by-design").collect();
    let text = agent("kube-proxy");
    let snapshot = snapshot(&text);
    let plan = seawall_engine::plan(&Config::default(), &Selection::default(), &checks).unwrap();
    let report = seawall_engine::evaluate(&snapshot, &plan);
    assert!(report.active().any(|reported| reported.finding.check.name == "privileged-container"));
    assert!(report.active().any(|reported| reported.finding.check.name == "host-network"));
}

/// In the profile that runs all: SYS_ADMIN brings privilege escalation with it, which the API refuses it without; other capabilities
/// do not. A part of the node belongs into `kube-system`, other pods do not.
#[test]
fn what_an_agent_needs_brings_what_it_cannot_do_without() {
    let pod = |namespace: &str, capability: &str, path: &str| {
        format!(
            "apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: a, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: a}}}}
  template:
    metadata: {{labels: {{app: a}}}}
    spec:
      hostNetwork: true
      containers:
      - name: a
        image: 'a:1'
        securityContext: {{allowPrivilegeEscalation: true, capabilities: {{add: [{capability}]}}}}
        volumeMounts: [{{name: v, mountPath: /v}}]
      volumes: [{{name: v, hostPath: {{path: {path}}}}}]
"
        )
    };
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    for (namespace, capability, path, escalation, misplaced) in [
        ("kube-system", "SYS_ADMIN", "/opt/cni/bin", false, false),
        ("kube-system", "NET_ADMIN", "/opt/cni/bin", true, false),
        ("kube-system", "NET_ADMIN", "/srv", true, true),
        ("shop", "SYS_ADMIN", "/opt/cni/bin", false, false),
    ] {
        let report = report(&pod(namespace, capability, path), &selection);
        let told = |name: &str| report.active().any(|reported| reported.finding.check.name == name);
        let case = format!("{namespace} {capability} {path}");
        assert_eq!(told("privilege-escalation"), escalation, "{case}");
        assert_eq!(told("workload-in-kube-system"), misplaced, "{case}");
    }
}
