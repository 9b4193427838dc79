//! Writing the files of a revision.
//!
//! Blobs are taken from git as they are stored. `git archive` and `git checkout` would run what attributes and
//! configuration ask for (filters, conversions of line ends, `export-ignore`), some of it from the network.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Component, Path, PathBuf};

use seawall_inventory::{Problem, Skipped};

use super::{GitError, Repository, path_of};
use crate::control::Control;
use crate::place::plain;
use crate::problem;
use crate::walk::is_read;

/// What was written of a revision.
#[derive(Debug, Default)]
pub struct Tree {
    /// Files written.
    pub files: usize,
    /// Files that could not be.
    pub problems: Vec<Problem>,
    /// What is no file of this repository.
    pub skipped: Vec<Skipped>,
}

/// Files larger than this are written as holes of their size: a scan refuses them by their size, not by what they hold.
const MAX_BLOB: u64 = 512 << 20;

/// All files together.
const MAX_TREE: u64 = 8 << 30;

/// A file of a revision.
struct Entry {
    path: PathBuf,
    kind: Kind,
    object: String,
    size: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl Repository {
    /// Writes the files of a commit, given by its full hash, into `folder`, which is empty.
    ///
    /// # Errors
    /// Git fails, or a file cannot be written.
    pub fn write_tree(&self, commit: &str, folder: &Path, control: Control<'_>) -> Result<Tree, GitError> {
        let write = |error| GitError::Write { path: folder.to_path_buf(), error };
        let folder = &folder.canonicalize().map_err(write)?;
        let mut tree = Tree::default();
        let (blobs, links) = self.entries(commit, control, &mut tree)?;
        let mut stream = self.contents(&blobs, &links, control)?;
        for entry in &blobs {
            let path = folder.join(&entry.path);
            let failed = |error| GitError::Write { path: path.clone(), error };
            if control.cancelled() {
                return Err(GitError::Cancelled);
            }
            let mut file = match create(&path) {
                Ok(file) => file,
                Err(error) => {
                    tree.problems.push(unwritten(&entry.path, &error));
                    stream.skip(entry)?;
                    continue;
                }
            };
            if entry.size > MAX_BLOB {
                file.set_len(entry.size).map_err(failed)?;
            } else {
                stream.copy(entry, &mut file)?;
            }
            tree.files += 1;
        }
        // Links last, so that no file is written through one.
        let mut written = Vec::new();
        for entry in &links {
            let mut target = Vec::new();
            stream.copy(entry, &mut target)?;
            let path = folder.join(&entry.path);
            let target = path_of(&target);
            match link(&target, &path) {
                Ok(()) => written.push((entry, path, target)),
                Err(error) => tree.problems.push(unwritten(&entry.path, &error)),
            }
        }
        for (entry, path, target) in written {
            // By its letters for a link that dangles now, and by where it leads through other links.
            let outside_by_name =
                plain(&entry.path.with_file_name(&target)).starts_with("..") || target.has_root();
            if outside_by_name || path.canonicalize().is_ok_and(|target| !target.starts_with(folder)) {
                fs::remove_file(&path).map_err(|error| GitError::Write { path: path.clone(), error })?;
                if is_read(&path) {
                    tree.problems.push(outside(&entry.path));
                } else {
                    tree.skipped.push(Skipped {
                        path: entry.path.clone(),
                        document: None,
                        reason: "a symbolic link that leads out of the repository",
                    });
                }
            } else {
                tree.files += 1;
            }
        }
        Ok(tree)
    }

    /// Files and links of a commit.
    fn entries(
        &self,
        commit: &str,
        control: Control<'_>,
        tree: &mut Tree,
    ) -> Result<(Vec<Entry>, Vec<Entry>), GitError> {
        let listed = self.ask(["ls-tree", "-r", "-z", "-l", "--full-tree", commit], control)?;
        let listed = listed.map_err(GitError::Failed)?;
        let (mut blobs, mut links) = (Vec::new(), Vec::new());
        let mut total: u64 = 0;
        for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let entry =
                entry(line).ok_or_else(|| GitError::Failed("its list of files is not understood".into()))?;
            if !stays_inside(&entry.path) {
                tree.problems.push(outside(&entry.path));
                continue;
            }
            match entry.kind {
                Kind::Submodule => tree.skipped.push(Skipped {
                    path: entry.path,
                    document: None,
                    reason: "a git submodule, which is another repository",
                }),
                Kind::Link => links.push(entry),
                Kind::File => {
                    total = total.saturating_add(if entry.size > MAX_BLOB { 0 } else { entry.size });
                    blobs.push(entry);
                }
            }
        }
        if total > MAX_TREE {
            return Err(GitError::TooLarge { limit: MAX_TREE });
        }
        Ok((blobs, links))
    }

