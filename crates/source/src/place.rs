//! Where something is, and what people call it.

use std::path::{Component, Path, PathBuf};

/// A file or folder: where it is, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Located {
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
}

/// The path as it is shown: `./deploy` is `deploy`, and `.` adds nothing to the names below it.
pub(crate) fn shown(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, Component::CurDir)).collect()
}

/// `shown`, or `.` for the folder in which people stand.
pub(crate) fn or_dot(shown: &Path) -> PathBuf {
    if shown.as_os_str().is_empty() { PathBuf::from(".") } else { shown.to_path_buf() }
}
