//! Ways into the cluster, as they are shown.

use seawall_netpol::{Entry, Verdict, World};
use seawall_yaml::Path;
use serde_json::{Value, json};

use super::answer;
use super::rule::parts;
use crate::text::Text;

/// Ways, each with what it leads through.
pub(super) fn lines(world: &World<'_>, entries: &[&Entry], text: &mut Text) {
    text.paragraph("ways in");
    let lines = entries.iter().map(|entry| {
        let objects = parts(
            world.snapshot(),
            &entry.objects.iter().map(|number| (*number, Path::root())).collect::<Vec<_>>(),
        );
        let names: Vec<String> = objects.iter().map(|part| part.name.clone()).collect();
        let verdict = match entry.verdict {
            Verdict::Allow if !entry.from.is_empty() => format!(" from {}", answer::ranges(&entry.from)),
            Verdict::Allow => String::new(),
            other => format!(" ({other})"),
        };
        let line = format!(
            "{} {} by {} to {} {}{verdict}",
            entry.way.describe(),
            entry.at,
            names.join(" and "),
            entry.protocol,
            entry.port
        );
        (line, objects.first().map(super::rule::Part::place).unwrap_or_default())
    });
    text.placed_together(&lines.collect::<Vec<_>>());
}

/// For programs.
pub(super) fn json(world: &World<'_>, entry: &Entry) -> Value {
    let snapshot = world.snapshot();
    let objects =
        parts(snapshot, &entry.objects.iter().map(|number| (*number, Path::root())).collect::<Vec<_>>());
    let from = entry.from.iter().map(|(first, last)| json!({ "first": first, "last": last }));
    json!({
        "way": entry.way.describe(),
        "at": entry.at.as_str(),
        "through": objects.iter().map(|part| part.json(snapshot)).collect::<Vec<_>>(),
        "protocol": entry.protocol.to_string(),
        "port": entry.port,
        "answer": answer::word(entry.verdict),
        "from": from.collect::<Vec<_>>(),
        "unknowns": answer::unknowns(world, &entry.doubts),
    })
}
