//! Following a cluster that changes: a real API server, somebody who changes a thousand objects a second, and the time from
//! a change that the API server has confirmed to the line that tells what it did to a finding.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use seawall_rig::ApiServer;
use serde::Deserialize;

use crate::bars::{MIB, Table, mib};
use crate::child::seawall;
use crate::process::{memory, processor_time};
use crate::writer::Writer;

/// Deployments, each of which is changed in its turn.
const DEPLOYMENTS: usize = 10_000;

/// Changes in a second.
const RATE: usize = 1_000;

/// One change in so many opens or closes a finding.
const TURNS: usize = 10;

/// Who changes objects at once: an API server confirms a change in a few milliseconds.
const WRITERS: usize = 8;

/// Objects that are written at once when the cluster is filled.
const BATCH: usize = 250;

/// How long the last lines may take.
const LAST: Duration = Duration::from_secs(10);

/// What the changes open and close.
const CHECK: &str = "SW1003";

/// The bars: from a change to its line in 99 of 100, and of a core.
const LATENCY: Duration = Duration::from_millis(100);
const CORE: f64 = 0.5;

/// How much more memory may be held at the end, as a share: what is said of memory is that it is steady.
const GROWTH: f64 = 1.1;

/// Changes a cluster for `seconds` and prints the table; whether every bar is met.
pub fn print(seconds: usize, out: &mut dyn Write) -> anyhow::Result<bool> {
    let server = ApiServer::start()?;
    fill(&server)?;
    let mut watching = Watching::start(&server)?;
    let process = watching.child.id();
    let lines = watching.lines;
    let reader = thread::spawn(move || read(lines));

    // One round before what is measured: what is allocated once for all is there then.
    change(&server, 0..DEPLOYMENTS.min(RATE * 5))?;
    let (memory_before, time_before) = (memory(process)?, processor_time(process)?);
    let started = Instant::now();
    let first = DEPLOYMENTS.min(RATE * 5);
    let changes = change(&server, first..first + seconds * RATE)?;
    let elapsed = started.elapsed();
    let (memory_after, time_after) = (memory(process)?, processor_time(process)?);
    thread::sleep(LAST);
    watching.child.kill()?;
    watching.child.wait()?;
    let told = reader.join().ok().context("the reader panicked")??;

    let rate = changes.len() as f64 / elapsed.as_secs_f64();
    let mut table = Table { out, met: true };
    let what = "watch --cluster";
    table.row(what, "changes", &format!("{rate:.0} /s"), ">= 990 /s", rate >= RATE as f64 * 0.99)?;
    let mut latencies = latencies(&changes, &told)?;
    latencies.sort_unstable();
    let at = |hundredth: usize| {
        latencies.get((latencies.len() * hundredth / 100).min(latencies.len().saturating_sub(1))).copied()
    };
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let (median, worst) = at(50).zip(at(99)).context("no finding was told")?;
    table.row(what, "findings told", &latencies.len().to_string(), "all", true)?;
    table.row(what, "latency p50", &ms(median), "", true)?;
    table.row(what, "latency p99", &ms(worst), "<= 100 ms", worst <= LATENCY)?;
    let share = (time_after - time_before).as_secs_f64() / elapsed.as_secs_f64();
    table.row(what, "of a core", &format!("{:.0} %", share * 100.0), "<= 50 %", share <= CORE)?;
    let growth = memory_after as f64 / memory_before as f64;
    let bar = format!("{} before, <= {:.0} %", mib(memory_before), GROWTH * 100.0);
    // Of little memory a few pages are much.
    let steady = growth <= GROWTH || memory_after < memory_before + 2 * MIB;
    table.row(what, "memory", &mib(memory_after), &bar, steady)?;
    Ok(table.met)
}

/// The program, which follows.
struct Watching {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Watching {
    /// Starts it, and waits until it has read everything.
    fn start(server: &ApiServer) -> anyhow::Result<Self> {
        let kubeconfig = server.kubeconfig("admin")?;
        let mut child = Command::new(seawall()?)
            .args(["watch", "-q", "--no-config", "--cluster", "-o", "jsonl", "--kubeconfig"])
            .arg(kubeconfig)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start seawall")?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?);
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

/// A change that the API server has confirmed.
struct Made {
    number: usize,
    at: Instant,
}

/// Makes the changes of these numbers, [`RATE`] in a second.
fn change(server: &ApiServer, numbers: std::ops::Range<usize>) -> anyhow::Result<Vec<Made>> {
    let started = Instant::now();
    let first = numbers.start;
    let write = |part: usize| -> anyhow::Result<Vec<Made>> {
        let mut writer = Writer::connect(server)?;
        let mut made = Vec::new();
        for number in numbers.clone().skip(part).step_by(WRITERS) {
            let due = started + Duration::from_secs_f64((number - first) as f64 / RATE as f64);
            // The pace is what this is about.
            thread::sleep(due.saturating_duration_since(Instant::now()));
            writer.patch(&path(number), &patch(number))?;
            made.push(Made { number, at: Instant::now() });
        }
        Ok(made)
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|part| scope.spawn(move || write(part))).collect();
        let mut all = Vec::new();
        for writer in writers {
            all.extend(writer.join().ok().context("a writer panicked")??);
        }
        Ok(all)
    })
}

fn path(number: usize) -> String {
    format!("/apis/apps/v1/namespaces/default/deployments/app-{}", number % DEPLOYMENTS)
}

/// Each change says something new; some turn a finding.
fn patch(number: usize) -> String {
    let annotations = format!(r#""metadata":{{"annotations":{{"round":"{number}"}}}}"#);
    if number.is_multiple_of(TURNS) {
        let on = opens(number);
        format!(r#"{{{annotations},"spec":{{"template":{{"spec":{{"hostPID":{on}}}}}}}}}"#)
    } else {
        format!("{{{annotations}}}")
    }
}

/// Whether a change that turns a finding opens it: each object is turned in its rounds.
fn opens(number: usize) -> bool {
    (number / DEPLOYMENTS).is_multiple_of(2)
}

/// From each change that turns a finding to its line.
fn latencies(changes: &[Made], told: &[Told]) -> anyhow::Result<Vec<Duration>> {
    let mut lines: HashMap<(&str, bool), Vec<Instant>> = HashMap::new();
    for line in told {
        lines.entry((&line.name, line.opened)).or_default().push(line.at);
    }
    let turns = changes.iter().filter(|made| made.number.is_multiple_of(TURNS));
    turns
        .map(|made| {
            let name = format!("app-{}", made.number % DEPLOYMENTS);
            let opened = opens(made.number);
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
