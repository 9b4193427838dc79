//! What others have planted is found: the weaknesses of workloads in kubernetes-goat and badPods, as reading the manifests and
//! what their authors say about them tells, not as any tool found them.
//!
//! Each must be found in the profile that everyone starts with. Weaknesses of other things (rights, Services, image content) are
//! named where they are all that is planted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod text;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seawall_engine::{Config, Selection};
use seawall_finding::Profile;
use seawall_rig::files_below;
use text::snapshot;

/// The checks that fail, as `check object`, in the default profile.
fn found(file: &Path) -> BTreeSet<String> {
    let bytes = fs::read(file).unwrap();
    let snapshot = snapshot(&bytes);
    let selection = Selection { profile: Some(Profile::Default), ..Selection::default() };
    let plan = seawall_engine::plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let report = seawall_engine::evaluate(&snapshot, &plan);
    let told = report.active().map(|reported| {
        let object = &snapshot.objects[reported.finding.object];
        format!("{} {}/{}", reported.finding.check.name, object.kind, object.display_name())
    });
    told.collect()
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    files_below(folder, &["yaml"]).unwrap()
}

/// badPods grants one thing after another to the same pod, in each kind of workload; the folder says what.
/// `github.com/BishopFox/badPods`, README: "Everything allowed", "Privileged and hostPid", …
const BAD_PODS: &[(&str, &[&str])] = &[
    (
        "everything-allowed",
        &["host-network", "host-pid", "host-ipc", "privileged-container", "sensitive-host-path"],
    ),
    ("priv-and-hostpid", &["host-pid", "privileged-container", "node-namespace-entry"]),
    ("priv", &["privileged-container"]),
    ("hostpath", &["sensitive-host-path"]),
    ("hostpid", &["host-pid"]),
    ("hostnetwork", &["host-network"]),
    ("hostipc", &["host-ipc"]),
    // Nothing is granted; what is left is a shell over the network in one of its two variants.
    ("nothing-allowed", &[]),
];

/// What the one file grants beyond what its folder says: the DaemonSet of "hostIPC only" has the network and the processes too.
const BAD_PODS_BEYOND: &[(&str, &[&str])] = &[("hostipc-revshell-deamonset", &["host-network", "host-pid"])];

const GRANTS: &[&str] = &[
    "host-network",
    "host-pid",
    "host-ipc",
    "privileged-container",
    "sensitive-host-path",
    "host-path-volume",
    "container-runtime-socket",
    "node-namespace-entry",
    "reverse-shell",
];

/// All 128 files: exactly what is granted, nothing that is not.
#[test]
fn bad_pods() {
    let root = seawall_rig::corpus().unwrap().join("manifests/badPods/manifests");
    let mut files = 0;
    for (folder, granted) in BAD_PODS {
        for file in yaml_files(&root.join(folder)) {
            files += 1;
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let beyond = BAD_PODS_BEYOND
                .iter()
                .find(|(other, _)| *other == name)
                .map_or(&[][..], |(_, granted)| granted);
            // The variants with a shell over the network, in place of one to be entered by `kubectl exec`.
            let shell = if name.contains("revshell") { &["reverse-shell"][..] } else { &[] };
            let expected: BTreeSet<&str> = granted.iter().chain(beyond).chain(shell).copied().collect();
            let found = found(&file);
            let found: BTreeSet<&str> = found
                .iter()
                .filter_map(|told| told.split(' ').next())
                .filter(|check| GRANTS.contains(check))
                .collect();
            assert_eq!(found, expected, "{}", file.display());
        }
    }
    assert_eq!(files, 128, "eight degrees, eight kinds, two variants");
}

