//! Asking an API server with the real kubectl.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::tool::{Tool, tool};

/// The real kubectl, without the settings of the user who runs the tests.
pub(crate) struct Kubectl {
    program: PathBuf,
    /// Where it keeps what it has learnt of the API server.
    home: PathBuf,
}

impl Kubectl {
    /// kubectl with this home; the folder need not exist.
    pub(crate) fn provide(home: PathBuf) -> Result<Kubectl> {
        Ok(Kubectl { program: tool(Tool::Kubectl)?, home })
    }

    /// What kubectl prints, when it succeeds.
    pub(crate) fn run(&self, kubeconfig: &Path, arguments: &[&str], stdin: &[u8]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.arg("--kubeconfig").arg(kubeconfig).args(arguments);
        command.env("HOME", &self.home).env("KUBERC", "off").env_remove("KUBECACHEDIR");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot run kubectl")?;
        let mut sink = child.stdin.take().context("no standard input")?;
        let output = thread::scope(|scope| {
            // While output is read, else each could wait for the other. That kubectl does not read all is its own affair.
            scope.spawn(move || sink.write_all(stdin));
            child.wait_with_output()
        })
        .context("cannot read what kubectl says")?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            bail!("`kubectl {}` failed ({}): {}", arguments.join(" "), output.status, words.trim());
        }
        String::from_utf8(output.stdout).context("kubectl prints no UTF-8")
    }
}
