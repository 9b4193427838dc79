//! `cargo xtask test`: runs every step, says how long each took, and ends with what failed and the counts of the tests.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::steps::{STEPS, Step};
use crate::tests_passed::{Counts, Failures};

/// Runs all steps, also after one has failed: whoever waits this long wants to know everything.
///
/// # Errors
/// A step failed; the message names the commands that repeat what failed.
pub(crate) fn run() -> Result<()> {
    let mut out = io::stdout();
    let (mut counts, mut failures) = (Counts::default(), Failures::default());
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for step in STEPS {
        writeln!(out, "\n=== {}: {}", step.name, step.typed())?;
        let started = Instant::now();
        let succeeded = execute(step, &mut out, |line| {
            counts.add_line(line);
            failures.add_line(line);
        })?;
        let line = outcome(step, succeeded, started.elapsed());
        writeln!(out, "=== {line}")?;
        summary.push(line);
        if !succeeded {
            failed.push(step.typed());
        }
    }
    for line in &failures.lines {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\n{}", summary.join("\n"))?;
    for command in &failed {
        writeln!(out, "failed; run it again with: {command}")?;
    }
    writeln!(out, "{} passed, {} failed, {} ignored", counts.passed, counts.failed, counts.ignored)?;
    ensure!(failed.is_empty(), "{} of {} steps failed", failed.len(), STEPS.len());
    ensure!(counts.passed > 0, "not a single test has run");
    Ok(())
}

/// Runs one step, and shows its output while it comes.
fn execute(step: &Step, out: &mut impl Write, mut read: impl FnMut(&str)) -> Result<bool> {
    let (program, arguments) = step.command.split_first().context("a step without a command")?;
    let mut child = Command::new(program)
        .args(arguments)
        .envs(step.environment.iter().copied())
        .current_dir(seawall_rig::workspace_root())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run `{program}`"))?;
    let output = BufReader::new(child.stdout.take().context("no standard output")?);
    for line in output.split(b'\n') {
        let line = line?;
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        read(&String::from_utf8_lossy(&line));
    }
    Ok(child.wait()?.success())
}

fn outcome(step: &Step, succeeded: bool, took: Duration) -> String {
    let verdict = if succeeded { "ok" } else { "FAILED" };
    format!("{:16} {verdict:6} {:6.1} s", step.name, took.as_secs_f64())
}
