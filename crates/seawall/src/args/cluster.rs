//! Which cluster to read.

use std::collections::HashSet;
use std::convert::Infallible;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use seawall_cluster::{Names, Overrides, Scope, Target, Token};

use crate::args::patience::PatienceArgs;
use crate::complete;

/// A running cluster in place of files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ClusterArgs {
    /// Read a running cluster, not files: the current context of the kubeconfig, or the pod's own account
    #[arg(long)]
    cluster: bool,
    /// Context of the kubeconfig; a scan takes several: `a,b`
    #[arg(long, value_name = "NAME", requires = "cluster")]
    #[arg(add = ArgValueCandidates::new(complete::contexts))]
    context: Vec<String>,
    /// Kubeconfig file; without it $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cluster")]
    kubeconfig: Option<PathBuf>,
    /// Read all namespaces, which is what happens without --namespace
    #[arg(long, short = 'A', requires = "cluster", conflicts_with = "namespace")]
    all_namespaces: bool,
    /// Do not even list Secrets
    #[arg(long, requires = "cluster")]
    no_secrets: bool,
    /// Read as this user, whom you may impersonate
    #[arg(long = "as", value_name = "USER", requires = "cluster")]
    as_user: Option<String>,
    /// Read as a member of this group; may be given several times
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user")]
    as_groups: Vec<String>,
    /// Read as the user with this uid
    #[arg(long, value_name = "UID", requires = "as_user")]
    as_uid: Option<String>,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    patience: PatienceArgs,
}

/// What counts in place of what the kubeconfig says: flags of kubectl, with their meaning.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
struct ConnectionArgs {
    /// User of the kubeconfig, in place of that of the context
    #[arg(long, value_name = "NAME", requires = "cluster", hide_short_help = true)]
    #[arg(add = ArgValueCandidates::new(complete::users))]
    user: Option<String>,
    /// Address of the API server
    #[arg(long, short, value_name = "URL", requires = "cluster", hide_short_help = true)]
    server: Option<String>,
    /// Bearer token
    #[arg(long, value_name = "TOKEN", requires = "cluster", hide_short_help = true)]
    #[arg(value_parser = |text: &str| Ok::<_, Infallible>(Token(text.to_owned())))]
    token: Option<Token>,
    /// Certificates of the authorities that sign for the API server
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cluster", hide_short_help = true)]
    certificate_authority: Option<PathBuf>,
    /// Certificate of the client
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cluster", hide_short_help = true)]
    client_certificate: Option<PathBuf>,
    /// Key of the client's certificate
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cluster", hide_short_help = true)]
    client_key: Option<PathBuf>,
    /// Name that the certificate of the API server is to hold
    #[arg(long, value_name = "NAME", requires = "cluster", hide_short_help = true)]
    tls_server_name: Option<String>,
    /// Take any certificate of an API server: whoever is on the way can read and change what it says
    #[arg(long, requires = "cluster", hide_short_help = true)]
    insecure_skip_tls_verify: bool,
}

impl ClusterArgs {
    /// The cluster that is read in place of `paths`, when one is asked for.
    ///
    /// # Errors
    /// Both are asked for.
    pub(crate) fn in_place_of(&self, paths: &[PathBuf], namespace: Option<&str>) -> Result<Option<Target>> {
        match self.target(namespace) {
            Some(_) if !paths.is_empty() => bail!("--cluster is read in place of paths; say one of them"),
            target => Ok(target),
        }
    }

    /// The clusters that are read in place of `paths`: one, those of the contexts that are named, or those of `all` contexts.
    ///
    /// # Errors
    /// Paths are asked for too, or there is no context.
    pub(crate) fn several_in_place_of(
        &self,
        paths: &[PathBuf],
        namespace: Option<&str>,
        all: bool,
    ) -> Result<Vec<Target>> {
        let Some(target) = self.in_place_of(paths, namespace)? else { return Ok(Vec::new()) };
        let mut contexts: Vec<String> = if all {
            Names::of(self.kubeconfig.as_deref()).contexts
        } else {
            self.context.iter().flat_map(|names| names.split(',')).map(str::to_owned).collect()
        };
        if all && contexts.is_empty() {
            bail!("the kubeconfig has no contexts");
        }
        let mut seen = HashSet::new();
        contexts.retain(|context| !context.is_empty() && seen.insert(context.clone()));
        if contexts.is_empty() {
            return Ok(vec![target]);
        }
        Ok(contexts.into_iter().map(|context| Target { context: Some(context), ..target.clone() }).collect())
    }

    /// The cluster, when one is asked for; of it `namespace` alone, when one is given.
    pub(crate) fn target(&self, namespace: Option<&str>) -> Option<Target> {
        self.cluster.then(|| Target {
            kubeconfig: self.kubeconfig.clone(),
            // Several are for who takes several; elsewhere there is no context of that name.
            context: (!self.context.is_empty()).then(|| self.context.join(",")),
            overrides: self.connection.overrides(),
            impersonate: self.as_user.clone(),
            impersonate_uid: self.as_uid.clone(),
            impersonate_groups: self.as_groups.clone(),
            scope: Scope {
                namespaces: namespace.map(str::to_owned).into_iter().collect(),
                no_secrets: self.no_secrets,
                kinds: None,
            },
            patience: self.patience.patience(),
        })
    }
}

impl ConnectionArgs {
    fn overrides(&self) -> Overrides {
        Overrides {
            user: self.user.clone(),
            server: self.server.clone(),
            token: self.token.clone(),
            certificate_authority: self.certificate_authority.clone(),
            client_certificate: self.client_certificate.clone(),
            client_key: self.client_key.clone(),
            tls_server_name: self.tls_server_name.clone(),
            insecure_skip_tls_verify: self.insecure_skip_tls_verify,
        }
    }
}
