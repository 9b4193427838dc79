//! What it costs to keep findings current while a cluster changes: 1,000 changes a second, taken together each 50 ms, decoded,
//! applied and judged, without the network.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use seawall_engine::{Config, Incremental, Judging, Selection, SuppressOptions, plan};
use seawall_inventory::{Change, Coverage, Object, Provenance, Reading, Snapshot};
use seawall_yaml::Limits;

use crate::bars::Table;
use crate::generate;

/// Changes in a second.
const RATE: usize = 1_000;

/// How long changes are gathered before they are applied.
const TOGETHER: Duration = Duration::from_millis(50);

/// Prints the table for `seconds` of changes; whether every bar is met.
pub fn print(seconds: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut table = Table { out, met: true };
    for size in [10_000, 100_000] {
        measure(size, seconds, &mut table)?;
    }
    Ok(table.met)
}

fn measure(size: usize, seconds: usize, table: &mut Table<'_>) -> anyhow::Result<()> {
    let catalogue = seawall_checks::all();
    let config = Config::default();
    let plan = plan(&config, &Selection::default(), &catalogue)
        .map_err(|problems| anyhow!("no plan: {problems:?}"))?;
    let texts = generate::texts(size)?;
    let mut objects = Vec::with_capacity(size);
    for text in &texts {
        objects.push(object(text)?);
    }
    let list = Reading { objects, ..read("") };
    let mut snapshot = Snapshot::assemble(vec![list], Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = Coverage::live(Vec::new());
    let suppressing = SuppressOptions {
        today: "2026-01-01".parse().map_err(|_| anyhow!("no date"))?,
        refuse_inline: false,
        catalogue: &catalogue,
        here: PathBuf::new(),
        config_folder: PathBuf::new(),
    };
    let started = Instant::now();
    let judging = Judging { plan: &plan, config: &config, suppressing, baseline: None };
    let mut current = Incremental::new(snapshot, judging);
    let first = started.elapsed();

    let batch = RATE * TOGETHER.as_millis() as usize / 1000;
    let mut times = Vec::new();
    let mut told = 0;
    for number in 0..seconds * RATE / batch {
        let started = Instant::now();
        let mut changes = Vec::with_capacity(batch);
        for index in 0..batch {
            // One in ten loses its limits or gets them back, one in ten comes or goes, the others say nothing new.
            let chosen = (number * batch + index) * 7919 % size;
            let text = texts.get(chosen).context("a workload")?;
            let round = number % 2 == 0;
            changes.push(match index % 10 {
                0 if round => Change::Set(Box::new(object(&text.replace("memory: 256Mi", "cpu: 1"))?)),
                1 if round => Change::Removed(object(text)?.reference()),
                _ => Change::Set(Box::new(object(text)?)),
            });
        }
        told += current.apply(changes).len();
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let worst = *times.get(times.len() * 99 / 100).context("no batch was measured")? + TOGETHER;
    let share = times.iter().sum::<Duration>().as_secs_f64() / (times.len() as f64 * TOGETHER.as_secs_f64());
    let what = format!("{size} workloads, 1000 changes/s");
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    table.row(&what, "first", &ms(first), "", true)?;
    table.row(&what, "findings told", &told.to_string(), "", told > 0)?;
    table.row(&what, "latency p99", &ms(worst), "<= 100 ms", worst <= Duration::from_millis(100))?;
    table.row(&what, "of a core", &format!("{:.0} %", share * 100.0), "<= 50 %", share <= 0.5)
}

fn read(text: &str) -> Reading {
    seawall_inventory::read(PathBuf::from("list"), text.as_bytes(), Provenance::Live, &Limits::default())
}

fn object(text: &str) -> anyhow::Result<Object> {
    read(text).objects.pop().context("a workload is no object")
}
