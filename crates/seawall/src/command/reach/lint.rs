//! `seawall reach lint`

use anyhow::{Context, Result};
use clap::Args;
use seawall_netpol::{At, Lint as Found, What};
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::network::{Network, NetworkArgs};
use super::rule::{Part, field, parts, peers, rules};
use crate::args::form::{Form, FormArgs};
use crate::console::Console;
use crate::exit::Exit;
use crate::json::{FORMAT, written};
use crate::text::Text;

/// What in policies has no effect, or another one than it seems
///
/// That a rule is redundant is proved by leaving it out: between all pods that were read, and all addresses, the same passes.
#[derive(Debug, Args)]
#[command(after_help = "\
Of files it is told what none of the pods among them is meant by: policies stand best beside the
workloads that they are about.

Exit codes:
  0  nothing is the matter
  1  something is
  2  wrong arguments or configuration
  3  nothing was read
  4  nothing is the matter that is known, and something was not read (--allow-incomplete: 0)

Examples:
  seawall reach lint -- manifests/
  seawall reach lint --cluster -o json")]
pub(super) struct Lint {
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when nothing is the matter that is known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Lint {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let network = self.network.read(&[], console)?;
        let world = network.world();
        // Who is meant may stand in what was not read: then nobody can say that none is.
        let is_known = network.unread().is_empty();
        let mut found = world.lint(network.family);
        found.retain(|lint| is_known || !depends_on_all(&lint.what));
        let wanted: Vec<(usize, Path)> = found.iter().map(|lint| (lint.policy, path(lint.at))).collect();
        let parts = parts(&network.read.snapshot, &wanted);
        let told: Vec<(&Found, &Part<'_>)> = found.iter().zip(&parts).collect();
        match self.output.form {
            Form::Table => console.print(&terminal(&told, &network))?,
            Form::Json => console.print(&json(&told, &network).context("cannot write JSON")?)?,
        }
        Ok(if network.read.snapshot.objects.is_empty() {
            Exit::NothingScanned
        } else if !found.is_empty() {
            Exit::Findings
        } else if !is_known && !self.allow_incomplete {
            Exit::Incomplete
        } else {
            Exit::Clean
        })
    }
}

/// Whether more objects could make it wrong.
fn depends_on_all(what: &What) -> bool {
    match what {
        What::Refused
        | What::NotEnforced
        | What::OtherDirection
        | What::NotRead
        | What::Staged
        | What::SamePriority => false,
        What::SelectsNothing
        | What::MeansNobody
        | What::NoSuchPort(_)
        | What::Redundant
        | What::LetsIn
        | What::NoDns
        | What::ComesTooLate => true,
    }
}

/// The field that a part is.
fn path(at: At) -> Path {
    match at {
        At::Policy => Path::root(),
        At::Rules(direction) => Path::root().field("spec").field(rules(direction)),
        At::Rule(direction, rule) => field(direction, rule),
        At::Peer(direction, rule, peer) => field(direction, rule).field(peers(direction)).index(peer),
        At::Port(direction, rule, port) => field(direction, rule).field("ports").index(port),
        At::Except(direction, rule, peer, except) => {
            let peer = field(direction, rule).field(peers(direction)).index(peer);
            peer.field("ipBlock").field("except").index(except)
        }
    }
}

/// A word for programs, what it means, and what to do.
fn words(what: &What) -> (&'static str, String, &'static str) {
    match what {
        What::Refused => (
            "refused",
            "the API server refuses it, so that it does not exist".to_owned(),
            "`kubectl apply --dry-run=server` says why",
        ),
        What::NotEnforced => (
            "not-enforced",
            "nobody enforces it: the network of this cluster takes no notice of policies".to_owned(),
            "install one that does, as Calico, Cilium or kube-router",
        ),
        What::SelectsNothing => (
            "selects-nothing",
            "it selects none of the pods of its namespace".to_owned(),
            "compare podSelector with the labels of the pod templates",
        ),
        What::MeansNobody => (
            "peer-means-nobody",
            "this peer means none of the pods".to_owned(),
            "compare it with the labels of pod templates and namespaces; labels of Services mean nothing here",
        ),
        What::OtherDirection => (
            "other-direction",
            "these rules have no effect: policyTypes leaves their direction out".to_owned(),
            "add the direction to policyTypes, or remove the rules",
        ),
        What::NoSuchPort(name) => (
            "no-such-port",
            format!("none of the pods that are meant has a port named `{name}` of this protocol"),
            "name a port as the pods' containers do, or by its number",
        ),
        What::Redundant => (
            "redundant",
            "without this rule the same passes: others let all of it pass".to_owned(),
            "remove it",
        ),
        What::LetsIn => (
            "exception-without-effect",
            "what this exception leaves out is let pass by another rule".to_owned(),
            "narrow the other rule: policies only add to each other",
        ),
        What::NoDns => (
            "no-dns",
            "its pods may go where these rules say, and ask no DNS for the way".to_owned(),
            "let them reach the DNS of the cluster on port 53, UDP and TCP",
        ),
        What::NotRead => (
            "not-read",
            "whoever enforces policies in this cluster does not read those of this kind".to_owned(),
            "write what it reads, or install who enforces these",
        ),
        What::Staged => (
            "staged",
            "it is staged: Calico says what it would do, and enforces nothing of it".to_owned(),
            "write it as a NetworkPolicy or GlobalNetworkPolicy once its flows are as wanted",
        ),
        What::ComesTooLate => (
            "comes-too-late",
            "whatever this rule means, rules that are asked before it decide".to_owned(),
            "move it up, give its policy a smaller priority, or remove it",
        ),
        What::SamePriority => (
            "same-priority",
            "another policy of the same priority says otherwise, and which of them counts is not specified"
                .to_owned(),
            "give each policy of a tier a priority of its own",
        ),
    }
}

fn terminal(told: &[(&Found, &Part<'_>)], network: &Network) -> String {
    let mut text = Text::default();
    if told.is_empty() {
        text.heading("nothing is the matter that is known");
    }
    for (lint, part) in told {
        let (_, message, help) = words(&lint.what);
        let place = part.place();
        let at = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let field = if part.field.is_empty() { String::new() } else { format!(" {}", part.field) };
        text.heading(&format!("{at}{}{field}", part.name));
        text.line(&format!("  {message}"));
        text.line(&format!("  {help}"));
    }
    network.tell_unread(&mut text);
    text.done()
}

fn json(told: &[(&Found, &Part<'_>)], network: &Network) -> serde_json::Result<String> {
    let lints = told.iter().map(|(lint, part)| {
        let (code, message, help) = words(&lint.what);
        json!({ "code": code, "message": message, "help": help, "part": part.json(&network.read.snapshot) })
    });
    written(&json!({
        "formatVersion": FORMAT,
        "enforcer": network.enforcer.name,
        "lints": lints.collect::<Vec<Value>>(),
        "unknowns": network.unread_json(),
    }))
}
