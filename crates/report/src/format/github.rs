//! Annotations of GitHub Actions: workflow commands on standard output.
//!
//! GitHub shows ten annotations of each kind per step (docs.github.com, "Workflow commands"; the limit stands in
//! actions/runner, `ExecutionContext`). So the most dangerous come first, and the first line says when there are more.

use std::fmt::Write;
use std::io;

use seawall_finding::Severity;
use seawall_inventory::Weight;

use crate::locate::Location;
use crate::plain::{is_unsafe, plain};
use crate::view::View;

/// Annotations of a kind that GitHub shows.
const SHOWN: usize = 10;

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let findings = view.active().map(|located| {
        let finding = located.finding();
        let fix = finding.fix.as_ref().map(|fix| format!("\nfix: {}", fix.title())).unwrap_or_default();
        let origin = located.location.origin().map(|origin| format!("\n{origin}")).unwrap_or_default();
        let live = if located.location.live {
            format!("\n{}{}", located.location.path, located.live_field())
        } else {
            String::new()
        };
        Annotation {
            kind: kind(finding.severity),
            // What stands in a cluster stands in no file of the repository.
            location: Some(&located.location).filter(|location| !location.live),
            title: format!("{} {} ({})", finding.check.id, finding.check.name, finding.severity),
            message: format!("{}: {}{fix}{origin}{live}", located.object_name(), located.message()),
        }
    });
    let problems = view.problems.iter().map(|located| Annotation {
        kind: match located.problem.weight {
            Weight::Incomplete => Kind::Error,
            Weight::Warning => Kind::Warning,
        },
        location: located.file(),
        title: located.problem.code.to_owned(),
        message: format!("{}\n{}", located.problem.message, located.problem.help),
    });
    // Problems first: what was not read may hide worse than what was found.
    let annotations: Vec<Annotation<'_>> = problems.chain(findings).collect();
    let most = [Kind::Error, Kind::Warning, Kind::Notice]
        .map(|kind| annotations.iter().filter(|annotation| annotation.kind == kind).count());
    if most.iter().any(|count| *count > SHOWN) {
        let text = format!(
            "{} annotations; GitHub shows the first {SHOWN} of each kind. The step's log holds all, \
             and -o markdown=$GITHUB_STEP_SUMMARY writes a summary of them",
            annotations.len()
        );
        writeln!(to, "::notice title=Seawall::{}", data(&text))?;
    }
    annotations.iter().try_for_each(|annotation| writeln!(to, "{annotation}"))
}

struct Annotation<'v> {
    kind: Kind,
    location: Option<&'v Location>,
    title: String,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

fn kind(severity: Severity) -> Kind {
    match severity {
        Severity::Critical | Severity::High => Kind::Error,
        Severity::Medium => Kind::Warning,
        Severity::Low | Severity::Info => Kind::Notice,
    }
}

impl std::fmt::Display for Annotation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            Kind::Error => "::error ",
            Kind::Warning => "::warning ",
            Kind::Notice => "::notice ",
        })?;
        if let Some(location) = self.location {
            write!(f, "file={},", property(&location.path))?;
        }
        if let Some(region) = self.location.and_then(|location| location.region) {
            write!(f, "line={},", region.start.line)?;
            // Columns are refused when a region has several lines.
            if region.start.line == region.end.line {
                write!(f, "col={},endColumn={},", region.start.column, region.end.column)?;
            }
        }
        write!(f, "title={}::{}", property(&self.title), data(&self.message))
    }
}

/// The message of a command, as `escapeData` of actions/toolkit (packages/core/src/command.ts) has it.
fn data(text: &str) -> String {
    text.split('\n').map(|line| plain(line).replace('%', "%25")).collect::<Vec<_>>().join("%0A")
}

/// A property of a command, as `escapeProperty` of actions/toolkit has it.
fn property(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            ':' => escaped.push_str("%3A"),
            ',' => escaped.push_str("%2C"),
            // The runner undoes the five above alone.
            character if is_unsafe(character) => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_ends_a_command_or_starts_another() {
        let table = [
            ("plain", "plain", "plain"),
            ("100%", "100%25", "100%25"),
            ("a\n::error::b", "a%0A::error::b", "a%0A%3A%3Aerror%3A%3Ab"),
            ("a\r\nb", "a %0Ab", "a%0D%0Ab"),
            ("a,b:c", "a,b:c", "a%2Cb%3Ac"),
            ("%0A", "%250A", "%250A"),
            ("\u{1b}[31m", "\\u{1b}[31m", "\\u{1b}[31m"),
        ];
        for (text, as_data, as_property) in table {
            assert_eq!(data(text), as_data);
            assert_eq!(property(text), as_property);
        }
    }
}
