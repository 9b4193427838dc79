//! `Chart.yaml` (Helm pkg/chart/metadata.go).

use std::path::{Path, PathBuf};

use seawall_yaml::{Limits, Node, Value};

use crate::disk::Disk;

/// The file that makes a folder a chart.
pub(crate) const CHART_FILE: &str = "Chart.yaml";

/// What matters of a `Chart.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chart {
    /// The chart's name, by which `# Source:` comments call its folder.
    pub name: String,
    /// It only lends templates to other charts and cannot be installed.
    pub library: bool,
    /// Dependencies that go by another name here: alias and name.
    pub aliases: Vec<(String, String)>,
}

impl Chart {
    /// Reads the `Chart.yaml` of a folder; `None` when it has no name in it, so that Helm would not take it for a chart.
    pub(crate) fn of(folder: &Path, disk: &dyn Disk) -> Option<Self> {
        let bytes = disk.configuration(&folder.join(CHART_FILE))?;
        let stream = seawall_yaml::parse(&bytes, &Limits::default());
        let root = stream.documents.first()?.root();
        let text = |node: Node<'_>, key: &str| Some(node.get(key)?.as_str()?.to_owned());
        let dependencies = root.get("dependencies");
        let aliases = dependencies
            .into_iter()
            .filter(|list| matches!(list.value(), Value::Seq(_)))
            .flat_map(|list| list.items())
            .filter_map(|dependency| Some((text(dependency, "alias")?, text(dependency, "name")?)))
            .collect();
        Some(Self {
            name: text(root, "name").filter(|name| !name.is_empty())?,
            library: text(root, "type").is_some_and(|kind| kind == "library"),
            aliases,
        })
    }

    /// Where the file lies that `# Source:` calls `source`: folders go by the names (or aliases) of the charts in them.
    pub(crate) fn locate(&self, folder: &Path, source: &Path, disk: &dyn Disk) -> Option<PathBuf> {
        let inside = source.strip_prefix(&self.name).ok()?;
        let direct = folder.join(inside);
        if disk.exists(&direct) {
            return Some(direct);
        }
        let mut parts = inside.strip_prefix("charts").ok()?.components();
        let called = parts.next()?.as_os_str().to_str()?;
        let name = self.aliases.iter().find(|(alias, _)| alias == called).map_or(called, |(_, name)| name);
        let subfolder = disk.folders(&folder.join("charts")).into_iter().find_map(|subfolder| {
            let chart = Self::of(&subfolder, disk)?;
            (chart.name == name).then_some((subfolder, chart))
        });
        let (subfolder, subchart) = subfolder?;
        subchart.locate(&subfolder, &Path::new(&subchart.name).join(parts.as_path()), disk)
    }
}
