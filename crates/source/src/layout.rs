//! What a pile of files consists of: charts, kustomizations, and files that stand for themselves.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::helm::{CHART_FILE, Chart, ChartUnit};
use crate::kustomize::{Graph, KUSTOMIZATION_FILES};
use crate::place::Located;
use foldhash::HashMap;

/// What a pile of files consists of.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// Charts to render, subcharts being part of them.
    pub charts: Vec<ChartUnit>,
    /// The folders of kustomizations.
    pub kustomizations: Vec<Located>,
    /// Kustomizations and what they include.
    pub graph: Graph,
    /// Files that may stand for themselves, unless a kustomization takes them in.
    pub files: Vec<Located>,
    /// Files that never stand for themselves, and what they are.
    pub parts: Vec<(Located, &'static str)>,
}

/// Arranges `files`, in whatever order as long as it is always the same.
pub(crate) fn arrange(files: Vec<Located>, disk: &dyn Disk) -> Layout {
    let charts = Charts::among(&files, disk);
    let mut layout = Layout::default();
    let mut templates: BTreeMap<PathBuf, Vec<Located>> = BTreeMap::new();
    // Files of a folder mostly come one after another.
    let mut within = (PathBuf::new(), None);
    for file in files {
        let folder = file.at.parent().unwrap_or(Path::new(""));
        if folder.as_os_str() != within.0.as_os_str() {
            within = (folder.to_path_buf(), charts.nearest(folder));
        }
        match within.1.map_or(Role::None, |chart| charts.role(&file.at, chart)) {
            Role::Template { of } => templates.entry(of.to_path_buf()).or_default().push(file),
            Role::Configuration => layout.parts.push((file, "configuration of a Helm chart")),
            Role::LibraryTemplate => layout.parts.push((file, "a template of a library chart")),
            Role::None => match kustomization_folder(&file) {
                Some(folder) => {
                    layout.kustomizations.push(folder);
                    layout.parts.push((file, "configuration of Kustomize"));
                }
                None => layout.files.push(file),
            },
        }
    }
    for (folder, chart) in charts.installable() {
        layout.charts.push(ChartUnit {
            templates: templates.remove(&folder.at).unwrap_or_default(),
            located: folder.clone(),
            chart: chart.clone(),
        });
    }
    // A folder may hold files of several of the names; Kustomize says that this is wrong.
    layout.kustomizations.sort();
    layout.kustomizations.dedup();
    layout.graph = Graph::new(layout.kustomizations.iter().map(|folder| folder.at.clone()), disk);
    layout
}

fn kustomization_folder(file: &Located) -> Option<Located> {
    let name = file.at.file_name()?;
    KUSTOMIZATION_FILES.iter().any(|known| name == *known).then(|| file.folder()).flatten()
}

/// The charts among files, by folder.
struct Charts(HashMap<PathBuf, (Located, Option<Chart>)>);

/// What a file is to a chart.
enum Role<'c> {
    /// Helm renders it as part of the chart in this folder.
    Template { of: &'c Path },
    /// A template that is rendered only where another chart uses it.
    LibraryTemplate,
    /// Read by Helm itself.
    Configuration,
    /// Nothing.
    None,
}

impl Charts {
    fn among(files: &[Located], disk: &dyn Disk) -> Self {
        let is_chart_file = |file: &&Located| file.at.file_name() == Some(OsStr::new(CHART_FILE));
        let folders = files.iter().filter(is_chart_file).filter_map(|file| {
            let folder = file.folder()?;
            let chart = Chart::of(&folder.at, disk);
            // A file that happens to be called Chart.yaml makes no chart.
            (chart.is_some() || disk.exists(&folder.at.join("templates")))
                .then(|| (folder.at.clone(), (folder, chart)))
        });
        Self(folders.collect())
    }

    /// The chart that `folder`, a chart, is a subchart of: it lies in its `charts` folder.
    fn parent(&self, folder: &Path) -> Option<&Path> {
        let charts = folder.parent().filter(|charts| charts.file_name() == Some(OsStr::new("charts")))?;
        self.0.get_key_value(charts.parent()?).map(|(parent, _)| parent.as_path())
    }

    /// The outermost chart that `folder` is part of.
    fn root<'c>(&'c self, folder: &'c Path) -> &'c Path {
        std::iter::successors(Some(folder), |folder| self.parent(folder)).last().unwrap_or(folder)
    }

    /// The charts that are no subcharts and no libraries, by path.
    fn installable(&self) -> Vec<&(Located, Option<Chart>)> {
        let mut charts: Vec<_> = self
            .0
            .iter()
            .filter(|(folder, (_, chart))| {
                self.parent(folder).is_none() && !chart.as_ref().is_some_and(|chart| chart.library)
            })
            .map(|(_, entry)| entry)
            .collect();
        charts.sort_by(|a, b| a.0.cmp(&b.0));
        charts
    }

    /// The innermost chart that `folder` lies in or is.
    fn nearest(&self, folder: &Path) -> Option<&Path> {
        if self.0.is_empty() {
            return None;
        }
        folder.ancestors().find_map(|folder| self.0.get_key_value(folder)).map(|(chart, _)| chart.as_path())
    }

    /// What `file` is to `folder`, the innermost chart that it lies in.
    fn role<'c>(&'c self, file: &Path, folder: &'c Path) -> Role<'c> {
        let inside = file.strip_prefix(folder).unwrap_or(file);
        if inside.starts_with("templates") {
            let root = self.root(folder);
            let library = self.0.get(root).and_then(|(_, chart)| chart.as_ref()).is_some_and(|c| c.library);
            return if library { Role::LibraryTemplate } else { Role::Template { of: root } };
        }
        let configuration = [
            CHART_FILE,
            "Chart.lock",
            "values.yaml",
            "values.schema.json",
            "requirements.yaml",
            "requirements.lock",
        ];
        if configuration.iter().any(|name| inside == Path::new(name)) {
            return Role::Configuration;
        }
        Role::None
    }
}
