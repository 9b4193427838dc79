//! `kustomization.yaml` (types.Kustomization of sigs.k8s.io/kustomize/api): what it refers to.

use std::path::{Path, PathBuf};

use seawall_yaml::{Limits, Node, Value};

use crate::disk::Disk;
use crate::place::plain;

/// The names that make a folder a kustomization (`RecognizedKustomizationFileNames` of
/// sigs.k8s.io/kustomize/api/konfig).
pub(crate) const KUSTOMIZATION_FILES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a kustomization refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kustomization {
    /// `kind: Component`: a part of overlays, nothing by itself.
    pub component: bool,
    /// Files and folders whose objects it takes in: `resources`, `bases`.
    pub resources: Vec<Reference>,
    /// Folders that change what it has: `components`.
    pub components: Vec<Reference>,
    /// Files that change what it has, or are content of what it generates.
    pub inputs: Vec<Reference>,
    /// Helm charts that it inflates, by the folders where they would lie.
    pub charts: Vec<PathBuf>,
    /// The schema by which it merges lists of custom resources: `openapi.path`.
    pub openapi: Option<PathBuf>,
    /// `buildMetadata`, without origins.
    pub build_metadata: Vec<String>,
}

/// What a kustomization refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A file or folder that is there.
    Local(PathBuf),
    /// A file or folder that is not, as written.
    Missing(String),
    /// Something on the network, as written.
    Remote(String),
}

impl Reference {
    pub(crate) fn local(&self) -> Option<&PathBuf> {
        match self {
            Self::Local(path) => Some(path),
            Self::Missing(_) | Self::Remote(_) => None,
        }
    }

    pub(crate) fn remote(&self) -> Option<&str> {
        match self {
            Self::Remote(text) => Some(text),
            Self::Local(_) | Self::Missing(_) => None,
        }
    }

    pub(crate) fn missing(&self) -> Option<&str> {
        match self {
            Self::Missing(text) => Some(text),
            Self::Local(_) | Self::Remote(_) => None,
        }
    }
}

impl Kustomization {
    /// Reads the kustomization of a folder, which is absolute; `None` when there is none. One that is not understood
    /// refers to nothing: Kustomize will say why.
    pub(crate) fn of(folder: &Path, disk: &dyn Disk) -> Option<Self> {
        let file = KUSTOMIZATION_FILES.iter().map(|name| folder.join(name)).find(|file| disk.exists(file))?;
        let bytes = disk.configuration(&file).unwrap_or_default();
        let stream = seawall_yaml::parse(&bytes, &Limits::default());
        let mut kustomization = Self::default();
        let Some(document) = stream.documents.first() else { return Some(kustomization) };
        let Value::Map(fields) = document.root().value() else { return Some(kustomization) };
        let globals = document.root().get("helmGlobals");
        let chart_home = globals.and_then(|globals| globals.get("chartHome")?.as_str()).unwrap_or("charts");
        let reader = Reader { folder, chart_home, disk };
        for (name, _, value) in fields {
            // Kustomize decodes with encoding/json, for which the case of field names is all one.
            reader.field(&name.to_ascii_lowercase(), value, &mut kustomization);
        }
        Some(kustomization)
    }

    /// Everything it refers to.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        self.resources.iter().chain(&self.components).chain(&self.inputs)
    }
}

struct Reader<'a> {
    folder: &'a Path,
    /// Where charts to inflate lie, seen from the folder (`HelmDefaultHome` of api/types).
    chart_home: &'a str,
    disk: &'a dyn Disk,
}

