//! A real API server with its etcd, on loopback, for as long as a test wants it.

mod account_token;
mod audit;
mod credentials;
mod program;
mod running;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use tempfile::TempDir;

use self::account_token::Account;
pub use self::audit::{AuditEvent, Impersonated};
use self::credentials::Credentials;
use self::program::Programs;
use self::running::{BETWEEN_ASKS, Running};
use crate::certificate::ClientCertificate;
use crate::daemon::Daemon;
use crate::guard::Guard;
use crate::kubectl::Kubectl;
use crate::tool::{Tool, tool};

/// Who is allowed everything.
const ADMIN: (&str, &[&str]) = ("admin", &["system:masters"]);

/// How often a port is chosen that somebody else takes before the API server does.
const ATTEMPTS: usize = 5;

/// A real kube-apiserver with a real etcd, without nodes, and without controllers until [`ApiServer::start_controllers`]: objects
/// are what was written.
///
/// It listens on loopback alone, and keeps everything in a temporary folder. It authorizes by RBAC; admission is that of a
/// release, without the plugin that wants service accounts, which a controller would make. All stops, and the folder goes,
/// when this is dropped, or when this process ends in whatever way.
pub struct ApiServer {
    // Dropped in this order: first who writes to the folder, last the folder.
    running: Mutex<Running>,
    port: u16,
    url: String,
    programs: Programs,
    credentials: Credentials,
    kubectl: Kubectl,
    folder: TempDir,
}

/// What an API server is started with; [`Setup::default`] is that of [`ApiServer::start`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Setup<'a> {
    /// Who it knows besides `admin`: a name, and groups besides `system:authenticated`.
    pub users: &'a [(&'a str, &'a [&'a str])],
    /// Which Kubernetes it is of.
    pub version: Version,
    /// How often it makes etcd forget what was before the last time; each five minutes when not given. A list that is
    /// continued later than that is answered by 410 (Gone).
    pub compaction: Option<Duration>,
    /// Whether nodes are authorized as such, and restricted by admission.
    pub nodes: bool,
    /// The file of its authorizers (`--authorization-config`), in place of RBAC and of what `nodes` says of authorizers.
    pub authorization: Option<&'a str>,
}

