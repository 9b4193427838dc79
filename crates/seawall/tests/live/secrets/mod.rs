//! No value that is secret leaves the program, by whatever way, and those of Secrets are not in its memory once they are read.

mod memory;
mod planted;

use std::path::Path;
use std::process::Output;

use crate::snapshot::ruzstd_of;
use crate::{seawall, server, stderr};

use self::planted::{MANIFESTS, Planted};

const FORMATS: &[&str] =
    &["terminal", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown"];

/// What a run has said, and written to files of a folder.
fn said(output: &Output, folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut said =
        vec![("stdout".to_owned(), output.stdout.clone()), ("stderr".to_owned(), output.stderr.clone())];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if name.ends_with(".swz") {
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut ruzstd_of(&bytes), &mut text).unwrap();
            said.push((format!("{name}, unpacked"), text));
        }
        said.push((name, bytes));
    }
    said
}

#[test]
fn no_value_is_told_or_saved() {
    let (server, kubeconfig) = server();
    let planted = Planted::new();
    server.kubectl(&["apply", "-f", "-"], planted.fill(MANIFESTS)).unwrap();
    let values = planted.all();
    let formats: Vec<String> = FORMATS.iter().map(|format| format!("{format}=report.{format}")).collect();
    let scan = ["scan", "--cluster", "--profile", "all", "--all", "--show-suppressed"];
    let mut reports = scan.to_vec();
    reports.extend(formats.iter().flat_map(|format| ["-o", format]));
    let deploy = "deploy";
    for arguments in [
        &reports[..],
        &["scan", "--cluster", "--profile", "all", "--all", "-v"],
        &["snapshot", "save", "all.swz", "--cluster"],
        &["snapshot", "show", "all.swz"],
        &["scan", "all.swz", "--profile", "all", "--all", "-o", "json"],
        &["drift", deploy, "--cluster", "--all"],
        &["drift", deploy, "--cluster", "--all", "-o", "json"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(deploy)).unwrap();
        // Files with other values, since both sides of a difference are secret, and without the first object.
        let others = Planted::new();
        let (_, rest) = MANIFESTS.split_once("---").unwrap();
        std::fs::write(folder.path().join(deploy).join("all.yaml"), others.fill(rest)).unwrap();
        if arguments.contains(&"all.swz") && !arguments.contains(&"save") {
            let saved = seawall(folder.path(), &kubeconfig, &["snapshot", "save", "all.swz", "--cluster"]);
            assert_eq!(saved.status.code(), Some(0), "{}", stderr(&saved));
        }
        let output = seawall(folder.path(), &kubeconfig, arguments);
        let ended = output.status.code();
        assert!(matches!(ended, Some(0 | 1)), "{arguments:?} {ended:?}: {}", stderr(&output));
        let said = said(&output, folder.path());
        let has = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
        let is_told = said.iter().any(|(_, text)| has(text, "planted-"));
        assert!(is_told, "{arguments:?} tell nothing of what is planted");
        for (place, text) in &said {
            for value in values.iter().chain(&others.all()) {
                assert!(!has(text, value), "{arguments:?}: {place} has {value}");
            }
        }
    }
}
