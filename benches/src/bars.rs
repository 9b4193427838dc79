//! Every bar that is promised, with what was measured against it.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::child::{Run, medians, seawall};
use crate::generate;

pub(crate) const MIB: u64 = 1024 * 1024;

/// Prints the table; whether every bar is met.
pub fn print(runs: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let seawall = seawall()?;
    // Charts and overlays are rendered by other programs, whose time is not ours; reading, judging and reporting is.
    let own_work = ["scan", "-q", "--no-config", "--no-helm", "--no-kustomize", "-o", "terminal"];
    let scan = |path: &Path| command(&seawall, &[&own_work[..], &[&path.to_string_lossy()]].concat());
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let mut table = Table { out, met: true };

    let [version] = measure([command(&seawall, &["version"])], runs)?;
    table.row("seawall version", "wall", &ms(version.wall_ms), "<= 10 ms", version.wall_ms <= 10.0)?;

    let manifests = seawall_rig::corpus()?.join("manifests");
    let input = bytes_below(&manifests)?;
    let parse = command(&own, &["parse-only", &manifests.to_string_lossy()]);
    let [scanned, parsed] = measure([scan(&manifests), parse], runs)?;
    let ratio = scanned.wall_ms / parsed.wall_ms;
    table.row("only parse the corpus", "wall", &ms(parsed.wall_ms), "the floor", true)?;
    table.row("scan the corpus", "wall", &ms(scanned.wall_ms), "<= 250 ms", scanned.wall_ms <= 250.0)?;
    table.row("scan the corpus", "scan / parse", &format!("{ratio:.2}"), "<= 1.50", ratio <= 1.5)?;
    let bound = 4 * input + 20 * MIB;
    let claim = format!("<= {} (4 x input + 20 MiB)", mib(bound));
    table.row(
        "scan the corpus",
        "peak memory",
        &mib(scanned.peak_bytes),
        &claim,
        scanned.peak_bytes <= bound,
    )?;

    let folder = tempfile::tempdir()?;
    let sizes = [10_000, 30_000, 100_000];
    let mut per_workload = Vec::new();
    let mut per_saved = Vec::new();
    for size in sizes {
        let path = folder.path().join(size.to_string());
        generate::write(size, &path)?;
        let [run] = measure([scan(&path)], runs.min(3))?;
        let name = format!("scan {size} workloads");
        let bar = if size == 10_000 { "<= 1000 ms" } else { "" };
        table.row(&name, "wall", &ms(run.wall_ms), bar, size != 10_000 || run.wall_ms <= 1000.0)?;
        let beside = run.peak_bytes.saturating_sub(bytes_below(&path)?) as f64 / size as f64 / 1024.0;
        // Of a small scan the program itself is the largest part.
        let (bar, met) = if size == 100_000 { ("<= 4.0 KiB", beside <= 4.0) } else { ("", true) };
        table.row(
            &name,
            "beside input",
            &format!("{beside:.2} KiB"),
            &format!("for each workload {bar}"),
            met,
        )?;
        per_workload.push(run.cpu_ms / size as f64);

        let saved = folder.path().join(format!("{size}.swz"));
        let from = ["-q", "--no-config", &saved.to_string_lossy(), &path.to_string_lossy()];
        measure([command(&seawall, &[&["snapshot", "save"], &from[..]].concat())], 1)?;
        let [run] = measure([scan(&saved)], runs.min(3))?;
        let bar = if size == 100_000 { "<= 5000 ms" } else { "" };
        let met = size != 100_000 || run.wall_ms <= 5000.0;
        table.row(&format!("scan {size} saved workloads"), "wall", &ms(run.wall_ms), bar, met)?;
        per_saved.push(run.cpu_ms / size as f64);
    }
    linear(&mut table, "cost of one saved workload", &per_saved)?;
    linear(&mut table, "cost of one workload", &per_workload)?;
    Ok(table.met)
}

/// That what one costs does not grow with their number.
fn linear(table: &mut Table<'_>, what: &str, per_workload: &[f64]) -> anyhow::Result<()> {
    if let [first, .., last] = per_workload {
        let growth = last / first;
        let what = format!("{what}, 100000 / 10000");
        table.row(&what, "cpu", &format!("{growth:.2}"), "<= 1.25 (linear)", growth <= 1.25)?;
    }
    Ok(())
}

/// A table of what was measured, row by row, and whether all bars are met.
pub(crate) struct Table<'o> {
    pub out: &'o mut dyn Write,
    pub met: bool,
}

impl Table<'_> {
    /// Prints a row.
    pub(crate) fn row(
        &mut self,
        what: &str,
        figure: &str,
        measured: &str,
        bar: &str,
        met: bool,
    ) -> anyhow::Result<()> {
        self.met &= met;
        let verdict = if met { "" } else { "  NOT MET" };
        writeln!(self.out, "{what:<38} {figure:<13} {measured:>10}  {bar}{verdict}")?;
        self.out.flush()?;
        Ok(())
    }
}

/// Medians of `runs` runs of each command.
pub(crate) fn measure<const N: usize>(commands: [Vec<String>; N], runs: usize) -> anyhow::Result<[Run; N]> {
    medians(&commands, runs)?.try_into().map_err(|_| anyhow::anyhow!("a command was not measured"))
}

pub(crate) fn command(program: &str, arguments: &[&str]) -> Vec<String> {
    std::iter::once(program).chain(arguments.iter().copied()).map(str::to_owned).collect()
}

fn bytes_below(path: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in ignore::WalkBuilder::new(path).build() {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

pub(crate) fn ms(milliseconds: f64) -> String {
    format!("{milliseconds:.1} ms")
}

/// A time as a table shows it.
pub(crate) fn shown(time: Duration) -> String {
    ms(time.as_secs_f64() * 1e3)
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / MIB as f64)
}