    /// The contents of files and links, in their order, by way of a temporary file: memory is not filled with them.
    fn contents(&self, blobs: &[Entry], links: &[Entry], control: Control<'_>) -> Result<Stream, GitError> {
        let failed = |error: io::Error| GitError::Failed(format!("temporary file: {error}"));
        let mut questions = tempfile::tempfile().map_err(failed)?;
        let asked = blobs.iter().filter(|entry| entry.size <= MAX_BLOB).chain(links);
        let text: String = asked.map(|entry| format!("{}\n", entry.object)).collect();
        questions.write_all(text.as_bytes()).and_then(|()| questions.rewind()).map_err(failed)?;
        let mut answers = tempfile::tempfile().map_err(failed)?;
        let output = answers.try_clone().map_err(failed)?;
        let said = self.run(&["cat-file", "--batch"], Some(questions), Some(output), control)?;
        if !said.success {
            return Err(GitError::Failed(problem::one_line(said.stderr.lines())));
        }
        answers.rewind().map_err(failed)?;
        Ok(Stream(BufReader::new(answers)))
    }
}

/// What `git cat-file --batch` printed.
struct Stream(BufReader<File>);

impl Stream {
    /// Copies the next content, which must be that of `entry`.
    fn copy(&mut self, entry: &Entry, to: &mut impl Write) -> Result<(), GitError> {
        let failed = |error: io::Error| GitError::Write { path: entry.path.clone(), error };
        let mut header = String::new();
        self.0.by_ref().take(200).read_line(&mut header).map_err(failed)?;
        // `HASH missing` stands there for an object that a shallow or partial clone lacks.
        let size = header
            .strip_prefix(&entry.object)
            .and_then(|rest| rest.strip_prefix(" blob "))
            .and_then(|size| size.trim_end().parse::<u64>().ok())
            .ok_or_else(|| {
                GitError::Failed(format!("the content of {} is not there", entry.path.display()))
            })?;
        let copied = io::copy(&mut self.0.by_ref().take(size), to).map_err(failed)?;
        let mut newline = [0];
        self.0.read_exact(&mut newline).map_err(failed)?;
        if copied == size { Ok(()) } else { Err(failed(io::ErrorKind::UnexpectedEof.into())) }
    }

    fn skip(&mut self, entry: &Entry) -> Result<(), GitError> {
        if entry.size > MAX_BLOB { Ok(()) } else { self.copy(entry, &mut io::sink()) }
    }
}

/// `MODE TYPE HASH SIZE\tPATH` of git-ls-tree(1).
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = memchr::memchr(b'\t', line)?;
    let (about, path) = (line.get(..tab)?, line.get(tab + 1..)?);
    let mut words = std::str::from_utf8(about).ok()?.split_ascii_whitespace();
    let kind = match words.next()? {
        "120000" => Kind::Link,
        "160000" => Kind::Submodule,
        _ => Kind::File,
    };
    let object = words.nth(1)?.to_owned();
    Some(Entry { path: path_of(path), kind, object, size: words.next()?.parse().unwrap_or(0) })
}

/// Whether a path of a tree names something below the folder, and nothing of git's own.
fn stays_inside(path: &Path) -> bool {
    path.components().count() > 0
        && path.components().all(|part| match part {
            Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
            _ => false,
        })
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    File::options().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn outside(path: &Path) -> Problem {
    problem::incomplete(
        "git-tree",
        path,
        "this leads out of the repository, and was not read",
        "keep a copy of what it leads to in the repository",
    )
}

fn unwritten(path: &Path, error: &io::Error) -> Problem {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "the revision has two files of this name"
        }
        _ => "the file system refuses it",
    };
    problem::incomplete(
        "git-tree",
        path,
        format!("this file of the revision cannot be written: {why}"),
        "compare two checkouts instead; a file system that ignores case holds only one of two names",
    )
}
