//! The few questions that the arrangement of folders asks of a disk, so that it can be answered from memory in tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::file;

/// Where charts and kustomizations are configured.
pub trait Disk: Sync {
    /// The content of a configuration file; `None` when it cannot be read or is absurdly large.
    fn configuration(&self, path: &Path) -> Option<Vec<u8>>;
    /// Where a file or folder is, links on the way to it and links to folders resolved; `None` when there is none. So every
    /// file goes by the one name under which a walk lists it.
    fn locate(&self, path: &Path) -> Option<PathBuf>;
    /// Whether there is a file or folder.
    fn exists(&self, path: &Path) -> bool {
        self.locate(path).is_some()
    }
    /// The folders in a folder, sorted.
    fn folders(&self, path: &Path) -> Vec<PathBuf>;
}

/// Configuration is written by people.
const MAX_CONFIGURATION: u64 = 4 << 20;

/// The real one.
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn configuration(&self, path: &Path) -> Option<Vec<u8>> {
        file::read(path, MAX_CONFIGURATION).ok()
    }

    fn locate(&self, path: &Path) -> Option<PathBuf> {
        if path.is_dir() {
            return path.canonicalize().ok();
        }
        // A file that is a link keeps its name.
        let found = path.exists().then(|| path.parent()?.canonicalize().ok())?;
        Some(found?.join(path.file_name()?))
    }

    fn folders(&self, path: &Path) -> Vec<PathBuf> {
        let mut folders: Vec<PathBuf> = fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_dir()))
            .collect();
        folders.sort();
        folders
    }
}
