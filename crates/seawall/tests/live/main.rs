//! A real API server as the program sees it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod contexts;
mod doctor;
mod drift;
mod dry_run;
mod faults;
mod minimal;
mod reach;
mod role;
mod secrets;
mod snapshot;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seawall_rig::ApiServer;

/// A server, and a kubeconfig of one who may do everything.
fn server() -> (ApiServer, PathBuf) {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    let kubeconfig = server.kubeconfig("reader").unwrap();
    (server, kubeconfig)
}

/// The program with `arguments`, in `folder`, asking the cluster of `kubeconfig`.
fn seawall(folder: &Path, kubeconfig: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
    command.args(arguments).current_dir(folder);
    command.env_remove("SEAWALL_CONFIG").env("KUBECONFIG", kubeconfig).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
