//! `cargo xtask bench`: instruction counts of the release build against `benches/budgets.json`.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Builds what is measured and holds it against its budget, or makes what is counted the new budget.
///
/// # Errors
/// A count is over its budget, or valgrind cannot be had.
pub(crate) fn run(update: bool) -> Result<()> {
    have_valgrind()?;
    cargo(&["build", "--release", "--locked", "-p", "seawall", "-p", "seawall-benches"])?;
    let mode = if update { "--update" } else { "--check" };
    cargo(&["run", "--release", "--locked", "-p", "seawall-benches", "--", "instructions", mode])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let status = Command::new("cargo").args(arguments).current_dir(seawall_rig::workspace_root()).status()?;
    ensure!(status.success(), "`cargo {}` failed", arguments.join(" "));
    Ok(())
}

/// Installs valgrind where that takes no more than asking: for root on Debian and what is made of it.
fn have_valgrind() -> Result<()> {
    let works = || Command::new("valgrind").arg("--version").output().is_ok_and(|out| out.status.success());
    if works() {
        return Ok(());
    }
    let remedy = "valgrind counts instructions and is not installed: as root, apt-get install valgrind";
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends", "valgrind"]] {
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status()
            .context(remedy)?;
        ensure!(status.success(), "`apt-get {}` failed; {remedy}", arguments.join(" "));
    }
    ensure!(works(), remedy);
    Ok(())
}
