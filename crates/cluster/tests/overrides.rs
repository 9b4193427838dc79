//! Flags in place of a kubeconfig, as kubectl has them, at a real API server.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use seawall_cluster::{ClusterError, Overrides, Target, Token, read};
use seawall_inventory::Snapshot;
use seawall_rig::ApiServer;

/// A kubeconfig whose current context leads nowhere, with a user who is unknown.
const WRONG: &str = r#"{
    "apiVersion": "v1", "kind": "Config", "current-context": "a",
    "contexts": [{"name": "a", "context": {"cluster": "a", "user": "nobody"}}],
    "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:9", "tls-server-name": "elsewhere"}}],
    "users": [{"name": "nobody", "user": {"token": "unknown"}}, {"name": "somebody", "user": {"token": "TOKEN"}}]
}"#;

fn scan(kubeconfig: &Path, overrides: Overrides) -> Result<Snapshot, ClusterError> {
    let target = Target { kubeconfig: Some(kubeconfig.to_path_buf()), overrides, ..Target::default() };
    read(&target, &AtomicBool::new(false), &|_, _| {})
}

fn codes(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn each_flag_counts_in_place_of_what_the_kubeconfig_says() {
    let server = ApiServer::start().unwrap();
    let token = server.token("admin").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig: PathBuf = folder.path().join("config");
    std::fs::write(&kubeconfig, WRONG.replace("TOKEN", token)).unwrap();

    let server_alone = Overrides {
        server: Some(server.url().to_owned()),
        certificate_authority: Some(server.authority().to_path_buf()),
        ..Overrides::default()
    };
    // The server is found, by the name that its certificate holds, and refuses the user of the context.
    let refused = scan(&kubeconfig, server_alone.clone()).unwrap();
    assert_eq!(codes(&refused), ["cluster-refused"], "{:?}", refused.problems);

    let with = |change: &dyn Fn(&mut Overrides)| {
        let mut overrides = server_alone.clone();
        change(&mut overrides);
        scan(&kubeconfig, overrides)
    };
    let read = |change: &dyn Fn(&mut Overrides)| {
        let snapshot = with(change).unwrap();
        assert!(codes(&snapshot).is_empty(), "{:?}", snapshot.problems);
        assert!(snapshot.objects.iter().any(|object| object.kind == "Namespace"));
    };
    read(&|overrides| overrides.user = Some("somebody".to_owned()));
    read(&|overrides| overrides.token = Some(Token(token.to_owned())));
    read(&|overrides| {
        overrides.token = Some(Token(token.to_owned()));
        overrides.certificate_authority = None;
        overrides.insecure_skip_tls_verify = true;
    });
    read(&|overrides| {
        overrides.token = Some(Token(token.to_owned()));
        overrides.tls_server_name = Some("localhost".to_owned());
    });
    let misnamed = with(&|overrides| overrides.tls_server_name = Some("elsewhere".to_owned())).unwrap();
    assert_eq!(codes(&misnamed), ["cluster-silent"], "{:?}", misnamed.problems);
    let distrusted = with(&|overrides| overrides.certificate_authority = None).unwrap();
    assert_eq!(codes(&distrusted), ["cluster-silent"], "{:?}", distrusted.problems);
    let unknown = with(&|overrides| overrides.user = Some("else".to_owned())).unwrap_err();
    assert!(matches!(unknown, ClusterError::UnknownUser(name) if name == "else"));
}

#[test]
fn a_client_certificate_is_shown_in_place_of_a_token() {
    let server = ApiServer::start().unwrap();
    let certificate = server.client_certificate("carol", "system:masters").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("config");
    std::fs::write(&kubeconfig, WRONG.replace(r#"{"token": "unknown"}"#, "{}")).unwrap();
    let overrides = Overrides {
        server: Some(server.url().to_owned()),
        certificate_authority: Some(server.authority().to_path_buf()),
        client_certificate: Some(certificate.certificate.clone()),
        client_key: Some(certificate.key.clone()),
        ..Overrides::default()
    };
    let snapshot = scan(&kubeconfig, overrides).unwrap();
    assert!(codes(&snapshot).is_empty(), "{:?}", snapshot.problems);
    assert!(server.audit().unwrap().iter().any(|event| event.user == "carol"));
}

#[test]
fn a_token_is_not_shown() {
    let overrides = Overrides { token: Some(Token("PLANTED".to_owned())), ..Overrides::default() };
    assert!(!format!("{overrides:?}").contains("PLANTED"));
}
