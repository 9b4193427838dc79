//! The lines of those findings that are shown with them.

use std::collections::BTreeMap;
use std::ops::Range;

use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use seawall_inventory::{FileId, Provenance, Snapshot, Text};
use seawall_yaml::{Limits, Span};

use super::redact;
use super::snippet::{Snippet, snippet};
use super::{Reader, moved};
use crate::view::Located;

/// Makes snippets. Of hundreds of findings a terminal shows the lines of a few, so what is secret in a file is worked out
/// when the first line of it is shown.
pub(crate) struct Snippets<'s> {
    snapshot: &'s Snapshot,
    /// What is secret in a document, by its number; `None` is the whole file. In order.
    secrets: HashMap<(FileId, Option<usize>), Vec<Span>>,
}

impl<'s> Snippets<'s> {
    pub(crate) fn new(snapshot: &'s Snapshot) -> Self {
        Self { snapshot, secrets: HashMap::new() }
    }

    /// Works out at once what is secret in the documents of findings whose lines are going to be shown.
    pub(crate) fn prepare<'l>(&mut self, shown: impl Iterator<Item = &'l Located<'l>>) {
        let documents: BTreeMap<(FileId, usize), Span> = shown
            .filter_map(|located| located.object)
            .map(|object| ((object.origin.file, object.origin.document), object.origin.span))
            .collect();
        let found = documents.into_par_iter().filter_map(|((id, number), span)| {
            let file = self.snapshot.file(id).filter(|file| file.provenance == Provenance::Verbatim)?;
            Some(((id, Some(number)), secrets(&file.text, Some((number, span)))))
        });
        let found: Vec<_> = found.collect();
        self.secrets.extend(found);
    }

    /// The lines of a finding; `None` when the file alone is known, or when its text is kept secret.
    pub(crate) fn of(&mut self, located: &Located<'_>) -> Option<Snippet> {
        let id = located.object?.origin.file;
        let file = self.snapshot.file(id)?;
        let (region, shown) = (located.location.region?, located.location.shown?);
        let number = |text: &str, offset: u32| line_number(text, region.start.line, shown.start, offset);
        match &file.provenance {
            Provenance::Verbatim => {
                let origin = &located.object?.origin;
                let text = file.text.get();
                let mut within = |window: Range<usize>| {
                    // A line may hold more than one document.
                    let alone =
                        origin.span.range().start <= window.start && window.end <= origin.span.range().end;
                    let document = alone.then_some(origin.document);
                    let secrets = || secrets(&file.text, document.map(|number| (number, origin.span)));
                    overlapping(self.secrets.entry((id, document)).or_insert_with(secrets), window)
                };
                let number = |offset| number(&text, offset);
                Some(snippet(&text, shown.caret, shown.context, &mut within, &number))
            }
            Provenance::Live | Provenance::Owners => None,
            Provenance::Rendered { template, .. } => {
                let text = template.as_deref()?;
                let mut within = |window: Range<usize>| secrets_of_template(text, window);
                let number = |offset| number(text, offset);
                Some(snippet(text, shown.caret, shown.context, &mut within, &number))
            }
        }
    }
}

/// What is secret in a document, which stands at a span, or in the whole file.
fn secrets(kept: &Text, document: Option<(usize, Span)>) -> Vec<Span> {
    let text = kept.get();
    let alone = document.and_then(|(number, span)| {
        Reader::new(kept, &text).document(number, span, |document, base| {
            redact::secrets(document).into_iter().map(|secret| moved(secret, base)).collect()
        })
    });
    alone.unwrap_or_else(|| {
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        stream.documents.iter().flat_map(redact::secrets).collect()
    })
}

fn overlapping(secrets: &[Span], window: Range<usize>) -> Vec<Range<usize>> {
    let first = secrets.partition_point(|secret| (secret.end as usize) <= window.start);
    let behind = secrets.get(first..).unwrap_or_default().iter();
    behind.map(|secret| secret.range()).take_while(|secret| secret.start < window.end).collect()
}

fn secrets_of_template(text: &str, window: Range<usize>) -> Vec<Range<usize>> {
    let line = text.get(window.clone()).unwrap_or_default();
    let found = redact::secrets_of_line(line).into_iter();
    found.map(|range| range.start + window.start..range.end + window.start).collect()
}

/// The number of the line that `offset` is on, when that of `known` is `line`.
fn line_number(text: &str, line: u32, known: u32, offset: u32) -> u32 {
    let between = |from: u32, to: u32| {
        let bytes = text.as_bytes().get(from as usize..to as usize).unwrap_or_default();
        u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
    };
    line.saturating_add(between(known, offset)).saturating_sub(between(offset, known))
}
