//! Kustomize directories, built by Kustomize itself.
//!
//! A kustomization is built through another one, in a temporary folder, that takes it in and asks for origins: nothing is
//! written beside the user's files, and the result is the same (checked by test against a plain build).

mod graph;
mod kustomization;
mod message;
mod origin;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use seawall_inventory::{Problem, Unit, UnitKind};

pub(crate) use self::graph::{Graph, Obstacle};
pub(crate) use self::kustomization::KUSTOMIZATION_FILES;
pub use self::origin::{Built, split as split_printed_by_kustomize};
use crate::control::Control;
use crate::file::{self, Unreadable};
use crate::helm;
use crate::options::Options;
use crate::place::{Located, or_dot, plain, way};
use crate::process::{self, Failure, Job};
use crate::program;
use crate::rendered::{RenderedText, RenderedUnit};

/// How kustomizations are built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KustomizeOptions {
    /// Build kustomizations at all. When not, the files that they take in are read as they stand.
    pub enabled: bool,
    /// The program, `kustomize` or `kubectl`. Looked for on PATH in this order when not given.
    pub program: Option<PathBuf>,
    /// `--enable-helm`: let Kustomize have Helm render the charts that a kustomization names.
    pub enable_helm: bool,
    /// `--load-restrictor=LoadRestrictionsNone`: let kustomizations read files outside their folder.
    pub unrestricted_load: bool,
    /// How long one build may take.
    pub timeout: Duration,
}

impl Default for KustomizeOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            program: None,
            enable_helm: false,
            unrestricted_load: false,
            timeout: Duration::from_secs(60),
        }
    }
}

/// The program that builds, when there is one.
pub(crate) fn program(options: &Options) -> Option<PathBuf> {
    let found = |name| program::find(name, options.program_path.as_deref());
    options.kustomize.program.clone().or_else(|| ["kustomize", "kubectl"].into_iter().find_map(found))
}

/// That nothing can be built, for lack of a program.
pub(crate) fn missing(folder: &Located) -> Problem {
    message::missing(&folder.shown)
}

/// Builds the kustomization of a folder.
///
/// # Errors
/// Everything that stands in the way, or what Kustomize says.
pub(crate) fn build(
    program: &Path,
    folder: &Located,
    graph: &Graph,
    options: &Options,
    control: Control<'_>,
) -> Result<RenderedUnit, Vec<Problem>> {
    let obstacles: Vec<Problem> = graph
        .obstacles(&folder.at)
        .into_iter()
        .filter(|obstacle| match obstacle {
            Obstacle::Remote { .. } => !options.allow_remote,
            Obstacle::Missing { .. } => true,
            Obstacle::InflatesCharts { .. } => !options.kustomize.enable_helm,
        })
        .map(|obstacle| message::obstacle(folder, &obstacle))
        .collect();
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let failed = |failure| vec![message::failure(&folder.shown, program, failure)];
    let wrapper = Wrapper::around(folder, graph).map_err(|error| failed(Failure::Io(error)))?;
    let job = Job {
        program,
        arguments: arguments(program, &wrapper, options),
        environment: environment(&wrapper, options.allow_remote),
        input: None,
        output: None,
        timeout: options.kustomize.timeout,
        max_output: options.max_file_size(),
    };
    let said = process::run(job, control).map_err(failed)?;
    if !said.success {
        return Err(vec![message::refused(folder, &wrapper.way, &said.stderr)]);
    }
    let mut unit = RenderedUnit::new(Unit { path: or_dot(&folder.shown), kind: UnitKind::Kustomization });
    let configuration = configuration_file(folder);
    unit.texts = origin::split(&String::from_utf8_lossy(&said.stdout))
        .into_iter()
        .map(|built| {
            let at = built.origin.map(|origin| plain(&wrapper.at.join(origin))).filter(|at| at.is_file());
            let at = at.unwrap_or_else(|| configuration.clone());
            let template = file::read(&at, options.max_file_size()).ok();
            let template = template.and_then(|bytes| String::from_utf8(bytes).ok()).map(Arc::from);
            RenderedText { path: folder.elsewhere(&at).shown, text: built.text, template }
        })
        .collect();
    Ok(unit)
}

