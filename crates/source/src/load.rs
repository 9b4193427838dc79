//! From inputs to a Snapshot.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::HashSet;
use seawall_inventory::{Place, Problem, Reading, Skipped, Snapshot, Unit};

use crate::build::{self, Kustomizations};
use crate::control::{Control, Progress};
use crate::disk::RealDisk;
use crate::gather::Gathered;
use crate::layout;
use crate::options::{Input, Options};
use crate::place::or_dot;
use crate::read::{self, File};
use crate::recognise::Verdict;
use crate::rendered::RenderedUnit;
use crate::saved::Saved;

/// Reads `inputs`. What cannot be read is a problem in the Snapshot; the rest is read all the same.
///
/// Runs on the current rayon pool, and starts `helm` and `kustomize` (or `kubectl`) where a folder asks for them.
pub fn load(inputs: Vec<Input>, options: &Options, control: Control<'_>) -> Snapshot {
    let Gathered { files: asked_for, listed, archives, streams, mut outcome } =
        Gathered::from(inputs, options, control);
    let disk = RealDisk::holding(&listed);
    let layout = layout::arrange(listed, &disk);
    drop(disk);
    outcome.parts(&layout.parts);

    let steps = asked_for.len() + layout.files.len() + layout.charts.len() + archives.len();
    let meter = Meter { done: AtomicUsize::new(0), total: steps, control, room: read::Room::default() };

    // What stands on disk for itself is read first: a stream or a chart may take its time, and who stops waiting for it gets
    // the rest.
    let (claimed, free) = build::claimed(&layout.graph, layout.files);
    let found = |located| File { located, asked_for: false };
    let mut files: Vec<File> = free.into_iter().map(found).collect();
    files.extend(asked_for);
    let (kustomizations, claimed) = if options.kustomize.enabled {
        (Err(layout.graph), claimed)
    } else {
        // Nothing is built, and so nothing is waited for.
        let none = Kustomizations::none(layout.graph);
        let (unbuilt, parts) = none.leave(claimed);
        outcome.parts(&parts);
        files.extend(unbuilt.into_iter().map(found));
        (Ok(none), Vec::new())
    };
    outcome.absorb(read::all(&files, options, &meter));
    for (shown_as, reader) in streams {
        outcome.absorb(read::stream(&shown_as, reader, options, &meter.room));
    }

    let kustomizations = kustomizations
        .unwrap_or_else(|graph| build::kustomizations(graph, &layout.kustomizations, options, &meter));
    let (charts, inflated) = kustomizations.leave_charts(layout.charts);
    for chart in inflated {
        outcome.skipped.extend(chart.left_out("a template of a chart that a kustomization inflates"));
    }
    let charts = build::charts(charts.into_iter().chain(archives).collect(), options, &meter);
    let (unbuilt, parts) = kustomizations.leave(claimed);
    outcome.parts(&parts);
    let unbuilt: Vec<File> = unbuilt.into_iter().map(found).collect();
    outcome.absorb(read::all(&unbuilt, options, &meter));

    outcome.problems.extend(kustomizations.problems);
    let mut rendered = charts;
    rendered.extend(kustomizations.built);
    let units = outcome.rendered(rendered, options, &meter.room);
    let mut snapshot = outcome.into_snapshot(units);
    // Who renders a chart for a namespace applies what stands beside it to the same one; a saved Snapshot knows its own.
    if let Some(namespace) = &options.helm.namespace {
        snapshot.namespace = namespace.into();
    }
    snapshot
}

/// Counts what is done.
pub(crate) struct Meter<'a> {
    done: AtomicUsize,
    total: usize,
    pub control: Control<'a>,
    /// For the texts of the files that are read.
    pub room: read::Room,
}

impl Meter<'_> {
    pub(crate) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // Bases of an overlay that fails are built beside what was planned.
        (self.control.progress)(Progress { done, total: self.total.max(done) });
    }
}

/// What came out, so far.
#[derive(Default)]
pub(crate) struct Outcome {
    pub readings: Vec<Reading>,
    pub problems: Vec<Problem>,
    pub skipped: Vec<Skipped>,
    pub saved: Vec<Saved>,
}

impl Outcome {
    fn absorb(&mut self, other: Self) {
        self.readings.extend(other.readings);
        self.problems.extend(other.problems);
        self.skipped.extend(other.skipped);
        self.saved.extend(other.saved);
    }

    fn parts(&mut self, parts: &[(crate::place::Located, &'static str)]) {
        for (part, reason) in parts {
            self.skip(&part.shown, reason);
        }
    }

    pub(crate) fn verdict(&mut self, path: &Path, verdict: Verdict) {
        match verdict {
            Verdict::Kubernetes(reading) => self.readings.push(*reading),
            Verdict::Saved(saved) => self.saved.push(*saved),
            Verdict::Other(reason) => self.skip(path, reason),
        }
    }

    pub(crate) fn skip(&mut self, path: &Path, reason: &'static str) {
        self.skipped.push(Skipped { path: or_dot(path), document: None, reason });
    }

    /// Reads what was rendered, and numbers the units by path.
    fn rendered(
        &mut self,
        mut rendered: Vec<RenderedUnit>,
        options: &Options,
        room: &read::Room,
    ) -> Vec<Unit> {
        rendered.sort_by(|a, b| (&a.unit.path, a.unit.kind).cmp(&(&b.unit.path, b.unit.kind)));
        let mut units = Vec::new();
        let mut texts = Vec::new();
        for unit in rendered {
            let id = seawall_inventory::UnitId(u32::try_from(units.len()).unwrap_or(u32::MAX));
            units.push(unit.unit);
            self.problems.extend(unit.problems);
            self.skipped.extend(unit.skipped);
            texts.extend(unit.texts.into_iter().map(|text| (id, text)));
        }
        self.absorb(read::rendered(texts, options, room));
        units
    }

    fn into_snapshot(mut self, mut units: Vec<Unit>) -> Snapshot {
        let nothing_else = self.readings.is_empty() && self.problems.is_empty();
        if nothing_else && self.saved.len() == 1 {
            // What was saved of a whole cluster is still that.
            return self.saved.pop().map(Saved::into_snapshot).unwrap_or_default();
        }
        for saved in std::mem::take(&mut self.saved) {
            let (readings, own, problems) = saved.into_parts(units.len());
            self.readings.extend(readings);
            self.problems.extend(problems);
            units.extend(own);
        }
        // A part of a kustomization that objects came from is not left out.
        let read: HashSet<&OsStr> =
            self.readings.iter().map(|reading| reading.file.path.as_os_str()).collect();
        self.skipped.retain(|skipped| skipped.document.is_some() || !read.contains(skipped.path.as_os_str()));
        self.problems.sort_by(|a, b| order(a).cmp(&order(b)));
        Snapshot::assemble(self.readings, units, self.problems, self.skipped)
    }
}

fn order(problem: &Problem) -> (Option<&PathBuf>, &str, &str) {
    let path = match &problem.place {
        Place::Path(path) => Some(path),
        Place::Aside { file, .. } => Some(&file.path),
        _ => None,
    };
    (path, problem.code, &problem.message)
}
