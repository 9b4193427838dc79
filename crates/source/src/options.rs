//! What to read, and how.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use seawall_inventory::KubernetesVersion;
use seawall_yaml::Limits;

use crate::helm::HelmOptions;
use crate::kustomize::KustomizeOptions;
use crate::place::plain;

/// Something to read.
pub enum Input {
    /// A file, a folder, a chart or an overlay. A file is read whatever its name; a folder is walked.
    Path(PathBuf),
    /// A folder that is shown under another path: the tree of a revision stands in a temporary folder, but its findings
    /// are about the files of the repository.
    Folder {
        /// Where it is.
        at: PathBuf,
        /// What to call it.
        shown_as: PathBuf,
    },
    /// A stream, read to its end.
    Stream {
        /// What to call it, `-` for standard input.
        shown_as: PathBuf,
        /// The stream.
        reader: Box<dyn Read + Send>,
    },
}

impl Input {
    /// Standard input.
    pub fn stdin() -> Self {
        Self::Stream { shown_as: PathBuf::from("-"), reader: Box::new(std::io::stdin()) }
    }
}

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to leave out of folders.
    pub exclude: Exclude,
    /// Whether `.gitignore` and `.seawallignore` leave files out. Default: yes.
    pub ignore_files: bool,
    /// How charts are rendered.
    pub helm: HelmOptions,
    /// How kustomizations are built.
    pub kustomize: KustomizeOptions,
    /// Folders in which `helm`, `kustomize` and `kubectl` are looked for, written as in PATH. Default: PATH.
    pub program_path: Option<OsString>,
    /// The Kubernetes that is scanned for; charts are rendered for it.
    pub kubernetes_version: KubernetesVersion,
    /// Whether charts and kustomizations may take things from the network. Default: no.
    pub allow_remote: bool,
    /// Bounds of one file. `max_bytes` holds for what a chart or kustomization prints, too.
    pub limits: Limits,
}

impl Options {
    /// The largest file that is read, in bytes.
    pub(crate) fn max_file_size(&self) -> u64 {
        u64::try_from(self.limits.max_bytes).unwrap_or(u64::MAX)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exclude: Exclude::default(),
            ignore_files: true,
            helm: HelmOptions::default(),
            kustomize: KustomizeOptions::default(),
            program_path: std::env::var_os("PATH"),
            kubernetes_version: KubernetesVersion::LATEST,
            allow_remote: false,
            limits: Limits::default(),
        }
    }
}

/// Patterns of paths to leave out, in the language of a `.gitignore`.
#[derive(Clone, Debug, Default)]
pub struct Exclude(Vec<Patterns>);

#[derive(Clone, Debug)]
struct Patterns {
    matcher: Gitignore,
    /// What the patterns are relative to; without, the path as shown or the path below the folder that is scanned.
    folder: Option<Folder>,
}

#[derive(Clone, Debug)]
struct Folder {
    /// The folder, absolute.
    at: PathBuf,
    /// Where people stand, absolute: what shown paths are relative to.
    here: PathBuf,
}

/// A pattern that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadGlob {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BadGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a pattern: {}", self.pattern, self.why)
    }
}

impl std::error::Error for BadGlob {}

impl Exclude {
    /// Reads patterns such as `vendor/`, `*-test.yaml` or `deploy/**/secret.yaml`. They are held against the path as shown
    /// and against the path below the folder that is scanned.
    ///
    /// # Errors
    /// The first pattern that is not one.
    pub fn new<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Result<Self, BadGlob> {
        Self::default().and(patterns, None)
    }

    /// The same with patterns of paths below `folder`, for those of a configuration that stands there. People stand
    /// `here`; both absolute.
    ///
    /// # Errors
    /// The first pattern that is not one.
    pub fn and_below<S: AsRef<str>>(
        self,
        folder: &Path,
        here: &Path,
        patterns: impl IntoIterator<Item = S>,
    ) -> Result<Self, BadGlob> {
        self.and(patterns, Some(Folder { at: plain(folder), here: here.to_path_buf() }))
    }

    fn and<S: AsRef<str>>(
        mut self,
        patterns: impl IntoIterator<Item = S>,
        folder: Option<Folder>,
    ) -> Result<Self, BadGlob> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            let pattern = pattern.as_ref();
            builder.add_line(None, pattern).map_err(|error| bad(pattern, &error))?;
        }
        let matcher = builder.build().map_err(|error| bad("", &error))?;
        if !matcher.is_empty() {
            self.0.push(Patterns { matcher, folder });
        }
        Ok(self)
    }

    pub(crate) fn matches(&self, shown: &Path, below_root: &Path, is_folder: bool) -> bool {
        self.0.iter().any(|Patterns { matcher, folder }| {
            let matches = |path: &Path| matcher.matched(path, is_folder).is_ignore();
            match folder {
                None => matches(shown) || matches(below_root),
                Some(Folder { at, here }) => plain(&here.join(shown)).strip_prefix(at).is_ok_and(matches),
            }
        })
    }
}

fn bad(pattern: &str, error: &ignore::Error) -> BadGlob {
    let why = match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    BadGlob { pattern: pattern.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Exclude;

    #[test]
    fn patterns_of_a_configuration_are_relative_to_its_folder() {
        let table = [
            // folder of the configuration, where people stand, path as shown, whether `/deploy/*.yaml` matches
            ("/repo", "/repo", "deploy/a.yaml", true),
            ("/repo", "/repo/deploy", "a.yaml", true),
            ("/repo", "/repo/test", "../deploy/a.yaml", true),
            ("/repo", "/repo/web", "deploy/a.yaml", false),
            ("/repo/web", "/repo", "web/deploy/a.yaml", true),
            ("/repo/web", "/repo", "deploy/a.yaml", false),
            ("/repo", "/elsewhere", "/repo/deploy/a.yaml", true),
        ];
        for (folder, here, shown, expected) in table {
            let exclude =
                Exclude::default().and_below(Path::new(folder), Path::new(here), ["/deploy/*.yaml"]).unwrap();
            let matches = exclude.matches(Path::new(shown), Path::new("deploy/a.yaml"), false);
            assert_eq!(matches, expected, "{shown} from {here}, configured in {folder}");
        }
    }
}
