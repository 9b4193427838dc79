//! Texts for people, in paragraphs.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use seawall_report::plain;
use unicode_width::UnicodeWidthStr;

const HEADING: Style = Style::new().bold();
const DIMMED: Style = Style::new().dimmed();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();

/// Places stand behind names as far as these are no wider.
const WIDEST: usize = 60;

/// A text in paragraphs.
#[derive(Default)]
pub(crate) struct Text(String);

// Writing to a String does not fail.
impl Text {
    /// A line that says it all.
    pub(crate) fn heading(&mut self, line: &str) {
        let _ = writeln!(self.0, "{HEADING}{}{HEADING:#}", plain(line));
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, line: &str) {
        self.gap();
        let _ = writeln!(self.0, "{}", plain(line));
    }

    /// A line of a paragraph.
    pub(crate) fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{}", plain(line));
    }

    /// An empty line, unless there is one.
    pub(crate) fn gap(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// A heading, and below it things and where they stand.
    pub(crate) fn placed_lines(&mut self, heading: &str, lines: &[(String, String)]) {
        self.paragraph(heading);
        self.placed_together(lines);
    }

    /// Things below what was said, and where they stand.
    pub(crate) fn placed_together(&mut self, lines: &[(String, String)]) {
        let width = lines.iter().map(|(what, _)| plain(what).width() + 2).max().unwrap_or_default();
        lines.iter().for_each(|(what, at)| self.placed(&format!("  {what}"), at, width));
    }

    /// A table, which is safe to show.
    pub(crate) fn table(&mut self, table: &str) {
        self.0.push_str(table);
    }

    /// Something and where it stands.
    pub(crate) fn placed(&mut self, what: &str, at: &str, width: usize) {
        let what = plain(what);
        if at.is_empty() {
            return self.line(&what);
        }
        let blank = " ".repeat(width.min(WIDEST).saturating_sub(what.width()));
        let _ = writeln!(self.0, "{what}{blank}  {DIMMED}{}{DIMMED:#}", plain(at));
    }

    /// What is not known, where that is so, and what to do.
    pub(crate) fn not_known(&mut self, message: &str, at: Option<&str>, help: &str) {
        let at = at.map(|at| format!("  {DIMMED}{}{DIMMED:#}", plain(at))).unwrap_or_default();
        let _ = writeln!(self.0, "{WARNING}not known:{WARNING:#} {}{at}\n  {}", plain(message), plain(help));
    }

    /// The text.
    pub(crate) fn done(self) -> String {
        self.0
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.write_str(text)
    }
}
