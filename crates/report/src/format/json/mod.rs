//! For machines: one document, described by docs/schema/seawall-report.schema.json.

mod encode;
pub(super) mod model;

use std::io;

use serde::Serialize;

pub(crate) use self::encode::{Layout, write};
use self::model::{Check, Finding, Problem, Run, Sequence, Summary, Tool, Unknown};
use crate::view::View;

/// Version of the format, not of Seawall. Within it fields and values of enumerations are added, never changed or removed.
pub(crate) const FORMAT: &str = "1";

/// The whole report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'v> {
    format_version: &'static str,
    tool: Tool<'v>,
    run: Run<'v>,
    summary: Summary,
    findings: Sequence<'v, Finding<'v>>,
    unknowns: Sequence<'v, Unknown<'v>>,
    problems: Sequence<'v, Problem<'v>>,
    checks: Sequence<'v, Check>,
}

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        format_version: FORMAT,
        tool: Tool::of(view),
        run: Run::of(view),
        summary: Summary::of(view),
        findings: Sequence::new(move || Box::new(view.findings.iter().map(Finding::of))),
        unknowns: Sequence::new(move || {
            Box::new(view.report.unknowns.iter().map(move |unknown| Unknown::of(unknown, view)))
        }),
        problems: Sequence::new(move || Box::new(view.problems.iter().map(Problem::of))),
        checks: Sequence::new(move || Box::new(model::checks(view))),
    };
    write(&document, Layout::Pretty, to)?;
    writeln!(to)
}
