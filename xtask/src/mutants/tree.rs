//! The copy of the project in which mutants are made.
//!
//! It stays where it is from run to run, so that only what changed is compiled again. In it the `run` of every check stands
//! beside its `check!` instead of in it, on the same lines, and the lists of `checks!` are written out: cargo-mutants does
//! not look into macros.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Where the checks stand.
const CHECKS: &str = "crates/checks/src";

/// Makes `tree` what the project at `root` is now. Files that are the same are not touched.
pub(super) fn refresh(root: &Path, tree: &Path) -> Result<()> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("cannot run git")?;
    ensure!(output.status.success(), "`git ls-files` failed");
    let names = String::from_utf8(output.stdout).context("a file whose name is no text")?;
    let mut wanted = BTreeSet::new();
    let mut moved = 0;
    for name in names.split_terminator('\0') {
        let from = root.join(name);
        // What is listed and not there has been deleted.
        if !from.is_file() {
            continue;
        }
        let mut content = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
        if name.starts_with(CHECKS) {
            let text = String::from_utf8(content).with_context(|| format!("{name} is no text"))?;
            let beside = run_beside_check(&text).with_context(|| name.to_owned())?;
            moved += usize::from(beside.is_some());
            content = beside.or_else(|| list_written_out(&text)).unwrap_or(text).into_bytes();
        }
        let to = tree.join(name);
        if fs::read(&to).ok().as_ref() != Some(&content) {
            fs::create_dir_all(to.parent().context("a file without a folder")?)?;
            fs::write(&to, content).with_context(|| format!("cannot write {}", to.display()))?;
        }
        wanted.insert(to);
    }
    ensure!(moved > 0, "no check has been found below {CHECKS}");
    remove_others(tree, &wanted)
}

/// The text of a file with its `run` moved out of its `check!`; nothing when it declares no check.
fn run_beside_check(text: &str) -> Result<Option<String>> {
    let Some((_, check)) =
        text.split_once("\ncrate::check::check! {\n").or(text.split_once("check::check! {\n"))
    else {
        return Ok(None);
    };
    let scope =
        check.split_once("\n    scope: ").and_then(|(_, rest)| rest.split_once(',')).context("no scope")?.0;
    let (before, rest) = text.split_once("\n    fn run(").context("no `run`")?;
    let (subject, rest) = rest.split_once(", out) {\n").context("other parameters of `run`")?;
    let (body, after) = rest.split_once("\n    }\n}\n").context("no end of `run`")?;
    Ok(Some(format!(
        "{before}\n}} fn run({subject}: &crate::check::subject!({scope}), out: &mut crate::Out<'_>) {{\n{body}\n    }}\n\n{after}"
    )))
}

/// The text of a file with what its `checks!` means in place of it; nothing when it has none.
fn list_written_out(text: &str) -> Option<String> {
    let (before, rest) = text.split_once("\ncrate::check::checks! {\n")?;
    let (list, after) = rest.split_once("\n}\n")?;
    let names = || {
        list.lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("//"))
            .filter_map(|line| line.strip_suffix(','))
    };
    let modules: String = names().map(|name| format!("mod {name};\n")).collect();
    let checks: Vec<String> = names().map(|name| format!("&{name}::CHECK")).collect();
    let checks = checks.join(", ");
    Some(format!("{before}\n{modules}\npub(crate) const LIST: &[&crate::Check] = &[{checks}];\n{after}"))
}

/// Removes every file of the tree that is not wanted.
fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{list_written_out, run_beside_check};

    #[test]
    fn run_stands_beside_its_check_on_the_same_lines() {
        let before = "use a::B;\n\ncrate::check::check! {\n    /// Doc\n    id: \"SW1\",\n    scope: Object,\n    fn run(object, out) {\n        if a {\n        }\n    }\n}\n\nfn f() {}\n";
        let after = "use a::B;\n\ncrate::check::check! {\n    /// Doc\n    id: \"SW1\",\n    scope: Object,\n} fn run(object: &crate::check::subject!(Object), out: &mut crate::Out<'_>) {\n        if a {\n        }\n    }\n\n\nfn f() {}\n";
        assert_eq!(run_beside_check(before).unwrap().unwrap(), after);
        assert_eq!(before.lines().count(), after.lines().count());
        assert_eq!(run_beside_check("fn f() {}\n").unwrap(), None);
    }

    #[test]
    fn lists_become_modules() {
        let before = "//! Doc\n\nmod a;\n\ncrate::check::checks! {\n    // About b.\n    b,\n    c_d,\n}\n";
        let after = "//! Doc\n\nmod a;\n\nmod b;\nmod c_d;\n\npub(crate) const LIST: &[&crate::Check] = &[&b::CHECK, &c_d::CHECK];\n";
        assert_eq!(list_written_out(before).unwrap(), after);
        assert_eq!(list_written_out("mod a;\n"), None);
    }

    #[test]
    fn every_check_of_the_project_is_found() {
        let root = seawall_rig::workspace_root().join(super::CHECKS);
        let (mut declared, mut found) = (0, 0);
        for file in seawall_rig::files_below(&root, &["rs"]).unwrap() {
            let text = fs::read_to_string(&file).unwrap();
            declared += text.lines().filter(|line| line.starts_with("    id: \"SW")).count();
            found += usize::from(run_beside_check(&text).unwrap().is_some());
        }
        assert!(found > 100 && found == declared, "{found} of {declared}");
    }
}
