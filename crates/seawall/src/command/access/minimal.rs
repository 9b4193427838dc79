//! `seawall access minimal`

mod replay;
mod seen;
mod write;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum, ValueHint};
use seawall_inventory::{KubernetesVersion, Snapshot};
use seawall_rbac::{Policy, Wider, default_objects, group, least_roles};
use seawall_report::plain;

use self::replay::is_allowed;
use self::seen::Seen;
use super::kinds::needed;
use super::who::{Asker, FORMS, Who};
use crate::args::ask::AskArgs;
use crate::args::form::FormArgs;
use crate::console::Console;
use crate::exit::Exit;

/// The least roles that allow what somebody was seen doing, from an audit log
///
/// They allow each request of the log, and without any part of them one is not allowed; both are what authorizers say of them. What
/// everybody may do is left out, and what was refused.
#[derive(Debug, Args)]
#[command(after_help = format!("\
{FORMS}

A log has one event of audit.k8s.io on each line, at level Metadata or above, as kube-apiserver
writes it, webhooks get it (EventList), or a collector wraps it (message, log). What nobody did
while it was written is not in it: jobs of each month, upgrades, elections of leaders.

Exit codes:
  0  answered
  2  wrong arguments or configuration, or a log that cannot be read
  3  the log has nothing of WHO
  4  lines of a log are no events (--allow-incomplete: 0)

Examples:
  seawall access minimal sa:shop/web --audit-log audit.log > roles.yaml
  seawall access minimal sa:shop/web --audit-log audit.log --wider names,verbs
  zcat audit-*.gz | seawall access minimal user:jane --audit-log - -o json"))]
pub(super) struct Minimal {
    /// Who: user:NAME, sa:NAMESPACE/NAME, … (see below); of a group, what all its members did
    #[arg(value_name = "WHO")]
    who: Who,
    /// Audit log, `-` for standard input; may be given several times
    #[arg(long, value_name = "FILE", required = true, value_hint = ValueHint::FilePath, help_heading = "Input")]
    audit_log: Vec<PathBuf>,
    /// What roles may allow besides what was seen: objects of all names, all namespaces, all verbs that read or change alike
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT", help_heading = "Question")]
    wider: Vec<Widening>,
    /// Allow also what was refused
    #[arg(long, help_heading = "Question")]
    include_refused: bool,
    /// Name of the roles and their bindings [default: the name of WHO, and -least]
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    name: Option<String>,
    #[command(flatten)]
    output: FormArgs<Form>,
    /// Exit code 0, not 4, when lines of a log are no events
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,
    #[command(flatten)]
    access: AskArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Widening {
    /// Objects of all names, where some were named
    Names,
    /// All namespaces, where some were seen
    Namespaces,
    /// All of get, list, watch where one was seen; both of patch, update
    Verbs,
}

/// How roles are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For kubectl apply
    #[default]
    Yaml,
    /// For programs, with the requests
    Json,
}

impl Minimal {
    pub(super) fn run(self, console: &Console) -> Result<Exit> {
        let asker = match self.who.known(&[], &self.access.asked())? {
            Some(known) => known,
            None => {
                let world = self.access.read(&needed(false, &self.who.kinds()), console)?;
                self.who.find(&world.snapshot, &[], &self.access.asked())?
            }
        };
        asker.notes.iter().for_each(|note| console.note(plain(note)));
        refuse(&asker)?;
        let version = self.access.version().unwrap_or(KubernetesVersion::LATEST);
        let subject = self.who.subject(&asker);
        let has = |widening| self.wider.contains(&widening);
        let wider = Wider {
            names: has(Widening::Names),
            namespaces: has(Widening::Namespaces),
            verbs: has(Widening::Verbs),
        };
        let mut seen = Seen::read(&self.audit_log, &subject, version, console)?;
        if self.include_refused {
            seen.allow_refused();
        }
        let made = Snapshot::unwritten(default_objects(version));
        let everybody = Policy::new(&made);
        seen.leave_out(|need| is_allowed(&everybody, &asker.user, need));
        let wide: Vec<_> = seen.needs.keys().flat_map(|need| need.wider(wider)).collect();
        let roles = least_roles(&wide);
        let name = self.name.clone().unwrap_or_else(|| write::name(&subject));
        let answer =
            write::Least { asker: &asker, subject: &subject, name: &name, roles: &roles, seen: &seen };
        let yaml = answer.yaml();
        replay::check(&yaml, &asker.user, seen.needs.keys())?;
        answer.say(console);
        match self.output.form {
            Form::Yaml => console.print(&yaml)?,
            Form::Json => console.print(&answer.json()?)?,
        }
        Ok(if seen.problems > 0 && !self.allow_incomplete {
            Exit::Incomplete
        } else if seen.is_empty() {
            Exit::NothingScanned
        } else {
            Exit::Clean
        })
    }
}

/// Refuses whom no role allows what he does.
fn refuse(asker: &Asker) -> Result<()> {
    if asker.user.is_in(group::MASTERS) {
        bail!("{} may do everything by being in system:masters: no role is asked for", asker.called);
    }
    if asker.is_node() {
        bail!("{} is allowed what it does by the node authorizer, and by no role", asker.called);
    }
    Ok(())
}
