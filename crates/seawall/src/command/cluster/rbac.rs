//! `seawall cluster rbac`

use anyhow::Result;
use clap::Args;
use seawall_checks::Check;
use seawall_cluster::{Grant, role};
use seawall_engine::plan;
use seawall_rbac::Subject;

use crate::args::select::SelectArgs;
use crate::configuration;
use crate::console::Console;
use crate::exit::Exit;
use crate::problems::Refused;

/// Print the least role that a scan of a cluster needs
///
/// A ClusterRole, or with --namespace a Role, that allows to list what the chosen checks read, and nothing else; a Role also to get the
/// Namespace itself. Kinds that a cluster does not serve do no harm in it. What the API server serves may be asked by everybody who is authenticated.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall cluster rbac | kubectl apply -f -
  seawall cluster rbac --serviceaccount ci:scanner       with a binding for a service account
  seawall cluster rbac --no-secrets --pss restricted     for less, as `seawall scan` is told it
  seawall cluster rbac -n shop --user jane               a Role for one namespace")]
pub(crate) struct Rbac {
    /// Name of the role and of its binding
    #[arg(long, value_name = "NAME", default_value = "seawall")]
    name: String,
    /// A Role for this namespace alone, and without what stands in no namespace
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// Without Secrets, for `seawall scan --no-secrets`
    #[arg(long)]
    no_secrets: bool,
    /// Allow to watch, too
    #[arg(long)]
    watch: bool,
    /// Bind it to this service account; may be given several times
    #[arg(long, value_name = "NAMESPACE:NAME", value_parser = service_account)]
    serviceaccount: Vec<(String, String)>,
    /// Bind it to this user; may be given several times
    #[arg(long, value_name = "NAME")]
    user: Vec<String>,
    /// Bind it to this group; may be given several times
    #[arg(long, value_name = "NAME")]
    group: Vec<String>,
    #[command(flatten)]
    select: SelectArgs,
}

impl Rbac {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let catalogue: &'static [&'static Check] = seawall_checks::all().leak();
        let config = configuration::load(&self.select, &[], catalogue)?;
        let plan = plan(&config, &self.select.selection(), catalogue).map_err(Refused)?;
        let accounts = self.serviceaccount.into_iter();
        let subjects =
            accounts.map(|(namespace, name)| Subject::ServiceAccount(namespace.into(), name.into()));
        let users = self.user.into_iter().map(|name| Subject::User(name.into()));
        let groups = self.group.into_iter().map(|name| Subject::Group(name.into()));
        let grant = Grant {
            name: self.name,
            namespace: self.namespace,
            no_secrets: self.no_secrets,
            watch: self.watch,
            subjects: subjects.chain(users).chain(groups).collect(),
        };
        console.print(&role(seawall_checks::kinds(&plan.checks), &grant))?;
        Ok(Exit::Clean)
    }
}

/// As `kubectl create clusterrolebinding` takes it.
fn service_account(text: &str) -> Result<(String, String), String> {
    let (namespace, name) = text.split_once(':').ok_or("write NAMESPACE:NAME")?;
    if namespace.is_empty() || name.is_empty() {
        return Err("write NAMESPACE:NAME".to_owned());
    }
    Ok((namespace.to_owned(), name.to_owned()))
}
