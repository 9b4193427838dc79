//! The processes of an API server.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::credentials::Credentials;
use super::program::Programs;
use crate::daemon::Daemon;
use crate::guard::Guard;
use crate::kubectl::Kubectl;

/// How long an API server may take until it is ready; on an idle machine it takes some seconds.
const PATIENCE: Duration = Duration::from_secs(180);
pub(super) const BETWEEN_ASKS: Duration = Duration::from_millis(50);

/// What the API server says when its port is taken (EADDRINUSE, in the words of Go's syscall package).
const PORT_TAKEN: &str = "address already in use";

/// What it says when the port is its own (k8s.io/apiserver/pkg/server/secure_serving.go, v0.36.3).
const SERVES: &str = "Serving securely on ";

/// The processes.
pub(super) struct Running {
    /// None until some are wanted.
    pub controllers: Option<Daemon>,
    /// None when it was killed.
    pub server: Option<Daemon>,
    pub etcd: Daemon,
    pub guard: Guard,
}

impl Running {
    /// Starts the API server at the port, after the end of the one before.
    pub(super) fn serve(&mut self, port: u16, programs: &Programs, credentials: &Credentials) -> Result<()> {
        self.server = None;
        let mut command = programs.api_server(port, credentials);
        let server = Daemon::start("kube-apiserver", &mut command, programs.api_server_log())?;
        self.server = Some(server);
        self.guard_all()
    }

    /// Starts controllers, after the end of those before.
    pub(super) fn control(&mut self, command: &mut Command, log: PathBuf) -> Result<()> {
        self.controllers = None;
        self.controllers = Some(Daemon::start("kube-controller-manager", command, log)?);
        self.guard_all()
    }

    /// The numbers of all processes but that of the guard.
    pub(super) fn ids(&self) -> Vec<u32> {
        self.controllers.iter().chain(&self.server).chain([&self.etcd]).map(Daemon::id).collect()
    }

    fn guard_all(&mut self) -> Result<()> {
        let ids = self.ids();
        self.guard.guard(&ids)
    }

    pub(super) fn server(&mut self) -> Result<&mut Daemon> {
        self.server.as_mut().context("the API server was killed")
    }

    /// Asks until the answer is good.
    pub(super) fn wait_until_ready(&mut self, kubectl: &Kubectl, kubeconfig: &Path) -> Result<()> {
        let started = Instant::now();
        loop {
            self.etcd.still_runs()?;
            let server = self.server()?;
            server.still_runs()?;
            let Err(error) = ask(server, kubectl, kubeconfig) else { return Ok(()) };
            if started.elapsed() > PATIENCE {
                let log = server.end_of_log();
                bail!(
                    "the API server is not ready after {} s: {error:#}; the end of its log:\n{log}",
                    PATIENCE.as_secs()
                );
            }
            thread::sleep(BETWEEN_ASKS);
        }
    }

    pub(super) fn port_was_taken(&self) -> bool {
        self.server.as_ref().is_some_and(|server| server.has_said(PORT_TAKEN))
    }
}

/// Whether the API server can be used: it says so itself, and has made the namespace `default`, for which its own readiness
/// does not wait.
fn ask(server: &Daemon, kubectl: &Kubectl, kubeconfig: &Path) -> Result<()> {
    // Before, it would be another who is asked, or nobody.
    ensure!(server.has_said(SERVES), "it does not listen");
    for path in ["/readyz", "/api/v1/namespaces/default"] {
        kubectl.run(kubeconfig, &["get", "--request-timeout=2s", "--raw", path], b"")?;
    }
    Ok(())
}
