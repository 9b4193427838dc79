//! `seawall reach harden`

mod dns;
mod flows;
mod write;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum, ValueHint};
use seawall_inventory::{Change, Provenance, Snapshot};
use seawall_netpol::{Declared, Enforcer, Verdict};
use seawall_yaml::Limits;

use self::write::Hardening;
use super::network::NetworkArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// The least policies that let pass what manifests declare, or what was seen, and deny all else
///
/// Each namespace gets a policy that denies, and each workload one that lets pass what is declared: ways into the cluster, Services that
/// variables and arguments name, DNS. Then the policies are asked whether all of it passes, and what passes besides.
#[derive(Debug, Args)]
#[command(after_help = "\
What policies that are there let pass is left to them: of what was hardened before nothing is written.
Namespaces kube-system, kube-public and kube-node-lease are left as they are, unless -n names one. Probes
come from a pod's own node, and pass whatever policies say. Values of variables are read of files alone;
they are not kept of a cluster. Secrets are not looked at.

A log of flows has one on each line, as JSON: as hubble observe -o jsonpb writes it, as flow logs of Calico
and its Goldmane, VPC flow logs, or {\"src\": …, \"dst\": …, \"dport\": …, \"proto\": …}. What nobody did while it
was written is not in it. What was denied is left out, and answers.

Exit codes:
  0  all that is asked for passes
  1  something that is asked for does not pass, or policies have no words for it
  2  wrong arguments or configuration
  3  nothing was read
  4  all that is known passes, and something is not known (--allow-incomplete: 0)

Examples:
  seawall reach harden -- manifests/ > policies.yaml
  seawall reach harden -n shop -- manifests/ | kubectl apply --dry-run=server -f -
  hubble observe --last 100000 -o jsonpb | seawall reach harden --flows - --cluster
  seawall reach harden --flows flows.jsonl --with-declared -- manifests/")]
pub(super) struct Harden {
    /// Let pass what a log of flows has, in place of what manifests declare; `-` for standard input; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    flows: Vec<PathBuf>,
    /// Let pass what manifests declare, too
    #[arg(long, requires = "flows", help_heading = "Question")]
    with_declared: bool,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when something is not known
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    network: NetworkArgs,
}

/// How policies are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For kubectl apply
    #[default]
    Yaml,
    /// For programs, with what each rule is for
    Json,
}

/// Namespaces of the cluster's own parts.
const SYSTEM: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

impl Harden {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let mut network = self.network.read(&[], console)?;
        let is_empty = network.read.snapshot.objects.is_empty();
        if !network.enforcer.enforces {
            console.warning("nobody enforces policies: these have no effect before somebody does");
            network.enforcer = Enforcer::SPECIFICATION;
        }
        let only = self.network.only();
        let is_meant = |namespace: &str| match &only {
            Some(only) => only == namespace,
            None => !SYSTEM.contains(&namespace),
        };
        if is_empty {
            console.problem("nothing was read that policies could be written for");
        } else {
            dns::assume(&mut network.read.snapshot, console)?;
        }
        let (declared, plan, are_flows_known) = {
            let world = network.world();
            let mut declared = Declared::default();
            let are_flows_known = flows::read(&self.flows, &world, &mut declared, console)?;
            if self.flows.is_empty() || self.with_declared {
                let more = world.declared(network.family, is_meant);
                declared.wanted.extend(more.wanted);
                declared.lacking.extend(more.lacking);
            }
            let plan = world.harden(&declared.wanted, network.family, is_meant);
            (declared, plan, are_flows_known)
        };
        // Locations are those of what was read: what is made has none.
        let reasons = write::reasons(&network.world(), &declared);
        let texts: Vec<String> = plan.policies.iter().map(|policy| reasons.yaml(policy)).collect();
        apply(&mut network.read.snapshot, &texts.join("---\n"), plan.policies.len())?;
        let world = network.world();
        let replay = world.replay(&declared.wanted, network.family, is_meant);
        let hardening = Hardening {
            network: &network,
            world: &world,
            declared: &declared,
            plan: &plan,
            replay: &replay,
            reasons: &reasons,
        };
        hardening.say(console);
        match self.output.form {
            Form::Yaml => console.print(&texts.join("---\n"))?,
            Form::Json => console.print(&hardening.json()?)?,
        }
        Ok(if is_empty { Exit::NothingScanned } else { self.exit(&hardening, are_flows_known) })
    }

    fn exit(&self, hardening: &Hardening<'_, '_>, are_flows_known: bool) -> Exit {
        let Hardening { network, declared, replay, .. } = hardening;
        let is_denied = replay.failing.iter().any(|failing| failing.verdict == Verdict::Deny)
            || declared.lacking.iter().any(|lacking| lacking.what.is_certain());
        let is_known = are_flows_known
            && network.unread().is_empty()
            && replay.failing.is_empty()
            && declared.lacking.iter().all(|lacking| !lacking.what.is_unknown());
        match (is_denied, is_known || self.allow_incomplete) {
            (true, _) => Exit::Findings,
            (false, true) => Exit::Clean,
            (false, false) => Exit::Incomplete,
        }
    }
}

/// Puts policies beside what was read, by the reader that reads all else.
///
/// # Errors
/// One is not read as it was written.
fn apply(snapshot: &mut Snapshot, text: &str, count: usize) -> Result<()> {
    let reading =
        seawall_inventory::read("policies".into(), text.as_bytes(), Provenance::Verbatim, &Limits::default());
    if !reading.problems.is_empty() || reading.objects.len() != count {
        bail!(
            "a policy is not read as it was written: a name or a label of what it is for is none that Kubernetes takes"
        );
    }
    snapshot.apply(reading.objects.into_iter().map(|object| Change::Set(Box::new(object))).collect());
    Ok(())
}
