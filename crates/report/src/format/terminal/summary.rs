//! The last lines: how much was found and read, and what to do first.

use std::io;

use crate::next_step::NextStep;
use crate::plain::plain;
use crate::style::{Style, Tone};
use crate::summary::counted;
use crate::view::View;

/// Writes at most six lines.
pub(super) fn write(view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let summary = &view.summary;
    let found = match summary.findings.total() {
        0 if summary.objects == 0 => "nothing was scanned".to_owned(),
        0 => "no findings".to_owned(),
        total => {
            let objects = counted(summary.objects_with_findings, "object");
            format!("{} in {objects}: {}", counted(total, "finding"), summary.findings)
        }
    };
    writeln!(to, "{}", style.paint(Tone::Strong, &found))?;
    let mut not_counted = Vec::new();
    if summary.suppressed > 0 {
        let hint = if view.run.show.suppressed { "" } else { " (--show-suppressed)" };
        not_counted.push(format!("{} suppressed{hint}", summary.suppressed));
    }
    if summary.baselined > 0 {
        not_counted.push(format!("{} in the baseline", summary.baselined));
    }
    if summary.unknown > 0 {
        not_counted.push(format!("{} undecided", counted(summary.unknown, "verdict")));
    }
    if !not_counted.is_empty() {
        writeln!(to, "not counted: {}", not_counted.join(", "))?;
    }
    if summary.incomplete > 0 {
        let line =
            format!("incomplete: {} kept something from being read", counted(summary.incomplete, "problem"));
        writeln!(to, "{}", style.paint(Tone::Problem, &line))?;
    }
    writeln!(
        to,
        "scanned: {}; profile {}, Kubernetes {}",
        summary.scanned(),
        plain(view.run.profile),
        view.run.kubernetes
    )?;
    if let Some(next) = next(view) {
        writeln!(to, "{}: {next}", style.paint(Tone::Frame, "next"))?;
    }
    Ok(())
}

fn next(view: &View<'_>) -> Option<String> {
    match view.next_step.as_ref()? {
        NextStep::Fix(fix) => {
            let first = view.findings.get(fix.first)?;
            Some(format!(
                "fix {} in {}, starting at {}; that takes away {}",
                fix.name,
                counted(fix.places, "place"),
                plain(&first.location.line()),
                fix.takes_away
            ))
        }
        NextStep::Read { problem } => {
            let problem = view.problems.get(*problem)?;
            Some(format!(
                "correct {} ({}), then scan again",
                plain(&problem.location.line()),
                problem.problem.code
            ))
        }
    }
}
