//! GitLab's Code Quality report (docs.gitlab.com, "Code Quality", "Code Quality report format").

use std::collections::BTreeMap;
use std::io;

use seawall_finding::Severity;
use seawall_inventory::Weight;
use serde::Serialize;

use super::json::model::Sequence;
use super::json::{Layout, write};
use crate::locate;
use crate::plain::plain;
use crate::view::{Located, LocatedProblem, View};

#[derive(Serialize)]
struct Violation {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let violations = || -> Box<dyn Iterator<Item = Violation> + '_> {
        let mut seen = BTreeMap::new();
        let problems = view.problems.iter().map(move |problem| Violation::of_problem(problem, &mut seen));
        Box::new(view.active().map(Violation::of_finding).chain(problems))
    };
    write(&Sequence::new(violations), Layout::Pretty, to)?;
    writeln!(to)
}

impl Violation {
    fn of_finding(located: &Located<'_>) -> Self {
        let finding = located.finding();
        let fix = finding.fix.as_ref().map(|fix| format!(" (fix: {})", fix.title())).unwrap_or_default();
        let description = format!("{}: {}{fix}", located.object_name(), located.message());
        Self {
            description: plain(&description).into_owned(),
            check_name: finding.check.name,
            fingerprint: located.reported.fingerprint.to_string(),
            severity: severity(finding.severity),
            location: Location::of(&located.location),
        }
    }

    /// A problem has no identity over time; its place and kind tell it apart within a report, and a number equal ones.
    fn of_problem(located: &LocatedProblem<'_>, seen: &mut BTreeMap<String, usize>) -> Self {
        let problem = located.problem;
        let place = format!("{}:{}", problem.code, located.location.place());
        let count = seen.entry(place.clone()).or_default();
        *count += 1;
        Self {
            description: plain(&format!("{}: {}", problem.message, problem.help)).into_owned(),
            check_name: problem.code,
            fingerprint: format!("problem:{place}:{count}"),
            severity: match problem.weight {
                Weight::Incomplete => "major",
                Weight::Warning => "minor",
            },
            location: Location::of(&located.location),
        }
    }
}

impl Location {
    /// GitLab wants a line; the first stands for the whole file.
    fn of(location: &locate::Location) -> Self {
        let path = location.path.strip_prefix("./").unwrap_or(&location.path);
        let lines = location.region.map_or(Lines { begin: 1, end: 1 }, |region| Lines {
            begin: region.start.line,
            end: region.end.line,
        });
        Self { path: path.to_owned(), lines }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
