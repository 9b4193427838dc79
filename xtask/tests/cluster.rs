//! `cargo xtask cluster` gives a cluster that stays, and takes it away.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use std::path::Path;
use std::process::Command;

use seawall_rig::{Tool, tool};

/// What `cargo xtask cluster` prints, or says when it fails, to a user of whom this folder is.
fn cluster(action: &str, runtime: &Path) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["cluster", action]).env("XDG_RUNTIME_DIR", runtime).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn it_is_up_until_it_is_taken_down() {
    let runtime = tempfile::tempdir().unwrap();
    let runtime = runtime.path();
    let none = Err("error: no cluster of size api is up".to_owned());
    assert_eq!(cluster("kubeconfig", runtime), none);
    let kubeconfig = cluster("up", runtime).unwrap();
    let down = Down(runtime);
    assert_eq!(cluster("kubeconfig", runtime).as_ref(), Ok(&kubeconfig));
    assert_eq!(cluster("up", runtime).as_ref(), Ok(&kubeconfig), "there is one");

    let mut kubectl = Command::new(tool(Tool::Kubectl).unwrap());
    kubectl.args(["--kubeconfig", &kubeconfig, "get", "--raw", "/readyz"]).env("HOME", runtime);
    assert_eq!(String::from_utf8(kubectl.output().unwrap().stdout).unwrap(), "ok");

    drop(down);
    assert!(!Path::new(&kubeconfig).exists());
    assert_eq!(cluster("kubeconfig", runtime), none);
    assert_eq!(cluster("down", runtime), none);
}

/// Takes it down also when the test fails.
struct Down<'a>(&'a Path);

impl Drop for Down<'_> {
    fn drop(&mut self) {
        assert_eq!(cluster("down", self.0).as_deref(), Ok(""));
    }
}
