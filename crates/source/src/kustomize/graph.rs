//! Which kustomization includes which.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;

use super::kustomization::{Kustomization, Reference};
use crate::disk::Disk;

/// The kustomizations that were found, and those that they include, wherever they lie.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// By folder, absolute and plain: paths that are equal are equal as texts, which are compared more quickly.
    nodes: HashMap<OsString, Kustomization>,
    found: BTreeSet<PathBuf>,
}

/// What stands in the way of building a kustomization, before Kustomize is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Obstacle {
    /// Something on the network.
    Remote {
        /// The folder of the kustomization that refers to it.
        folder: PathBuf,
        /// What it refers to.
        reference: String,
    },
    /// A file or folder that is not there.
    Missing {
        /// The folder of the kustomization that refers to it.
        folder: PathBuf,
        /// What it refers to.
        reference: String,
    },
    /// A chart that Kustomize would have Helm render.
    InflatesCharts {
        /// The folder of the kustomization.
        folder: PathBuf,
    },
}

impl Graph {
    /// Reads the kustomizations of `folders` and what they include.
    pub(crate) fn new(folders: impl IntoIterator<Item = PathBuf>, disk: &dyn Disk) -> Self {
        let mut graph = Self { found: folders.into_iter().collect(), ..Self::default() };
        let text = |path: &PathBuf| path.as_os_str().to_owned();
        let mut tried: HashSet<OsString> = graph.found.iter().map(text).collect();
        let mut level: Vec<PathBuf> = graph.found.iter().cloned().collect();
        // What a kustomization includes is known when it is read; all of one distance are read at once.
        while !level.is_empty() {
            let read = level.into_par_iter().filter_map(|folder| {
                let kustomization = Kustomization::of(&folder, disk)?;
                Some((folder, kustomization))
            });
            let read: Vec<(PathBuf, Kustomization)> = read.collect();
            level = Vec::new();
            for (folder, kustomization) in read {
                let included = kustomization.resources.iter().chain(&kustomization.components);
                let local = included.filter_map(Reference::local);
                level.extend(local.filter(|included| tried.insert(text(included))).cloned());
                graph.nodes.insert(folder.into_os_string(), kustomization);
            }
        }
        graph
    }

    pub(crate) fn get(&self, folder: &Path) -> Option<&Kustomization> {
        self.nodes.get(folder.as_os_str())
    }

    /// The kustomizations to build: those that were found, are no components, and that no other one found includes. Of
    /// kustomizations that include each other in a circle, the first one: Kustomize will say what is wrong.
    pub(crate) fn roots(&self) -> BTreeSet<PathBuf> {
        let found = || self.found.iter().filter_map(|folder| Some((folder, self.get(folder)?)));
        let included: BTreeSet<&PathBuf> = found()
            .flat_map(|(folder, _)| self.included_by(folder).filter(move |other| *other != folder))
            .collect();
        let is_root = |folder: &PathBuf, kustomization: &Kustomization| {
            !kustomization.component && !included.contains(folder)
        };
        let mut roots: BTreeSet<PathBuf> = found()
            .filter(|(folder, node)| is_root(folder, node))
            .map(|(folder, _)| folder.clone())
            .collect();
        let mut reached = BTreeSet::new();
        roots.iter().for_each(|root| self.reach_into(root, &mut reached));
        for (folder, kustomization) in found() {
            if !kustomization.component && !reached.contains(folder) {
                self.reach_into(folder, &mut reached);
                roots.insert(folder.clone());
            }
        }
        roots
    }

    /// `folder` and every kustomization that it includes, however far away.
    pub(crate) fn reach(&self, folder: &Path) -> BTreeSet<PathBuf> {
        let mut reached = BTreeSet::new();
        self.reach_into(folder, &mut reached);
        reached
    }

    /// Adds what `folder` reaches to what is reached already.
    pub(crate) fn reach_into(&self, folder: &Path, reached: &mut BTreeSet<PathBuf>) {
        let mut ahead: Vec<&Path> = vec![folder];
        while let Some(folder) = ahead.pop() {
            if self.get(folder).is_some() && reached.insert(folder.to_path_buf()) {
                ahead.extend(self.included_by(folder).map(PathBuf::as_path));
            }
        }
    }

    /// The kustomizations that `folder` includes itself.
    pub(crate) fn included_by(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        let node = self.get(folder);
        let references = node.into_iter().flat_map(|node| node.resources.iter().chain(&node.components));
        references.filter_map(Reference::local).filter(|path| self.get(path).is_some())
    }

    /// Files whose objects a kustomization takes in.
    pub(crate) fn resource_files(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        let resources = self.get(folder).into_iter().flat_map(|node| &node.resources);
        resources.filter_map(Reference::local).filter(|path| self.get(path).is_none())
    }

    /// Files that change what kustomizations have or are content of what they generate: no objects by themselves.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        self.nodes.values().flat_map(|node| &node.inputs).filter_map(Reference::local)
    }

    /// Folders of charts that a kustomization inflates.
    pub(crate) fn charts(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        self.get(folder).into_iter().flat_map(|node| &node.charts)
    }

    /// The folders of all kustomizations, in no order.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.nodes.keys().map(Path::new)
    }

    /// What stands in the way of building `root` without the network and without Helm.
    pub(crate) fn obstacles(&self, root: &Path) -> BTreeSet<Obstacle> {
        let mut obstacles = BTreeSet::new();
        for folder in self.reach(root) {
            let Some(node) = self.get(&folder) else { continue };
            if !node.charts.is_empty() {
                obstacles.insert(Obstacle::InflatesCharts { folder: folder.clone() });
            }
            let remote = node.references().filter_map(Reference::remote);
            obstacles.extend(
                remote.map(|reference| Obstacle::Remote {
                    folder: folder.clone(),
                    reference: reference.into(),
                }),
            );
            // Of inputs Kustomize knows more forms than paths: it judges them itself.
            let missing = node.resources.iter().chain(&node.components).filter_map(Reference::missing);
            obstacles.extend(
                missing.map(|reference| Obstacle::Missing {
                    folder: folder.clone(),
                    reference: reference.into(),
                }),
            );
        }
        obstacles
    }
}
