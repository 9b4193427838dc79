//! Where something is, and what people call it.

use std::path::{Component, Path, PathBuf};

/// A file or folder: where it is, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Located {
    /// As people know it: relative to where they stand when they gave it so.
    pub shown: PathBuf,
    /// Absolute, without symbolic links above the last part.
    pub at: PathBuf,
}

impl Located {
    pub(crate) fn child(&self, name: impl AsRef<Path>) -> Self {
        let name = name.as_ref();
        Self { shown: self.shown.join(name), at: self.at.join(name) }
    }

    /// The folder that it lies in.
    pub(crate) fn folder(&self) -> Option<Self> {
        Some(Self { shown: self.shown.parent()?.to_path_buf(), at: self.at.parent()?.to_path_buf() })
    }

    /// What is at `at`, called by its way from here.
    pub(crate) fn elsewhere(&self, at: &Path) -> Self {
        Self { shown: plain(&self.shown.join(way(&self.at, at))), at: at.to_path_buf() }
    }
}

/// The path without `.` and without what `..` takes back; by its letters alone, as Kustomize does.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match plain.components().next_back() {
                Some(Component::Normal(_)) => {
                    plain.pop();
                }
                // Above the root is the root.
                Some(Component::RootDir) => {}
                _ => plain.push(".."),
            },
            _ => plain.push(part),
        }
    }
    plain
}

/// The way from the folder `from` to `to`, both absolute.
pub(crate) fn way(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// `shown`, or `.` for the folder in which people stand.
pub(crate) fn or_dot(shown: &Path) -> PathBuf {
    if shown.as_os_str().is_empty() { PathBuf::from(".") } else { shown.to_path_buf() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_plain() {
        let table = [
            ("./deploy", "deploy"),
            (".", ""),
            ("a/../b", "b"),
            ("../../b", "../../b"),
            ("a/b/../../../c", "../c"),
            ("/../a/./b", "/a/b"),
        ];
        for (path, expected) in table {
            assert_eq!(plain(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn ways_lead_from_folder_to_folder() {
        let table = [
            ("/repo/overlays/prod", "/repo/base", "../../base"),
            ("/repo", "/repo/base/x.yaml", "base/x.yaml"),
            ("/repo", "/repo", ""),
            ("/tmp/x", "/repo", "../../repo"),
        ];
        for (from, to, expected) in table {
            assert_eq!(way(Path::new(from), Path::new(to)), Path::new(expected), "{from} {to}");
        }
    }

    #[test]
    fn what_lies_elsewhere_is_called_by_its_way() {
        let table = [("", "../../base"), ("overlays/prod", "base"), ("/repo/overlays/prod", "/repo/base")];
        for (shown, expected) in table {
            let overlay = Located { shown: shown.into(), at: "/repo/overlays/prod".into() };
            assert_eq!(overlay.elsewhere(Path::new("/repo/base")).shown, Path::new(expected), "{shown}");
        }
    }
}
