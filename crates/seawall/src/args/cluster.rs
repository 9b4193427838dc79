//! Which cluster to read.

use std::collections::HashSet;
use std::convert::Infallible;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use seawall_cluster::{Names, Overrides, Scope, Target, Token};

use crate::args::patience::PatienceArgs;
use crate::complete;

/// A running cluster in place of files, when one is asked for: without `--cluster` the other flags mean nothing.
#[derive(Debug)]
pub(crate) struct ClusterArgs<R = ReachArgs> {
    cluster: bool,
    reach: R,
}

/// Which cluster, as whom, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct ReachArgs {
    #[command(flatten)]
    contact: ContactArgs,
    #[command(flatten)]
    extent: ExtentArgs,
}

/// Which cluster, and as whom.
#[derive(Debug, Args)]
pub(crate) struct ContactArgs {
    #[command(flatten)]
    chosen: ChosenArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    patience: PatienceArgs,
}

/// How much of it, where all of it may be read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
#[group(id = "extent")]
struct ExtentArgs {
    /// Read all namespaces, which is what happens without --namespace
    #[arg(long, short = 'A', conflicts_with = "namespace")]
    all_namespaces: bool,
    /// Do not even list Secrets
    #[arg(long)]
    no_secrets: bool,
}

/// Which cluster, and as whom, by names. A group holds no arguments of other structures.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
#[group(id = "chosen")]
struct ChosenArgs {
    /// Context of the kubeconfig; a scan takes several: `a,b`
    #[arg(long, value_name = "NAME")]
    #[arg(add = ArgValueCandidates::new(complete::contexts))]
    context: Vec<String>,
    /// Kubeconfig file; without it $KUBECONFIG or ~/.kube/config
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    kubeconfig: Option<PathBuf>,
    /// Read as this user, whom you may impersonate
    #[arg(long = "as", value_name = "USER")]
    as_user: Option<String>,
    /// Read as a member of this group; may be given several times
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user")]
    as_groups: Vec<String>,
    /// Read as the user with this uid
    #[arg(long, value_name = "UID", requires = "as_user")]
    as_uid: Option<String>,
}

/// What counts in place of what the kubeconfig says: flags of kubectl, with their meaning.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
#[group(id = "connection")]
struct ConnectionArgs {
    /// User of the kubeconfig, in place of that of the context
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    #[arg(add = ArgValueCandidates::new(complete::users))]
    user: Option<String>,
    /// Address of the API server
    #[arg(long, short, value_name = "URL", hide_short_help = true)]
    server: Option<String>,
    /// Bearer token
    #[arg(long, value_name = "TOKEN", hide_short_help = true)]
    #[arg(value_parser = |text: &str| Ok::<_, Infallible>(Token(text.to_owned())))]
    token: Option<Token>,
    /// Certificates of the authorities that sign for the API server
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    certificate_authority: Option<PathBuf>,
    /// Certificate of the client
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    client_certificate: Option<PathBuf>,
    /// Key of the client's certificate
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    client_key: Option<PathBuf>,
    /// Name that the certificate of the API server is to hold
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    tls_server_name: Option<String>,
    /// Take any certificate of an API server: whoever is on the way can read and change what it says
    #[arg(long, hide_short_help = true)]
    insecure_skip_tls_verify: bool,
}

/// How a cluster is said.
pub(crate) trait Reach: Args {
    /// The groups of arguments of which none means anything without a cluster.
    const GROUPS: &[&str];

    /// The cluster; of it `namespace` alone, when one is given.
    fn target(&self, namespace: Option<&str>) -> Target;
}

impl<R: Reach> ClusterArgs<R> {
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

    /// The cluster, when one is asked for; of it `namespace` alone, when one is given.
    pub(crate) fn target(&self, namespace: Option<&str>) -> Option<Target> {
        self.cluster.then(|| self.reach.target(namespace))
    }
}

impl ClusterArgs {
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
            Names::of(self.reach.contact.chosen.kubeconfig.as_deref()).contexts
        } else {
            self.reach
                .contact
                .chosen
                .context
                .iter()
                .flat_map(|names| names.split(','))
                .map(str::to_owned)
                .collect()
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
}

impl<R: Reach> Args for ClusterArgs<R> {
    fn augment_args(command: Command) -> Command {
        let cluster = Arg::new("cluster").long("cluster").action(ArgAction::SetTrue).help_heading("Cluster").help(
            "Read a running cluster, not files: the current context of the kubeconfig, or the pod's own account",
        );
        let command = R::augment_args(command.arg(cluster));
        // The groups of all that says more of a cluster.
        R::GROUPS
            .iter()
            .fold(command, |command, group| command.mut_group(group, |group| group.requires("cluster")))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<R: Reach> FromArgMatches for ClusterArgs<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { cluster: matches.get_flag("cluster"), reach: R::from_arg_matches(matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Reach for ReachArgs {
    const GROUPS: &[&str] = &["chosen", "connection", "patience", "extent"];

    fn target(&self, namespace: Option<&str>) -> Target {
        let mut target = self.contact.target(namespace);
        target.scope.no_secrets = self.extent.no_secrets;
        target
    }
}

impl Reach for ContactArgs {
    const GROUPS: &[&str] = &["chosen", "connection", "patience"];

    fn target(&self, namespace: Option<&str>) -> Target {
        Target {
            kubeconfig: self.chosen.kubeconfig.clone(),
            // Several are for who takes several; elsewhere there is no context of that name.
            context: (!self.chosen.context.is_empty()).then(|| self.chosen.context.join(",")),
            overrides: self.connection.overrides(),
            impersonate: self.chosen.as_user.clone(),
            impersonate_uid: self.chosen.as_uid.clone(),
            impersonate_groups: self.chosen.as_groups.clone(),
            scope: Scope {
                namespaces: namespace.map(str::to_owned).into_iter().collect(),
                ..Scope::default()
            },
            patience: self.patience.patience(),
        }
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
