//! Revisions of a git repository, for comparing what a change does.
//!
//! The files of a revision are written into a folder of the caller's; neither the work tree nor the index is touched, and
//! no filter or hook of the repository runs. A repository is not trusted: revisions that look like flags are refused, and
//! no path and no link leads out of the folder.

mod range;
mod tree;

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::range::RevisionRange;
pub use self::tree::Tree;
use crate::control::Control;
use crate::problem;
use crate::process::{self, Failure, Job};
use crate::program;

/// Why a revision was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// There is no `git` on PATH.
    #[error("there is no `git` on PATH: install it, or compare two folders instead")]
    Missing,
    /// The folder is not part of a repository, or git does not trust its owner.
    #[error("{} is not part of a git repository: {said}", .folder.display())]
    NotARepository {
        /// The folder.
        folder: PathBuf,
        /// Git's own words.
        said: String,
    },
    /// There is no such revision.
    #[error(
        "there is no revision `{0}` here: name a branch, tag or commit (a shallow clone may lack it: `git fetch --unshallow`)"
    )]
    NoSuchRevision(String),
    /// The two have no ancestor in common.
    #[error(
        "`{0}` and `{1}` have no common ancestor here (a shallow clone may lack it: `git fetch --unshallow`)"
    )]
    NoMergeBase(String, String),
    /// Git did not do what it was asked.
    #[error("git failed: {0}")]
    Failed(String),
    /// The files are more than fits a scan.
    #[error("the revision holds more than {limit} bytes: compare two checkouts instead")]
    TooLarge {
        /// The bound.
        limit: u64,
    },
    /// The scan was stopped.
    #[error("stopped")]
    Cancelled,
    /// A file cannot be written.
    #[error("cannot write {}: {error}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    git: PathBuf,
    top: PathBuf,
}

/// Git answers from disk; a repository on a slow network disk may take its time.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Lists of a million paths are shorter.
const MAX_ANSWER: u64 = 512 << 20;

impl Repository {
    /// The repository that `folder` is part of.
    ///
    /// # Errors
    /// There is no git, or no repository.
    pub fn containing(folder: &Path, control: Control<'_>) -> Result<Self, GitError> {
        let git = program::find("git", std::env::var_os("PATH").as_deref()).ok_or(GitError::Missing)?;
        let here = Self { git, top: folder.to_path_buf() };
        let said = here.ask(["rev-parse", "--show-toplevel"], control)?;
        match said {
            Ok(answer) => Ok(Self { top: path_of(answer.trim_ascii_end()), ..here }),
            Err(said) => Err(GitError::NotARepository { folder: folder.to_path_buf(), said }),
        }
    }

    /// The root of its work tree, absolute.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The commit that a revision names, as its full hash.
    ///
    /// # Errors
    /// There is no such commit.
    pub fn commit(&self, revision: &str, control: Control<'_>) -> Result<String, GitError> {
        // `--end-of-options` guards too, but older versions of git do not know it.
        if revision.is_empty() || revision.starts_with('-') {
            return Err(GitError::NoSuchRevision(revision.to_owned()));
        }
        let verify = |revision: &str| -> Result<Option<String>, GitError> {
            let answer =
                self.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", revision], control)?;
            Ok(answer.ok().and_then(|answer| hash(&answer)))
        };
        // In two steps: `:/text^{commit}` would look for a message with all of that in it.
        let object = verify(revision)?;
        let commit = object.map_or(Ok(None), |object| verify(&format!("{object}^{{commit}}")))?;
        commit.ok_or_else(|| GitError::NoSuchRevision(revision.to_owned()))
    }

    /// The base of a range: its first revision, or for `A...B` where B left A.
    ///
    /// # Errors
    /// A revision does not exist, or they have no common ancestor.
    pub fn base_of(&self, range: &RevisionRange, control: Control<'_>) -> Result<String, GitError> {
        let base = self.commit(&range.base, control)?;
        if !range.from_merge_base {
            return Ok(base);
        }
        let head = self.commit(&range.head, control)?;
        let answer = self.ask(["merge-base", &base, &head], control)?;
        let found = answer.ok().and_then(|answer| hash(&answer));
        found.ok_or_else(|| GitError::NoMergeBase(range.base.clone(), range.head.clone()))
    }

    /// What git prints, or what it complains.
    fn ask<const N: usize>(
        &self,
        arguments: [&str; N],
        control: Control<'_>,
    ) -> Result<Result<Vec<u8>, String>, GitError> {
        let said = self.run(&arguments, None, None, control)?;
        let complaint = || problem::one_line(said.stderr.lines().map(str::trim));
        Ok(if said.success { Ok(said.stdout) } else { Err(complaint()) })
    }

    fn run(
        &self,
        arguments: &[&str],
        input: Option<File>,
        output: Option<File>,
        control: Control<'_>,
    ) -> Result<process::Said, GitError> {
        let mut all: Vec<OsString> = vec!["-C".into(), self.top.clone().into()];
        all.extend(["--no-pager", "--no-replace-objects"].map(OsString::from));
        all.extend(arguments.iter().map(OsString::from));
        let mut environment = program::environment(false);
        for (name, value) in [
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_TERMINAL_PROMPT", "0"),
            // A partial clone would fetch what it lacks.
            ("GIT_NO_LAZY_FETCH", "1"),
            ("LC_ALL", "C"),
        ] {
            environment.push((name.into(), value.into()));
        }
        let job = Job {
            program: &self.git,
            arguments: all,
            environment,
            input,
            output,
            timeout: TIMEOUT,
            max_output: MAX_ANSWER,
        };
        process::run(job, control).map_err(|failure| match failure {
            Failure::Cancelled => GitError::Cancelled,
            Failure::TimedOut(timeout) => GitError::Failed(format!("no answer in {} s", timeout.as_secs())),
            Failure::TooMuchOutput { limit } => GitError::TooLarge { limit },
            Failure::NotStarted(error) | Failure::Io(error) => GitError::Failed(error.to_string()),
        })
    }
}

/// A full hash, SHA-1 or SHA-256.
fn hash(answer: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(answer).ok()?.trim_end();
    let whole = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then(|| text.to_owned())
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
