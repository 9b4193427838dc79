//! Building a program from a crate of crates.io.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::go::last_lines;
use crate::workspace::workspace_root;

/// Builds the program of a crate to `target`, with the dependencies that its own lock file names.
pub(crate) fn build(name: &str, version: &str, target: &Path) -> Result<()> {
    let folder = target.parent().context("the target has no folder")?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        // Unoptimised: it is built in a third of the time and needs half a second for its work.
        .args(["install", "--locked", "--debug", "--no-track", name, "--version", version, "--root"])
        .arg(folder)
        .current_dir(workspace_root())
        .output()
        .context("cannot run `cargo install`")?;
    ensure!(
        output.status.success(),
        "`cargo install {name} --version {version}` failed ({}). It needs crates.io the first time.\n{}",
        output.status,
        last_lines(&output.stderr, 20)
    );
    let bin = folder.join("bin");
    let program = target.file_name().context("the target has no name")?;
    fs::rename(bin.join(program), target).with_context(|| format!("cargo install made no {name}"))?;
    fs::remove_dir(&bin).with_context(|| format!("{name} is more than one program"))
}
