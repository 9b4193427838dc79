//! The picture for Graphviz.

use std::fmt::Write;

use seawall_report::plain;

use super::picture::{Column, Picture, Tone};
use super::svg::{described, said};

/// A digraph.
pub(super) fn graph(picture: &Picture) -> String {
    let mut dot = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(
        dot,
        "// {}\n// {}\ndigraph access {{\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
        plain(&picture.title),
        plain(&described(picture))
    );
    for column in Column::ALL {
        let _ = writeln!(dot, "  subgraph {} {{\n    rank=same;", column.word());
        for (number, drawn) in picture.boxes.iter().enumerate().filter(|(_, drawn)| drawn.column == column) {
            let look = match drawn.tone {
                Tone::Plain => "",
                Tone::Power => ", color=red4, fontcolor=red4",
                Tone::Unknown | Tone::More => ", style=\"rounded,dashed\"",
            };
            let label = [std::slice::from_ref(&drawn.title), &drawn.lines].concat();
            let label: Vec<String> = label.iter().map(|line| quoted(line)).collect();
            let _ = writeln!(dot, "    n{number} [label=\"{}\"{look}];", label.join("\\n"));
        }
        dot.push_str("  }\n");
    }
    for hop in &picture.hops {
        let count = if hop.count > 1 { format!("label=\"{}\", ", hop.count) } else { String::new() };
        let sentence = quoted(&said(&hop.sentence, hop.count, &hop.place));
        let _ = writeln!(dot, "  n{} -> n{} [{count}tooltip=\"{sentence}\"];", hop.from, hop.to);
    }
    dot.push_str("}\n");
    dot
}

/// Within a string of DOT, where a backslash begins an escape.
fn quoted(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"")
}
