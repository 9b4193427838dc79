//! Ctrl-C: a partial report, and the exit code that says so.

use std::fs::File;
use std::io::Read;
use std::process::{Child, Command, Stdio};

use super::inputs::{Folder, PRIVILEGED};
use super::seawall;

/// A scan of a privileged pod and of a chart whose rendering does not end, stopped while it renders.
fn stopped(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = Folder::with(&[
        ("pod.yaml", PRIVILEGED),
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"),
        ("chart/templates/pod.yaml", PRIVILEGED),
    ]);
    let started = folder.at("started");
    // A `helm` that says when it was started, and then takes longer than anyone waits.
    folder.script("bin/helm", &format!("echo started > '{}'\nexec sleep 3600", started.display()));
    assert!(Command::new("mkfifo").arg(&started).status().unwrap().success());
    let mut child = seawall(arguments)
        .args(["--helm-timeout", "1h", "--helm"])
        .arg(folder.at("bin/helm"))
        .args(["pod.yaml", "chart"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Reading waits until helm writes: then the scan is under way.
    let mut word = String::new();
    File::open(&started).unwrap().read_to_string(&mut word).unwrap();
    assert_eq!(word, "started\n");
    interrupt(&child);
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (child.wait().unwrap().code(), out, err)
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn what_was_read_is_reported_and_the_rest_is_a_problem() {
    let (code, out, err) = stopped(&["scan", "--fail-on", "never"]);
    assert_eq!(code, Some(4), "{err}");
    assert!(out.contains("pod.yaml:10:"), "{out}");
    assert!(format!("{out}{err}").contains("stopped"), "{out}{err}");
}

#[test]
fn findings_count_more_than_that_it_was_stopped() {
    let (code, out, err) = stopped(&["scan"]);
    assert_eq!(code, Some(1), "{out}{err}");
}

#[test]
fn waiting_for_standard_input_can_be_stopped() {
    let folder = Folder::with(&[("pod.yaml", PRIVILEGED)]);
    let mut child = seawall(&["scan", "--fail-on", "never", "pod.yaml", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds: when it is written, the program is reading.
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &vec![b'#'; 4 << 20]).unwrap();
    interrupt(&child);
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    let status = child.wait().unwrap();
    // Only now is the input's end in sight.
    drop(stdin);
    assert_eq!(status.code(), Some(4), "{out}");
    assert!(out.contains("pod.yaml:10:"), "{out}");
}
