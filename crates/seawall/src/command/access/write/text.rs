//! Parts of answers, for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use seawall_inventory::Snapshot;
use seawall_rbac::Dangling;
use seawall_report::places;
use seawall_yaml::Path;
use unicode_width::UnicodeWidthStr;

use super::super::answer::Reason;
use super::super::chain::{Chain, name};
use super::{lines, of_dangling, safe};

const HEADING: Style = Style::new().bold();
const DIMMED: Style = Style::new().dimmed();
const WARNING: Style = AnsiColor::Yellow.on_default();

/// Places stand behind names as far as these are no wider.
const WIDEST: usize = 60;

/// A text in paragraphs.
#[derive(Default)]
pub(in crate::command::access) struct Text(String);

// Writing to a String does not fail.
impl Text {
    /// A line that says it all.
    pub(in crate::command::access) fn heading(&mut self, line: &str) {
        let _ = writeln!(self.0, "{HEADING}{}{HEADING:#}", safe(line));
    }

    /// A paragraph.
    pub(in crate::command::access) fn paragraph(&mut self, line: &str) {
        self.gap();
        let _ = writeln!(self.0, "{}", safe(line));
    }

    /// A line of a paragraph.
    pub(in crate::command::access) fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{}", safe(line));
    }

    /// An empty line, unless there is one.
    pub(in crate::command::access) fn gap(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// Chains, each a paragraph, with their places side by side.
    pub(in crate::command::access) fn chains(&mut self, chains: impl Iterator<Item = Vec<(String, String)>>) {
        let chains: Vec<_> = chains.collect();
        let width = chains.iter().flatten().map(|(what, _)| safe(what).width()).max().unwrap_or_default();
        for chain in chains {
            self.gap();
            chain.iter().for_each(|(what, at)| self.placed(what, at, width));
        }
    }

    /// Subjects, each with its chains; those without need none.
    pub(in crate::command::access) fn held<'c, 'w: 'c>(
        &mut self,
        subjects: impl Iterator<Item = (String, &'c [Chain<'w>])>,
    ) {
        let held = |(subject, chains): (String, &[Chain<'w>])| {
            let lines = chains.iter().flat_map(|chain| {
                let [binding, _, role, rule] = lines(chain);
                [(format!("  by     {}", binding.0), chain.subject.place()), role, rule]
            });
            (subject, lines.collect::<Vec<_>>())
        };
        let subjects: Vec<_> = subjects.filter(|(_, chains)| !chains.is_empty()).map(held).collect();
        let all = subjects.iter().flat_map(|(_, lines)| lines);
        let width = all.map(|(what, _)| safe(what).width()).max().unwrap_or_default();
        for (subject, lines) in &subjects {
            self.gap();
            self.line(subject);
            lines.iter().for_each(|(what, at)| self.placed(what, at, width));
        }
    }

    /// A heading, and below it things and where they stand.
    pub(in crate::command::access) fn placed_lines(&mut self, heading: &str, lines: &[(String, String)]) {
        self.paragraph(heading);
        let width = lines.iter().map(|(what, _)| safe(what).width() + 2).max().unwrap_or_default();
        lines.iter().for_each(|(what, at)| self.placed(&format!("  {what}"), at, width));
    }

    /// A table, which is safe to show.
    pub(in crate::command::access) fn table(&mut self, table: &str) {
        self.0.push_str(table);
    }

    /// Something and where it stands.
    pub(in crate::command::access) fn placed(&mut self, what: &str, at: &str, width: usize) {
        let what = safe(what);
        if at.is_empty() {
            return self.line(&what);
        }
        let blank = " ".repeat(width.min(WIDEST).saturating_sub(what.width()));
        let _ = writeln!(self.0, "{what}{blank}  {DIMMED}{}{DIMMED:#}", safe(at));
    }

    /// What is not known, and what to do.
    pub(in crate::command::access) fn reasons(&mut self, reasons: &[Reason<'_>], snapshot: &Snapshot) {
        if reasons.is_empty() {
            return;
        }
        self.gap();
        for reason in reasons {
            let at = place(reason, snapshot).map(|at| format!("  {DIMMED}{}{DIMMED:#}", safe(&at)));
            let _ = writeln!(
                self.0,
                "{WARNING}not known:{WARNING:#} {}{}\n  {}",
                safe(&reason.message),
                at.unwrap_or_default(),
                safe(&reason.help)
            );
        }
    }

    /// Bindings of roles that do not exist.
    pub(in crate::command::access) fn dangling(&mut self, dangling: &[Dangling<'_>], snapshot: &Snapshot) {
        if dangling.is_empty() {
            return;
        }
        self.gap();
        for one in dangling {
            let _ = writeln!(self.0, "{WARNING}dangling:{WARNING:#} {}", safe(&of_dangling(one, snapshot)));
        }
    }

    /// The text.
    pub(in crate::command::access) fn done(self) -> String {
        self.0
    }
}

/// Where the object stands that a reason is about.
fn place(reason: &Reason<'_>, snapshot: &Snapshot) -> Option<String> {
    let object = reason.object?;
    let at = places(snapshot, &[(object, Path::root())]).pop()?;
    Some(if at.live { name(snapshot, object).to_string() } else { at.line() })
}
