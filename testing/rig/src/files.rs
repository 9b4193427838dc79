//! The files of a folder that tests go through.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every file below `folder`, however deep, that has one of these extensions, in the order of their paths.
///
/// # Errors
/// A folder cannot be read: a test that goes through nothing would prove nothing.
pub fn files_below(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extensions.iter().any(|one| extension == *one))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::files_below;

    #[test]
    fn files_of_all_folders_with_the_extensions_alone_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c.go")).unwrap();
        fs::create_dir(root.join("empty")).unwrap();
        for name in ["z.go", "a.mod", "b/x.go", "b/c.go/y.go", "b/notes.md", "go", "b/x.gox"] {
            fs::write(root.join(name), "").unwrap();
        }
        let expected = ["a.mod", "b/c.go/y.go", "b/x.go", "z.go"].map(|name| root.join(name));
        assert_eq!(files_below(root, &["go", "mod"]).unwrap(), expected);
        assert!(files_below(&root.join("empty"), &["go"]).unwrap().is_empty());
        assert!(files_below(&root.join("nowhere"), &["go"]).unwrap_err().to_string().contains("nowhere"));
    }
}
