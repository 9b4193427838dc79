//! The same input gives the same bytes, whatever the number of threads.

use std::path::PathBuf;

use super::seawall;

/// Real manifests: `SEAWALL_CORPUS`, or `../shared/corpus` beside the project.
fn corpus() -> PathBuf {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let corpus = std::env::var_os("SEAWALL_CORPUS").map_or_else(beside, PathBuf::from);
    assert!(corpus.join("manifests").is_dir(), "set SEAWALL_CORPUS to the folder of real manifests");
    corpus.canonicalize().unwrap()
}

#[test]
fn reports_do_not_depend_on_threads() {
    let scan = |threads: &str, format: &str| {
        let output = seawall(&[
            "scan",
            "manifests/badPods",
            "manifests/kubernetes-goat",
            "--no-helm",
            "--no-kustomize",
            "--all",
            "--threads",
            threads,
        ])
        .args(["-o", format])
        .current_dir(corpus())
        .output()
        .unwrap();
        assert_eq!(output.status.code(), Some(1));
        (output.stdout, output.stderr)
    };
    for format in ["terminal", "json"] {
        let one = scan("1", format);
        assert!(one.0.len() > 50_000, "{format}: {} bytes", one.0.len());
        for threads in ["2", "8"] {
            assert!(one == scan(threads, format), "{format} differs with {threads} threads");
        }
    }
}
