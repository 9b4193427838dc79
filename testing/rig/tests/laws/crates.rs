//! The crates of the workspace and what they depend on, as `cargo metadata` says it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::process::Command;

use seawall_rig::workspace_root;
use serde::Deserialize;

/// The resolved dependency graph, all features of the workspace as they are by default.
pub struct Graph {
    metadata: Metadata,
}

/// Why a crate depends on another.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Normal,
    Build,
    Dev,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// `null` is a normal dependency.
    kind: Option<Kind>,
}

impl Graph {
    pub fn load() -> Graph {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked", "--offline"])
            .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(workspace_root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Graph { metadata: serde_json::from_slice(&output.stdout).unwrap() }
    }

    /// The crates under crates/, by the name of their folder.
    pub fn product_crates(&self) -> Vec<String> {
        let names: Vec<String> = self.members().filter_map(folder_name).collect();
        assert!(
            names.iter().any(|name| name == "yaml"),
            "the product's crates are not where they are looked for"
        );
        names
    }

    /// The manifests of all members of the workspace.
    pub fn manifests(&self) -> Vec<PathBuf> {
        self.members().map(|package| package.manifest_path.clone()).collect()
    }

    /// The names of the packages that a product crate depends on directly.
    pub fn direct(&self, product_crate: &str, kinds: &[Kind]) -> Vec<String> {
        let package =
            self.members().find(|package| folder_name(package).as_deref() == Some(product_crate)).unwrap();
        self.dependencies(&package.id, kinds).into_iter().map(|id| self.name(&id)).collect()
    }

    /// The folder name of a workspace member (`yaml` of `seawall-yaml`; the package's own name outside of crates/);
    /// `None` for a package from elsewhere.
    pub fn short_name(&self, package: &str) -> Option<String> {
        let package = self.members().find(|member| member.name == package)?;
        Some(folder_name(package).unwrap_or_else(|| package.name.clone()))
    }

    /// Every package that is linked with a product crate, and a shortest way to it. Build scripts and procedural macros
    /// run at build time and may do what they like, but what a macro crate depends on cannot be told from what is
    /// linked, so that it is taken as linked.
    pub fn reachable(&self, product_crate: &str) -> BTreeMap<String, Vec<String>> {
        let start =
            self.members().find(|package| folder_name(package).as_deref() == Some(product_crate)).unwrap();
        let mut found = BTreeMap::new();
        let mut queue = VecDeque::from([(start.id.clone(), vec![start.name.clone()])]);
        while let Some((id, way)) = queue.pop_front() {
            for dependency in self.dependencies(&id, &[Kind::Normal]) {
                let name = self.name(&dependency);
                let way: Vec<String> = way.iter().cloned().chain([name.clone()]).collect();
                if let Entry::Vacant(entry) = found.entry(name) {
                    entry.insert(way.clone());
                    queue.push_back((dependency, way));
                }
            }
        }
        found
    }

    fn members(&self) -> impl Iterator<Item = &Package> {
        self.metadata.packages.iter().filter(|package| self.metadata.workspace_members.contains(&package.id))
    }

    fn dependencies(&self, id: &str, kinds: &[Kind]) -> Vec<String> {
        let node = self.metadata.resolve.nodes.iter().find(|node| node.id == id).unwrap();
        let counts = |dependency: &&Dependency| {
            dependency.dep_kinds.iter().any(|kind| kinds.contains(&kind.kind.unwrap_or(Kind::Normal)))
        };
        node.deps.iter().filter(counts).map(|dependency| dependency.pkg.clone()).collect()
    }

    fn name(&self, id: &str) -> String {
        self.metadata.packages.iter().find(|package| package.id == id).unwrap().name.clone()
    }
}

/// The name of a product crate's folder in crates/.
fn folder_name(package: &Package) -> Option<String> {
    let folder = package.manifest_path.parent()?;
    let inside =
        folder.parent()?.canonicalize().ok()? == workspace_root().join("crates").canonicalize().ok()?;
    inside.then(|| folder.file_name().unwrap().to_string_lossy().into_owned())
}
