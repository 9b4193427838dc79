//! For machines that read line by line: each finding, each undecided verdict, each problem, then the summary.

use std::io;

use serde::Serialize;

use super::json::model::{Finding, Problem, Run, Summary, Tool, Unknown};
use super::json::{FORMAT, Layout, write};
use crate::view::View;

/// A line. Its shape is that of the same thing in the `json` format, and `type` says which it is.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'v> {
    Finding(Finding<'v>),
    Unknown(Unknown<'v>),
    Problem(Problem<'v>),
    Summary(Last<'v>),
}

/// The last line. A stream without it was cut off.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Last<'v> {
    format_version: &'static str,
    tool: Tool<'v>,
    run: Run<'v>,
    #[serde(flatten)]
    summary: Summary,
}

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let findings = view.findings.iter().map(|located| Line::Finding(Finding::of(located)));
    let unknowns = view.report.unknowns.iter().map(|unknown| Line::Unknown(Unknown::of(unknown, view)));
    let problems = view.problems.iter().map(|problem| Line::Problem(Problem::of(problem)));
    let last =
        Last { format_version: FORMAT, tool: Tool::of(view), run: Run::of(view), summary: Summary::of(view) };
    let lines = findings.chain(unknowns).chain(problems).chain([Line::Summary(last)]);
    for line in lines {
        write(&line, Layout::Compact, to)?;
        writeln!(to)?;
    }
    Ok(())
}
