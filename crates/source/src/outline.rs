//! What a pile of files consists of, told without touching a disk or running a program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::disk::MemoryDisk;
use crate::layout;
use crate::place::Located;

/// What a pile of files consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Folders of charts that would be rendered.
    pub charts: Vec<PathBuf>,
    /// Files that Helm would render as part of them.
    pub templates: Vec<PathBuf>,
    /// Folders of kustomizations that would be built.
    pub kustomizations: Vec<PathBuf>,
    /// Files that may stand for themselves, unless one of the kustomizations takes them in.
    pub files: Vec<PathBuf>,
    /// Files that never stand for themselves, and what they are.
    pub parts: Vec<(PathBuf, &'static str)>,
}

/// Outlines files, given by absolute path.
pub fn outline(files: &BTreeMap<PathBuf, Vec<u8>>) -> Outline {
    let located = |path: &PathBuf| Located { shown: path.clone(), at: path.clone() };
    let layout = layout::arrange(files.keys().map(located).collect(), &MemoryDisk(files));
    let templates = layout.charts.iter().flat_map(|chart| &chart.templates);
    Outline {
        templates: templates.map(|template| template.at.clone()).collect(),
        charts: layout.charts.iter().map(|chart| chart.located.at.clone()).collect(),
        kustomizations: layout.graph.roots().into_iter().collect(),
        files: layout.files.into_iter().map(|file| file.at).collect(),
        parts: layout.parts.into_iter().map(|(part, role)| (part.at, role)).collect(),
    }
}
