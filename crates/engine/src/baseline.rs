//! Findings that were there before, written down so that only new ones count.
//!
//! The file is YAML with one finding on each line, sorted by what it is about, so that changes of it are read and merged
//! like changes of code. It names objects and fields, and never values.

use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

use seawall_finding::{Fingerprint, stable_path};
use seawall_inventory::{Problem, Snapshot};
use seawall_yaml::{Node, Value};

use crate::config::checker::{Checker, int};
use crate::config::shape::{Field, Record, Shape, Word};
use crate::report::{Report, Reported, Status};

/// The version of the file that is written and read.
const VERSION: i64 = 1;

/// Findings that were there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Each once, by object, check, field and fingerprint.
    pub entries: Vec<BaselineEntry>,
}

/// A finding that was there before. The fingerprint decides; the rest is for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineEntry {
    /// The object: `Deployment shop/web`.
    pub object: String,
    /// Id of the check.
    pub check: String,
    /// The field, as in the fingerprint: with items of lists named by what identifies them.
    pub field: String,
    /// Identity of the finding.
    pub fingerprint: Fingerprint,
}

impl Baseline {
    /// The findings of `report` that are not suppressed.
    pub fn of(report: &Report, snapshot: &Snapshot) -> Self {
        let accepted =
            report.findings.iter().filter(|reported| !matches!(reported.status, Status::Suppressed(_)));
        Self::sorted(accepted.map(|reported| entry(reported, snapshot)).collect())
    }

    /// Reads a file that [`Self::to_text`] wrote, perhaps edited or merged by hand.
    ///
    /// # Errors
    /// Everything that is wrong with it, each at its place. A baseline with a problem is not used in part.
    pub fn read(path: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        let (stream, mut checker) = Checker::read(path, text, &[]);
        let root = stream.documents.first().map(|document| document.root());
        let version = root.and_then(|root| root.get("version"));
        if let Some((node, version)) = version.and_then(|node| Some((node, int(node)?)))
            && version != VERSION
        {
            let message =
                format!("version {version} of baselines is not known; this program reads {VERSION}");
            let help =
                "use the version of seawall that wrote it, or write it again with `seawall baseline write`";
            checker.problem("baseline-version", node.span(), message, help);
            return checker.finish(Self::default());
        }
        match root {
            Some(root) => checker.check(root, &Shape::Record(shape())),
            // A text that is no YAML has its problem already.
            None if !checker.is_satisfied() => {}
            None => checker.problem(
                "missing-key",
                seawall_yaml::Span::default(),
                "this file holds no baseline",
                "write one with `seawall baseline write`",
            ),
        }
        let entries = match root.filter(|_| checker.is_satisfied()).and_then(|root| root.get("findings")) {
            Some(findings) => findings.items().filter_map(read_entry).collect(),
            None => Vec::new(),
        };
        checker.finish(Self::sorted(entries))
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "# Findings that were there when this was written; `seawall scan --baseline` does not count them.\n\
             # Written by `seawall baseline write`; `seawall baseline prune` takes out what is mended.\n\
             version: {VERSION}\n"
        );
        if self.entries.is_empty() {
            text.push_str("findings: []\n");
            return text;
        }
        text.push_str("findings:\n");
        for BaselineEntry { object, check, field, fingerprint } in &self.entries {
            let (object, check, field) = (quoted(object), quoted(check), quoted(field));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "- {{object: {object}, check: {check}, field: {field}, fingerprint: \"{fingerprint}\"}}"
            );
        }
        text
    }

    /// Of what was there before.
    pub(crate) fn fingerprints(&self) -> impl Iterator<Item = Fingerprint> {
        self.entries.iter().map(|entry| entry.fingerprint)
    }

    /// Marks the findings of `report` that were there before, if nothing else became of them. Returns the entries of which
    /// nothing was found any more.
    pub fn apply(&self, report: &mut Report) -> Vec<&BaselineEntry> {
        let known: HashSet<Fingerprint> = self.fingerprints().collect();
        for reported in &mut report.findings {
            if reported.status == Status::Active && known.contains(&reported.fingerprint) {
                reported.status = Status::Baselined;
            }
        }
        self.partition(report).1
    }

    /// This baseline without what was not found any more, and what was taken out. Entries of checks that did not run stay:
    /// `report` says nothing about them.
    pub fn prune(&self, report: &Report) -> (Self, Vec<&BaselineEntry>) {
        let (kept, gone) = self.partition(report);
        (Self { entries: kept.into_iter().cloned().collect() }, gone)
    }

    fn partition(&self, report: &Report) -> (Vec<&BaselineEntry>, Vec<&BaselineEntry>) {
        let found: HashSet<Fingerprint> =
            report.findings.iter().map(|reported| reported.fingerprint).collect();
        self.entries.iter().partition(|entry| {
            found.contains(&entry.fingerprint) || !report.counts.contains_key(entry.check.as_str())
        })
    }

    fn sorted(mut entries: Vec<BaselineEntry>) -> Self {
        entries.sort();
        let mut seen = HashSet::new();
        entries.retain(|entry| seen.insert(entry.fingerprint));
        Self { entries }
    }
}

fn entry(reported: &Reported, snapshot: &Snapshot) -> BaselineEntry {
    let finding = &reported.finding;
    let object = snapshot.objects.get(finding.object);
    BaselineEntry {
        object: object.map(|_| reported.subject(snapshot).to_string()).unwrap_or_default(),
        check: finding.check.id.to_owned(),
        field: stable_path(finding, object).to_string(),
        fingerprint: reported.fingerprint,
    }
}

fn shape() -> Record {
    let field = |name, doc: &str, shape| Field { name, doc: doc.to_owned(), required: true, shape };
    let record = |fields| Record { key: "key of a baseline", unknown: "unknown-key", fields };
    let anything = || Shape::Word(Word::Any);
    let entry = record(vec![
        field("object", "the object: `Deployment shop/web`", anything()),
        field("check", "id of the check", Shape::Word(Word::Text)),
        field("field", "the field of the object", anything()),
        field("fingerprint", "identity of the finding", Shape::Word(Word::Fingerprint)),
    ]);
    record(vec![
        field("version", "`version: 1` says how the file is to be read", Shape::Int),
        field("findings", "the findings, `[]` for none", Shape::List(Box::new(Shape::Record(entry)))),
    ])
}

fn read_entry(node: Node<'_>) -> Option<BaselineEntry> {
    let text = |name| match node.get(name)?.value() {
        Value::Str(text) => Some(text.to_owned()),
        _ => None,
    };
    Some(BaselineEntry {
        object: text("object")?,
        check: text("check")?,
        field: text("field")?,
        fingerprint: text("fingerprint")?.parse().ok()?,
    })
}

/// A double-quoted scalar. Everything but letters, digits and ASCII is escaped: names in hostile input
/// hold characters that YAML does not take literally.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            letter if letter.is_alphanumeric() => quoted.push(letter),
            other => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(other));
            }
        }
    }
    quoted.push('"');
    quoted
}
