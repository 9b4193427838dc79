//! Where things stand on disk.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// The project's root folder.
pub fn workspace_root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

/// The folder of real public manifests that tests and benchmarks read: `SEAWALL_CORPUS`, by default
/// `../shared/corpus` beside the project.
///
/// # Errors
/// It is not there; the message says how to set it.
pub fn corpus() -> Result<PathBuf> {
    let folder = match std::env::var_os("SEAWALL_CORPUS") {
        Some(folder) => PathBuf::from(folder),
        None => workspace_root().join("../shared/corpus"),
    };
    for part in ["manifests", "charts", "pss"] {
        ensure!(
            folder.join(part).is_dir(),
            "the corpus of real manifests is not at {} (it has no folder {part}/): set SEAWALL_CORPUS to the folder \
             that holds manifests/, charts/ and pss/ (CONTRIBUTING.md says what they are)",
            folder.display()
        );
    }
    Ok(folder)
}
