//! In a pod, the service account of the pod is who asks, and the cluster is that of the pod.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::AtomicBool;

use seawall_cluster::{Target, read};
use seawall_rig::{Cluster, Image, NodeTest, run_node_tests};

/// A pod, and what it may read.
const OBJECTS: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: {name: reader, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: default}]
---
apiVersion: v1
kind: Pod
metadata: {name: reader, namespace: default}
spec:
  restartPolicy: Never
  serviceAccountName: reader
  containers: [{name: reader, image: "seawall.test/reader:1", args: [IN_THE_POD]}]
"#;

const IN_THE_POD: &str = "in-the-pod";

/// Has two parts: the same program is run as a test, and in the pod.
fn main() -> ExitCode {
    if env::args().any(|argument| argument == IN_THE_POD) {
        return in_the_pod();
    }
    run_node_tests(&[("the_account_of_a_pod_is_who_asks", the_account_of_a_pod_is_who_asks as NodeTest)])
}

fn the_account_of_a_pod_is_who_asks(cluster: &Cluster) {
    let program = env::current_exe().unwrap();
    let libraries = libraries(&program);
    let mut files: Vec<(&Path, &str)> =
        libraries.iter().map(|path| (path.as_path(), path.to_str().unwrap())).collect();
    files.push((&program, "/reader"));
    let image = Image { reference: "seawall.test/reader:1", files: &files, entrypoint: &["/reader"] };
    cluster.import(&image).unwrap();
    let objects = OBJECTS.replace("IN_THE_POD", IN_THE_POD);
    cluster.kubectl(&["create", "--filename=-"], objects).unwrap();
    let ended = "--for=jsonpath={.status.containerStatuses[0].state.terminated}";
    cluster.kubectl(&["wait", ended, "pod/reader", "--timeout=180s"], "").unwrap();
    let said = cluster.kubectl(&["logs", "pod/reader"], "").unwrap();
    assert_eq!(said, "complete, with the pod itself\n");
}

fn in_the_pod() -> ExitCode {
    let snapshot = read(&Target::default(), &AtomicBool::new(false), &|_, _| {}).unwrap();
    let itself =
        snapshot.objects.iter().any(|object| object.kind == "Pod" && object.metadata.name == "reader");
    let complete = if snapshot.coverage.is_complete() {
        "complete".to_owned()
    } else {
        format!("{:?}", snapshot.problems)
    };
    let mut out = io::stdout();
    writeln!(out, "{complete}, {} the pod itself", if itself { "with" } else { "without" }).unwrap();
    ExitCode::SUCCESS
}

/// What the dynamic linker loads with a program, and the linker, as ldd(1) tells.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let paths = text.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')));
    paths.map(PathBuf::from).collect()
}
