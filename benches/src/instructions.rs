//! Instruction counts, which are the same on a busy machine, against a budget.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::child::seawall;
use crate::generate;

/// A count may exceed its budget by this share before it is a regression: compilers differ a little between machines.
const TOLERANCE: f64 = 0.05;
/// And by so many more: what the loader does depends on the environment.
const LOADER: f64 = 300_000.0;

#[derive(Serialize, Deserialize)]
struct Budgets {
    /// Instructions by name of the measurement.
    instructions: BTreeMap<String, u64>,
}

/// Counts, prints, and checks against or updates the budget.
pub fn run(check: bool, update: bool, out: &mut dyn Write) -> anyhow::Result<bool> {
    let seawall = seawall()?;
    let folder = tempfile::tempdir()?;
    let workloads = folder.path().join("workloads");
    generate::write(500, &workloads)?;
    let workloads = workloads.to_string_lossy().into_owned();
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let measurements: [(&str, Vec<&str>); 3] = [
        ("version", vec![&seawall, "version"]),
        ("parse 500 workloads", vec![&own, "parse-only", &workloads]),
        ("scan 500 workloads", vec![&seawall, "scan", "-q", "-o", "json", &workloads]),
    ];
    let budgets: Budgets = if update {
        Budgets { instructions: BTreeMap::new() }
    } else {
        let text = std::fs::read_to_string(budget_file()).context("benches/budgets.json cannot be read")?;
        serde_json::from_str(&text).context("benches/budgets.json is not valid")?
    };
    let mut counted = BTreeMap::new();
    let mut met = true;
    for (name, command) in measurements {
        let count = count(&command, &[], folder.path())?;
        let budget = budgets.instructions.get(name).copied();
        let over =
            !update && budget.is_none_or(|budget| count as f64 > budget as f64 * (1.0 + TOLERANCE) + LOADER);
        met &= !over;
        let budget = budget.map_or("no budget".to_owned(), |budget| format!("budget {budget}"));
        writeln!(out, "{name:<24} {count:>14} instructions  {budget}{}", if over { "  OVER" } else { "" })?;
        counted.insert(name.to_owned(), count);
    }
    if update {
        let mut text = serde_json::to_string_pretty(&Budgets { instructions: counted })?;
        text.push('\n');
        std::fs::write(budget_file(), text)?;
    }
    Ok(met || !check)
}

fn budget_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("budgets.json")
}

/// By how much more instructions one thing of a whole takes than one of a part that is so many times smaller: 1 where work grows
/// as its input does. Time says as much of the caches of the processor, and of who else uses them.
pub fn growth(of: &str, times: usize) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let counted = |part: usize| {
        let only = format!("--toggle-collect=*{of}::work*");
        count(&[&own, "work", of, &part.to_string()], &[&only], folder.path())
    };
    let (part, whole) = (counted(times)?, counted(1)?);
    if part == 0 {
        bail!("callgrind saw no work of {of}");
    }
    Ok(whole as f64 / part as f64 / times as f64)
}

/// Instructions that `command` executes in one thread, by callgrind.
fn count(command: &[&str], options: &[&str], folder: &Path) -> anyhow::Result<u64> {
    let file = folder.join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", file.display())])
        .args(options)
        .args(command)
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .context("cannot start valgrind: install it (Debian: apt-get install valgrind)")?;
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("callgrind wrote nothing: {}", String::from_utf8_lossy(&output.stderr)))?;
    let totals =
        text.lines().rev().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    let Some(total) = totals.and_then(|line| line.split_whitespace().next()) else {
        bail!("callgrind gave no total")
    };
    Ok(total.parse()?)
}
