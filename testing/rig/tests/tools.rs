//! Each real program does the work that tests want from it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use seawall_rig::{Tool, tool};

#[test]
fn kubectl_renders_a_kustomization() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("kustomization.yaml"), "namePrefix: a-\nresources: [b.yaml]\n").unwrap();
    fs::write(root.join("b.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n").unwrap();
    assert_eq!(
        run(Tool::Kubectl, &["kustomize"], root),
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a-b\n"
    );
}

/// A release build of helm shows charts the Kubernetes version of its client library; a plain build shows 1.20.
#[test]
fn both_helms_render_a_chart_for_the_kubernetes_version_of_their_release() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("templates")).unwrap();
    fs::write(root.join("Chart.yaml"), "apiVersion: v2\nname: tiny\nversion: 0.1.0\n").unwrap();
    fs::write(root.join("values.yaml"), "greeting: hello\n").unwrap();
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  greeting: {{ .Values.greeting }}\n  \
                    helm: {{ .Capabilities.HelmVersion.Version }}\n  kubernetes: {{ .Capabilities.KubeVersion.Version }}\n";
    fs::write(root.join("templates/x.yaml"), template).unwrap();
    for (helm, version) in [(Tool::Helm3, "v3.22.0"), (Tool::Helm4, "v4.3.1")] {
        let rendered = run(helm, &["template", "--set", "greeting=bye"], root);
        let data = format!("data:\n  greeting: bye\n  helm: {version}\n  kubernetes: v1.37.0\n");
        assert!(rendered.contains(&data), "{rendered}");
    }
}

/// Runs a tool on a folder that stands also for its home, and gives what it printed.
fn run(which: Tool, arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new(tool(which).unwrap());
    let output = command.args(arguments).arg(folder).env("HOME", folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
