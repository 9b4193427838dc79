//! The project's own tasks: `cargo xtask test|rig|cluster|generate|bench|mutants|bootstrap|deny`.

mod bench;
mod bootstrap;
mod cluster;
mod generate;
mod mutants;
mod steps;
mod test;
mod tests_passed;

use std::io::{self, Write};
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};
use clap::Parser;
use seawall_rig::{ALL, Cluster, NODE, Tool, without_node};

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Everything that must hold before a change is merged; continuous integration runs exactly this.
    Test,
    /// Build the real programs that tests compare Seawall with (kubectl, helm, kube-apiserver), and say what they are.
    Rig,
    /// Have one of the clusters that tests run against, by hand.
    Cluster {
        #[command(subcommand)]
        action: cluster::Action,
    },
    /// Write the files that are made from the program (docs of the checks, schemas, completions).
    Generate {
        /// Change nothing; fail when a file is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Hold the instruction counts of the release build against benches/budgets.json.
    Bench {
        /// Make what is counted the new budget.
        #[arg(long)]
        update: bool,
    },
    /// Change the conditions of checks, one at a time, and fail when their tests notice too few of the changes.
    Mutants {
        /// How many changes to try.
        #[arg(long, default_value_t = 300)]
        sample: usize,
        /// Another seed draws others.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Write the table of the roles that Kubernetes makes at its start, by version.
    Bootstrap,
    /// Judge licences, bans and sources of the dependencies (deny.toml), offline.
    Deny,
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Test => test::run(),
        Task::Rig => rig(),
        Task::Cluster { action } => cluster::run(&action),
        Task::Generate { check } => generate::run(check),
        Task::Bench { update } => bench::run(update),
        Task::Mutants { sample, seed } => mutants::run(sample, seed),
        Task::Bootstrap => bootstrap::run(),
        Task::Deny => deny(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told when that fails, too.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn rig() -> Result<()> {
    let mut out = io::stdout();
    let mut say = |tool| -> Result<()> {
        let built = seawall_rig::build(tool)?;
        let path = built.path.display();
        Ok(writeln!(out, "{path}\n  {}\n  sha256 {}", built.version, built.sha256)?)
    };
    ALL.into_iter().try_for_each(&mut say)?;
    if let Some(words) = without_node() {
        return Ok(writeln!(io::stderr(), "{words}")?);
    }
    let packages = Cluster::provide()?;
    NODE.into_iter().try_for_each(say)?;
    Ok(writeln!(io::stdout(), "Debian packages\n  {}", packages.join("\n  "))?)
}

fn deny() -> Result<()> {
    // All crates of the lock file, also those of other platforms, so that the judge needs no network.
    let fetched = Command::new("cargo")
        .args(["fetch", "--locked"])
        .current_dir(seawall_rig::workspace_root())
        .status()?;
    ensure!(fetched.success(), "`cargo fetch --locked` failed");
    let status = Command::new(seawall_rig::tool(Tool::CargoDeny)?)
        .args(["--offline", "check", "licenses", "bans", "sources"])
        .current_dir(seawall_rig::workspace_root())
        .status()?;
    ensure!(status.success(), "cargo-deny found what deny.toml does not allow");
    Ok(())
}
