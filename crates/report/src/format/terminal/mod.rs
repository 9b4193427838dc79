//! For people: snippets with carets, grouped and folded, most dangerous first, and a short summary.

mod finding;
mod notes;
mod snippet;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;

use seawall_engine::Status;

use self::finding::Block;
use self::notes::Notes;
use crate::format::concise;
use crate::group::{Entry, Group, Subject};
use crate::locate::Snippets;
use crate::plain::plain;
use crate::style::{Style, Tone};
use crate::summary::BySeverity;
use crate::view::{LocatedProblem, View};

/// Groups shown without `--all`.
const GROUPS: usize = 20;
/// Findings of one group shown with their lines without `--all`; the others are told on one line each.
const BLOCKS: usize = 6;
/// Findings of one group shown at all without `--all`.
const ENTRIES: usize = 24;
/// Problems shown without `--all`.
const PROBLEMS: usize = 20;
/// Checks that a problem kept from deciding, named without `--all`.
const UNDECIDED: usize = 10;

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let snippets = Snippets::new(view.snapshot);
    let mut terminal = Terminal { view, to, style, snippets, explained: BTreeSet::new() };
    terminal.groups()?;
    terminal.not_counted()?;
    terminal.problems()?;
    summary::write(view, terminal.to, style)
}

/// Whether the entry at `number` of its group is shown with its lines.
fn is_block(number: usize, entry: &Entry) -> bool {
    number < BLOCKS || entry.findings.len() != 1
}

struct Terminal<'r, 'v> {
    view: &'r View<'v>,
    to: &'r mut dyn io::Write,
    style: &'r Style,
    snippets: Snippets<'v>,
    /// Checks that were explained: the second finding of one does not say again why it matters.
    explained: BTreeSet<&'static str>,
}

impl Terminal<'_, '_> {
    fn groups(&mut self) -> io::Result<()> {
        let groups = &self.view.groups;
        let shown = if self.view.run.show.all { groups.len() } else { GROUPS };
        let blocks = groups.iter().take(shown).flat_map(|group| self.blocks(group));
        let first = blocks.filter_map(|entry| self.view.findings.get(*entry.findings.first()?));
        self.snippets.prepare(first.collect::<Vec<_>>().into_iter());
        for group in groups.iter().take(shown) {
            self.group(group)?;
        }
        let hidden = groups.get(shown..).unwrap_or_default();
        if !hidden.is_empty() {
            let findings: BySeverity = hidden.iter().map(|group| group.findings).sum();
            let line =
                format!("{} more groups with {findings} are not shown; --all shows them", hidden.len());
            writeln!(self.to, "{}\n", self.style.paint(Tone::Faint, &line))?;
        }
        Ok(())
    }

    /// What of a group is shown with its lines.
    fn blocks<'g>(&self, group: &'g Group) -> impl Iterator<Item = &'g Entry> + use<'g> {
        let all = self.view.run.show.all;
        let entries = group.entries.iter().take(if all { usize::MAX } else { ENTRIES });
        entries
            .enumerate()
            .filter(move |(number, entry)| all || is_block(*number, entry))
            .map(|(_, entry)| entry)
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let title = match &group.subject {
            Subject::Object { object, managed_by: None } => plain(&object.to_string()).into_owned(),
            Subject::Object { object, managed_by: Some(by) } => {
                plain(&format!("{object}, managed by {by}")).into_owned()
            }
            Subject::Check { name, objects, .. } => format!("{name} in {objects} objects"),
        };
        writeln!(self.to, "{}: {}\n", self.style.paint(Tone::Strong, &title), group.findings)?;
        let all = self.view.run.show.all;
        for (number, entry) in group.entries.iter().enumerate() {
            if number >= ENTRIES && !all {
                let hidden = group.entries.len() - number;
                let line = format!("{hidden} more findings here are not shown; --all shows them");
                writeln!(self.to, "{}", self.style.paint(Tone::Faint, &line))?;
                break;
            }
            let mut findings = entry.findings.iter().filter_map(|index| self.view.findings.get(*index));
            let Some(first) = findings.next() else { continue };
            if !all && !is_block(number, entry) {
                writeln!(self.to, "{}", concise::line(first, self.style))?;
                continue;
            }
            let explain = self.explained.insert(first.finding().check.id);
            let block = Block { first, others: findings.collect(), explain, all };
            block.write(self.snippets.of(first).as_ref(), self.to, self.style)?;
            writeln!(self.to)?;
        }
        if group.entries.len() > BLOCKS && !all {
            writeln!(self.to)?;
        }
        Ok(())
    }

    fn not_counted(&mut self) -> io::Result<()> {
        if !self.view.run.show.suppressed {
            return Ok(());
        }
        let not_counted =
            self.view.findings.iter().filter(|located| located.reported.status != Status::Active);
        let mut any = false;
        for located in not_counted {
            if !any {
                writeln!(self.to, "{}\n", self.style.paint(Tone::Strong, "Not counted"))?;
                any = true;
            }
            let why = finding::why_not_counted(&located.reported.status);
            writeln!(self.to, "{}", concise::line(located, self.style))?;
            writeln!(self.to, "   {}", self.style.paint(Tone::Faint, &why))?;
        }
        if any { writeln!(self.to) } else { Ok(()) }
    }

    fn problems(&mut self) -> io::Result<()> {
        let problems = &self.view.problems;
        let shown = if self.view.run.show.all { problems.len() } else { PROBLEMS };
        for problem in problems.iter().take(shown) {
            self.problem(problem)?;
        }
        if let Some(hidden) = problems.len().checked_sub(shown).filter(|hidden| *hidden > 0) {
            let line = format!("{hidden} more problems are not shown; --all shows them");
            writeln!(self.to, "{}\n", self.style.paint(Tone::Faint, &line))?;
        }
        Ok(())
    }

    fn problem(&mut self, located: &LocatedProblem<'_>) -> io::Result<()> {
        let problem = located.problem;
        let (tone, word) = concise::weight(problem.weight);
        let label = self.style.paint(tone, &format!("{word}[{}]", problem.code));
        let message = self.style.paint(Tone::Strong, &format!(": {}", plain(&problem.message)));
        writeln!(self.to, "{label}{message}")?;
        let gutter = snippet::write(&located.location, located.snippet.as_ref(), None, self.to, self.style)?;
        let mut notes = Notes::new(gutter, self.to, self.style);
        notes.lines("help", &problem.help)?;
        if !located.undecided.is_empty() {
            let shown = if self.view.run.show.all { usize::MAX } else { UNDECIDED };
            let listed = located.undecided.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
            let hidden = located.undecided.len().saturating_sub(shown);
            let rest = if hidden > 0 { format!(", and {hidden} more (--all)") } else { String::new() };
            notes.note("undecided", &format!("{listed}{rest}"))?;
        }
        writeln!(self.to)
    }
}