fn configuration_file(folder: &Located) -> PathBuf {
    let mut names = KUSTOMIZATION_FILES.iter().map(|name| folder.at.join(name));
    names.find(|file| file.is_file()).unwrap_or_else(|| folder.at.clone())
}

/// A kustomization that takes in another one.
struct Wrapper {
    /// Canonical, as the ways that Kustomize reports start there.
    at: PathBuf,
    /// From here to the kustomization.
    way: String,
    _folder: tempfile::TempDir,
}

impl Wrapper {
    fn around(folder: &Located, graph: &Graph) -> io::Result<Self> {
        let temporary = tempfile::Builder::new().prefix("seawall-kustomize-").tempdir()?;
        let at = temporary.path().canonicalize()?;
        let way = way(&at, &folder.at).into_os_string().into_string();
        let way = way.map_err(|_| io::Error::other("the path of the folder is not UTF-8"))?;
        let node = graph.get(&folder.at);
        let mut text = format!("resources:\n- {}\nbuildMetadata:\n- originAnnotations\n", quoted(&way));
        for option in node.into_iter().flat_map(|node| &node.build_metadata) {
            text.push_str(&format!("- {}\n", quoted(option)));
        }
        // Only the outermost kustomization's schema counts, and it must lie in its folder.
        if let Some(schema) = node.and_then(|node| node.openapi.as_ref()) {
            let bytes = file::read(schema, MAX_SCHEMA).map_err(|cause| match cause {
                Unreadable::Io(error) => error,
                _ => io::Error::other("the file of openapi.path cannot be read"),
            })?;
            fs::write(at.join("openapi.json"), bytes)?;
            text.push_str("openapi:\n  path: openapi.json\n");
        }
        fs::write(at.join("kustomization.yaml"), text)?;
        Ok(Self { at, way, _folder: temporary })
    }
}

/// The whole schema of Kubernetes has 4 MB.
const MAX_SCHEMA: u64 = 64 << 20;

/// A YAML string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn arguments(program: &Path, wrapper: &Wrapper, options: &Options) -> Vec<OsString> {
    let is_kubectl = program.file_stem().is_some_and(|name| name.to_string_lossy().contains("kubectl"));
    let mut arguments = vec![OsString::from(if is_kubectl { "kustomize" } else { "build" })];
    if options.kustomize.unrestricted_load {
        program::flag(&mut arguments, "--load-restrictor", "LoadRestrictionsNone");
    }
    if options.kustomize.enable_helm {
        arguments.push("--enable-helm".into());
        if let Some(helm) = helm::program(options) {
            program::flag(&mut arguments, "--helm-command", helm);
        }
        let version = format!("{}.0", options.kubernetes_version);
        let version = options.helm.kube_version.clone().unwrap_or(version);
        program::flag(&mut arguments, "--helm-kube-version", version);
    }
    arguments.push(wrapper.at.clone().into());
    arguments
}

fn environment(wrapper: &Wrapper, allow_remote: bool) -> Vec<(OsString, OsString)> {
    let mut environment = program::environment(allow_remote);
    // No settings of the user, no cluster.
    environment.push(("KUBECONFIG".into(), wrapper.at.join("kubeconfig").into()));
    environment.push(("KUBERC".into(), "off".into()));
    environment.push(("KUSTOMIZE_PLUGIN_HOME".into(), wrapper.at.join("plugins").into()));
    environment
}

/// Of `folders`, those that no other one of them includes.
pub(crate) fn outermost(folders: BTreeSet<PathBuf>, graph: &Graph) -> BTreeSet<PathBuf> {
    let inner: BTreeSet<PathBuf> = folders
        .iter()
        .flat_map(|folder| {
            let mut reached = graph.reach(folder);
            reached.remove(folder);
            reached
        })
        .collect();
    let outer: BTreeSet<PathBuf> = folders.difference(&inner).cloned().collect();
    // All in one circle: then each is as good as another.
    if outer.is_empty() { folders } else { outer }
}
