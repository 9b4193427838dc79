//! Following a cluster that changes: the time from a change to the line that tells what it did to a finding, and what that takes.
//!
//! Once a real API server is changed, as fast as it can take it, and once changes come a thousand in a second.

mod replayed;
mod turns;
mod writer;
mod written;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use seawall_rig::ApiServer;
use serde::Deserialize;

use crate::bars::{Table, mib, shown};
use crate::child::seawall;
use crate::process::{memory, processor_time};
use replayed::Replay;
use turns::{DEPLOYMENTS, Made, RATE, deployment, opens};

/// Objects that are written at once when the cluster is filled.
const BATCH: usize = 250;

/// How long the last lines may take.
const LAST: Duration = Duration::from_secs(10);

/// What the changes open and close.
const CHECK: &str = "SW1003";

/// The bars: from a change to its line in 99 of 100, and of a core.
const LATENCY: Duration = Duration::from_millis(100);
const CORE: f64 = 0.5;

/// How often each object changes before what is measured. Objects that come anew leave gaps of other sizes in the heap than the list
/// did in which they came first: it grows until these come to rest, which they do within some four minutes of a real server.
const WARM_UP: usize = 6;

/// How much more memory may be held at the end than when it came to rest, as a share: what is said of memory is that it is steady.
const GROWTH: f64 = 1.02;

/// How much more it may be than when it began.
const REST: f64 = 1.15;

/// Changes a cluster for `seconds` and prints the table; whether every bar is met.
pub fn print(seconds: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let server = ApiServer::start()?;
    fill(&server)?;
    let mut table = Table { out, met: true };

    let replay = Replay::start(&server)?;
    let replayed = followed(&server, Some(&replay.url()), seconds, |numbers| replay.change(numbers))?;
    replayed.show("watch, 1000 changes/s", true, &mut table)?;
    drop(replay);
    // How fast it is, and what it leaves of the machine to us, is no measure of us.
    let written = followed(&server, None, seconds, |numbers| written::change(&server, numbers))?;
    written.show("watch, kube-apiserver", false, &mut table)?;
    Ok(table.met)
}

/// What following a cluster took.
struct Followed {
    /// Changes in a second.
    rate: f64,
    /// From each change that turns a finding to its line, in order.
    latencies: Vec<Duration>,
    /// The share of a core.
    share: f64,
    /// Memory held when it began, before what is measured, and after.
    memory: [u64; 3],
}

/// Follows a server, or what stands at `url` before it, while it is changed for `seconds`.
fn followed(
    server: &ApiServer,
    url: Option<&str>,
    seconds: usize,
    change: impl Fn(Range<usize>) -> anyhow::Result<Vec<Made>>,
) -> anyhow::Result<Followed> {
    let watching = Watching::start(server, url)?;
    let process = watching.child.0.id();
    let lines = watching.lines;
    let reader = thread::spawn(move || read(lines));

    let memory_begun = memory(process)?;
    let first = WARM_UP * DEPLOYMENTS;
    change(0..first)?;
    let (memory_before, time_before) = (memory(process)?, processor_time(process)?);
    let started = Instant::now();
    let changes = change(first..first + seconds * RATE)?;
    let elapsed = started.elapsed();
    let (memory_after, time_after) = (memory(process)?, processor_time(process)?);
    thread::sleep(LAST);
    drop(watching.child);
    let told = reader.join().ok().context("the reader panicked")??;
    let mut latencies = latencies(&changes, &told)?;
    latencies.sort_unstable();
    Ok(Followed {
        rate: changes.len() as f64 / elapsed.as_secs_f64(),
        latencies,
        share: (time_after - time_before).as_secs_f64() / elapsed.as_secs_f64(),
        memory: [memory_begun, memory_before, memory_after],
    })
}

impl Followed {
    /// Its rows. How soon findings are told is promised for [`RATE`] on a machine that has time for us.
    fn show(&self, what: &str, promised: bool, table: &mut Table<'_>) -> anyhow::Result<()> {
        let Self { rate, latencies, share, memory: [begun, before, after] } = self;
        let bar = |bar| if promised { bar } else { "" };
        let fast = *rate >= RATE as f64 * 0.99 || !promised;
        table.row(what, "changes", &format!("{rate:.0} /s"), bar(">= 990 /s"), fast)?;
        table.row(what, "findings told", &latencies.len().to_string(), "all", true)?;
        table.row(what, "latency p50", &shown(self.latency(50)?), "", true)?;
        let worst = self.latency(99)?;
        table.row(what, "latency p99", &shown(worst), bar("<= 100 ms"), worst <= LATENCY || !promised)?;
        table.row(what, "of a core", &format!("{:.0} %", share * 100.0), "<= 50 %", *share <= CORE)?;
        for (when, held, most) in [("when it began", begun, REST), ("at rest", before, GROWTH)] {
            let bar = format!("<= {:.0} % of {} {when}", most * 100.0, mib(*held));
            table.row(what, "memory", &mib(*after), &bar, *after as f64 / *held as f64 <= most)?;
        }
        Ok(())
    }

