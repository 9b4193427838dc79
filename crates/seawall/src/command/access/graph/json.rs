//! The picture for programs.

use anyhow::{Context, Result};
use seawall_inventory::Snapshot;
use serde_json::{Value, json};

use super::super::answer::Reason;
use super::super::write::json;
use super::picture::{Picture, Tone};

/// The document.
pub(super) fn document(picture: &Picture, unknowns: &[Reason<'_>], snapshot: &Snapshot) -> Result<String> {
    let tone = |tone: Tone| match tone {
        Tone::Plain => "plain",
        Tone::Power => "power",
        Tone::Unknown => "unknown",
        Tone::More => "more",
    };
    let boxes = picture.boxes.iter().map(|drawn| {
        json!({
            "column": drawn.column.word(),
            "tone": tone(drawn.tone),
            "title": drawn.title,
            "lines": drawn.lines,
            "members": drawn.members,
        })
    });
    let hops = picture.hops.iter().map(|hop| {
        let place = (!hop.place.is_empty()).then_some(&hop.place);
        json!({ "from": hop.from, "to": hop.to, "count": hop.count, "sentence": hop.sentence, "place": place })
    });
    let whole = json!({
        "formatVersion": json::FORMAT,
        "title": picture.title,
        "summary": picture.summary,
        "boxes": boxes.collect::<Vec<Value>>(),
        "hops": hops.collect::<Vec<Value>>(),
        "leftOut": picture.left_out,
        "unknowns": unknowns.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
    });
    json::written(&whole).context("cannot write JSON")
}
