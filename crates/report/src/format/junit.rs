//! JUnit XML, for test reports of CI systems.
//!
//! A suite for each check that ran. A finding is a failed case; one that does not count, and a verdict that could not be reached, a
//! skipped case, since neither is passed; a check without any of these is one case that passed. Problems are cases with errors.

use std::collections::BTreeMap;
use std::io;

use seawall_engine::{Status, Unknown};

use crate::plain::plain;
use crate::view::{Located, View};

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let suites = suites(view);
    let sum = |count: fn(&Suite<'_>) -> usize| suites.values().map(count).sum::<usize>();
    let errors = view.problems.len();
    writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        to,
        "<testsuites name=\"seawall\" tests=\"{}\" failures=\"{}\" errors=\"{errors}\" skipped=\"{}\">",
        sum(|suite| suite.tests()) + errors,
        sum(|suite| suite.failures.len()),
        sum(|suite| suite.skipped()),
    )?;
    for (id, suite) in &suites {
        suite.write(id, view, to)?;
    }
    if errors > 0 {
        problems(view, to)?;
    }
    writeln!(to, "</testsuites>")
}

/// What became of a check.
#[derive(Default)]
struct Suite<'v> {
    name: &'static str,
    passed: usize,
    failures: Vec<&'v Located<'v>>,
    not_counted: Vec<&'v Located<'v>>,
    unknowns: Vec<&'v Unknown>,
}

fn suites<'v>(view: &'v View<'v>) -> BTreeMap<&'static str, Suite<'v>> {
    let mut suites: BTreeMap<&'static str, Suite<'v>> = view
        .report
        .counts
        .iter()
        .map(|(id, counts)| (*id, Suite { passed: counts.passed, ..Suite::default() }))
        .collect();
    for located in &view.findings {
        let check = located.finding().check;
        let suite = suites.entry(check.id).or_default();
        suite.name = check.name;
        match located.reported.status {
            Status::Active => suite.failures.push(located),
            Status::Suppressed(_) | Status::Baselined => suite.not_counted.push(located),
        }
    }
    for unknown in &view.report.unknowns {
        suites.entry(unknown.check).or_default().unknowns.push(unknown);
    }
    suites
}

impl Suite<'_> {
    fn skipped(&self) -> usize {
        self.not_counted.len() + self.unknowns.len()
    }

    fn passes(&self) -> bool {
        self.failures.is_empty() && self.skipped() == 0
    }

    fn tests(&self) -> usize {
        self.failures.len() + self.skipped() + usize::from(self.passes())
    }

    fn write(&self, id: &str, view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
        let name = if self.name.is_empty() { id.to_owned() } else { format!("{id} {}", self.name) };
        writeln!(
            to,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
            xml(&name),
            self.tests(),
            self.failures.len(),
            self.skipped()
        )?;
        for located in &self.failures {
            failure(located, to)?;
        }
        for located in &self.not_counted {
            let why = match &located.reported.status {
                Status::Suppressed(suppression) => format!("suppressed: {}", suppression.reason),
                Status::Active | Status::Baselined => "in the baseline".to_owned(),
            };
            writeln!(to, "    {}<skipped message=\"{}\"/></testcase>", case(located), xml(&why))?;
        }
        for unknown in &self.unknowns {
            let object = unknown.object.and_then(|index| view.snapshot.objects.get(index));
            let object =
                object.map_or_else(|| "all objects".to_owned(), |object| object.reference().to_string());
            let why = format!("undecided: {}", unknown.reason);
            writeln!(
                to,
                "    <testcase name=\"{}\" classname=\"{}\"><skipped message=\"{}\"/></testcase>",
                xml(&object),
                xml(id),
                xml(&why)
            )?;
        }
        if self.passes() {
            writeln!(
                to,
                "    <testcase name=\"{} objects passed\" classname=\"{}\"/>",
                self.passed,
                xml(id)
            )?;
        }
        writeln!(to, "  </testsuite>")
    }
}

fn failure(located: &Located<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let finding = located.finding();
    let fix = finding.fix.as_ref().map(|fix| format!("\nfix: {}", fix.title())).unwrap_or_default();
    let text = format!("{}{}{fix}", located.location.place(), located.live_field());
    let text: Vec<String> = text.lines().map(xml).collect();
    writeln!(
        to,
        "    {}<failure message=\"{}\" type=\"{}\">{}</failure></testcase>",
        case(located),
        xml(&located.message()),
        finding.severity,
        text.join("\n")
    )
}

/// The opening tag of the case of a finding.
fn case(located: &Located<'_>) -> String {
    let finding = located.finding();
    let line =
        located.location.region.map(|region| format!(" line=\"{}\"", region.start.line)).unwrap_or_default();
    format!(
        "<testcase name=\"{}\" classname=\"{}\" file=\"{}\"{line}>",
        xml(&format!("{} {}", located.object_name(), finding.path)),
        finding.check.id,
        xml(&located.location.path)
    )
}

fn problems(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    let count = view.problems.len();
    writeln!(
        to,
        "  <testsuite name=\"problems\" tests=\"{count}\" failures=\"0\" errors=\"{count}\" skipped=\"0\">"
    )?;
    for located in &view.problems {
        let problem = located.problem;
        writeln!(
            to,
            "    <testcase name=\"{}\" classname=\"problem\" file=\"{}\"><error message=\"{}\" type=\"{}\">{}</error></testcase>",
            xml(&located.location.place()),
            xml(&located.location.path),
            xml(&problem.message),
            xml(problem.code),
            xml(&problem.help)
        )?;
    }
    writeln!(to, "  </testsuite>")
}

/// A text in XML and HTML, for content and attributes alike. Characters that XML 1.0 forbids even as references are shown as `\u{…}`.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn nothing_leaves_its_attribute() {
        let table = [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&apos;"),
            ("]]>", "]]&gt;"),
            ("\u{0}\u{1b}\u{b}", "\\u{0}\\u{1b}\\u{b}"),
            ("\u{ffff}", "\u{fffd}"),
            ("a\nb", "a b"),
        ];
        for (text, expected) in table {
            assert_eq!(xml(text), expected);
        }
    }
}
