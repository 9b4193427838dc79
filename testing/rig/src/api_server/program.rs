//! How etcd and the API server are started.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::credentials::Credentials;
use super::{Setup, Version, account_token};
use crate::tool::{Tool, tool};

/// The audit policy: who asked for what, for every request; never what was sent or answered.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n";

/// The two programs, and the folder that they work in.
pub(super) struct Programs {
    etcd: PathBuf,
    api_server: PathBuf,
    compaction: Option<Duration>,
    nodes: bool,
    has_authorization: bool,
    folder: PathBuf,
}

impl Programs {
    /// Has the programs built, and writes what they are started with.
    pub(super) fn provide(folder: &Path, setup: Setup) -> Result<Programs> {
        let api_server = match setup.version {
            Version::Oldest => Tool::KubeApiserverOldest,
            Version::Current => Tool::KubeApiserver,
            Version::Newest => Tool::KubeApiserverNewest,
        };
        let programs = Programs {
            etcd: tool(Tool::Etcd)?,
            api_server: tool(api_server)?,
            compaction: setup.compaction,
            nodes: setup.nodes,
            has_authorization: setup.authorization.is_some(),
            folder: folder.to_path_buf(),
        };
        let policy = programs.audit_policy();
        fs::write(&policy, AUDIT_POLICY).with_context(|| format!("cannot write {}", policy.display()))?;
        if let Some(authorization) = setup.authorization {
            let file = programs.authorization();
            fs::write(&file, authorization).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(programs)
    }

    /// etcd, at a socket in the folder: no port that others could take, and no way for others to what is in it.
    pub(super) fn etcd(&self) -> Command {
        let mut command = Command::new(&self.etcd);
        // What it advertises has to look like an address; nobody asks for it, as there is no other member.
        command
            .args(["--unsafe-no-fsync", "--advertise-client-urls=http://localhost:2379"])
            .arg(option("--data-dir=", self.folder.join("etcd")))
            .arg(option("--listen-client-urls=unix://", self.etcd_socket()))
            .arg(option("--listen-peer-urls=unix://", self.folder.join("peer.sock")));
        command
    }

    /// The API server at a port of loopback.
    pub(super) fn api_server(&self, port: u16, credentials: &Credentials) -> Command {
        let mut command = Command::new(&self.api_server);
        command
            .args([
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                // Would write the address above, which it refuses to, into the endpoints of the Service `kubernetes`.
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--allow-privileged=true",
                // Wants a service account for every pod, which a controller would make.
                "--disable-admission-plugins=ServiceAccount",
                // MB: one file, however much a test asks.
                "--audit-log-maxsize=100000",
            ])
            .arg(format!("--secure-port={port}"))
            .arg(option("--etcd-servers=unix://", self.etcd_socket()))
            .arg(option("--audit-policy-file=", self.audit_policy()))
            .arg(option("--audit-log-path=", self.audit_log()))
            .arg(option("--tls-cert-file=", &credentials.server_certificate))
            .arg(option("--tls-private-key-file=", &credentials.server_key))
            .arg(option("--token-auth-file=", &credentials.tokens))
            .arg(option("--client-ca-file=", &credentials.authority))
            .arg(option("--service-account-issuer=", account_token::ISSUER))
            .arg(option("--service-account-key-file=", &credentials.service_account_public_key))
            .arg(option("--service-account-signing-key-file=", &credentials.service_account_key));
        if self.nodes {
            command.arg("--enable-admission-plugins=NodeRestriction");
        }
        match (self.has_authorization, self.nodes) {
            (true, _) => command.arg(option("--authorization-config=", self.authorization())),
            (false, true) => command.arg("--authorization-mode=Node,RBAC"),
            (false, false) => command.arg("--authorization-mode=RBAC"),
        };
        if let Some(compaction) = self.compaction {
            command.arg(format!("--etcd-compaction-interval={}ms", compaction.as_millis()));
        }
        command
    }

    /// Some controllers, which act as a user.
    pub(super) fn controller_manager(&self, kubeconfig: &Path, names: &[&str]) -> Result<Command> {
        let mut command = Command::new(tool(Tool::KubeControllerManager)?);
        command
            // It serves nothing that a test asks for.
            .args(["--leader-elect=false", "--secure-port=0"])
            .arg(format!("--controllers={}", names.join(",")))
            .arg(option("--kubeconfig=", kubeconfig));
        Ok(command)
    }

    /// What the API server says of itself.
    pub(super) fn api_server_log(&self) -> PathBuf {
        self.folder.join("kube-apiserver.log")
    }

    /// What the API server writes about each request.
    pub(super) fn audit_log(&self) -> PathBuf {
        self.folder.join("audit.log")
    }

    fn authorization(&self) -> PathBuf {
        self.folder.join("authorization.yaml")
    }

    fn audit_policy(&self) -> PathBuf {
        self.folder.join("audit-policy.yaml")
    }

    fn etcd_socket(&self) -> PathBuf {
        self.folder.join("etcd.sock")
    }
}

/// A path as it need not be text.
fn option(name: &str, path: impl AsRef<OsStr>) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}
