//! `seawall watch`

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};
use clap::Args;
use seawall_cluster::{Batch, Watching};
use seawall_engine::{Date, Event, Incremental, Turn};
use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_report::{BySeverity, Style, WatchFormat, WatchLine, write_line};

use crate::args::cluster::ClusterArgs;
use crate::args::input::ReadingArgs;
use crate::args::select::{SelectArgs, named, severity};
use crate::args::suppress::SuppressArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::run::{Job, today};

#[derive(Debug, Args)]
#[command(after_help = "\
It begins with how many findings there are, and then writes a line for each that opens, changes or closes,
as `kubectl get --watch-only` does for objects. What cannot be read is told once, and once more when it can.
The cluster is read by GET alone. Ctrl-C ends it with a summary.

Exit codes:
  0  ended by Ctrl-C, or because nobody reads on
  2  wrong arguments or configuration
  4  the cluster did not answer when it began, or something could not be read when it ended

Examples:
  seawall watch --cluster                            what happens in the current context
  seawall watch --cluster -n shop --min-severity high
  seawall watch --cluster --initial -o jsonl         for machines, with what is there when it begins")]
pub(crate) struct Watch {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// The only namespace to follow
    #[arg(long, short, value_name = "NAME", help_heading = "Cluster")]
    namespace: Option<String>,
    /// Tell also each finding that is there when it begins
    #[arg(long, help_heading = "Output")]
    initial: bool,
    /// Format: terminal, or jsonl for machines, as `seawall schema watch` describes it
    #[arg(long, short, value_name = "FORMAT", value_parser = format, default_value = "terminal")]
    #[arg(help_heading = "Output")]
    output: WatchFormat,
    /// Leave out findings below this severity
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "info")]
    #[arg(help_heading = "Output")]
    min_severity: Severity,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    suppress: SuppressArgs,
}

fn format(written: &str) -> Result<WatchFormat, String> {
    named(written, WatchFormat::ALL, WatchFormat::name, "format")
}

/// How long Ctrl-C may take to be noticed.
const PATIENCE: Duration = Duration::from_millis(100);

impl Watch {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let Some(target) = self.cluster.target(self.namespace.as_deref()) else {
            bail!("only a cluster can be watched: say --cluster");
        };
        let interrupt = Interrupt::listen();
        let job = Job::new(&[], &ReadingArgs::default(), &self.select, &self.suppress)?;
        let mut lines = Lines { format: self.output, least: self.min_severity, console, closed: false };
        let mut watching = Watching::start(&target, interrupt.flag())?;
        let snapshot = {
            let progress = Progress::start(console);
            watching.first(interrupt.flag(), &|done, total| progress.update(done, total))
        };
        for problem in &snapshot.problems {
            lines.write(&WatchLine::Problem(problem))?;
        }
        if snapshot.files.is_empty() && watching.is_incomplete() {
            return Ok(Exit::Incomplete);
        }
        let mut current = Incremental::new(snapshot, job.judging());
        lines.begin(&current, self.initial, watching.is_incomplete())?;

        let mut day = today();
        let (mut opened, mut closed) = (0, 0);
        while !interrupt.pressed() && !lines.closed {
            let Batch { changes, problems, mended, coverage } =
                watching.next(current.snapshot_mut(), PATIENCE);
            for problem in &problems {
                lines.write(&WatchLine::Problem(problem))?;
            }
            for message in &mended {
                lines.write(&WatchLine::Mended(message))?;
            }
            let mut events = current.apply(changes);
            if coverage || day != today() {
                day = today();
                events.extend(current.again(day));
            }
            for event in &events {
                opened += usize::from(event.turn == Turn::Opened && lines.tells(event));
                closed += usize::from(event.turn == Turn::Closed && lines.tells(event));
                lines.turned(event)?;
            }
        }
        let findings = lines.count(&current);
        lines.write(&WatchLine::Ended { opened, closed, findings })?;
        Ok(if watching.is_incomplete() { Exit::Incomplete } else { Exit::Clean })
    }
}

/// Where lines go.
struct Lines<'c> {
    format: WatchFormat,
    /// Findings below it are not told.
    least: Severity,
    console: &'c Console,
    /// Whether the reader has gone away.
    closed: bool,
}

impl Lines<'_> {
    fn begin(&mut self, current: &Incremental<'_>, initial: bool, incomplete: bool) -> Result<()> {
        let objects = current.snapshot().subjects();
        let findings = self.count(current);
        self.write(&WatchLine::Began { objects, findings, incomplete })?;
        if !initial {
            return Ok(());
        }
        let (report, least) = (current.report(), self.least);
        for reported in report.active().filter(|reported| reported.finding.severity >= least) {
            let object = current.snapshot().objects.get(reported.finding.object);
            let reference = object.map(Object::reference).unwrap_or_default();
            self.write(&WatchLine::Open(reported, &reference))?;
        }
        Ok(())
    }

    fn count(&self, current: &Incremental<'_>) -> BySeverity {
        let report = current.report();
        let severities = report.active().map(|reported| reported.finding.severity);
        severities.filter(|severity| *severity >= self.least).collect()
    }

    fn tells(&self, event: &Event) -> bool {
        event.reported.finding.severity >= self.least
    }

    fn turned(&mut self, event: &Event) -> Result<()> {
        match event.turn {
            // What became milder than is told is told a last time.
            Turn::Changed(before) if before < self.least && !self.tells(event) => Ok(()),
            Turn::Opened | Turn::Closed if !self.tells(event) => Ok(()),
            _ => self.write(&WatchLine::Turned(event)),
        }
    }

    /// Writes a line at once. A reader that has gone away is no error, and the end.
    fn write(&mut self, line: &WatchLine<'_>) -> Result<()> {
        let console = self.console;
        let style = Style { width: console.width, colour: console.color, hyperlinks: console.hyperlinks };
        let mut closed = false;
        console.write(|out: &mut dyn Write| {
            let written = write_line(line, &now(), self.format, out, &style).and_then(|()| out.flush());
            closed = written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
            written
        })?;
        self.closed |= closed;
        Ok(())
    }
}

/// The time in UTC, as RFC 3339 has it.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let date = Date::from_unix_days(i64::try_from(seconds / 86_400).unwrap_or(i64::MAX));
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}
