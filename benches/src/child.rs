//! One run of one command, measured by the kernel.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What one run took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Milliseconds from start to end.
    pub wall_ms: f64,
    /// Milliseconds of processor time, all threads.
    pub cpu_ms: f64,
    /// Most memory held at once, in bytes.
    pub peak_bytes: u64,
    /// Exit code; findings make it 1.
    pub code: i32,
}

/// Runs `command` once. The kernel's figures are the maximum over all children, so a process measures one only.
pub fn run(command: &[String]) -> anyhow::Result<Run> {
    let Some((program, arguments)) = command.split_first() else { bail!("name a command") };
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    let wall_ms = start.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let millis = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3;
    Ok(Run {
        wall_ms,
        cpu_ms: millis(usage.user_time()) + millis(usage.system_time()),
        // Linux counts in KiB.
        peak_bytes: u64::try_from(usage.max_rss())? * 1024,
        code: status.code().unwrap_or(-1),
    })
}

/// Most memory that this process has held at once, in bytes.
pub fn peak() -> anyhow::Result<u64> {
    // Linux counts in KiB.
    Ok(u64::try_from(getrusage(UsageWho::RUSAGE_SELF)?.max_rss())? * 1024)
}

/// Medians of `runs` runs of each command, taken in turn so that a slow moment of the machine meets all of them.
pub fn medians(commands: &[Vec<String>], runs: usize) -> anyhow::Result<Vec<Run>> {
    let mut measured: Vec<Vec<Run>> = vec![Vec::new(); commands.len()];
    for round in 0..=runs {
        for (command, runs) in commands.iter().zip(&mut measured) {
            let run = apart(command)?;
            // The first round warms caches.
            if round > 0 {
                runs.push(run);
            }
        }
    }
    Ok(measured.into_iter().map(median).collect())
}

/// Runs `command` in a fresh measuring process.
fn apart(command: &[String]) -> anyhow::Result<Run> {
    let own = std::env::current_exe()?;
    let output = Command::new(own).arg("child").arg("--").args(command).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("could not measure {command:?}");
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn median(runs: Vec<Run>) -> Run {
    let middle = |mut figures: Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    Run {
        wall_ms: middle(runs.iter().map(|run| run.wall_ms).collect()),
        cpu_ms: middle(runs.iter().map(|run| run.cpu_ms).collect()),
        peak_bytes: runs.iter().map(|run| run.peak_bytes).max().unwrap_or_default(),
        code: runs.first().map_or(-1, |run| run.code),
    }
}

/// The release build of the product, which stands beside this program.
pub fn seawall() -> anyhow::Result<String> {
    let own = std::env::current_exe()?;
    let path = own.parent().unwrap_or(Path::new(".")).join("seawall");
    if !path.exists() {
        bail!("{} is not there: run `cargo build --release` first", path.display());
    }
    Ok(path.to_string_lossy().into_owned())
}