/// A version of Kubernetes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// The oldest that can be had: 1.26. It has no aggregated discovery.
    Oldest,
    /// That of all other components: 1.36.
    #[default]
    Current,
    /// The newest: 1.37.
    Newest,
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
        ApiServer::start_with(Setup { users, ..Setup::default() })
    }

    /// Like [`ApiServer::start`], with another setup.
    ///
    /// # Errors
    /// As [`ApiServer::start`].
    pub fn start_with(setup: Setup) -> Result<ApiServer> {
        ApiServer::start_on(free_port, setup)
    }

    /// Has all that it is made of.
    ///
    /// # Errors
    /// As [`crate::tool()`].
    pub fn provide() -> Result<()> {
        [Tool::Etcd, Tool::KubeApiserver, Tool::Kubectl]
            .into_iter()
            .try_for_each(|wanted| tool(wanted).map(drop))
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

    /// Waits until the kinds of all CustomResourceDefinitions are served, 5 minutes at most.
    ///
    /// # Errors
    /// As [`ApiServer::kubectl`]; there is no definition, or one is not served by then.
    pub fn wait_for_definitions(&self) -> Result<()> {
        self.kubectl(&["wait", "crd", "--all", "--for=condition=Established", "--timeout=5m"], "").map(drop)
    }

    /// Every request that it has received so far, its own among them (`system:apiserver`), in this order.
    ///
    /// A request that was received before this is called is waited for, 10 s at most; a watch is answered when it starts.
    ///
    /// # Errors
    /// The log cannot be read, or is not what it should be.
    pub fn audit(&self) -> Result<Vec<AuditEvent>> {
        audit::read(&self.programs.audit_log())
    }

    /// Starts the controllers of these names, such as `clusterrole-aggregation-controller`; those that were started before end.
    ///
    /// # Errors
    /// The program cannot be had (as [`crate::tool()`]), or started.
    pub fn start_controllers(&self, names: &[&str]) -> Result<()> {
        let mut command = self.programs.controller_manager(&self.kubeconfig(ADMIN.0)?, names)?;
        self.running().control(&mut command, self.folder.path().join("kube-controller-manager.log"))
    }

    /// Kills the API server, without a chance to say anything to those who watch, and leaves etcd.
    pub fn kill(&self) {
        self.running().server = None;
    }

    /// Starts the API server again, at the same place and with all that etcd holds; kills it first when it runs.
    ///
    /// Its memory of what has changed is new: a watch that goes on from an older version than the last change before the
    /// start is answered by 410 (Gone).
    ///
    /// # Errors
    /// As [`ApiServer::start`].
    pub fn restart(&self) -> Result<()> {
        let mut running = self.running();
        let kubeconfig = self.kubeconfig(ADMIN.0)?;
        let mut attempts = 1;
        loop {
            running.serve(self.port, &self.programs, &self.credentials)?;
            let Err(error) = running.wait_until_ready(&self.kubectl, &kubeconfig) else { return Ok(()) };
            if attempts == ATTEMPTS || !running.port_was_taken() {
                return Err(error);
            }
            // Somebody has it for a connection, which will end.
            attempts += 1;
            thread::sleep(BETWEEN_ASKS);
        }
    }

    /// Stops the API server in the middle of whatever it does: its connections stay open, and nothing comes.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&self) -> Result<()> {
        self.running().server()?.pause()
    }

    /// Lets it go on after [`ApiServer::pause`].
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&self) -> Result<()> {
        self.running().server()?.resume()
    }

    /// The file of the certificate, as PEM, of the authority that has signed the API server's own, which is one for
    /// `127.0.0.1`, `localhost` and `kubernetes.default.svc`.
    pub fn authority(&self) -> &Path {
        &self.credentials.authority
    }

    /// What the user proves with who he is, which a kubeconfig may hold, or the file that it names.
    ///
    /// # Errors
    /// As [`ApiServer::kubeconfig`].
    pub fn token(&self, user: &str) -> Result<&str> {
        let known = self.credentials.token(user);
        known.with_context(|| format!("the API server was started without a user `{user}`"))
    }

    /// A token of a service account that is there, signed as the API server signs its own, with these times of issue and end.
    ///
    /// # Errors
    /// There is no such service account.
    pub fn account_token(
        &self,
        (namespace, name): (&str, &str),
        issued: SystemTime,
        ends: SystemTime,
    ) -> Result<String> {
        let uid =
            ["get", "serviceaccount", name, "--namespace", namespace, "--output=jsonpath={.metadata.uid}"];
        let account = Account { namespace, name, uid: &self.kubectl(&uid, "")? };
        account_token::sign(&account, issued, ends, &self.credentials.service_account_key)
    }

    /// A new certificate by which the API server knows somebody, whoever it was started for, as this user of this group.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn client_certificate(&self, user: &str, group: &str) -> Result<ClientCertificate> {
        self.credentials.client_certificate(user, group)
    }

    /// The numbers of the processes that belong to it.
    pub fn processes(&self) -> Vec<u32> {
        let running = self.running();
        running.ids().into_iter().chain([running.guard.id()]).collect()
    }

    /// The folder that holds all that belongs to it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn start_on(mut port: impl FnMut() -> Result<u16>, setup: Setup) -> Result<ApiServer> {
        let folder =
            tempfile::Builder::new().prefix("seawall-rig-").tempdir().context("no temporary folder")?;
        let path = folder.path();
        let programs = Programs::provide(path, setup)?;
        let kubectl = Kubectl::provide(path.join("home"))?;
        let users: Vec<_> = [ADMIN].iter().chain(setup.users).copied().collect();
        let credentials = Credentials::make(path.join("credentials"), &users)?;

        let guard = Guard::start(path)?;
        let etcd = Daemon::start("etcd", &mut programs.etcd(), path.join("etcd.log"))?;
        let mut running = Running { controllers: None, server: None, etcd, guard };
        let mut attempts = 1;
        let (port, url) = loop {
            let port = port()?;
            let url = format!("https://127.0.0.1:{port}");
            let kubeconfig = credentials.write_kubeconfigs(&url)?;
            running.serve(port, &programs, &credentials)?;
            let Err(error) = running.wait_until_ready(&kubectl, &kubeconfig) else { break (port, url) };
            if attempts == ATTEMPTS || !running.port_was_taken() {
                return Err(error);
            }
            attempts += 1;
        };
        let running = Mutex::new(running);
        Ok(ApiServer { running, port, url, programs, credentials, kubectl, folder })
    }

    /// What another thread left of it, though it panicked.
    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A port that is free now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
    Ok(listener.local_addr().context("no free port on loopback")?.port())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::{ATTEMPTS, ApiServer, Setup, free_port};

    #[test]
    fn a_port_that_was_taken_in_between_is_given_up() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = other.local_addr().unwrap().port();
        let mut ports = vec![free_port().unwrap(), taken];
        let server = ApiServer::start_on(|| Ok(ports.pop().unwrap()), Setup::default()).unwrap();
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
            Setup::default(),
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
