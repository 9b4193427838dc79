//! What is compared.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use seawall_inventory::Snapshot;
use seawall_source::git::{Repository, RevisionRange, Tree};
use seawall_source::{Control, Input};
use tempfile::TempDir;

use crate::configuration::relative;
use crate::console::Console;
use crate::interrupt::Interrupt;
use crate::run::{Job, Scan};

/// What was before and what is now.
pub(crate) struct Sides {
    pub base: Side,
    pub head: Side,
}

/// One side of a comparison.
pub(crate) enum Side {
    /// What stands on disk.
    Disk(Vec<PathBuf>),
    /// A commit, by its full hash.
    Commit {
        repository: Repository,
        commit: String,
        /// The parts of the repository to scan, from its root.
        parts: Vec<PathBuf>,
    },
}

impl Sides {
    /// Finds out what the arguments mean. What exists on disk is a path; all else is for git to know.
    pub(crate) fn of(
        base: &str,
        head: Option<&str>,
        paths: &[PathBuf],
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let on_disk = |side: &str| Path::new(side).exists();
        if let Some(head) = head
            && on_disk(base)
            && on_disk(head)
        {
            if !paths.is_empty() {
                bail!("paths behind `--` narrow a comparison of revisions; here both sides are paths");
            }
            let side = |path: &str| Side::Disk(vec![PathBuf::from(path)]);
            return Ok(Self { base: side(base), head: side(head) });
        }
        let control = Control { cancel: interrupt.flag(), ..Control::default() };
        let here = std::env::current_dir().context("the current folder is gone")?;
        let repository = Repository::containing(&here, control).with_context(|| {
            format!("`{base}` and what it is compared with are not both paths, and not revisions either")
        })?;
        let parts = parts(&repository, &here, paths)?;
        let commit =
            |commit: String| Side::Commit { repository: repository.clone(), commit, parts: parts.clone() };
        let side = |written: &str| -> Result<Side> {
            if on_disk(written) {
                return Ok(Side::Disk(vec![PathBuf::from(written)]));
            }
            Ok(commit(repository.commit(written, control)?))
        };
        match (head, RevisionRange::parse(base)) {
            (Some(head), _) => Ok(Self { base: side(base)?, head: side(head)? }),
            (None, Some(range)) if !on_disk(base) => Ok(Self {
                base: commit(repository.base_of(&range, control)?),
                head: commit(repository.commit(&range.head, control)?),
            }),
            (None, _) => {
                let disk = parts.iter().map(|part| relative(&repository.top().join(part), &here));
                let disk =
                    disk.map(|path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path });
                // A name of a branch can be one of a folder too; alone, it can only be the branch.
                Ok(Self { base: commit(repository.commit(base, control)?), head: Side::Disk(disk.collect()) })
            }
        }
    }

    /// The paths whose configuration counts: those of the newer side, or where the user stands.
    pub(crate) fn configured_by(&self) -> Vec<PathBuf> {
        match &self.head {
            Side::Disk(paths) => paths.clone(),
            Side::Commit { .. } => Vec::new(),
        }
    }
}

/// `paths`, as seen from the root of the repository.
fn parts(repository: &Repository, here: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if paths.is_empty() {
        return Ok(vec![PathBuf::new()]);
    }
    let here = here.canonicalize().context("the current folder is gone")?;
    let part = |path: &PathBuf| {
        // By its letters: on the other side the path may not exist.
        let mut whole = here.clone();
        for step in path.components() {
            match step {
                std::path::Component::ParentDir => drop(whole.pop()),
                std::path::Component::CurDir => {}
                step => whole.push(step),
            }
        }
        let part = whole.strip_prefix(repository.top());
        part.map(Path::to_path_buf).with_context(|| format!("{} is not in the repository", path.display()))
    };
    paths.iter().map(part).collect()
}

impl Side {
    /// Reads it.
    pub(crate) fn read(&self, job: &Job, console: &Console, interrupt: &Interrupt) -> Result<Snapshot> {
        match self {
            Self::Disk(paths) => Ok(job.read(inputs(paths), console, interrupt)),
            Self::Commit { repository, commit, parts } => {
                let written = Written::of(repository, commit, parts, interrupt)?;
                let mut snapshot = job.read(written.inputs, console, interrupt);
                snapshot.problems.extend(written.tree.problems);
                snapshot.skipped.extend(written.tree.skipped);
                Ok(snapshot)
            }
        }
    }

    /// Reads and judges it.
    pub(crate) fn scan(&self, job: &Job, console: &Console, interrupt: &Interrupt) -> Result<Scan> {
        match self {
            Self::Disk(paths) => Ok(job.scan(inputs(paths), console, interrupt)),
            Self::Commit { repository, commit, parts } => {
                let written = Written::of(repository, commit, parts, interrupt)?;
                let mut scan = job.scan(written.inputs, console, interrupt);
                scan.snapshot.problems.extend(written.tree.problems);
                scan.snapshot.skipped.extend(written.tree.skipped);
                Ok(scan)
            }
        }
    }
}

fn inputs(paths: &[PathBuf]) -> Vec<Input> {
    paths.iter().map(|path| Input::Path(path.clone())).collect()
}

/// The files of a commit, written to a folder that goes when this is dropped.
struct Written {
    inputs: Vec<Input>,
    tree: Tree,
    _folder: TempDir,
}

impl Written {
    fn of(repository: &Repository, commit: &str, parts: &[PathBuf], interrupt: &Interrupt) -> Result<Self> {
        let folder =
            tempfile::tempdir().context("cannot make a temporary folder for the files of a revision")?;
        let control = Control { cancel: interrupt.flag(), ..Control::default() };
        let tree = repository.write_tree(commit, folder.path(), control)?;
        let here = std::env::current_dir().context("the current folder is gone")?;
        let inputs = parts
            .iter()
            .filter(|part| folder.path().join(part).exists())
            .map(|part| Input::Folder {
                at: folder.path().join(part),
                shown_as: relative(&repository.top().join(part), &here),
            })
            .collect();
        Ok(Self { inputs, tree, _folder: folder })
    }
}
