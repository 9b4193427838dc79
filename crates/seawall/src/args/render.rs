//! How charts and overlays are rendered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use seawall_engine::config;
use seawall_source::{HelmOptions, KustomizeOptions};

use crate::args::variable;
use crate::complete;

/// How charts and overlays are rendered. Flags of `helm template` keep their names. Few people need them: `-h` leaves them out.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Helm and Kustomize")]
pub(crate) struct RenderArgs {
    /// Values for charts, from a file; later files win
    #[arg(long, short = 'f', value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    values: Vec<PathBuf>,
    /// A value for charts
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment, hide_short_help = true)]
    set: Vec<String>,
    /// A value for charts, taken as a string
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment, hide_short_help = true)]
    set_string: Vec<String>,
    /// A value for charts, from a file
    #[arg(long, value_name = "KEY=FILE", value_parser = assignment, hide_short_help = true)]
    set_file: Vec<String>,
    /// Version of Kubernetes that charts see; that of --kubernetes-version without
    #[arg(long, value_name = "VERSION", hide_short_help = true)]
    kube_version: Option<String>,
    /// APIs that charts see in the cluster beside the built-in ones
    #[arg(long, value_name = "API", value_delimiter = ',', hide_short_help = true)]
    api_versions: Vec<String>,
    /// Name of the release
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    release_name: Option<String>,
    /// Namespace of what names none, and of the release; of a cluster the only one to read
    #[arg(long, short, value_name = "NAME", add = ArgValueCandidates::new(complete::namespaces), hide_short_help = true)]
    pub namespace: Option<String>,
    /// Scan the custom resource definitions of packaged subcharts too
    #[arg(long, hide_short_help = true)]
    include_crds: bool,
    /// The helm to use; the one on PATH without
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::ExecutablePath, env = variable("SEAWALL_HELM"), hide_env_values = true, hide_short_help = true)]
    helm: Option<PathBuf>,
    /// Leave charts out
    #[arg(long, hide_short_help = true)]
    no_helm: bool,
    /// How long one chart may take, as in 90s or 5m [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    helm_timeout: Option<Duration>,
    /// The kustomize or kubectl to use; the one on PATH without
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::ExecutablePath, env = variable("SEAWALL_KUSTOMIZE"), hide_env_values = true, hide_short_help = true)]
    kustomize: Option<PathBuf>,
    /// Do not build Kustomize directories; scan the files in them as they stand
    #[arg(long, hide_short_help = true)]
    no_kustomize: bool,
    /// Let Kustomize have Helm render the charts that a kustomization names
    #[arg(long, hide_short_help = true)]
    kustomize_enable_helm: bool,
    /// Let kustomizations read files outside their folder
    #[arg(long, hide_short_help = true)]
    kustomize_unrestricted_load: bool,
    /// How long one Kustomize directory may take, as in 90s or 5m [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration, hide_short_help = true)]
    kustomize_timeout: Option<Duration>,
    /// Let charts and Kustomize directories take things from the network
    #[arg(long, hide_short_help = true)]
    pub allow_remote: bool,
}

impl RenderArgs {
    /// How charts are rendered: the flags on top of what the configuration, which stands in `folder`, says.
    pub(crate) fn helm(&self, configured: &config::HelmOptions, folder: &Path) -> HelmOptions {
        let both = |configured: &[String], flags: &[String]| [configured, flags].concat();
        let values = configured.values.iter().map(|file| folder.join(file));
        let set_file = configured.set_file.iter().map(|assignment| match assignment.split_once('=') {
            Some((key, file)) => format!("{key}={}", folder.join(file).display()),
            None => assignment.clone(),
        });
        let default = HelmOptions::default();
        let release_name = self.release_name.clone().or_else(|| configured.release_name.clone());
        HelmOptions {
            enabled: !self.no_helm,
            program: self.helm.clone(),
            values: values.chain(self.values.iter().cloned()).collect(),
            set: both(&configured.set, &self.set),
            set_string: both(&configured.set_string, &self.set_string),
            set_file: set_file.chain(self.set_file.iter().cloned()).collect(),
            kube_version: self.kube_version.clone().or_else(|| configured.kube_version.clone()),
            api_versions: both(&configured.api_versions, &self.api_versions),
            release_name: release_name.unwrap_or(default.release_name),
            namespace: self.namespace.clone().or_else(|| configured.namespace.clone()),
            include_crds: self.include_crds || configured.include_crds.unwrap_or(default.include_crds),
            timeout: self.helm_timeout.or(configured.timeout).unwrap_or(default.timeout),
        }
    }

    /// How Kustomize directories are rendered.
    pub(crate) fn kustomize(&self, configured: &config::KustomizeOptions) -> KustomizeOptions {
        let default = KustomizeOptions::default();
        KustomizeOptions {
            enabled: !self.no_kustomize,
            program: self.kustomize.clone(),
            enable_helm: self.kustomize_enable_helm,
            unrestricted_load: self.kustomize_unrestricted_load,
            timeout: self.kustomize_timeout.or(configured.timeout).unwrap_or(default.timeout),
        }
    }
}

/// Reads `key=value`.
fn assignment(written: &str) -> Result<String, String> {
    match written.split_once('=') {
        Some((key, _)) if !key.is_empty() => Ok(written.to_owned()),
        _ => Err("write key=value".to_owned()),
    }
}

/// Reads `90s`, `5m`, `1h`.
fn duration(written: &str) -> Result<Duration, String> {
    let wrong = || "write a number and s, m or h, as in 90s".to_owned();
    let (number, unit) =
        written.len().checked_sub(1).and_then(|at| written.split_at_checked(at)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::duration;

    #[test]
    fn times_are_a_number_and_a_unit() {
        for (written, seconds) in [("90s", Some(90)), ("5m", Some(300)), ("1h", Some(3600)), ("0s", None)] {
            assert_eq!(duration(written).ok(), seconds.map(Duration::from_secs), "{written}");
        }
        for written in ["", "s", "5", "5d", "-1s", "5 m", "1.5m", "5µ"] {
            assert!(duration(written).is_err(), "{written}");
        }
    }
}
