//! A cluster is watched, and told line by line.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::{seawall, server, stderr, stdout};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: default}\n\
                   spec: {containers: [{name: c, image: 'registry.example/a:1', securityContext: {privileged: true}}]}\n";

/// The program, and the lines that it writes.
fn watch(kubeconfig: &Path, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .args(["watch", "--cluster", "--no-config"])
        .args(arguments)
        .env("KUBECONFIG", kubeconfig)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = child.stdout.take().unwrap();
    (child, BufReader::new(out).lines())
}

fn json(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Value {
    serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap()
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn findings_are_told_as_they_open_and_close() {
    let (server, kubeconfig) = server();
    let arguments = ["-o", "jsonl", "--select", "SW1001", "--initial"];
    let (mut child, mut lines) = watch(&kubeconfig, &arguments);
    let began = json(&mut lines);
    assert_eq!((&began["type"], &began["incomplete"]), (&"began".into(), &false.into()), "{began}");
    assert_eq!(began["findings"]["total"], 0);
    server.kubectl(&["apply", "-f", "-"], POD).unwrap();
    let opened = json(&mut lines);
    assert_eq!(opened["type"], "opened");
    assert_eq!(opened["check"]["id"], "SW1001");
    assert_eq!(opened["object"]["name"], "web");

    // Another one that begins now has it from the beginning.
    let (mut other, mut others) = watch(&kubeconfig, &arguments);
    assert_eq!(json(&mut others)["findings"]["critical"], 1);
    let open = json(&mut others);
    assert_eq!((&open["type"], &open["fingerprint"]), (&"open".into(), &opened["fingerprint"]));
    interrupt(&other);
    assert_eq!(json(&mut others)["type"], "ended");
    assert!(others.next().is_none());
    assert_eq!(other.wait().unwrap().code(), Some(0));

    server.kubectl(&["delete", "pod", "web", "--now"], "").unwrap();
    let closed = json(&mut lines);
    assert_eq!((&closed["type"], &closed["fingerprint"]), (&"closed".into(), &opened["fingerprint"]));
    interrupt(&child);
    let ended = json(&mut lines);
    assert_eq!((&ended["type"], &ended["opened"], &ended["closed"]), (&"ended".into(), &1.into(), &1.into()));
    assert!(lines.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_has_gone_away_ends_it() {
    let (server, kubeconfig) = server();
    let (mut child, mut lines) = watch(&kubeconfig, &[]);
    let began = lines.next().unwrap().unwrap();
    assert!(began.contains(" watching "), "{began}");
    drop(lines);
    server.kubectl(&["apply", "-f", "-"], POD).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_cannot_be_watched_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = folder.path().join("kubeconfig");
    // Port 9 of loopback (discard) is closed.
    let text = "{apiVersion: v1, kind: Config, current-context: prod, contexts: [{name: prod, context: {cluster: c, user: u}}],\
                clusters: [{name: c, cluster: {server: 'https://127.0.0.1:9'}}], users: [{name: u, user: {token: t}}]}";
    std::fs::write(&kubeconfig, text).unwrap();
    let silent = seawall(folder.path(), &kubeconfig, &["watch", "--cluster", "-o", "jsonl"]);
    assert_eq!(silent.status.code(), Some(4), "{}", stderr(&silent));
    let line: Value = serde_json::from_str(&stdout(&silent)).unwrap();
    assert_eq!((&line["type"], &line["code"]), (&"problem".into(), &"cluster-silent".into()));
    let files = seawall(folder.path(), &kubeconfig, &["watch"]);
    assert_eq!(files.status.code(), Some(2));
    assert!(stderr(&files).contains("--cluster"), "{}", stderr(&files));
}
