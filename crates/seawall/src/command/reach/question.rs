//! `seawall reach FROM TO`

use anyhow::{Context, Result, bail};
use clap::Args;
use seawall_netpol::{End, Entry, Verdict, World};
use serde_json::{Value, json};

use super::answer::Answer;
use super::network::{Network, NetworkArgs};
use super::place::{At, Place, Port, Spot, spot};
use crate::args::form::{FormArgs, ListForm};
use crate::console::Console;
use crate::csv::Csv;
use crate::exit::Exit;
use crate::json::{FORMAT, written};
use crate::table::Table;
use crate::text::Text;
use seawall_report::plain;

/// Answers that are told in full; of more there is a table.
const IN_FULL: usize = 4;

#[derive(Debug, Args)]
pub(super) struct Question {
    /// Where traffic comes from (see below); without TO, everywhere that it gets
    #[arg(value_name = "FROM")]
    from: Option<Place>,
    /// Where it goes to
    #[arg(value_name = "TO")]
    to: Option<Place>,
    /// Where traffic comes from; without --to, everywhere that it gets
    #[arg(
        long = "from",
        id = "from-flag",
        value_name = "FROM",
        conflicts_with = "from",
        help_heading = "Question"
    )]
    from_flag: Option<Place>,
    /// Where it goes to; without --from, everybody who gets there
    #[arg(long = "to", id = "to-flag", value_name = "TO", conflicts_with = "to", help_heading = "Question")]
    to_flag: Option<Place>,
    /// The port of the pods, or of whatever it goes to: 80, 53/udp
    #[arg(long, value_name = "PORT[/PROTOCOL]", help_heading = "Question")]
    port: Option<Port>,
    /// Tell also what is not reachable, where there are many answers
    #[arg(long, help_heading = "Output")]
    all: bool,
    #[command(flatten)]
    output: FormArgs<ListForm>,
    /// Exit code 1, not 4, when it is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Question {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let (from, to) =
            (self.from.as_ref().or(self.from_flag.as_ref()), self.to.as_ref().or(self.to_flag.as_ref()));
        if from.is_none() && to.is_none() {
            bail!(
                "say FROM, TO or both: `seawall reach deploy/web statefulset/db`; --help says how they are written"
            );
        }
        let addresses: Vec<_> = from.into_iter().chain(to).filter_map(Place::address).collect();
        if addresses.iter().any(std::net::IpAddr::is_ipv4) && addresses.iter().any(std::net::IpAddr::is_ipv6)
        {
            bail!("nothing of IPv4 reaches anything of IPv6");
        }
        let network = self.network.read(&addresses, console)?;
        let world = network.world();
        let find = |place: &Place| place.find(&world, &network.namespace, network.family);
        let (senders, receivers) = match (from, to) {
            (Some(from), Some(to)) => (find(from)?, find(to)?),
            (Some(from), None) => (find(from)?, everybody(&world, &network, from)),
            (None, Some(to)) => (everybody(&world, &network, to), find(to)?),
            (None, None) => (Vec::new(), Vec::new()),
        };
        let is_from_internet = senders.iter().any(|spot| spot.at == At::Internet);
        let entries = if is_from_internet { world.entries(network.family) } else { Vec::new() };
        let answers =
            self.answers(&world, &senders, &receivers, &network, &entries, from.is_some() && to.is_some())?;
        let is_known = network.unread().is_empty();
        self.write(&answers, &network, console)?;
        Ok(self.exit(&answers, is_known, &network))
    }

    /// The answer for each pair; a place is not asked about itself.
    fn answers<'w, 's>(
        &self,
        world: &'w World<'s>,
        senders: &[Spot],
        receivers: &[Spot],
        network: &Network,
        entries: &'w [Entry],
        is_one: bool,
    ) -> Result<Vec<Answer<'w, 's>>> {
        let mut answers = Vec::new();
        for (from, to) in senders.iter().flat_map(|from| receivers.iter().map(move |to| (from, to))) {
            if !is_one && (from.at == to.at || is_impossible(from, to)) {
                continue;
            }
            answers.push(Answer::of(world, from, to, self.port.as_ref(), network.family, entries)?);
        }
        Ok(answers)
    }

    fn write(&self, answers: &[Answer<'_, '_>], network: &Network, console: &Console) -> Result<()> {
        match self.output.form {
            ListForm::Table => console.print(&self.terminal(answers, network, console.width)),
            ListForm::Json => console.print(&json(answers, network).context("cannot write JSON")?),
            ListForm::Csv => console.print(&self.csv(answers)),
        }
    }

    fn terminal(&self, answers: &[Answer<'_, '_>], network: &Network, width: usize) -> String {
        let mut text = Text::default();
        let is_shown = |answer: &&Answer<'_, '_>| answers.len() <= IN_FULL || self.is_shown(answer);
        let shown: Vec<&Answer<'_, '_>> = answers.iter().filter(is_shown).collect();
        if shown.len() <= IN_FULL {
            for answer in &shown {
                text.gap();
                answer.terminal(&mut text);
            }
        } else {
            let mut table = Table::new(["FROM", "TO", "PORTS", ""]);
            for answer in &shown {
                let verdict = match answer.verdict {
                    Verdict::Allow => String::new(),
                    other => other.to_string(),
                };
                table.row([&*plain(&answer.from.name), &*plain(&answer.to.name), &answer.ports(), &verdict]);
            }
            text.table(&table.render(width.max(160)));
        }
        let left_out = answers.len() - shown.len();
        if left_out > 0 {
            let all = answers.len();
            text.paragraph(&format!("{left_out} of {all} are not reachable; --all shows them"));
        }
        let mut told = Vec::new();
        for doubt in answers
            .iter()
            .flat_map(|answer| answer.doubts().into_iter().map(move |doubt| (answer.world, doubt)))
        {
            let message = doubt.1.describe(doubt.0).to_string();
            if !told.contains(&message) {
                told.push(message);
            }
        }
        if !told.is_empty() {
            text.gap();
        }
        for message in &told {
            text.line(&format!("not known: {message}"));
        }
        network.tell_unread(&mut text);
        text.done()
    }

    fn is_shown(&self, answer: &Answer<'_, '_>) -> bool {
        self.all || answer.verdict != Verdict::Deny
    }

    fn csv(&self, answers: &[Answer<'_, '_>]) -> String {
        let mut csv = Csv::new(&["from", "to", "answer", "ports"]);
        for answer in answers.iter().filter(|answer| self.is_shown(answer)) {
            csv.row([&answer.from.name, &answer.to.name, &answer.verdict.to_string(), &answer.ports()]);
        }
        csv.done()
    }

    fn exit(&self, answers: &[Answer<'_, '_>], is_known: bool, network: &Network) -> Exit {
        let best = answers.iter().map(|answer| answer.verdict).max().unwrap_or_default();
        // What was not read may hold a policy for what is allowed, and one against it.
        match best {
            _ if network.read.snapshot.objects.is_empty() => Exit::NothingScanned,
            Verdict::Allow if is_known => Exit::Clean,
            Verdict::Deny if is_known => Exit::Findings,
            Verdict::Allow if self.allow_incomplete => Exit::Clean,
            _ if self.allow_incomplete => Exit::Findings,
            _ => Exit::Incomplete,
        }
    }
}

