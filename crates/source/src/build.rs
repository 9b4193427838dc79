//! Rendering charts and building kustomizations, several at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use foldhash::{HashSet, HashSetExt};
use rayon::prelude::*;
use seawall_inventory::Problem;

use crate::helm::{self, ChartUnit};
use crate::kustomize::{self, Graph};
use crate::load::Meter;
use crate::options::Options;
use crate::place::Located;
use crate::rendered::RenderedUnit;

/// Divides files into those that some kustomization names and all others.
pub(crate) fn claimed(graph: &Graph, files: Vec<Located>) -> (Vec<Located>, Vec<Located>) {
    let resources = graph.folders().flat_map(|folder| graph.resource_files(folder));
    // As texts, which are hashed more quickly than paths.
    let named: HashSet<&OsStr> = resources.chain(graph.inputs()).map(|path| path.as_os_str()).collect();
    files.into_iter().partition(|file| named.contains(file.at.as_os_str()))
}

/// Renders charts.
pub(crate) fn charts(charts: Vec<ChartUnit>, options: &Options, meter: &Meter<'_>) -> Vec<RenderedUnit> {
    charts
        .into_par_iter()
        .map(|chart| {
            let rendered = helm::render(&chart, options, meter.control);
            meter.step();
            rendered
        })
        .collect()
}

/// What became of the kustomizations.
#[derive(Default)]
pub(crate) struct Kustomizations {
    graph: Graph,
    pub built: Vec<RenderedUnit>,
    pub problems: Vec<Problem>,
    /// Kustomizations whose objects are part of what was built.
    covered: BTreeSet<PathBuf>,
}

/// Builds the kustomizations that no other one includes. Where that fails, those that the failed one includes are built by
/// themselves, so that one bad resource does not hide the others; what cannot be built at all is read as it stands.
pub(crate) fn kustomizations(
    graph: Graph,
    folders: &[Located],
    options: &Options,
    meter: &Meter<'_>,
) -> Kustomizations {
    let mut outcome = Kustomizations::none(graph);
    let known: BTreeMap<&PathBuf, &Located> = folders.iter().map(|folder| (&folder.at, folder)).collect();
    let roots = outcome.graph.roots();
    let Some(program) = kustomize::program(options) else {
        let missing = roots.iter().filter_map(|root| known.get(root));
        outcome.problems.extend(missing.map(|root| kustomize::missing(root)));
        return outcome;
    };
    let mut round: Vec<Located> = roots.iter().filter_map(|root| known.get(root).copied().cloned()).collect();
    let mut tried: HashSet<PathBuf> = HashSet::new();
    while !round.is_empty() {
        tried.extend(round.iter().map(|folder| folder.at.clone()));
        let results: Vec<_> = round
            .into_par_iter()
            .map(|folder| {
                let result = kustomize::build(&program, &folder, &outcome.graph, options, meter.control);
                meter.step();
                (folder, result)
            })
            .collect();
        let mut next: BTreeMap<PathBuf, Located> = BTreeMap::new();
        for (folder, result) in results {
            match result {
                Ok(unit) => {
                    outcome.graph.reach_into(&folder.at, &mut outcome.covered);
                    outcome.built.push(unit);
                }
                Err(problems) => {
                    outcome.problems.extend(problems);
                    for included in outcome.graph.included_by(&folder.at) {
                        let called = known.get(included).copied().cloned();
                        let located = called.unwrap_or_else(|| folder.elsewhere(included));
                        next.insert(included.clone(), located);
                    }
                }
            }
        }
        let is_left = |at: &PathBuf| {
            let component = outcome.graph.get(at).is_some_and(|node| node.component);
            !component && !tried.contains(at) && !outcome.covered.contains(at)
        };
        let left: BTreeSet<PathBuf> = next.keys().filter(|at| is_left(at)).cloned().collect();
        let left = kustomize::outermost(left, &outcome.graph);
        round = next.into_iter().filter(|(at, _)| left.contains(at)).map(|(_, located)| located).collect();
    }
    outcome
}

impl Kustomizations {
    /// None of them is built.
    pub(crate) fn none(graph: Graph) -> Self {
        Self { graph, ..Self::default() }
    }

    /// Divides charts into those that stand for themselves and those that are part of what was built.
    pub(crate) fn leave_charts(&self, charts: Vec<ChartUnit>) -> (Vec<ChartUnit>, Vec<ChartUnit>) {
        let inflated: HashSet<&PathBuf> =
            self.covered.iter().flat_map(|folder| self.graph.charts(folder)).collect();
        charts.into_iter().partition(|chart| !inflated.contains(&chart.located.at))
    }

    /// Divides files into those that are read as they stand and those that are part of a kustomization, with what they
    /// are to it.
    pub(crate) fn leave(&self, files: Vec<Located>) -> (Vec<Located>, Vec<(Located, &'static str)>) {
        if files.is_empty() {
            return (files, Vec::new());
        }
        let (covered, rest): (Vec<&Path>, Vec<&Path>) =
            self.graph.folders().partition(|folder| self.covered.contains(*folder));
        let resources = |folders: &[&Path]| {
            let files = folders.iter().flat_map(|folder| self.graph.resource_files(folder));
            files.map(|path| path.as_os_str()).collect::<HashSet<&OsStr>>()
        };
        let (built, unbuilt) = (resources(&covered), resources(&rest));
        let inputs: HashSet<&OsStr> = self.graph.inputs().map(|path| path.as_os_str()).collect();
        let role = |file: &Located| {
            let at = file.at.as_os_str();
            if built.contains(at) {
                Some("taken in by a kustomization, from which nothing came of it")
            } else if inputs.contains(at) && !unbuilt.contains(at) {
                Some("a patch or other input of a kustomization")
            } else {
                None
            }
        };
        let mut parts = Vec::new();
        let mut left = Vec::new();
        for file in files {
            match role(&file) {
                Some(reason) => parts.push((file, reason)),
                None => left.push(file),
            }
        }
        (left, parts)
    }
}
