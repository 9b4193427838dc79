//! Baselines, and what a change does.

use std::process::Command;

use super::inputs::{Folder, PRIVILEGED, UNPRIVILEGED};
use super::{seawall, stderr, stdout};

const ONLY: [&str; 4] = ["--select", "privileged-container,host-pid", "-o", "concise"];

fn with_host_pid(pod: &str) -> String {
    pod.replace("spec:\n", "spec:\n  hostPID: true\n")
}

fn git(folder: &Folder, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("git runs; install it to test comparisons of revisions");
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
}

/// A repository: `base` has a privileged pod; `head` has it mended, and another one in the node's processes.
fn repository() -> Folder {
    let folder = Folder::with(&[("deploy/web.yaml", PRIVILEGED), ("other/job.yaml", UNPRIVILEGED)]);
    git(&folder, &["init", "-q", "-b", "head"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "base"]);
    git(&folder, &["branch", "base"]);
    folder.write("deploy/web.yaml", UNPRIVILEGED);
    folder.write("other/job.yaml", &with_host_pid(UNPRIVILEGED));
    git(&folder, &["commit", "-q", "-a", "-m", "head"]);
    folder
}

fn diff(folder: &Folder, within: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = seawall(&["diff"]);
    let (before, behind) = match arguments.iter().position(|argument| *argument == "--") {
        Some(at) => arguments.split_at(at),
        None => (arguments, &[][..]),
    };
    let output =
        command.args(before).args(ONLY).args(behind).current_dir(folder.at(within)).output().unwrap();
    (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
}

#[test]
fn revisions_are_compared_without_touching_the_work_tree() {
    let folder = repository();
    // Not committed: part of the work tree alone.
    folder.write("deploy/new.yaml", &PRIVILEGED.replace("name: web", "name: new"));
    let job = "other/job.yaml:6:3: high[SW1003]";
    let new = "deploy/new.yaml:10:7: critical[SW1001]";
    let cases: [(&str, &[&str], i32, &[&str]); 8] = [
        ("", &["base..head"], 1, &[job]),
        ("", &["base.."], 1, &[job]),
        ("", &["base", "head"], 1, &[job]),
        ("", &["base"], 1, &[new, job]),
        ("", &["head"], 1, &[new]),
        ("", &["base..", "--", "deploy"], 0, &[]),
        ("other", &["base..", "--", "."], 1, &["job.yaml:6:3: high[SW1003]"]),
        ("", &["head..base"], 1, &["deploy/web.yaml:10:7: critical[SW1001]"]),
    ];
    for (within, arguments, code, found) in cases {
        let (status, out, err) = diff(&folder, within, arguments);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), found.len(), "{arguments:?}: {out}{err}");
        for (line, expected) in lines.iter().zip(found) {
            assert!(line.starts_with(expected), "{arguments:?}: {out}");
        }
        assert_eq!(status, Some(code), "{arguments:?}: {out}{err}");
    }
    let status = Command::new("git").args(["status", "--short"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(stdout(&status), "?? deploy/new.yaml\n");
}

#[test]
fn json_holds_what_is_new_and_what_is_mended() {
    let folder = repository();
    let output = seawall(&["diff", "base..", "--select", "privileged-container,host-pid", "-o", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = |list: &str| -> Vec<String> {
        let findings = report[list].as_array().unwrap();
        findings.iter().map(|finding| finding["check"].to_string()).collect()
    };
    assert!(checks("findings").iter().any(|check| check.contains("SW1003")), "{report:#}");
    assert!(checks("fixed").iter().any(|check| check.contains("SW1001")), "{report:#}");
    assert_eq!((&report["difference"]["new"], &report["difference"]["fixed"]), (&1.into(), &1.into()));
}

#[test]
fn what_is_no_revision_and_no_path_is_a_usage_error() {
    let folder = repository();
    for (arguments, says) in [
        (&["nonesuch"][..], "there is no revision `nonesuch`"),
        (&["base", "nonesuch"], "there is no revision `nonesuch`"),
        (&["--", "x"], "BASE"),
        (&["base..", "--", "../.."], "is not in the repository"),
        (&["deploy", "other", "--", "x"], "both sides are paths"),
    ] {
        let (status, out, err) = diff(&folder, "", arguments);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(says), "{arguments:?}: {err}");
    }
    let outside = Folder::with(&[("pod.yaml", PRIVILEGED)]);
    let (status, _, err) = diff(&outside, "", &["main.."]);
    assert_eq!(status, Some(2));
    assert!(err.contains("git repository"), "{err}");
}

#[test]
fn a_baseline_hides_what_was_there_and_nothing_new() {
    let folder = Folder::with(&[("deploy/web.yaml", PRIVILEGED)]);
    let run = |arguments: &[&str]| {
        let output = seawall(arguments)
            .args(["--select", "privileged-container,host-pid", "--baseline", "accepted.yaml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    };
    assert_eq!(run(&["baseline", "write"]).0, Some(0));
    assert_eq!(run(&["scan"]).0, Some(0));

    // Moved lines and another file: the same finding. Another weakness: a new one.
    std::fs::remove_file(folder.at("deploy/web.yaml")).unwrap();
    folder.write("deploy/renamed.yaml", &format!("# moved\n\n{}", with_host_pid(PRIVILEGED)));
    let (code, out, _) = run(&["scan", "-o", "concise"]);
    assert_eq!((code, out.lines().count()), (Some(1), 1), "{out}");
    assert!(out.contains("SW1003"), "{out}");

    // Mended: said, and taken out; then a relapse is new.
    folder.write("deploy/renamed.yaml", UNPRIVILEGED);
    assert!(run(&["scan"]).2.contains("seawall baseline prune"));
    assert_eq!(run(&["baseline", "prune"]).0, Some(0));
    folder.write("deploy/renamed.yaml", PRIVILEGED);
    assert_eq!(run(&["scan"]).0, Some(1));
}

#[test]
fn a_baseline_is_not_pruned_by_what_could_not_be_read() {
    let folder = Folder::with(&[("web.yaml", PRIVILEGED)]);
    let run = |arguments: &[&str]| {
        let output = seawall(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), stderr(&output).to_owned())
    };
    assert_eq!(run(&["baseline", "write"]).0, Some(0));
    let before = std::fs::read(folder.at("seawall-baseline.yaml")).unwrap();
    folder.write("web.yaml", "apiVersion: v1\nkind: [\n");
    let (code, err) = run(&["baseline", "prune"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("--allow-incomplete"), "{err}");
    assert_eq!(std::fs::read(folder.at("seawall-baseline.yaml")).unwrap(), before);

    folder.write("seawall-baseline.yaml", "version: 1\nfindings: [{check: SW1001}]\n");
    folder.write("web.yaml", UNPRIVILEGED);
    let (code, err) = run(&["scan", "--baseline", "seawall-baseline.yaml"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("seawall-baseline.yaml:2:"), "{err}");
}

/// Rights of revisions are compared as findings are.
#[test]
fn rights_of_revisions_are_compared() {
    let role = |verb: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: read, namespace: shop}}\n\
             rules: [{{apiGroups: [''], resources: [pods], verbs: [{verb}]}}]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: read, namespace: shop}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: read}}\n\
             subjects: [{{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}}]\n"
        )
    };
    let folder = Folder::with(&[("deploy/rbac.yaml", &role("get"))]);
    git(&folder, &["init", "-q", "-b", "head"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "base"]);
    git(&folder, &["branch", "base"]);
    folder.write("deploy/rbac.yaml", &role("list"));
    git(&folder, &["commit", "-q", "-a", "-m", "head"]);
    for (arguments, code, says) in [
        (&["base..head"][..], 1, "deploy/rbac.yaml:4"),
        (&["base.."], 1, "list on pods"),
        (&["base"], 1, "1 gained, 1 lost"),
        (&["head"], 0, "no right is gained or lost"),
        (&["base..head", "--", "elsewhere"], 0, "no right is gained or lost"),
        (&["nowhere"], 2, ""),
    ] {
        let output =
            seawall(&["access", "diff"]).args(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stdout(&output).contains(says), "{arguments:?}: {}", stdout(&output));
    }
}