impl Reader<'_> {
    fn field(&self, name: &str, value: Node<'_>, kustomization: &mut Kustomization) {
        match name {
            "kind" => kustomization.component = value.as_str() == Some("Component"),
            "resources" | "bases" => self.paths(value, &mut kustomization.resources),
            "components" => self.paths(value, &mut kustomization.components),
            "crds" | "configurations" => self.paths(value, &mut kustomization.inputs),
            // A path or the configuration itself.
            "generators" | "transformers" | "validators" | "patchesstrategicmerge" => {
                self.paths(value, &mut kustomization.inputs);
            }
            "patches" | "patchesjson6902" | "replacements" => {
                each(value, |item| self.path(item.get("path"), &mut kustomization.inputs));
            }
            "configmapgenerator" | "secretgenerator" => each(value, |item| {
                self.path(item.get("env"), &mut kustomization.inputs);
                for list in ["envs", "files"] {
                    each_in(item.get(list), |item| self.keyed(item, &mut kustomization.inputs));
                }
            }),
            "helmcharts" | "helmchartinflationgenerator" => each(value, |item| {
                let name = item.get("name").and_then(|name| name.as_str()).unwrap_or_default();
                let home = item.get("chartHome").and_then(|home| home.as_str()).unwrap_or(self.chart_home);
                kustomization.charts.push(plain(&self.folder.join(home).join(name)));
                self.path(item.get("valuesFile"), &mut kustomization.inputs);
                each_in(item.get("additionalValuesFiles"), |item| {
                    self.path(Some(item), &mut kustomization.inputs);
                });
            }),
            "openapi" => {
                let path = value.get("path").and_then(|path| path.as_str());
                kustomization.openapi = path.map(|path| plain(&self.folder.join(path)));
                self.path(value.get("path"), &mut kustomization.inputs);
            }
            "buildmetadata" => each(value, |item| {
                let option = item.as_str().filter(|option| *option != "originAnnotations");
                kustomization.build_metadata.extend(option.map(str::to_owned));
            }),
            _ => {}
        }
    }

    fn paths(&self, list: Node<'_>, references: &mut Vec<Reference>) {
        each(list, |item| self.path(Some(item), references));
    }

    /// `path` or `key=path`, as generators have them.
    fn keyed(&self, node: Node<'_>, references: &mut Vec<Reference>) {
        if let Some(text) = node.as_str() {
            self.reference(text.split_once('=').map_or(text, |(_, path)| path), references);
        }
    }

    fn path(&self, node: Option<Node<'_>>, references: &mut Vec<Reference>) {
        if let Some(text) = node.and_then(|node| node.as_str()) {
            self.reference(text, references);
        }
    }

    fn reference(&self, text: &str, references: &mut Vec<Reference>) {
        // A patch that is written out in place of a path spans lines.
        if text.is_empty() || text.contains('\n') {
            return;
        }
        // As for Kustomize, what exists is local, whatever its name.
        references.push(match self.disk.locate(&plain(&self.folder.join(text))) {
            Some(path) => Reference::Local(path),
            None if is_remote(text) => Reference::Remote(text.to_owned()),
            None => Reference::Missing(text.to_owned()),
        });
    }
}

fn each<'t>(list: Node<'t>, mut found: impl FnMut(Node<'t>)) {
    if let Value::Seq(items) = list.value() {
        items.for_each(&mut found);
    }
}

fn each_in<'t>(list: Option<Node<'t>>, found: impl FnMut(Node<'t>)) {
    if let Some(list) = list {
        each(list, found);
    }
}

/// Whether Kustomize would look for it on the network when it is not on disk (api/internal/git/repospec.go and
/// `IsRemoteFile` of api/ifc).
fn is_remote(text: &str) -> bool {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    text.contains("://")
        || text.contains("?ref=")
        || text.starts_with("git::")
        || text.starts_with("gh:")
        || text.contains(".git/")
        || text.ends_with(".git")
        // user@host:path
        || text.split_once('@').is_some_and(|(user, rest)| !user.contains('/') && rest.contains(':'))
        || ["github.com", "gitlab.com", "bitbucket.org", "dev.azure.com"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn tells_the_network_from_the_disk() {
        let remote = [
            "https://raw.githubusercontent.com/a/b/main/x.yaml",
            "github.com/kubernetes-sigs/kustomize//examples/multibases?ref=v1.0.6",
            "git@github.com:owner/repo.git//path",
            "ssh://git@host/repo",
            "git::https://host/repo",
            "host.example/repo.git/sub?ref=main",
            "file:///repo",
        ];
        let local = ["../base", "deployment.yaml", "a@b/c.yaml", "github.community/x.yaml", ".github/x.yaml"];
        for text in remote {
            assert!(is_remote(text), "{text}");
        }
        for text in local {
            assert!(!is_remote(text), "{text}");
        }
    }
}
