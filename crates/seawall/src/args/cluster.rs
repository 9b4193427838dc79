//! Which cluster to read.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use seawall_cluster::{Scope, Target};

/// A running cluster in place of files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ClusterArgs {
    /// Read a running cluster, not files: the current context of the kubeconfig, or the pod's own account
    #[arg(long, conflicts_with = "paths")]
    cluster: bool,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME", requires = "cluster")]
    context: Option<String>,
    /// Kubeconfig file; without it $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cluster")]
    kubeconfig: Option<PathBuf>,
    /// Do not even list Secrets
    #[arg(long, requires = "cluster")]
    no_secrets: bool,
    /// Read as this user, whom you may impersonate
    #[arg(long = "as", value_name = "USER", requires = "cluster")]
    as_user: Option<String>,
    /// Read as a member of this group; may be given several times
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user")]
    as_groups: Vec<String>,
}

impl ClusterArgs {
    /// The cluster, when one is asked for; of it `namespace` alone, when one is given.
    pub(crate) fn target(&self, namespace: Option<&str>) -> Option<Target> {
        self.cluster.then(|| Target {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            impersonate: self.as_user.clone(),
            impersonate_groups: self.as_groups.clone(),
            scope: Scope {
                namespaces: namespace.map(str::to_owned).into_iter().collect(),
                no_secrets: self.no_secrets,
            },
        })
    }
}
