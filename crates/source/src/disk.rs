//! The few questions that the arrangement of folders asks of a disk, so that it can be answered from memory in tests.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use foldhash::{HashMap, HashSet};

use crate::file;
use crate::place::Located;

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
#[derive(Default)]
pub(crate) struct RealDisk {
    /// Files that are known to be there, and the folders that they lie in: of them the disk need not be asked again. As texts, which
    /// are hashed more quickly than paths.
    files: HashSet<OsString>,
    folders: HashSet<OsString>,
    /// Folders without links on the way. Kustomizations name file after file of a few.
    canonical: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
}

impl RealDisk {
    /// The disk on which a walk has listed `files`.
    pub(crate) fn holding(files: &[Located]) -> Self {
        let text = |path: &Path| path.as_os_str().to_owned();
        Self {
            files: files.iter().map(|file| text(&file.at)).collect(),
            folders: files.iter().filter_map(|file| file.at.parent().map(text)).collect(),
            canonical: Mutex::default(),
        }
    }

    fn is_listed(&self, path: &Path) -> bool {
        self.files.contains(path.as_os_str()) || self.folders.contains(path.as_os_str())
    }

    fn canonical(&self, folder: &Path) -> Option<PathBuf> {
        let known = || self.canonical.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(canonical) = known().get(folder) {
            return canonical.clone();
        }
        // The disk is asked without the lock: kustomizations are read side by side.
        let canonical = folder.canonicalize().ok();
        known().insert(folder.to_path_buf(), canonical.clone());
        canonical
    }
}

impl Disk for RealDisk {
    fn configuration(&self, path: &Path) -> Option<Vec<u8>> {
        file::read(path, MAX_CONFIGURATION).ok()
    }

    fn locate(&self, path: &Path) -> Option<PathBuf> {
        if self.is_listed(path) {
            return Some(path.to_path_buf());
        }
        let metadata = fs::metadata(path).ok()?;
        if metadata.is_dir() {
            return self.canonical(path);
        }
        // A file that is a link keeps its name.
        Some(self.canonical(path.parent()?)?.join(path.file_name()?))
    }

    fn exists(&self, path: &Path) -> bool {
        // Nothing lies in a file.
        let in_file = || path.parent().is_some_and(|parent| self.files.contains(parent.as_os_str()));
        self.is_listed(path) || (!in_file() && path.exists())
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

/// Files in memory.
pub(crate) struct MemoryDisk<'f>(pub &'f BTreeMap<PathBuf, Vec<u8>>);

impl MemoryDisk<'_> {
    /// The paths at or below `path`.
    fn below<'p>(&'p self, path: &'p Path) -> impl Iterator<Item = &'p PathBuf> {
        let from = self.0.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        from.map(|(file, _)| file).take_while(move |file| file.starts_with(path))
    }
}

impl Disk for MemoryDisk<'_> {
    fn configuration(&self, path: &Path) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }

    fn locate(&self, path: &Path) -> Option<PathBuf> {
        self.below(path).next().map(|_| path.to_path_buf())
    }

    fn folders(&self, path: &Path) -> Vec<PathBuf> {
        let children = self.below(path).filter_map(|file| {
            let inside = file.strip_prefix(path).ok()?;
            let mut parts = inside.components();
            let first = parts.next()?;
            parts.next().map(|_| path.join(first))
        });
        children.collect::<BTreeSet<PathBuf>>().into_iter().collect()
    }
}
