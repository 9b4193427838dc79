//! Clusters that cannot be read: what is said, with which exit code, and how long it takes.
#![cfg(feature = "cluster")]

use std::net::TcpListener;
use std::process::{Command, Stdio};

use super::inputs::Folder;
use super::{seawall, stderr, stdout};

/// A folder with a kubeconfig of an API server at this place.
fn kubeconfig(server: &str) -> Folder {
    let text = format!(
        "{{apiVersion: v1, kind: Config, current-context: prod, contexts: [{{name: prod, context: {{cluster: c, user: u}}}}],\
          clusters: [{{name: c, cluster: {{server: '{server}'}}}}], users: [{{name: u, user: {{token: PLANTEDt0k3n}}}}]}}"
    );
    Folder::with(&[("kubeconfig", &text)])
}

/// Scans with the folder's kubeconfig.
fn scan(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = seawall(&["scan", "--cluster", "--kubeconfig", "kubeconfig"]);
    command.args(arguments).current_dir(folder.path());
    command
}

#[test]
fn each_is_told_with_its_exit_code() {
    // Port 9 of loopback (discard) is closed.
    let closed = kubeconfig("https://127.0.0.1:9");
    // Whoever connects waits in the listener's queue, and hears nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = kubeconfig(&format!("https://{}", listener.local_addr().unwrap()));
    for (folder, arguments, code, says) in [
        (&closed, &[][..], 4, "problem[cluster-silent]: the API server cannot be asked: tcp connect error: "),
        (&closed, &[], 4, "`kubectl version`"),
        (&closed, &["--allow-incomplete"], 3, "cluster-silent"),
        (&silent, &["--request-timeout", "1s"], 4, "no whole answer within 1 s"),
        (
            &silent,
            &["--request-timeout", "0", "--timeout", "1"],
            4,
            "the time for reading the cluster is up (1 s)",
        ),
        (&closed, &["--kubeconfig", "nowhere"], 2, "the kubeconfig cannot be used"),
        (&closed, &["--context", "nowhere"], 2, "nowhere"),
        (&closed, &["-n", "a/b"], 2, "`a/b` is not the name of a namespace"),
        (&closed, &["--timeout", "soon"], 2, "90s"),
    ] {
        let output = match arguments {
            ["--kubeconfig", other] => {
                seawall(&["scan", "--cluster", "--kubeconfig", other]).current_dir(folder.path()).output()
            }
            _ => scan(folder, arguments).output(),
        };
        let output = output.unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(!said.contains("PLANTED"), "{said}");
    }
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let closed = kubeconfig("https://127.0.0.1:9");
    for (arguments, code, says) in [
        (&["--kubeconfig", "kubeconfig"][..], 4, "failed   reachability  the API server cannot be asked"),
        (&["--kubeconfig", "kubeconfig"], 4, "unknown  permissions   the API server was not reached"),
        (&["--kubeconfig", "kubeconfig", "-o", "json"], 4, "\"complete\": false"),
        (&["--kubeconfig", "nowhere"], 2, "the kubeconfig cannot be used"),
        (&["--kubeconfig", "kubeconfig", "-n", "a/b"], 2, "`a/b` is not the name of a namespace"),
        (&["--kubeconfig", "kubeconfig", "--select", "no-such-check"], 2, "no-such-check"),
        (&["--kubeconfig", "kubeconfig", "--as-group", "a"], 2, "--as <USER>"),
    ] {
        let mut command = seawall(&["cluster", "doctor", "--no-config"]);
        let output = command.args(arguments).current_dir(closed.path()).output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(!said.contains("PLANTED"), "{said}");
    }
}

#[test]
fn what_says_more_of_a_cluster_needs_one() {
    for flag in ["--context=a", "--all-namespaces", "--server=https://127.0.0.1:9", "--request-timeout=1s"] {
        let output = seawall(&["scan", flag]).output().unwrap();
        let said = stderr(&output);
        assert!(output.status.code() == Some(2) && said.contains("--cluster"), "{flag}: {said}");
    }
}

#[test]
fn waiting_for_an_api_server_can_be_stopped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = kubeconfig(&format!("https://{}", listener.local_addr().unwrap()));
    let child = scan(&folder, &["--request-timeout=0", "--timeout=0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It is connected: it waits for an answer.
    let _connection = listener.accept().unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(format!("{}{}", stdout(&output), stderr(&output)).contains("the scan was stopped"));
}
