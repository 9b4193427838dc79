//! `seawall reach expect`

mod file;
mod write;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum, ValueHint};
use seawall_netpol::{Entry, Verdict, World};

use self::file::Expectation;
use super::answer::Answer;
use super::network::{Network, NetworkArgs};
use super::place::{At, Place};
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::file::read_text;

/// Hold what must and must not be reachable, as a file says it, against what is
#[derive(Debug, Args)]
#[command(after_help = "\
The file is YAML:
  expect:
  - from: deployment/shop/web
    to: service/shop/db
    reach: true
  - from: namespace/test
    to: namespace/prod
    ports: [443, 53/udp]
    reach: false
    because: tests never touch what customers use

FROM and TO are written as for `seawall reach`. With `reach: true` everybody of FROM must reach
everybody of TO on each port, with `reach: false` nobody anybody on any.

Exit codes:
  0  all is as expected
  1  something is not
  2  wrong arguments, file or configuration
  3  nothing was read
  4  nothing is wrong that is known, and something is not known (--allow-incomplete: 0)

Examples:
  seawall reach expect segmentation.yaml -- manifests/
  seawall reach expect segmentation.yaml --cluster -o junit > reach.xml")]
pub(super) struct Expect {
    /// What is expected
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when nothing is wrong that is known
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
    #[value(alias = "terminal")]
    Table,
    /// For programs
    Json,
    /// For test reports of CI systems
    Junit,
    /// For GitHub code scanning and editors
    Sarif,
}

/// What became of an expectation.
struct Outcome {
    expectation: Expectation,
    met: Met,
    /// What is not as expected, or not known.
    told: Vec<String>,
}

/// Whether it is as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Met {
    Yes,
    Unknown,
    No,
}

/// Pairs of one expectation that are told.
const TOLD: usize = 5;

impl Expect {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let text = read_text(&self.file, "file of expectations")?;
        let expectations = file::read(&text, &self.file)?;
        let network = self.network.read(&[], console)?;
        let world = network.world();
        let is_from_internet = expectations.iter().any(|expectation| expectation.from == Place::Internet);
        let entries = if is_from_internet { world.entries(network.family) } else { Vec::new() };
        let outcomes: Vec<Outcome> = expectations
            .into_iter()
            .map(|expectation| Outcome::of(expectation, &world, &network, &entries))
            .collect();
        let path = self.file.display().to_string();
        let text = match self.output.form {
            Form::Table => write::terminal(&outcomes, &path),
            Form::Json => write::json(&outcomes, &path).context("cannot write JSON")?,
            Form::Junit => write::junit(&outcomes, &path),
            Form::Sarif => write::sarif(&outcomes, &path).context("cannot write SARIF")?,
        };
        console.print(&text)?;
        let worst = outcomes.iter().map(|outcome| outcome.met).max().unwrap_or(Met::Yes);
        Ok(match worst {
            _ if network.read.snapshot.objects.is_empty() => Exit::NothingScanned,
            Met::No => Exit::Findings,
            Met::Unknown if !self.allow_incomplete => Exit::Incomplete,
            Met::Unknown | Met::Yes => Exit::Clean,
        })
    }
}

impl Outcome {
    fn of(expectation: Expectation, world: &World<'_>, network: &Network, entries: &[Entry]) -> Self {
        let mut outcome = Self { met: Met::Yes, told: Vec::new(), expectation };
        let find = |place: &Place| place.find(world, &network.namespace, network.family);
        let (senders, receivers) = match (find(&outcome.expectation.from), find(&outcome.expectation.to)) {
            (Ok(senders), Ok(receivers)) => (senders, receivers),
            (Err(error), _) | (_, Err(error)) => {
                // Whoever is asked about may be in what was not read.
                outcome.met = if network.unread().is_empty() { Met::No } else { Met::Unknown };
                outcome.told.push(format!("{error:#}"));
                return outcome;
            }
        };
        let ports = outcome.expectation.ports.clone();
        let ports = if ports.is_empty() { vec![None] } else { ports.into_iter().map(Some).collect() };
        let mut left_out = 0;
        for (from, to) in senders.iter().flat_map(|from| receivers.iter().map(move |to| (from, to))) {
            if from.at == to.at && from.at != At::Internet {
                continue;
            }
            for port in &ports {
                let answer = Answer::of(world, from, to, port.as_ref(), network.family, entries);
                let (met, told) = match answer {
                    Ok(answer) => (outcome.held(&answer, network), answer.sentence()),
                    Err(error) => (Met::No, format!("{error:#}")),
                };
                outcome.met = outcome.met.max(met);
                if met != Met::Yes && outcome.told.len() < TOLD {
                    outcome.told.push(told);
                } else if met != Met::Yes {
                    left_out += 1;
                }
            }
        }
        if left_out > 0 {
            outcome.told.push(format!("and {left_out} more"));
        }
        outcome
    }

    /// Whether an answer is as expected. What was not read may hold a policy for what is allowed, and one against it.
    fn held(&self, answer: &Answer<'_, '_>, network: &Network) -> Met {
        let worst = answer.meant.iter().map(|(_, verdict)| *verdict).min().unwrap_or(answer.verdict);
        let verdict = if self.expectation.reach { worst } else { answer.verdict };
        let met = match (verdict, self.expectation.reach) {
            (Verdict::Allow, true) | (Verdict::Deny, false) => Met::Yes,
            (Verdict::Allow, false) | (Verdict::Deny, true) => Met::No,
            (Verdict::Unknown | Verdict::Ambiguous, _) => Met::Unknown,
        };
        if network.unread().is_empty() { met } else { Met::Unknown }
    }
}