fn json(answers: &[Answer<'_, '_>], network: &Network) -> serde_json::Result<String> {
    let all: Vec<Value> = answers.iter().map(Answer::json).collect();
    written(&json!({
        "formatVersion": FORMAT,
        "enforcer": network.enforcer.name,
        "answers": all,
        "unknowns": network.unread_json(),
    }))
}

/// Whoever else there is.
fn everybody(world: &World<'_>, network: &Network, asked: &Place) -> Vec<Spot> {
    let all: Vec<usize> = (0..world.endpoints().len()).collect();
    let pods = world.one_of_each(&all, network.family);
    let mut found: Vec<Spot> = pods.into_iter().filter_map(|number| spot(world, number)).collect();
    let outside = |name: &str, at| Spot { name: name.to_owned(), at, ports: Vec::new() };
    if *asked != Place::Internet {
        found.push(outside("the internet", At::Internet));
    }
    if !matches!(asked, Place::Node(_)) {
        found.push(outside("another node", At::End(End::OtherNode)));
    }
    found
}

/// What nobody can say: between ends that are none of the cluster's pods.
fn is_impossible(from: &Spot, to: &Spot) -> bool {
    let is_pods = |spot: &Spot| matches!(spot.at, At::End(End::Pods(_)));
    !is_pods(from) && !is_pods(to)
}