    fn latency(&self, hundredth: usize) -> anyhow::Result<Duration> {
        let last = self.latencies.len().saturating_sub(1);
        let at = (self.latencies.len() * hundredth / 100).min(last);
        self.latencies.get(at).copied().context("no finding was told")
    }
}

/// The program, which follows.
struct Watching {
    child: Running,
    lines: BufReader<ChildStdout>,
}

/// A process that ends with what is measured, whatever that ends with.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Watching {
    /// Starts it, and waits until it has read everything.
    fn start(server: &ApiServer, url: Option<&str>) -> anyhow::Result<Self> {
        let kubeconfig = server.kubeconfig("admin")?;
        let mut command = Command::new(seawall()?);
        command
            .args(["watch", "-q", "--no-config", "--cluster", "-o", "jsonl", "--kubeconfig"])
            .arg(kubeconfig)
            .args(url.into_iter().flat_map(|url| ["--server", url]));
        let child = command.stdout(Stdio::piped()).spawn().context("cannot start seawall")?;
        let mut child = Running(child);
        let mut lines = BufReader::new(child.0.stdout.take().context("no standard output")?);
        let mut first = String::new();
        lines.read_line(&mut first)?;
        ensure!(first.contains("\"began\""), "seawall watch begins with {first:?}");
        Ok(Self { child, lines })
    }
}

/// What a line tells, and when it came.
struct Told {
    name: String,
    opened: bool,
    at: Instant,
}

fn read(lines: BufReader<ChildStdout>) -> anyhow::Result<Vec<Told>> {
    #[derive(Deserialize)]
    struct Line {
        r#type: String,
        check: Option<Check>,
        object: Option<Object>,
    }
    #[derive(Deserialize)]
    struct Check {
        id: String,
    }
    #[derive(Deserialize)]
    struct Object {
        name: String,
    }
    let mut told = Vec::new();
    for line in lines.lines() {
        let (line, at) = (line?, Instant::now());
        let Line { r#type, check, object } = serde_json::from_str(&line)?;
        let (Some(check), Some(object)) = (check, object) else { continue };
        if check.id == CHECK {
            told.push(Told { name: object.name, opened: r#type == "opened", at });
        }
    }
    Ok(told)
}

/// From each change that turns a finding to its line.
fn latencies(changes: &[Made], told: &[Told]) -> anyhow::Result<Vec<Duration>> {
    let mut lines: HashMap<(&str, bool), Vec<Instant>> = HashMap::new();
    for line in told {
        lines.entry((&line.name, line.opened)).or_default().push(line.at);
    }
    let turns = changes.iter().filter_map(|made| Some((made, opens(made.number)?)));
    turns
        .map(|(made, opened)| {
            let name = format!("app-{}", deployment(made.number));
            // A line may be there before the one who made the change is told that it is made.
            let early = made.at - LATENCY;
            let line = lines.get(&(&*name, opened)).into_iter().flatten().find(|line| **line >= early);
            let line = line.with_context(|| format!("change {} of {name} was not told", made.number))?;
            Ok(line.saturating_duration_since(made.at))
        })
        .collect()
}

fn fill(server: &ApiServer) -> anyhow::Result<()> {
    for first in (0..DEPLOYMENTS).step_by(BATCH) {
        let mut text = String::new();
        for number in first..(first + BATCH).min(DEPLOYMENTS) {
            writeln!(
                text,
                r#"{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"namespace":"default","name":"app-{number}"}},"spec":{{"selector":{{"matchLabels":{{"app":"app-{number}"}}}},"template":{{"metadata":{{"labels":{{"app":"app-{number}"}}}},"spec":{{"serviceAccountName":"app-{number}","containers":[{{"name":"app","image":"registry.example/app-{number}:1.2","ports":[{{"name":"http","containerPort":8080}}],"env":[{{"name":"LOG_LEVEL","value":"info"}}],"resources":{{"requests":{{"cpu":"100m"}},"limits":{{"memory":"256Mi"}}}}}}]}}}}}}}}"#
            )?;
        }
        server.kubectl(&["create", "--validate=false", "-f", "-"], text)?;
    }
    Ok(())
}
