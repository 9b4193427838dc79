//! `seawall reach watch`

mod conntrack;
mod write;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum, ValueHint};
use seawall_netpol::{Flow, NoFlow, Remark, Stranger, Watch as Watching};
use seawall_report::plain;

use self::conntrack::Conntrack;
use self::write::Lines;
use super::log::Log;
use super::network::NetworkArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::interrupt::{Interrupt, Stdin};

/// Hold flows as they come against what policies say
///
/// Told is, once each, what got through though policies deny it, what was dropped, and by whom not, and with --known what got where
/// nothing got before. Pods that are alike are one. At the end, or on Ctrl-C, it is summed up.
#[derive(Debug, Args)]
#[command(after_help = "\
A log of flows has one on each line, as JSON: as hubble observe -o jsonpb writes it, as flow logs of Calico
and its Goldmane, VPC flow logs, or {\"src\": …, \"dst\": …, \"dport\": …, \"proto\": …}. Flows are those of
pods by names, labels or addresses, which are known of --cluster and saved Snapshots. Where a record tells
at whose side it was seen, the policies of that side alone are asked. `--conntrack` takes those that the
kernel of this host keeps track of, which takes CAP_NET_ADMIN.

Exit codes:
  0  nothing got through that policies deny
  1  something did, or got where nothing got before
  2  wrong arguments or configuration
  3  nothing was read
  4  nothing did that is known, and something is not known (--allow-incomplete: 0)

Examples:
  hubble observe -f -o jsonpb | seawall reach watch --flows - --cluster
  seawall reach watch --flows today.jsonl --known last-week.jsonl -- cluster.snapshot
  seawall reach watch --conntrack --cluster -o jsonl")]
pub(super) struct Watch {
    /// A log of flows; `-` for standard input; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    #[arg(required_unless_present = "conntrack")]
    flows: Vec<PathBuf>,
    /// Flows that the kernel of this host keeps track of, from now on
    #[arg(long, conflicts_with = "flows", help_heading = "Input")]
    conntrack: bool,
    /// A log of what is known: tell what gets where nothing got in it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Question")]
    known: Vec<PathBuf>,
    /// So many different things are told, and so many places remembered; what is beyond is counted
    #[arg(long, value_name = "NUMBER", default_value_t = 100_000, help_heading = "Question")]
    most: usize,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when something is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading
    #[default]
    #[value(alias = "table")]
    Terminal,
    /// For programs: a document on each line, the last of which is the summary
    Jsonl,
}

/// Lines that are no flows that are told one by one, and so many ends that are not known.
const TOLD: u64 = 5;

impl Watch {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let network = self.network.read(&[], console)?;
        let world = network.world();
        let interrupt = Interrupt::listen();
        let mut watching = Watching::new(&world, network.family, self.most);
        let mut lines = Lines::new(&world, self.output.form, console);
        for path in &self.known {
            watching.remember();
            read(path, &interrupt, |place, read| {
                match read.map(|flow| watching.learn(&flow)) {
                    Ok(Ok(())) => {}
                    Ok(Err(stranger)) => lines.stranger(place, &stranger),
                    Err(no_flow) => lines.no_flow(place, no_flow),
                }
                Ok(true)
            })?;
        }
        let mut take = |place: &str, read: Result<Flow, NoFlow>| -> Result<bool> {
            match read.map(|flow| watching.take(&flow)) {
                Ok(Ok(found)) => {
                    for (sight, asked) in found {
                        lines.sight(place, &sight, asked)?;
                    }
                }
                Ok(Err(stranger)) => lines.stranger(place, &stranger),
                Err(no_flow) => lines.no_flow(place, no_flow),
            }
            Ok(!lines.closed)
        };
        let mut lost = 0;
        if self.conntrack {
            let mut conntrack = Conntrack::listen()?;
            let mut number = 0_u64;
            while !interrupt.pressed() {
                let mut is_open = true;
                for flow in conntrack.next()? {
                    number += 1;
                    is_open &= take(&format!("conntrack:{number}"), Ok(flow))?;
                }
                if !is_open {
                    break;
                }
            }
            lost = conntrack.lost;
        }
        for path in &self.flows {
            read(path, &interrupt, &mut take)?;
        }
        if lost > 0 {
            console.problem(format_args!(
                "the kernel had no room for events {lost} times: there were more flows"
            ));
        }
        let counts = watching.counts;
        let is_known = lines.summary(&counts, lost)? && network.unread().is_empty();
        let is_found = counts.of(Remark::NotEnforced) > 0 || counts.of(Remark::New) > 0;
        Ok(match (is_found, is_known) {
            _ if network.read.snapshot.objects.is_empty() => Exit::NothingScanned,
            (true, _) => Exit::Findings,
            (false, false) if !self.allow_incomplete => Exit::Incomplete,
            (false, _) => Exit::Clean,
        })
    }
}

/// Reads a log until it ends, or Ctrl-C is pressed, or `take` says that it is enough.
fn read(
    path: &Path,
    interrupt: &Interrupt,
    mut take: impl FnMut(&str, Result<Flow, NoFlow>) -> Result<bool>,
) -> Result<()> {
    let called = plain(&path.to_string_lossy()).into_owned();
    let stdin = || Stdin::new(interrupt.clone());
    let mut log = Log::open(path, stdin).with_context(|| format!("cannot read {called}"))?;
    loop {
        match log.next() {
            _ if interrupt.pressed() => return Ok(()),
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("cannot read {called} any further")),
        }
        let read = Flow::read(&log.line());
        if read.as_ref().is_err_and(|no_flow| no_flow.is_harmless()) {
            continue;
        }
        if !take(&format!("{called}:{}", log.number), read)? {
            return Ok(());
        }
    }
}

impl Lines<'_, '_> {
    /// Tells of a line that is no flow.
    fn no_flow(&mut self, place: &str, no_flow: NoFlow) {
        self.problems += 1;
        if self.problems <= TOLD {
            self.console.problem(format_args!("{place}: the line {no_flow}"));
        }
    }

    /// Tells of pods that are not among what was read.
    fn stranger(&mut self, place: &str, stranger: &Stranger) {
        self.strangers += 1;
        if self.strangers <= TOLD {
            self.console.problem(format_args!("{place}: {} is not among what was read", plain(&stranger.0)));
        }
    }
}
