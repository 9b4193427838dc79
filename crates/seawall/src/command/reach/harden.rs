//! `seawall reach harden`

mod dns;
mod write;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use seawall_inventory::{Change, Provenance, Snapshot};
use seawall_netpol::{Enforcer, Verdict};
use seawall_yaml::Limits;

use self::write::Hardening;
use super::network::NetworkArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// The least policies that let pass what manifests declare, and deny all else
///
/// Each namespace gets a policy that denies, and each workload one that lets pass what is declared: ways into the cluster, Services that
/// variables and arguments name, DNS. Then the policies are asked whether all of it passes, and what passes besides.
#[derive(Debug, Args)]
#[command(after_help = "\
What policies that are there let pass is left to them: of what was hardened before nothing is written.
Namespaces kube-system, kube-public and kube-node-lease are left as they are, unless -n names one. Probes
come from a pod's own node, and pass whatever policies say. Values of variables are read of files alone;
they are not kept of a cluster. Secrets are not looked at.

Exit codes:
  0  all that is declared passes
  1  something that is declared does not pass, or policies have no words for it
  2  wrong arguments or configuration
  3  nothing was read
  4  all that is known passes, and something is not known (--allow-incomplete: 0)

Examples:
  seawall reach harden -- manifests/ > policies.yaml
  seawall reach harden -n shop -- manifests/ | kubectl apply --dry-run=server -f -
  seawall reach harden -o json -- manifests/")]
pub(super) struct Harden {
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
        let (declared, plan) = {
            let world = network.world();
            let declared = world.declared(network.family, is_meant);
            let plan = world.harden(&declared.wanted, network.family, is_meant);
            (declared, plan)
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
        Ok(if is_empty { Exit::NothingScanned } else { self.exit(&hardening) })
    }

    fn exit(&self, hardening: &Hardening<'_, '_>) -> Exit {
        let Hardening { network, declared, replay, .. } = hardening;
        let is_denied = replay.failing.iter().any(|failing| failing.verdict == Verdict::Deny)
            || declared.lacking.iter().any(|lacking| lacking.what.is_certain());
        let is_known = network.unread().is_empty()
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
