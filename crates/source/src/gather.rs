//! From what was asked for to the files that are there.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::control::Control;
use crate::file::Unreadable;
use crate::helm::ChartUnit;
use crate::load::Outcome;
use crate::options::{Input, Options};
use crate::place::{Located, plain};
use crate::problem;
use crate::read::File;
use crate::walk::Walker;
use foldhash::{HashSet, HashSetExt};

/// What the inputs consist of.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Files that were named.
    pub files: Vec<File>,
    /// Files that folders hold, in the order of where they are, letter by letter.
    pub listed: Vec<Located>,
    /// Packaged charts that were named.
    pub archives: Vec<ChartUnit>,
    /// Streams, and what they are called.
    pub streams: Vec<(PathBuf, Box<dyn Read + Send>)>,
    /// What was left out, and what went wrong.
    pub outcome: Outcome,
}

impl Gathered {
    /// Inputs may overlap; a file is read once, under the name that came first, and as asked for when it was named.
    pub(crate) fn from(inputs: Vec<Input>, options: &Options, control: Control<'_>) -> Self {
        let mut gathered = Self::default();
        for input in inputs {
            gathered.input(input, options, control);
        }
        let mut seen: HashSet<PathBuf> = HashSet::new();
        gathered.files.retain(|file| seen.insert(file.located.at.clone()));
        gathered.archives.retain(|archive| seen.insert(archive.located.at.clone()));
        // Those of folders are put in order, stably, so that the first name comes first.
        gathered.listed.sort_by(|a, b| a.at.as_os_str().cmp(b.at.as_os_str()));
        gathered.listed.dedup_by(|later, first| later.at.as_os_str() == first.at.as_os_str());
        if !seen.is_empty() {
            gathered.listed.retain(|located| !seen.contains(&located.at));
        }
        gathered
    }

    fn input(&mut self, input: Input, options: &Options, control: Control<'_>) {
        match input {
            Input::Stream { shown_as, reader } => self.streams.push((shown_as, reader)),
            Input::Path(path) if is_stream(&path) => match fs::File::open(&path) {
                Ok(file) => self.streams.push((path, Box::new(file))),
                Err(error) => self.outcome.problems.push(problem::unreadable(&path, &Unreadable::Io(error))),
            },
            Input::Path(path) => self.path(&path, &plain(&path), options, control),
            Input::Folder { at, shown_as } => self.path(&at, &plain(&shown_as), options, control),
        }
    }

    fn path(&mut self, path: &Path, shown: &Path, options: &Options, control: Control<'_>) {
        let at = match fs::canonicalize(path) {
            Ok(canonical) => canonical,
            Err(error) => {
                self.outcome.problems.push(problem::unreadable(shown, &Unreadable::Io(error)));
                return;
            }
        };
        let located = Located { shown: shown.to_path_buf(), at };
        if located.at.is_dir() {
            self.folder(located, options, control);
        } else if is_archive(&located.at) {
            self.archives.push(ChartUnit { located, chart: None, templates: Vec::new() });
        } else {
            self.files.push(File { located, asked_for: true });
        }
    }

    fn folder(&mut self, folder: Located, options: &Options, control: Control<'_>) {
        let shown = folder.shown.clone();
        let listing = Walker::new(options, control).list(folder);
        if listing.files.is_empty() && listing.problems.is_empty() {
            self.outcome.problems.push(problem::empty_folder(&shown));
        }
        self.listed.extend(listing.files);
        self.outcome.problems.extend(listing.problems);
        self.outcome.skipped.extend(listing.skipped);
    }
}

/// Whether the path is an open stream of this process, as a shell's `<(command)` gives, rather than a file.
fn is_stream(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Whether it is a chart as `helm package` makes it.
fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".tgz") || name.ends_with(".tar.gz")
}
