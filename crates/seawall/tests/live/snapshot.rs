//! A cluster is saved, and what was saved is judged like the cluster.

use serde_json::Value;

use crate::{seawall, server, stderr, stdout};

const OBJECTS: &str = include_str!("../../../cluster/tests/objects.yaml");

/// A report without what says when and how it was made.
fn findings(report: &str) -> Value {
    let report: Value = serde_json::from_str(report).unwrap();
    serde_json::json!([report["findings"], report["problems"], report["unknowns"]])
}

#[test]
fn a_saved_cluster_is_judged_like_the_cluster() {
    let (server, kubeconfig) = server();
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| seawall(folder.path(), &kubeconfig, arguments);
    let live = run(&["scan", "--cluster", "--profile", "all", "-o", "json"]);
    let saved = run(&["snapshot", "save", "prod.swz", "--cluster"]);
    assert_eq!(saved.status.code(), Some(0), "{}", stderr(&saved));
    let again = run(&["scan", "prod.swz", "--profile", "all", "-o", "json"]);
    assert_eq!(findings(&stdout(&again)), findings(&stdout(&live)));
    assert_eq!(again.status.code(), live.status.code());
    assert!(findings(&stdout(&live))[0].as_array().unwrap().len() > 20);

    let shown = stdout(&run(&["scan", "prod.swz"]));
    assert!(shown.contains(" objects of a cluster; profile"), "{shown}");

    let bytes = std::fs::read(folder.path().join("prod.swz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut ruzstd_of(&bytes), &mut text).unwrap();
    assert!(text.contains("\"kind\":\"Secret\"") && !text.contains("PLANTED"), "a value is saved");

    let namespace = run(&["snapshot", "save", "shop.swz", "--cluster", "-n", "shop", "--no-secrets"]);
    assert_eq!(namespace.status.code(), Some(0), "{}", stderr(&namespace));
    let live = run(&["scan", "--cluster", "-n", "shop", "--no-secrets", "-o", "json"]);
    let again = run(&["scan", "shop.swz", "-o", "json"]);
    assert_eq!(findings(&stdout(&again)), findings(&stdout(&live)));
}

/// All frames of a file, one after another.
pub fn ruzstd_of(mut packed: &[u8]) -> impl std::io::Read {
    let mut text = Vec::new();
    while !packed.is_empty() {
        let mut frame = ruzstd::decoding::StreamingDecoder::new(packed).unwrap();
        std::io::Read::read_to_end(&mut frame, &mut text).unwrap();
        packed = frame.into_inner();
    }
    std::io::Cursor::new(text)
}

#[test]
fn what_may_not_be_listed_is_still_not_known_when_it_is_scanned_later() {
    let server = seawall_rig::ApiServer::start_for(&[("guest", &[])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();
    let rights = ["create", "clusterrole", "pods-only", "--verb=list", "--resource=pods"];
    server.kubectl(&rights, "").unwrap();
    let bind = ["create", "clusterrolebinding", "guest", "--clusterrole=pods-only", "--user=guest"];
    server.kubectl(&bind, "").unwrap();
    let kubeconfig = server.kubeconfig("guest").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| seawall(folder.path(), &kubeconfig, arguments);
    let live = run(&["scan", "--cluster", "-o", "json", "--fail-on", "never"]);
    let saved = run(&["snapshot", "save", "prod.swz", "--cluster"]);
    assert_eq!(saved.status.code(), Some(4), "{}", stderr(&saved));
    let again = run(&["scan", "prod.swz", "-o", "json", "--fail-on", "never"]);
    assert_eq!(again.status.code(), Some(4));
    assert_eq!(findings(&stdout(&again)), findings(&stdout(&live)));
}
