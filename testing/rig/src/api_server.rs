//! A real API server with its etcd, on loopback, for as long as a test wants it.

mod audit;
mod credentials;
mod kubectl;
mod program;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

pub use self::audit::AuditEvent;
use self::credentials::Credentials;
use self::kubectl::Kubectl;
use self::program::Programs;
use crate::daemon::Daemon;
use crate::guard::Guard;

/// Who is allowed everything.
const ADMIN: (&str, &[&str]) = ("admin", &["system:masters"]);

/// How long an API server may take until it is ready; on an idle machine it takes some seconds.
const PATIENCE: Duration = Duration::from_secs(180);
const BETWEEN_ASKS: Duration = Duration::from_millis(50);

/// How often a port is chosen that somebody else takes before the API server does.
const ATTEMPTS: usize = 5;

/// What the API server says then (EADDRINUSE, in the words of Go's syscall package).
const PORT_TAKEN: &str = "address already in use";

/// What it says when the port is its own (k8s.io/apiserver/pkg/server/secure_serving.go, v0.36.3).
const SERVES: &str = "Serving securely on ";

/// A real kube-apiserver with a real etcd, without nodes and without controllers: objects are what was written.
///
/// It listens on loopback alone, and keeps everything in a temporary folder. It authorizes by RBAC; admission is that of a
/// release, without the plugin that wants service accounts, which a controller would make. All stops, and the folder goes,
/// when this is dropped, or when this process ends in whatever way.
pub struct ApiServer {
    // Dropped in this order: first who writes to the folder, last the folder.
    server: Daemon,
    etcd: Daemon,
    guard: Guard,
    url: String,
    credentials: Credentials,
    kubectl: Kubectl,
    audit_log: PathBuf,
    folder: TempDir,
}

impl ApiServer {
    /// Starts an API server that knows the user `admin` of the group `system:masters`.
    ///
    /// # Errors
    /// The programs cannot be had (as [`crate::tool()`]), or the API server is not ready in time; the message quotes the end
    /// of its log.
    pub fn start() -> Result<ApiServer> {
        ApiServer::start_for(&[])
    }

    /// Like [`ApiServer::start`], with more users: each a name, and groups besides `system:authenticated`.
    ///
    /// # Errors
    /// As [`ApiServer::start`].
    pub fn start_for(users: &[(&str, &[&str])]) -> Result<ApiServer> {
        ApiServer::start_on(free_port, users)
    }

    /// Where it listens, such as `https://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file that holds how the user speaks with it.
    ///
    /// # Errors
    /// The user is neither `admin` nor among those for whom it was started.
    pub fn kubeconfig(&self, user: &str) -> Result<PathBuf> {
        let known = self.credentials.kubeconfig(user);
        known.with_context(|| format!("the API server was started without a user `{user}`"))
    }

    /// What the real kubectl prints when the admin asks it for this.
    ///
    /// # Errors
    /// kubectl fails; the message is what it says.
    pub fn kubectl(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Result<String> {
        self.kubectl_as(ADMIN.0, arguments, stdin)
    }

    /// Like [`ApiServer::kubectl`], for another user.
    ///
    /// # Errors
    /// As [`ApiServer::kubectl`] and [`ApiServer::kubeconfig`].
    pub fn kubectl_as(&self, user: &str, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Result<String> {
        self.kubectl.run(&self.kubeconfig(user)?, arguments, stdin.as_ref())
    }

    /// Every request that it has received so far, its own among them (`system:apiserver`), in this order.
    ///
    /// A request that was received before this is called is waited for, 10 s at most; a watch is answered when it starts.
    ///
    /// # Errors
    /// The log cannot be read, or is not what it should be.
    pub fn audit(&self) -> Result<Vec<AuditEvent>> {
        audit::read(&self.audit_log)
    }

    /// The numbers of the processes that belong to it.
    pub fn processes(&self) -> [u32; 3] {
        [self.server.id(), self.etcd.id(), self.guard.id()]
    }

    /// The folder that holds all that belongs to it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn start_on(mut port: impl FnMut() -> Result<u16>, users: &[(&str, &[&str])]) -> Result<ApiServer> {
        let folder =
            tempfile::Builder::new().prefix("seawall-rig-").tempdir().context("no temporary folder")?;
        let path = folder.path();
        let programs = Programs::provide(path)?;
        let kubectl = Kubectl::provide(path.join("home"))?;
        let users: Vec<_> = [ADMIN].iter().chain(users).copied().collect();
        let credentials = Credentials::make(path.join("credentials"), &users)?;

        let mut guard = Guard::start(path)?;
        let mut etcd = Daemon::start("etcd", &mut programs.etcd(), path.join("etcd.log"))?;
        let mut attempts = 1;
        let (server, url) = loop {
            let port = port()?;
            let url = format!("https://127.0.0.1:{port}");
            let kubeconfig = credentials.write_kubeconfigs(&url)?;
            let mut command = programs.api_server(port, &credentials);
            let mut server = Daemon::start("kube-apiserver", &mut command, path.join("kube-apiserver.log"))?;
            guard.guard(&[server.id(), etcd.id()])?;
            let ready = wait_until_ready(&mut server, &mut etcd, &kubectl, &kubeconfig);
            if ready.is_err() && attempts < ATTEMPTS && server.has_said(PORT_TAKEN) {
                attempts += 1;
                continue;
            }
            ready?;
            break (server, url);
        };
        let audit_log = programs.audit_log();
        Ok(ApiServer { server, etcd, guard, url, credentials, kubectl, audit_log, folder })
    }
}

/// A port that is free now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
    Ok(listener.local_addr().context("no free port on loopback")?.port())
}

/// Asks until the answer is good.
fn wait_until_ready(
    server: &mut Daemon,
    etcd: &mut Daemon,
    kubectl: &Kubectl,
    kubeconfig: &Path,
) -> Result<()> {
    let started = Instant::now();
    loop {
        etcd.still_runs()?;
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

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::{ATTEMPTS, ApiServer, free_port};

    #[test]
    fn a_port_that_was_taken_in_between_is_given_up() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = other.local_addr().unwrap().port();
        let mut ports = vec![free_port().unwrap(), taken];
        let server = ApiServer::start_on(|| Ok(ports.pop().unwrap()), &[]).unwrap();
        assert!(ports.is_empty());
        assert_ne!(server.url(), format!("https://127.0.0.1:{taken}"));
        assert_eq!(server.kubectl(&["get", "--raw", "/readyz"], "").unwrap(), "ok");
    }

    #[test]
    fn an_api_server_that_does_not_start_is_quoted() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = other.local_addr().unwrap().port();
        let mut attempts = 0;
        let started = ApiServer::start_on(
            || {
                attempts += 1;
                Ok(taken)
            },
            &[],
        );
        let error = started.err().unwrap().to_string();
        assert!(
            error.starts_with("kube-apiserver has ended (exit status: 1); the end of its log:"),
            "{error}"
        );
        assert!(error.contains("bind: address already in use"), "{error}");
        assert_eq!(attempts, ATTEMPTS);
    }
}
