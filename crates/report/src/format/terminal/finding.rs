//! One finding, with its line, what makes it so, why it matters and how to fix it.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::sync::Arc;

use seawall_engine::Status;
use seawall_finding::{Evidence, Safety};
use seawall_inventory::IgnoreForm;

use super::notes::Notes;
use super::snippet;
use crate::docs::{docs_url, why};
use crate::locate::Snippet;
use crate::plain::plain;
use crate::style::{Style, Tone};
use crate::view::Located;

/// Places told without `--all` when equal findings are told once.
const PLACES: usize = 5;

/// A finding, and the equal ones that are told with it.
pub(super) struct Block<'b, 'v> {
    pub(super) first: &'b Located<'v>,
    pub(super) others: Vec<&'b Located<'v>>,
    /// Whether to say why it matters.
    pub(super) explain: bool,
    /// Whether to name every place.
    pub(super) all: bool,
}

impl Block<'_, '_> {
    pub(super) fn write(
        &self,
        snippet: Option<&Snippet>,
        to: &mut dyn io::Write,
        style: &Style,
    ) -> io::Result<()> {
        let located = self.first;
        let finding = located.finding();
        let check = finding.check;
        let id = style.link(&docs_url(check), check.id);
        let tone = Tone::Severity(finding.severity);
        let label =
            format!("{}{id}{}", style.paint(tone, &format!("{}[", finding.severity)), style.paint(tone, "]"));
        let message = style.paint(Tone::Strong, &format!(": {}", plain(&located.message())));
        writeln!(to, "{label}{message}")?;
        let gutter = snippet::write(&located.location, snippet, self.label().as_deref(), to, style)?;
        let mut notes = Notes::new(gutter, to, style);
        self.evidence(&mut notes)?;
        if !finding.running().is_empty() {
            notes.note("runs", &finding.running().join(", "))?;
        }
        for (related, location) in finding.related().iter().zip(&located.related) {
            notes.note("see", &format!("{} ({})", related.message, location.line()))?;
        }
        if self.explain {
            notes.note("why", &why(check))?;
        }
        if let Some(fix) = &finding.fix {
            let caution = match fix.safety {
                Safety::Safe => "",
                Safety::Review => " (review first: a workload may rely on it)",
            };
            notes.note("fix", &format!("{}{caution}", fix.title()))?;
        }
        if self.explain {
            notes.note("help", &format!("seawall explain {}", check.name))?;
        }
        self.places(&mut notes)
    }

    /// What to say at the caret when the field itself does not stand there.
    fn label(&self) -> Option<String> {
        let missing = self.first.location.missing;
        let missing = (missing > 0).then(|| self.first.finding().path.tail(missing))?;
        Some(format!("`{missing}` would go in here"))
    }

    fn evidence(&self, notes: &mut Notes<'_>) -> io::Result<()> {
        let finding = self.first.finding();
        let path = &finding.path;
        match &finding.evidence {
            Evidence::Value(value) => notes.note("found", &format!("{path}: {value}")),
            Evidence::Missing(meaning) if meaning.is_empty() => {
                notes.note("found", &format!("{path} is missing"))
            }
            Evidence::Missing(meaning) => notes.note("found", &format!("{path} is missing: {meaning}")),
            Evidence::Derived(story) if story.is_empty() => notes.note("found", &path.to_string()),
            Evidence::Derived(story) => notes.note("found", &format!("{path}: {story}")),
        }
    }

    /// Where the equal findings are; when all are on the line that is shown, which objects have them.
    fn places(&self, notes: &mut Notes<'_>) -> io::Result<()> {
        if self.others.is_empty() {
            return Ok(());
        }
        let count = self.others.len();
        let line = |located: &Located<'_>| {
            (Arc::clone(&located.location.path), located.location.region.map(|region| region.start.line))
        };
        let mut seen = HashSet::from([line(self.first)]);
        let elsewhere: Vec<_> = self.others.iter().filter(|other| seen.insert(line(other))).collect();
        if elsewhere.is_empty() {
            let objects: BTreeSet<String> = self.others.iter().map(|other| other.object_name()).collect();
            return notes.note("also", &format!("{count} more here: {}", self.listed(objects.into_iter())));
        }
        let lines = if elsewhere.len() < count {
            format!(", in {} other places", elsewhere.len())
        } else {
            String::new()
        };
        let places = elsewhere.into_iter().map(|other| other.location.line());
        notes.note("also", &format!("{count} more{lines}: {}", self.listed(places)))
    }

    fn listed(&self, items: impl ExactSizeIterator<Item = String>) -> String {
        // "1 not shown" takes the room of the item itself.
        let shown = if self.all || items.len() == PLACES + 1 { items.len() } else { PLACES };
        let hidden = items.len().saturating_sub(shown);
        let rest = if hidden > 0 { format!(", and {hidden} not shown (--all)") } else { String::new() };
        let items: Vec<String> = items.take(shown).collect();
        format!("{}{rest}", items.join(", "))
    }
}

/// Why a finding does not count.
pub(super) fn why_not_counted(status: &Status) -> String {
    match status {
        Status::Active => String::new(),
        Status::Baselined => "in the baseline".to_owned(),
        Status::Suppressed(suppression) => {
            let by = match suppression.form {
                Some(IgnoreForm::Comment) => "a comment",
                Some(IgnoreForm::Annotation) => "an annotation",
                None => "the configuration",
            };
            let until = suppression.expires.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
            plain(&format!("suppressed by {by}{until}: {}", suppression.reason)).into_owned()
        }
    }
}
