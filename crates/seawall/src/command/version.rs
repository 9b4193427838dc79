//! `seawall version`

use anyhow::Result;
use clap::Args;
use seawall_inventory::KubernetesVersion;
use serde::Serialize;

use crate::console::Console;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub(crate) struct Version {
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    kubernetes: Kubernetes,
    checks: usize,
}

#[derive(Serialize)]
struct Kubernetes {
    oldest: String,
    newest: String,
}

impl Version {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let facts = Facts {
            version: env!("CARGO_PKG_VERSION"),
            // Set by release builds: a build from a source archive knows no commit.
            commit: option_env!("SEAWALL_COMMIT"),
            kubernetes: Kubernetes {
                oldest: KubernetesVersion::minor(0).to_string(),
                newest: KubernetesVersion::LATEST.to_string(),
            },
            checks: seawall_checks::all().len(),
        };
        if self.json {
            console.print(&format!("{}\n", serde_json::to_string_pretty(&facts)?))?;
        } else {
            let Facts { version, commit, kubernetes: Kubernetes { oldest, newest }, checks } = facts;
            let commit = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
            console.print(&format!(
                "seawall {version}{commit}\n{checks} checks, Kubernetes {oldest} to {newest}\n"
            ))?;
        }
        Ok(Exit::Clean)
    }
}
