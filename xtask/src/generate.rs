//! `cargo xtask generate`: files of the repository that are made from the program.
//!
//! The program writes them all into a folder (`seawall internal generate FOLDER`), laid out as in the repository. From
//! there they are copied, or compared.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// What is wholly generated: a file, or a folder in which nothing else may stand.
const GENERATED: &[&str] =
    &["docs/checks", "docs/peers.md", "docs/schema/seawall-config.schema.json", "docs/severity-table.md"];

/// Writes the generated files, or with `check` fails when one of them is not what would be written.
///
/// # Errors
/// The program cannot be built or run; a file differs, is missing, or is no longer generated.
pub(crate) fn run(check: bool) -> Result<()> {
    let made = tempfile::tempdir()?;
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--locked", "--package", "seawall", "--", "internal", "generate"])
        .arg(made.path())
        .current_dir(seawall_rig::workspace_root())
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "`seawall internal generate` failed");
    let changes = changes(made.path(), seawall_rig::workspace_root(), GENERATED)?;
    if check {
        ensure!(
            changes.is_empty(),
            "{} generated files are not up to date; run `cargo xtask generate`:\n{}",
            changes.len(),
            changes.keys().map(|path| format!("  {}", path.display())).collect::<Vec<_>>().join("\n")
        );
        return Ok(());
    }
    for (path, content) in changes {
        writeln!(std::io::stdout(), "{}", path.display())?;
        apply(&seawall_rig::workspace_root().join(path), content)?;
    }
    Ok(())
}

/// What must happen to the repository's files, by path from its root: the new content, or `None` to remove the file.
fn changes(made: &Path, root: &Path, generated: &[&str]) -> Result<BTreeMap<PathBuf, Option<Vec<u8>>>> {
    let mut wanted = files(made, "")?;
    let mut changes = BTreeMap::new();
    for place in generated {
        for (path, present) in files(root, place)? {
            match wanted.remove(&path) {
                Some(content) if content == present => {}
                other => drop(changes.insert(path, other)),
            }
        }
    }
    for (path, content) in wanted {
        if !generated.iter().any(|place| path.starts_with(place)) {
            bail!("{} is generated, but xtask's list of what is generated does not name it", path.display());
        }
        changes.insert(path, Some(content));
    }
    Ok(changes)
}

/// Every file at or below `root/place` with its content, by path from the root. Nothing when the place does not exist.
fn files(root: &Path, place: &str) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut places = vec![root.join(place)];
    while let Some(place) = places.pop() {
        if place.is_dir() {
            for entry in fs::read_dir(&place).with_context(|| format!("cannot read {}", place.display()))? {
                places.push(entry?.path());
            }
        } else if place.exists() {
            let content = fs::read(&place).with_context(|| format!("cannot read {}", place.display()))?;
            found.insert(place.strip_prefix(root)?.to_path_buf(), content);
        }
    }
    Ok(found)
}

fn apply(path: &Path, content: Option<Vec<u8>>) -> Result<()> {
    let Some(content) = content else {
        return fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()));
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{apply, changes};

    const GENERATED: &[&str] = &["docs/checks", "docs/table.md"];

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            apply(&folder.path().join(path), Some(content.as_bytes().to_vec())).unwrap();
        }
        folder
    }

    #[test]
    fn differing_missing_and_stale_files_are_changes_and_applying_them_leaves_none() {
        let same = ("docs/checks/same.md", "same");
        let made = folder(&[same, ("docs/checks/changed.md", "new"), ("docs/table.md", "table")]);
        let root = folder(&[
            same,
            ("docs/checks/changed.md", "old"),
            ("docs/checks/stale.md", "stale"),
            ("docs/written-by-hand.md", "mine"),
        ]);
        let found = changes(made.path(), root.path(), GENERATED).unwrap();
        let expected = [
            ("docs/checks/changed.md", Some("new")),
            ("docs/checks/stale.md", None),
            ("docs/table.md", Some("table")),
        ]
        .map(|(path, content)| (Path::new(path).to_path_buf(), content.map(|text| text.as_bytes().to_vec())));
        assert_eq!(found, expected.into());

        for (path, content) in found {
            apply(&root.path().join(path), content).unwrap();
        }
        assert!(changes(made.path(), root.path(), GENERATED).unwrap().is_empty());
        assert_eq!(fs::read_to_string(root.path().join("docs/written-by-hand.md")).unwrap(), "mine");
    }

    #[test]
    fn a_file_that_the_list_does_not_name_is_an_error() {
        let made = folder(&[("schemas/x.json", "{}")]);
        let error = changes(made.path(), folder(&[]).path(), GENERATED).unwrap_err().to_string();
        assert!(error.contains("schemas/x.json"), "{error}");
    }
}
