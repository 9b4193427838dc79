//! Which `seawall.yaml` counts.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use seawall_checks::Check;
use seawall_engine::Config;

use crate::args::select::SelectArgs;
use crate::file::read_text;
use crate::problems::Refused;

/// Name of the configuration.
pub(crate) const FILE_NAME: &str = "seawall.yaml";

/// Reads the configuration that counts for `inputs`: the one of `--config`, else the one found upward from them.
///
/// # Errors
/// When it cannot be read, or holds a mistake: a configuration is used whole or not at all.
pub(crate) fn load(select: &SelectArgs, inputs: &[PathBuf], catalogue: &[&'static Check]) -> Result<Config> {
    let found = match &select.config {
        Some(path) => Some(path.clone()),
        None if select.no_config => None,
        None => find(inputs),
    };
    let Some(path) = found else { return Ok(Config::default()) };
    let text = read_text(&path, "configuration")?;
    Config::read(&path, &text, catalogue).map_err(|problems| Refused(problems).into())
}

/// Looks for `seawall.yaml` in the folder that holds all inputs and in those above it, up to the root of the repository.
pub(crate) fn find(inputs: &[PathBuf]) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let start = common_folder(&here, inputs);
    for folder in start.ancestors() {
        let candidate = folder.join(FILE_NAME);
        if candidate.is_file() {
            return Some(relative(&candidate, &here));
        }
        // A configuration above the repository belongs to something else.
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The folder that holds all inputs. Standard input, and what does not exist, counts as the current folder.
fn common_folder(here: &Path, inputs: &[PathBuf]) -> PathBuf {
    let folders = inputs.iter().map(|input| match fs::canonicalize(input) {
        Ok(path) if path.is_dir() => path,
        Ok(path) => path.parent().map_or_else(|| here.to_path_buf(), Path::to_path_buf),
        Err(_) => here.to_path_buf(),
    });
    folders.reduce(|a, b| common(&a, &b)).unwrap_or_else(|| here.to_path_buf())
}

fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(part, _)| part).collect()
}

/// `path` as seen from `here`; both absolute.
pub(crate) fn relative(path: &Path, here: &Path) -> PathBuf {
    let shared = common(path, here);
    let up = here.components().count() - shared.components().count();
    let down = path.strip_prefix(&shared).unwrap_or(path);
    let relative: PathBuf = std::iter::repeat_n(Component::ParentDir, up).chain(down.components()).collect();
    // Far up and down again is harder to read than the whole path.
    if up > 3 { path.to_path_buf() } else { relative }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{common_folder, relative};

    #[test]
    fn paths_are_shown_as_seen_from_here() {
        for (path, here, expected) in [
            ("/repo/seawall.yaml", "/repo", "seawall.yaml"),
            ("/repo/seawall.yaml", "/repo/deploy/web", "../../seawall.yaml"),
            ("/repo/deploy/seawall.yaml", "/repo", "deploy/seawall.yaml"),
            ("/a/seawall.yaml", "/b/c/d/e", "/a/seawall.yaml"),
        ] {
            assert_eq!(
                relative(Path::new(path), Path::new(here)),
                PathBuf::from(expected),
                "{path} from {here}"
            );
        }
    }

    #[test]
    fn one_folder_holds_all_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for path in ["a/b", "a/c", "d"] {
            std::fs::create_dir_all(root.join(path)).unwrap();
        }
        std::fs::write(root.join("a/b/x.yaml"), "").unwrap();
        let cases: [(&[&str], &str); 4] =
            [(&["a/b/x.yaml"], "a/b"), (&["a/b/x.yaml", "a/c"], "a"), (&["a/b", "d"], ""), (&[], "d")];
        for (inputs, expected) in cases {
            let inputs: Vec<PathBuf> = inputs.iter().map(|input| root.join(input)).collect();
            assert_eq!(
                common_folder(&root.join("d"), &inputs),
                root.join(expected).components().collect::<PathBuf>()
            );
        }
    }
}
