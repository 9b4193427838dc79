//! Helm charts, rendered by Helm itself.
//!
//! `helm template` runs with nothing but the chart and the values given: no repositories, no plugins, no cluster, no
//! network. Hooks are rendered (they are pods like others, once somebody installs the chart) but of course not run.

mod chart;
mod message;
mod output;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use seawall_inventory::{KubernetesVersion, Problem, Skipped, Unit, UnitKind};

pub(crate) use self::chart::{CHART_FILE, Chart};
pub use self::output::{Rendered, split as split_printed_by_helm};
use crate::control::Control;
use crate::disk::RealDisk;
use crate::file;
use crate::options::Options;
use crate::place::{Located, or_dot};
use crate::process::{self, Failure, Job};
use crate::program;
use crate::rendered::{RenderedText, RenderedUnit};

/// How charts are rendered. The fields are flags of `helm template`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmOptions {
    /// Render charts at all. When not, charts are left out, with the reason.
    pub enabled: bool,
    /// The program; `helm` on PATH when not given.
    pub program: Option<PathBuf>,
    /// `--values`: files of values, later ones win.
    pub values: Vec<PathBuf>,
    /// `--set`: `key=value`.
    pub set: Vec<String>,
    /// `--set-string`: `key=value`, the value taken as a string.
    pub set_string: Vec<String>,
    /// `--set-file`: `key=path`.
    pub set_file: Vec<String>,
    /// `--kube-version`. Default: the version that is scanned for. (What Helm itself takes depends on how it was built.)
    pub kube_version: Option<String>,
    /// `--api-versions`: APIs that the cluster has beside the built-in ones.
    pub api_versions: Vec<String>,
    /// Name of the release. Default: Helm's own, `release-name`.
    pub release_name: String,
    /// `--namespace`.
    pub namespace: Option<String>,
    /// `--include-crds`: CRDs of packaged subcharts too. Those that lie on disk are read in any case.
    pub include_crds: bool,
    /// How long one chart may take.
    pub timeout: Duration,
}

impl Default for HelmOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            program: None,
            values: Vec::new(),
            set: Vec::new(),
            set_string: Vec::new(),
            set_file: Vec::new(),
            kube_version: None,
            api_versions: Vec::new(),
            release_name: "release-name".to_owned(),
            namespace: None,
            include_crds: false,
            timeout: Duration::from_secs(60),
        }
    }
}

/// A chart to render: a folder, or a packaged chart (then nothing of it lies on disk).
#[derive(Clone, Debug)]
pub(crate) struct ChartUnit {
    /// The folder or the archive.
    pub located: Located,
    /// `None` for an archive, and when `Chart.yaml` is not understood: Helm will say why.
    pub chart: Option<Chart>,
    /// Files of the chart that templates may be, and so are not read as they stand.
    pub templates: Vec<Located>,
}

impl ChartUnit {
    /// Its templates, left out because the chart is not rendered by itself.
    pub(crate) fn left_out(&self, reason: &'static str) -> impl Iterator<Item = Skipped> {
        let archive = self.templates.is_empty().then_some(&self.located);
        let paths = self.templates.iter().chain(archive).map(|template| template.shown.clone());
        paths.map(move |path| Skipped { path, document: None, reason })
    }
}

/// Renders a chart.
pub(crate) fn render(unit: &ChartUnit, options: &Options, control: Control<'_>) -> RenderedUnit {
    let mut rendered =
        RenderedUnit::new(Unit { path: or_dot(&unit.located.shown), kind: UnitKind::HelmChart });
    if !options.helm.enabled {
        rendered.skipped.extend(unit.left_out("a template of a chart, and charts are not rendered"));
        return rendered;
    }
    match template(unit, options, control) {
        Ok(printed) => {
            for template in output::split(&printed) {
                rendered.texts.extend(text(unit, template));
            }
            let shown: std::collections::HashSet<PathBuf> =
                rendered.texts.iter().map(|text| text.path.clone()).collect();
            let silent = unit.templates.iter().filter(|template| !shown.contains(&template.shown));
            rendered.skipped.extend(silent.map(|template| Skipped {
                path: template.shown.clone(),
                document: None,
                reason: "renders nothing with these values",
            }));
        }
        Err(problem) => {
            rendered.problems.push(*problem);
            rendered.skipped.extend(unit.left_out("a template of a chart that could not be rendered"));
        }
    }
    rendered
}

