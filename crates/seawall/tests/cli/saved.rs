//! What is saved is judged like what it was saved of.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::inputs::{Folder, PRIVILEGED, UNPRIVILEGED};
use super::{seawall, stderr, stdout};

/// What `scan` finds: fingerprint, object, and field of each finding; codes of problems; exit code.
fn found(path: &Path) -> (Vec<String>, Vec<String>, Option<i32>) {
    let output =
        seawall(&["scan", "-o", "json", "--profile", "all", "--no-config"]).arg(path).output().unwrap();
    let report: Value = serde_json::from_str(stdout(&output)).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap();
    let findings = findings
        .iter()
        .map(|finding| ["fingerprint", "id", "message"].map(|field| text(&finding[field])).join(" "))
        .collect();
    let problems = report["problems"].as_array().unwrap();
    (findings, problems.iter().map(|problem| text(&problem["code"])).collect(), output.status.code())
}

fn save(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = seawall(&["snapshot", "save"]);
    let output = command.args(arguments).arg("--no-config").current_dir(folder.path()).output().unwrap();
    (output.status.code(), stderr(&output).to_owned())
}

#[test]
fn real_manifests_are_judged_alike() {
    let folder = Folder::with(&[]);
    let corpus = seawall_rig::corpus().unwrap().join("manifests");
    let (code, said) =
        save(&folder, &["saved.swz", corpus.to_str().unwrap(), "--no-kustomize", "--allow-incomplete"]);
    assert_eq!(code, Some(0), "{said}");
    let live = {
        let mut command =
            seawall(&["scan", "-o", "json", "--profile", "all", "--no-config", "--no-kustomize"]);
        let output = command.arg(&corpus).output().unwrap();
        let path = folder.at("live.json");
        std::fs::write(&path, &output.stdout).unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["fingerprint"].to_string())
            .collect::<Vec<_>>()
    };
    let (saved, problems, _) = found(&folder.at("saved.swz"));
    let saved: Vec<String> =
        saved.iter().map(|finding| format!("\"{}\"", finding.split(' ').next().unwrap())).collect();
    assert!(live.len() > 1_000 && !problems.is_empty());
    assert_eq!(saved, live);
}

#[test]
fn a_snapshot_is_scanned_by_whatever_name_and_from_a_pipe() {
    let folder = Folder::with(&[("a.yaml", PRIVILEGED)]);
    assert_eq!(save(&folder, &["saved", "a.yaml"]), (Some(0), "saved 1 object in saved\n".to_owned()));
    let mode = std::fs::metadata(folder.at("saved")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (findings, problems, code) = found(&folder.at("saved"));
    assert_eq!(findings, found(&folder.at("a.yaml")).0);
    assert!(!findings.is_empty() && problems.is_empty() && code == Some(1));
    let saved = std::fs::File::open(folder.at("saved")).unwrap();
    let piped = seawall(&["scan", "-", "--select", "privileged-container", "-o", "concise"])
        .stdin(saved)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(1));
    assert!(stdout(&piped).starts_with("a.yaml: critical[SW1001]"), "{}", stdout(&piped));
}

#[test]
fn what_could_not_be_read_is_told_when_it_is_saved_and_when_it_is_scanned() {
    let folder =
        Folder::with(&[("a.yaml", UNPRIVILEGED), ("b.yaml", "apiVersion: v1\nkind: Pod\nspec: {a: b: c}\n")]);
    let (code, said) = save(&folder, &["saved.swz", "."]);
    assert!(code == Some(4) && said.contains("b.yaml:3"), "{said}");
    let output = seawall(&["scan", "saved.swz", "--select", "privileged-container"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
    let (code, said) = save(&folder, &["nothing.swz", "b.yaml"]);
    assert!(code == Some(4) && !folder.at("nothing.swz").exists(), "{said}");
}

#[test]
fn a_damaged_snapshot_is_a_problem() {
    let folder = Folder::with(&[("a.yaml", UNPRIVILEGED)]);
    save(&folder, &["saved.swz", "a.yaml"]);
    let bytes = std::fs::read(folder.at("saved.swz")).unwrap();
    std::fs::write(folder.at("cut.swz"), &bytes[..bytes.len() - 10]).unwrap();
    let output = seawall(&["scan", "cut.swz"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
    let shown = seawall(&["snapshot", "show", "cut.swz"]).current_dir(folder.path()).output().unwrap();
    assert!(stdout(&shown).contains("damaged") || stderr(&shown).contains("damaged"), "{}", stdout(&shown));
}

#[test]
fn what_is_in_a_snapshot_is_shown() {
    let folder = Folder::with(&[("a.yaml", UNPRIVILEGED)]);
    save(&folder, &["saved.swz", "a.yaml"]);
    let output = seawall(&["snapshot", "show", "saved.swz", "-o", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let shown: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!((shown["objects"].as_i64(), shown["kinds"][0]["kind"].as_str()), (Some(1), Some("Pod")));
    let output = seawall(&["snapshot", "show", "saved.swz"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(stdout(&output).lines().last(), Some("1 object"), "{}", stdout(&output));
    let output = seawall(&["snapshot", "show", "a.yaml"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
}

/// A file that gives no namespace goes to the one that was said when it was saved, and its findings have that identity.
#[test]
fn the_namespace_that_was_said_is_saved() {
    let folder = Folder::with(&[("a.yaml", PRIVILEGED)]);
    save(&folder, &["here.swz", "a.yaml"]);
    save(&folder, &["shop.swz", "a.yaml", "-n", "shop"]);
    let scan = |file: &str, more: &[&str]| {
        let arguments = [&["scan", file, "-o", "json", "--no-config"], more].concat();
        let output = seawall(&arguments).current_dir(folder.path()).output().unwrap();
        let report: Value = serde_json::from_str(stdout(&output)).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["fingerprint"].to_string()).collect::<Vec<_>>()
    };
    let (here, shop) = (scan("a.yaml", &[]), scan("a.yaml", &["-n", "shop"]));
    assert!(!here.is_empty() && here != shop);
    assert_eq!(scan("here.swz", &[]), here);
    assert_eq!(scan("shop.swz", &[]), shop);
    assert_eq!(scan("here.swz", &["-n", "shop"]), shop);
}
