//! How a drift is written.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use seawall_cluster::DryRun;
use seawall_inventory::drift::{Altered, Difference, Drift};
use seawall_inventory::{Object, Snapshot, Tree};
use seawall_report::plain;
use seawall_yaml::{Path, Segment};
use serde_json::{Value, json};

use super::place::place;

/// What was compared.
pub(super) struct Sides<'d> {
    pub written: &'d Snapshot,
    pub live: &'d Snapshot,
    pub drift: &'d Drift,
    /// What the API server would make of the files, when it was asked.
    pub dry_run: Option<&'d DryRun>,
    /// Show also what the cluster made by itself.
    pub all: bool,
}

const HEADING: Style = Style::new().bold();
const WRITTEN: Style = AnsiColor::Green.on_default();
const LIVE: Style = AnsiColor::Red.on_default();

/// More of a value is a text that nobody compares by eye.
const LONGEST: usize = 200;

impl Sides<'_> {
    fn of_live(&self, number: usize) -> Option<&Object> {
        self.live.objects.get(number)
    }

    fn of_files(&self, number: usize) -> Option<&Object> {
        self.written.objects.get(number)
    }
}

/// For people.
pub(super) fn terminal(sides: &Sides<'_>) -> String {
    let drift = sides.drift;
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = lines(sides, &mut text);
    let count = |count: usize, what: &str| format!("{count} {what}");
    let mut sums: Vec<String> = [
        (drift.changed.len(), "differ"),
        (drift.altered.len(), "changed since the cluster made them"),
        (drift.unwritten.len(), "in no file"),
        (drift.unapplied.len(), "not applied"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| count(number, what))
    .collect();
    if sums.is_empty() {
        sums.push("no difference".to_owned());
    }
    let _ = writeln!(text, "{}", sums.join(", "));
    let _ = writeln!(
        text,
        "compared: {} objects; made by the cluster itself: {}; of kinds that are not compared: {}",
        drift.compared,
        drift.made.len(),
        drift.uncompared.len()
    );
    text
}

fn lines(sides: &Sides<'_>, text: &mut String) -> std::fmt::Result {
    let drift = sides.drift;
    for changed in &drift.changed {
        let Some(object) = sides.of_files(changed.written) else { continue };
        let name = object.reference().to_string();
        let at = place(sides.written, object, &Path::root());
        writeln!(text, "{HEADING}differs{HEADING:#}  {}  {}", plain(&name), plain(&at))?;
        for difference in &changed.fields {
            let at = place(sides.written, object, &difference.path);
            writeln!(text, "  {}", plain(&difference.path.to_string()))?;
            let (before, now) = shown(difference);
            writeln!(text, "    {WRITTEN}file     {}{WRITTEN:#}  {}", plain(&before), plain(&at))?;
            writeln!(text, "    {LIVE}cluster  {}{LIVE:#}", plain(&now))?;
        }
        writeln!(text)?;
    }
    for Altered { live, by, how } in &drift.altered {
        let Some(object) = sides.of_live(*live) else { continue };
        let name = object.reference().to_string();
        writeln!(text, "{HEADING}changed{HEADING:#}  {}  made by {by}", plain(&name))?;
        for phrase in how {
            writeln!(text, "  {}", plain(phrase))?;
        }
        writeln!(text)?;
    }
    for object in drift.unwritten.iter().filter_map(|number| sides.of_live(*number)) {
        writeln!(text, "{HEADING}in no file{HEADING:#}  {}", plain(&object.reference().to_string()))?;
    }
    for object in drift.unapplied.iter().filter_map(|number| sides.of_files(*number)) {
        let at = place(sides.written, object, &Path::root());
        let name = object.reference().to_string();
        writeln!(text, "{HEADING}not applied{HEADING:#}  {}  {}", plain(&name), plain(&at))?;
    }
    for (number, why) in sides.dry_run.into_iter().flat_map(|answers| &answers.refused) {
        let Some(object) = sides.of_files(*number) else { continue };
        let name = object.reference().to_string();
        writeln!(text, "compared without a dry run: {}: {}", plain(&name), plain(why))?;
    }
    if sides.all {
        for (number, by) in &drift.made {
            if let Some(object) = sides.of_live(*number) {
                writeln!(text, "made by {by}: {}", plain(&object.reference().to_string()))?;
            }
        }
    }
    if !text.is_empty() {
        writeln!(text)?;
    }
    Ok(())
}

/// For programs.
pub(super) fn json(sides: &Sides<'_>) -> Result<String> {
    let drift = sides.drift;
    let object = |object: &Object| {
        let reference = object.reference();
        json!({
            "group": reference.group.as_str(),
            "kind": reference.kind.as_str(),
            "namespace": reference.namespace.as_str(),
            "name": reference.name.as_str(),
        })
    };
    let changed = drift.changed.iter().filter_map(|changed| {
        let written = sides.of_files(changed.written)?;
        let fields: Vec<Value> = changed
            .fields
            .iter()
            .map(|difference| {
                let (before, now) = shown(difference);
                let at = place(sides.written, written, &difference.path);
                json!({ "path": difference.path.to_string(), "place": at, "file": before, "cluster": now })
            })
            .collect();
        let at = place(sides.written, written, &Path::root());
        Some(json!({ "object": object(written), "place": at, "fields": fields }))
    });
    let unapplied = drift.unapplied.iter().filter_map(|number| {
        let written = sides.of_files(*number)?;
        Some(json!({ "object": object(written), "place": place(sides.written, written, &Path::root()) }))
    });
    let made = drift
        .made
        .iter()
        .filter(|_| sides.all)
        .filter_map(|(number, by)| Some(json!({ "object": object(sides.of_live(*number)?), "by": by })));
    let altered = drift.altered.iter().filter_map(|Altered { live, by, how }| {
        Some(json!({ "object": object(sides.of_live(*live)?), "by": by, "how": how }))
    });
    let unwritten = drift.unwritten.iter().filter_map(|number| sides.of_live(*number));
    let dry_run = sides.dry_run.map(|answers| {
        let refused = answers.refused.iter().filter_map(|(number, why)| {
            Some(json!({ "object": object(sides.of_files(*number)?), "why": why }))
        });
        json!({ "made": answers.made.len(), "refused": refused.collect::<Vec<_>>() })
    });
    let whole = json!({
        "differs": changed.collect::<Vec<_>>(),
        "changed": altered.collect::<Vec<_>>(),
        "inNoFile": unwritten.map(object).collect::<Vec<_>>(),
        "notApplied": unapplied.collect::<Vec<_>>(),
        "made": made.collect::<Vec<_>>(),
        "compared": drift.compared,
        "notCompared": drift.uncompared.len(),
        "dryRun": dry_run,
    });
    serde_json::to_string_pretty(&whole).context("cannot write JSON")
}

/// What both sides say, for eyes: short, and no credentials.
fn shown(difference: &Difference) -> (String, String) {
    let last = difference.path.last();
    let name = match last {
        Some(Segment::Key(key)) => key.as_str(),
        _ => "",
    };
    let texts =
        [&difference.written, &difference.live].map(|side| side.as_ref().map(|tree| value(name, tree)));
    let [before, now] = texts.map(|text| text.unwrap_or_else(|| "nothing".to_owned()));
    (before, now)
}

fn value(name: &str, tree: &Tree) -> String {
    let mut json = String::new();
    tree.hidden(name).write_json(&mut json);
    if let Some((at, _)) = json.char_indices().nth(LONGEST) {
        json.truncate(at);
        json.push('…');
    }
    json
}