/// The rendered text of one template, with the template; `None` when the file is read as it stands anyway.
fn text(unit: &ChartUnit, rendered: output::Rendered) -> Option<RenderedText> {
    let chart = unit.chart.as_ref();
    let at = chart.and_then(|chart| chart.locate(&unit.located.at, &rendered.source, &RealDisk::default()));
    let Some(at) = at else {
        // In an archive, or of a packaged subchart: called by its path in it.
        let inside: PathBuf = rendered.source.components().skip(1).collect();
        let path = unit.located.child(inside).shown;
        return Some(RenderedText { path, text: rendered.text, template: None });
    };
    if is_verbatim(&unit.located.at, &at) {
        return None;
    }
    let template = file::read(&at, MAX_TEMPLATE).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let path = unit.located.elsewhere(&at).shown;
    Some(RenderedText { path, text: rendered.text, template: template.map(Arc::from) })
}

/// Helm itself refuses files of a chart that are larger than 5 MiB.
const MAX_TEMPLATE: u64 = 5 << 20;

/// Whether a file of a chart, or of a subchart of it, is no template and is read as it stands: CRDs are installed verbatim.
fn is_verbatim(chart: &Path, file: &Path) -> bool {
    let mut inside = file.strip_prefix(chart).unwrap_or(file).components();
    while inside.as_path().starts_with("charts") {
        inside.by_ref().take(2).for_each(drop);
    }
    inside.as_path().starts_with("crds")
}

/// The program that renders, when there is one.
pub(crate) fn program(options: &Options) -> Option<PathBuf> {
    options.helm.program.clone().or_else(|| program::find("helm", options.program_path.as_deref()))
}

/// What `helm template` prints.
fn template(unit: &ChartUnit, options: &Options, control: Control<'_>) -> Result<String, Box<Problem>> {
    let helm = &options.helm;
    let shown = &unit.located.shown;
    let program = self::program(options).ok_or_else(|| message::missing(shown))?;
    if !options.allow_remote {
        message::refuse_remote(shown, helm)?;
    }
    // Empty folders in place of the user's repositories, plugins and settings.
    let home = tempfile::Builder::new()
        .prefix("seawall-helm-")
        .tempdir()
        .map_err(|error| message::failure(shown, helm, Failure::Io(error)))?;
    let job = Job {
        program: &program,
        arguments: arguments(helm, options.kubernetes_version, &unit.located.at),
        environment: environment(home.path(), options.allow_remote),
        input: None,
        output: None,
        timeout: helm.timeout,
        max_output: options.max_file_size(),
    };
    let said = process::run(job, control).map_err(|failure| message::failure(shown, helm, failure))?;
    if said.success {
        // Helm writes what templates hold; a template that is not UTF-8 is garbled where it is not.
        Ok(String::from_utf8_lossy(&said.stdout).into_owned())
    } else {
        Err(message::refused(unit, &said.stderr))
    }
}

/// The arguments of `helm template`, the same for Helm 3 and 4.
fn arguments(helm: &HelmOptions, version: KubernetesVersion, chart: &Path) -> Vec<OsString> {
    let mut arguments = vec![OsString::from("template")];
    let mut flag = |name: &str, value: &std::ffi::OsStr| program::flag(&mut arguments, name, value);
    helm.values.iter().for_each(|path| flag("--values", path.as_os_str()));
    helm.set.iter().for_each(|pair| flag("--set", pair.as_ref()));
    helm.set_string.iter().for_each(|pair| flag("--set-string", pair.as_ref()));
    helm.set_file.iter().for_each(|pair| flag("--set-file", pair.as_ref()));
    let version = helm.kube_version.clone().unwrap_or_else(|| format!("{version}.0"));
    flag("--kube-version", version.as_ref());
    helm.api_versions.iter().for_each(|version| flag("--api-versions", version.as_ref()));
    helm.namespace.iter().for_each(|namespace| flag("--namespace", namespace.as_ref()));
    if helm.include_crds {
        arguments.push("--include-crds".into());
    }
    // What follows is no flag, whatever it begins with.
    arguments.push("--".into());
    arguments.push(OsString::from(&helm.release_name));
    arguments.push(chart.into());
    arguments
}

fn environment(home: &Path, allow_remote: bool) -> Vec<(OsString, OsString)> {
    let mut environment = program::environment(allow_remote);
    for (name, folder) in [
        ("HELM_CACHE_HOME", "cache"),
        ("HELM_CONFIG_HOME", "config"),
        ("HELM_DATA_HOME", "data"),
        ("HELM_PLUGINS", "plugins"),
        // No cluster: `lookup` finds nothing, as in every `helm template`.
        ("KUBECONFIG", "kubeconfig"),
    ] {
        environment.push((name.into(), home.join(folder).into()));
    }
    environment
}
