//! What it costs to keep findings current while a cluster changes: 1,000 changes a second, taken together each 25 ms, decoded,
//! applied and judged, without the network; and that memory does not grow with the number of changes.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use seawall_engine::{Config, Incremental, Judging, Selection, SuppressOptions, plan};
use seawall_inventory::{Change, Coverage, Object, Provenance, Reading, Snapshot};
use seawall_yaml::Limits;

use crate::bars::Table;
use crate::child::peak;
use crate::generate;

/// Changes in a second.
const RATE: usize = 1_000;

/// How long changes are gathered before they are applied.
const TOGETHER: Duration = Duration::from_millis(25);

/// Rounds of the same changes after which memory is to have grown to what it needs.
const ROUNDS: usize = 100;

/// Workloads of the cluster whose memory is watched: large enough that a byte kept for each change would show.
const STEADY: usize = 500;

/// What memory may grow by in ten times as many rounds, in percent.
const GROWTH: f64 = 2.0;

/// Prints the table for `seconds` of changes; whether every bar is met.
pub fn print(seconds: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut table = Table { out, met: true };
    // First, as the kernel counts the most memory that the process ever had.
    followed(STEADY, |texts, current, _| steady(texts, current, &mut table))?;
    for size in [10_000, 100_000] {
        followed(size, |texts, current, first| cost(texts, current, first, seconds, &mut table))?;
    }
    Ok(table.met)
}

/// Follows a cluster of so many workloads: gives their texts, what is known of them, and how long that took.
fn followed(
    size: usize,
    then: impl FnOnce(&[String], Incremental<'_>, Duration) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
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
    let current = Incremental::new(snapshot, judging);
    then(&texts, current, started.elapsed())
}

/// Memory after some rounds of the same changes, and after ten times as many.
fn steady(texts: &[String], mut current: Incremental<'_>, table: &mut Table<'_>) -> anyhow::Result<()> {
    let mut after = Vec::new();
    let mut told = 0;
    for rounds in [ROUNDS, 9 * ROUNDS] {
        for _ in 0..rounds {
            // Each goes, comes again with a finding more, and is in the end what it was.
            for few in texts.chunks(100) {
                let mut gone = Vec::new();
                let mut worse = Vec::new();
                let mut again = Vec::new();
                for text in few {
                    gone.push(Change::Removed(object(text)?.reference()));
                    worse.push(Change::Set(Box::new(object(&text.replace("memory: 256Mi", "cpu: 1"))?)));
                    again.push(Change::Set(Box::new(object(text)?)));
                }
                told +=
                    [gone, worse, again].map(|changes| current.apply(changes).len()).iter().sum::<usize>();
            }
        }
        after.push((peak()?, current.snapshot().objects.len()));
    }
    let [(first, numbers), (last, numbers_then)] = *after else { bail!("nothing was measured") };
    let growth = (last as f64 / first as f64 - 1.0) * 100.0;
    let what = format!("{} workloads, {} rounds", texts.len(), 10 * ROUNDS);
    let bar = format!("<= {GROWTH} % more than after {ROUNDS}");
    table.row(&what, "findings told", &told.to_string(), "", told > 0)?;
    table.row(&what, "peak memory", &format!("{growth:+.2} %"), &bar, growth <= GROWTH)?;
    let bar = format!("as after {ROUNDS}");
    table.row(&what, "numbers", &numbers_then.to_string(), &bar, numbers == numbers_then)
}

/// What changes cost that come at a rate.
fn cost(
    texts: &[String],
    mut current: Incremental<'_>,
    first: Duration,
    seconds: usize,
    table: &mut Table<'_>,
) -> anyhow::Result<()> {
    let size = texts.len();
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
