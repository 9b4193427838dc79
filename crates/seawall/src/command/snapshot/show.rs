//! `seawall snapshot show`

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueHint};
use seawall_inventory::{Problem, Snapshot};
use seawall_report::plain;
use seawall_source::saved;
use serde_json::json;

use super::objects;
use crate::args::form::Form;
use crate::console::Console;
use crate::exit::Exit;
use crate::file::reason;
use crate::table::Table;

/// Show when and of what a Snapshot was saved, and what is in it
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The Snapshot
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// How to write it
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
    form: Form,
}

impl Show {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let bytes = match std::fs::read(&self.file) {
            Ok(bytes) => bytes,
            Err(error) => bail!("cannot read {}: {}", self.file.display(), reason(&error)),
        };
        let saved = saved::read(&self.file, &bytes).map_err(|Problem { message, help, .. }| {
            anyhow::anyhow!("{}: {message}\n  {help}", self.file.display())
        })?;
        let about = saved.header.about.clone();
        let snapshot = saved.into_snapshot();
        let kinds = kinds(&snapshot);
        let text = match self.form {
            Form::Table => {
                let mut table = Table::new(["OBJECTS", "KIND"]);
                for ((group, kind), count) in &kinds {
                    let name = if group.is_empty() { (*kind).to_owned() } else { format!("{kind}.{group}") };
                    table.row([&count.to_string(), &plain(&name)]);
                }
                let of = if about.cluster.is_empty() {
                    "files".to_owned()
                } else {
                    format!("cluster {}", about.cluster)
                };
                let problems: String = snapshot
                    .problems
                    .iter()
                    .map(|problem| format!("problem: {}\n", plain(&problem.message)))
                    .collect();
                format!(
                    "{} at {} by Seawall {}\n\n{}\n{}\n{problems}",
                    plain(&of),
                    plain(&about.time),
                    plain(&about.seawall),
                    table.render(console.width),
                    objects(snapshot.objects.len()),
                )
            }
            Form::Json => {
                let kinds: Vec<_> = kinds
                    .iter()
                    .map(|((group, kind), count)| json!({ "group": group, "kind": kind, "objects": count }))
                    .collect();
                let problems: Vec<_> = snapshot
                    .problems
                    .iter()
                    .map(|problem| json!({ "code": problem.code, "message": problem.message, "help": problem.help }))
                    .collect();
                let shown = json!({
                    "cluster": about.cluster.as_str(),
                    "time": about.time.as_str(),
                    "seawall": about.seawall.as_str(),
                    "objects": snapshot.objects.len(),
                    "kinds": kinds,
                    "problems": problems,
                });
                format!("{}\n", serde_json::to_string_pretty(&shown).context("cannot write JSON")?)
            }
        };
        console.print(&text)?;
        Ok(Exit::Clean)
    }
}

/// How many objects there are of each kind.
fn kinds(snapshot: &Snapshot) -> BTreeMap<(&str, &str), usize> {
    let mut kinds = BTreeMap::new();
    for object in &snapshot.objects {
        *kinds.entry((object.group(), object.kind.as_str())).or_default() += 1;
    }
    kinds
}
