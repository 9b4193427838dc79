//! Which cluster, as whom, and how much of it.

use std::path::PathBuf;
use std::time::Duration;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use seawall_inventory::{Kind, is_read};

use crate::dns::is_dns_label;
use crate::error::ClusterError;
use crate::overrides::Overrides;
use crate::token_file;

/// Which cluster to read, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The kubeconfig file; `KUBECONFIG`, `~/.kube/config` or the account of the pod that this runs in, when not given.
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; its current one when not given.
    pub context: Option<String>,
    /// What is to count in place of what the kubeconfig says.
    pub overrides: Overrides,
    /// The user to impersonate.
    pub impersonate: Option<String>,
    /// The uid to impersonate.
    pub impersonate_uid: Option<String>,
    /// The groups to impersonate.
    pub impersonate_groups: Vec<String>,
    /// How much of it.
    pub scope: Scope,
    /// How long it may take.
    pub patience: Patience,
}

/// How much of a cluster to read.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The only namespaces whose objects are read; all when empty.
    pub namespaces: Vec<String>,
    /// Leave Secrets out: then they are not even listed.
    pub no_secrets: bool,
    /// The only kinds that are read: those that the chosen checks need. All that some check reads when not given.
    pub kinds: Option<Vec<&'static Kind>>,
}

impl Scope {
    /// Whether the names of namespaces are such.
    ///
    /// # Errors
    /// One is none: it would lead requests elsewhere.
    pub(crate) fn check(&self) -> Result<(), ClusterError> {
        let wrong = self.namespaces.iter().find(|name| !is_dns_label(name));
        wrong.map_or(Ok(()), |name| Err(ClusterError::Namespace(name.clone())))
    }

    /// Whether objects of the kind are read, as far as that is a matter of the kind.
    pub(crate) fn reads(&self, group: &str, kind: &str) -> bool {
        match &self.kinds {
            None => is_read(group, kind),
            Some(kinds) => kinds.iter().any(|known| known.is(group, kind)),
        }
    }

    /// Whether objects of some kind of the group are read.
    pub(crate) fn reads_group(&self, group: &str) -> bool {
        let is_of_group = |known: &Kind| known.group == group && !known.plural.is_empty();
        match &self.kinds {
            None => Kind::ALL.iter().any(is_of_group),
            Some(kinds) => kinds.iter().any(|known| is_of_group(known)),
        }
    }
}

/// How long reading a cluster may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// One request with its whole answer, as `--request-timeout` of kubectl; `None` for as long as it takes.
    pub request: Option<Duration>,
    /// All of it, with the program that gives the credentials; `None` for as long as it takes.
    pub whole: Option<Duration>,
    /// How long a kind that comes to be served, or is not served any more, may go unnoticed in a cluster that is followed.
    pub kinds: Duration,
}

impl Default for Patience {
    /// 60 s, after which an API server ends a request itself (`--request-timeout` of kube-apiserver); ten minutes, several
    /// times what the largest clusters need; a minute.
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self { request: Some(minute), whole: Some(10 * minute), kinds: minute }
    }
}

/// How long a connection may take to come about, TLS and all.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);

impl Target {
    /// The configuration of the client, and what people call the cluster.
    pub(crate) async fn config(&self) -> Result<(Config, String), ClusterError> {
        let file = match &self.kubeconfig {
            Some(path) => Some(Kubeconfig::read_from(path)),
            None => match Kubeconfig::read() {
                Ok(found) => Some(Ok(found)),
                // No kubeconfig at all: perhaps the flags say enough, or this is a pod. A wrong one is an error.
                Err(KubeconfigError::ReadConfig(..) | KubeconfigError::FindPath)
                    if self.overrides.server.is_some() =>
                {
                    Some(Ok(Kubeconfig::default()))
                }
                Err(_) if Config::incluster_env().is_ok() => None,
                Err(error) => Some(Err(error)),
            },
        };
        let (mut config, name) = match file {
            Some(kubeconfig) => {
                let mut kubeconfig = kubeconfig.map_err(ClusterError::Kubeconfig)?;
                let name = self.context.clone().or_else(|| kubeconfig.current_context.clone());
                self.overrides.apply(&mut kubeconfig, self.context.as_deref())?;
                let options =
                    KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
                let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
                (config.map_err(ClusterError::Kubeconfig)?, name.unwrap_or_else(|| "cluster".to_owned()))
            }
            None => (Config::incluster().map_err(ClusterError::InCluster)?, "in-cluster".to_owned()),
        };
        token_file::settle(&mut config.auth_info);
        config.connect_timeout = Some(CONNECT);
        if self.impersonate.is_some() {
            config.auth_info.impersonate.clone_from(&self.impersonate);
        }
        if self.impersonate_uid.is_some() {
            config.auth_info.impersonate_uid.clone_from(&self.impersonate_uid);
        }
        if !self.impersonate_groups.is_empty() {
            config.auth_info.impersonate_groups = Some(self.impersonate_groups.clone());
        }
        Ok((config, name))
    }
}