/// kubernetes-goat, by file. Source of what is planted: its guide, madhuakula.com/kubernetes-goat, scenarios 1 to 22.
const GOAT: &[(&str, &[&str])] = &[
    // Scenario 1, sensitive keys in code: they are in the image's Git history. What a manifest shows: no version, root.
    (
        "build-code/deployment.yaml",
        &[
            "mutable-image-tag Deployment/build-code-deployment",
            "possible-root-user Deployment/build-code-deployment",
            "privilege-escalation Deployment/build-code-deployment",
        ],
    ),
    // Scenario 2, "DIND exploitation": a privileged web tool with the runtime's socket.
    (
        "health-check/deployment.yaml",
        &[
            "privileged-container Deployment/health-check-deployment",
            "container-runtime-socket Deployment/health-check-deployment",
            "possible-root-user Deployment/health-check-deployment",
            "mutable-image-tag Deployment/health-check-deployment",
        ],
    ),
    // Scenario 3, SSRF, and 7, NodePort: in the program and in the Service.
    ("internal-proxy/deployment.yaml", &["mutable-image-tag Deployment/internal-proxy-deployment"]),
    // Scenario 4, "Container escape to the host system".
    (
        "system-monitor/deployment.yaml",
        &[
            "privileged-container Deployment/system-monitor-deployment",
            "host-pid Deployment/system-monitor-deployment",
            "host-ipc Deployment/system-monitor-deployment",
            "sensitive-host-path Deployment/system-monitor-deployment",
            "possible-root-user Deployment/system-monitor-deployment",
        ],
    ),
    // Scenario 5, "Docker CIS benchmarks analysis": a shell with everything of the node.
    (
        "docker-bench-security/deployment.yaml",
        &[
            "privileged-container DaemonSet/docker-bench-security",
            "host-network DaemonSet/docker-bench-security",
            "host-pid DaemonSet/docker-bench-security",
            "host-ipc DaemonSet/docker-bench-security",
            "root-user DaemonSet/docker-bench-security",
            "container-runtime-socket DaemonSet/docker-bench-security",
            "sensitive-host-path DaemonSet/docker-bench-security",
            "mutable-image-tag DaemonSet/docker-bench-security",
        ],
    ),
    // Scenario 6, "Kubernetes CIS benchmarks analysis": keys and datastore of the node, read-only.
    (
        "kube-bench-security/master-job.yaml",
        &[
            "host-pid Job/kube-bench-master",
            "sensitive-host-path Job/kube-bench-master",
            "mutable-image-tag Job/kube-bench-master",
            "memory-limit-missing Job/kube-bench-master",
        ],
    ),
    (
        "kube-bench-security/node-job.yaml",
        &[
            "host-pid Job/kube-bench-node",
            "sensitive-host-path Job/kube-bench-node",
            "mutable-image-tag Job/kube-bench-node",
            "memory-limit-missing Job/kube-bench-node",
        ],
    ),
    // Scenario 8, a private registry without authentication: in the image.
    ("poor-registry/deployment.yaml", &["mutable-image-tag Deployment/poor-registry-deployment"]),
    // Scenario 10, "Analyzing crypto miner container", and 15, "Hidden in layers": in the layers of the images.
    (
        "batch-check/job.yaml",
        &["mutable-image-tag Job/batch-check-job", "memory-limit-missing Job/batch-check-job"],
    ),
    (
        "hidden-in-layers/deployment.yaml",
        &["mutable-image-tag Job/hidden-in-layers", "memory-limit-missing Job/hidden-in-layers"],
    ),
    // Scenario 11, "Kubernetes namespaces bypass": a cache that everyone reaches.
    (
        "cache-store/deployment.yaml",
        &[
            "memory-limit-missing Deployment/cache-store-deployment",
            "mutable-image-tag Deployment/cache-store-deployment",
        ],
    ),
    // Scenario 13, "DoS the memory/CPU resources": the limits are commented out. 16, RBAC: rights, not the workload.
    (
        "hunger-check/deployment.yaml",
        &[
            "memory-limit-missing Deployment/hunger-check-deployment",
            "mutable-image-tag Deployment/hunger-check-deployment",
        ],
    ),
    (
        "kubernetes-goat-home/deployment.yaml",
        &["mutable-image-tag Deployment/kubernetes-goat-home-deployment"],
    ),
    // Rights and policies alone.
    ("insecure-rbac/setup.yaml", &[]),
    ("kyverno-namespace-exec-block/kyverno-block-pod-exec-by-namespace.yaml", &[]),
];

#[test]
fn kubernetes_goat() {
    let root = seawall_rig::corpus().unwrap().join("manifests/kubernetes-goat/scenarios");
    // The one chart is rendered first, which is a matter of `source`.
    let files = yaml_files(&root).into_iter().filter(|file| !file.starts_with(root.join("metadata-db")));
    let files: BTreeSet<PathBuf> = files.collect();
    let listed: BTreeSet<PathBuf> = GOAT.iter().map(|(file, _)| root.join(file)).collect();
    assert_eq!(files, listed, "every file is in the table");
    for (file, expected) in GOAT {
        let found = found(&root.join(file));
        for one in *expected {
            assert!(found.contains(*one), "{file}: `{one}` is planted and not found; found: {found:#?}");
        }
    }
}

/// How many volumes of a workload give something of the node that they should not, in the files that plant several.
#[test]
fn each_of_several_volumes_is_told() {
    let root = seawall_rig::corpus().unwrap().join("manifests/kubernetes-goat/scenarios");
    for (file, paths) in [
        (
            "kube-bench-security/master-job.yaml",
            &["/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet"][..],
        ),
        ("kube-bench-security/node-job.yaml", &["/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet"]),
        ("docker-bench-security/deployment.yaml", &["/etc", "/var/lib", "/var/run/docker.sock"]),
        ("health-check/deployment.yaml", &["/run/containerd/containerd.sock"]),
    ] {
        let bytes = fs::read(root.join(file)).unwrap();
        let snapshot = snapshot(&bytes);
        let plan =
            seawall_engine::plan(&Config::default(), &Selection::default(), &seawall_checks::all()).unwrap();
        let report = seawall_engine::evaluate(&snapshot, &plan);
        let values = report.active().filter_map(|reported| match &reported.finding.evidence {
            seawall_finding::Evidence::Value(value)
                if ["SW1031", "SW1032"].contains(&reported.finding.check.id) =>
            {
                Some(value.to_string())
            }
            _ => None,
        });
        let values: BTreeSet<String> = values.collect();
        assert_eq!(values, paths.iter().map(|path| (*path).to_owned()).collect(), "{file}");
    }
}
