//! The floor: the same files found, read and parsed in parallel, and nothing done with them.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use seawall_yaml::Limits;

/// Parses all YAML and JSON below `path`.
pub fn run(path: &Path) -> String {
    let files: Vec<PathBuf> = ignore::WalkBuilder::new(path)
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml" || ext == "yml" || ext == "json"))
        .collect();
    // The program has freed memory kept in this way; parsing alone gains by it too.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
    let limits = Limits::default();
    let (bytes, documents) = files
        .par_iter()
        .filter_map(|path| std::fs::read(path).ok())
        .map(|bytes| (bytes.len(), seawall_yaml::parse(&bytes, &limits).documents.len()))
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    format!("{} files, {bytes} bytes, {documents} documents", files.len())
}
