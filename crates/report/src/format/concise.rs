//! One line per finding: `path:line:column: severity[id] message (name)`.

use std::io;

use seawall_inventory::Weight;

use crate::docs::docs_url;
use crate::plain::plain;
use crate::style::{Style, Tone};
use crate::view::{Located, LocatedProblem, View};

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    for located in view.active() {
        writeln!(to, "{}", line(located, style))?;
    }
    for problem in &view.problems {
        writeln!(to, "{}", problem_line(problem, style))?;
    }
    Ok(())
}

/// The line of a finding.
pub(super) fn line(located: &Located<'_>, style: &Style) -> String {
    let finding = located.finding();
    let check = finding.check;
    let tone = Tone::Severity(finding.severity);
    format!(
        "{}{}: {}{}{} {} ({})",
        plain(&located.location.place()),
        plain(&located.live_field()),
        style.paint(tone, &format!("{}[", finding.severity)),
        style.link(&docs_url(check), check.id),
        style.paint(tone, "]"),
        plain(&located.message()),
        check.name
    )
}

fn problem_line(located: &LocatedProblem<'_>, style: &Style) -> String {
    let (tone, word) = weight(located.problem.weight);
    format!(
        "{}: {} {}",
        plain(&located.location.place()),
        style.paint(tone, &format!("{word}[{}]", located.problem.code)),
        plain(&located.problem.message)
    )
}

/// How a problem is called by its weight.
pub(super) fn weight(weight: Weight) -> (Tone, &'static str) {
    match weight {
        Weight::Incomplete => (Tone::Problem, "problem"),
        Weight::Warning => (Tone::Warning, "warning"),
    }
}
