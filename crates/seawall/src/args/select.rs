//! Which checks run, by which configuration.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use seawall_engine::{Choice, PssProfile, Selection, suggest};
use seawall_finding::{Profile, Severity};
use seawall_inventory::KubernetesVersion;

use crate::args::variable;
use crate::complete;

/// Which checks run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Checks")]
pub(crate) struct SelectArgs {
    /// How many checks run: default, strict or all
    #[arg(long, value_name = "PROFILE", value_parser = profile, env = variable("SEAWALL_PROFILE"), hide_env_values = true)]
    #[arg(add = ArgValueCandidates::new(complete::profiles))]
    profile: Option<Profile>,
    /// Run the Pod Security Standards instead: baseline or restricted, as of a version: restricted:v1.29
    #[arg(long, value_name = "LEVEL[:VERSION]", conflicts_with = "profile")]
    #[arg(add = ArgValueCandidates::new(complete::pss_levels))]
    pss: Option<PssProfile>,
    /// Run only these: ids, names, domains, tag=…, framework=…, severity>=…
    #[arg(long, value_name = "CHECKS", add = ArgValueCandidates::new(complete::selectors))]
    select: Vec<String>,
    /// Run these too
    #[arg(long, value_name = "CHECKS", add = ArgValueCandidates::new(complete::selectors))]
    extend_select: Vec<String>,
    /// Do not run these
    #[arg(long, value_name = "CHECKS", add = ArgValueCandidates::new(complete::selectors))]
    ignore: Vec<String>,
    /// Version of Kubernetes to judge by, as in v1.31; the newest known without
    #[arg(long, value_name = "VERSION", env = variable("SEAWALL_KUBERNETES_VERSION"), hide_env_values = true)]
    kubernetes_version: Option<KubernetesVersion>,
    /// Configuration to use; without, seawall.yaml is looked for from the input upward to the root of the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, env = variable("SEAWALL_CONFIG"), hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

impl SelectArgs {
    /// For a command that runs no checks.
    pub(crate) fn without_checks(
        config: Option<PathBuf>,
        no_config: bool,
        kubernetes_version: Option<KubernetesVersion>,
    ) -> Self {
        Self { config, no_config, kubernetes_version, ..Self::default() }
    }

    /// What the flags ask for.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            profile: self.profile,
            pss: self.pss,
            version: self.kubernetes_version,
            select: choices("--select", &self.select),
            extend_select: choices("--extend-select", &self.extend_select),
            ignore: choices("--ignore", &self.ignore),
        }
    }
}

fn choices(flag: &'static str, values: &[String]) -> Vec<Choice> {
    values.iter().flat_map(|words| Choice::of_flag(flag, words)).collect()
}

/// Reads the name of a profile.
pub(crate) fn profile(written: &str) -> Result<Profile, String> {
    named(written, Profile::ALL, Profile::name, "profile")
}

/// Reads the name of a severity.
pub(crate) fn severity(written: &str) -> Result<Severity, String> {
    named(written, Severity::ALL, Severity::name, "severity")
}

/// Finds a value by its name; an error says which names there are, and which was likely meant.
pub(crate) fn named<T: Copy>(
    written: &str,
    values: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'static str,
    what: &str,
) -> Result<T, String> {
    let values: Vec<T> = values.into_iter().collect();
    if let Some(value) = values.iter().find(|value| name(**value).eq_ignore_ascii_case(written)) {
        return Ok(*value);
    }
    let names: Vec<&str> = values.into_iter().map(name).collect();
    Err(match suggest(written, names.iter().copied()) {
        Some(near) => format!("there is no {what} `{written}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{written}`; use one of {}", names.join(", ")),
    })
}
