//! From inputs to a Snapshot.

use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use seawall_inventory::{Place, Problem, Provenance, Reading, Skipped, Snapshot};

use crate::control::{Control, Progress};
use crate::file::{self, Unreadable};
use crate::options::{Input, Options};
use crate::place::{Located, or_dot, shown};
use crate::problem;
use crate::recognise::{self, Verdict};
use crate::walk::Walker;

/// Reads `inputs`. What cannot be read is a problem in the Snapshot; the rest is read all the same.
///
/// Runs on the current rayon pool, and starts `helm` and `kustomize` where a folder asks for them.
pub fn load(inputs: Vec<Input>, options: &Options, control: Control<'_>) -> Snapshot {
    let mut gathered = Gathered::default();
    for input in inputs {
        gathered.input(input, options, control);
    }
    let Gathered { files, mut outcome, .. } = gathered;
    outcome.absorb(read_all(&files, options, control));
    outcome.into_snapshot()
}

/// What came out, so far.
#[derive(Default)]
pub(crate) struct Outcome {
    pub readings: Vec<Reading>,
    pub problems: Vec<Problem>,
    pub skipped: Vec<Skipped>,
}

impl Outcome {
    fn absorb(&mut self, other: Self) {
        self.readings.extend(other.readings);
        self.problems.extend(other.problems);
        self.skipped.extend(other.skipped);
    }

    fn verdict(&mut self, path: &Path, verdict: Verdict) {
        match verdict {
            Verdict::Kubernetes(reading) => self.readings.push(*reading),
            Verdict::Other(reason) => self.skip(path, reason),
        }
    }

    fn skip(&mut self, path: &Path, reason: &'static str) {
        self.skipped.push(Skipped { path: or_dot(path), document: None, reason });
    }

    fn into_snapshot(mut self) -> Snapshot {
        self.problems.sort_by(|a, b| order(a).cmp(&order(b)));
        Snapshot::assemble(self.readings, Vec::new(), self.problems, self.skipped)
    }
}

fn order(problem: &Problem) -> (Option<&PathBuf>, &str, &str) {
    let path = match &problem.place {
        Place::Path(path) => Some(path),
        _ => None,
    };
    (path, problem.code, &problem.message)
}

/// A file to read.
struct File {
    located: Located,
    /// The user named it.
    asked_for: bool,
}

/// What the inputs consist of.
#[derive(Default)]
struct Gathered {
    files: Vec<File>,
    /// Inputs may overlap; a file is read once, under the name that came first.
    seen: HashSet<PathBuf>,
    outcome: Outcome,
}

impl Gathered {
    fn input(&mut self, input: Input, options: &Options, control: Control<'_>) {
        match input {
            Input::Stream { shown_as, reader } => self.stream(&shown_as, reader, options),
            Input::Path(path) if is_stream(&path) => match fs::File::open(&path) {
                Ok(file) => self.stream(&path, Box::new(file), options),
                Err(error) => self.outcome.problems.push(problem::unreadable(&path, &Unreadable::Io(error))),
            },
            Input::Path(path) => self.path(&path, &shown(&path), options, control),
            Input::Folder { at, shown_as } => self.path(&at, &shown(&shown_as), options, control),
        }
    }

    fn stream(&mut self, shown_as: &Path, reader: Box<dyn Read + Send>, options: &Options) {
        match file::read_stream(reader, None, options.max_file_size) {
            Ok(bytes) => {
                let reading = seawall_inventory::read(
                    shown_as.to_path_buf(),
                    &bytes,
                    Provenance::Verbatim,
                    &options.limits,
                );
                self.outcome.verdict(shown_as, recognise::judge(reading, true));
            }
            Err(cause) => self.outcome.problems.push(problem::unreadable(shown_as, &cause)),
        }
    }

    fn path(&mut self, path: &Path, shown: &Path, options: &Options, control: Control<'_>) {
        let canonical = match fs::canonicalize(path) {
            Ok(canonical) => canonical,
            Err(error) => {
                self.outcome.problems.push(problem::unreadable(shown, &Unreadable::Io(error)));
                return;
            }
        };
        let located = Located { shown: shown.to_path_buf(), at: canonical };
        if !located.at.is_dir() {
            if self.seen.insert(located.at.clone()) {
                self.files.push(File { located, asked_for: true });
            }
            return;
        }
        let listing = Walker::new(options, control).list(located);
        if listing.files.is_empty() && listing.problems.is_empty() {
            self.outcome.problems.push(problem::empty_folder(shown));
        }
        for located in listing.files {
            if self.seen.insert(located.at.clone()) {
                self.files.push(File { located, asked_for: false });
            }
        }
        self.outcome.problems.extend(listing.problems);
        self.outcome.skipped.extend(listing.skipped);
    }
}

/// Whether the path is an open stream of this process, as a shell's `<(command)` gives, rather than a file.
fn is_stream(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn read_all(files: &[File], options: &Options, control: Control<'_>) -> Outcome {
    let done = AtomicUsize::new(0);
    let results: Vec<Option<Result<(&File, Verdict), Problem>>> = files
        .par_iter()
        .map(|file| {
            if control.cancelled() {
                return None;
            }
            let result = read_one(file, options).map(|verdict| (file, verdict));
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            (control.progress)(Progress { done, total: files.len() });
            Some(result)
        })
        .collect();
    let mut outcome = Outcome::default();
    let mut unread: Vec<&Path> = Vec::new();
    for (file, result) in files.iter().zip(results) {
        match result {
            Some(Ok((file, verdict))) => outcome.verdict(&file.located.shown, verdict),
            Some(Err(problem)) => outcome.problems.push(problem),
            None => unread.push(&file.located.shown),
        }
    }
    unread.sort();
    if let Some(first) = unread.first() {
        outcome.problems.push(problem::interrupted(first, unread.len()));
    }
    for path in unread {
        outcome.skip(path, "the scan was stopped before it");
    }
    outcome
}

fn read_one(file: &File, options: &Options) -> Result<Verdict, Problem> {
    let Located { shown, at } = &file.located;
    let bytes = file::read(at, options.max_file_size).map_err(|cause| problem::unreadable(shown, &cause))?;
    if !file.asked_for && !recognise::may_hold_objects(&bytes) {
        return Ok(Verdict::Other("no Kubernetes object in it"));
    }
    let reading = seawall_inventory::read(shown.clone(), &bytes, Provenance::Verbatim, &options.limits);
    Ok(recognise::judge(reading, file.asked_for))
}
