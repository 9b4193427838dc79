//! From symbolic paths to lines and columns.
//!
//! Only documents with findings are parsed again, each once; files go in parallel, and trees are dropped when their paths are found.

mod descend;
mod positions;
mod problem;
mod redact;
mod snippet;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;
use seawall_finding::Finding;
use seawall_inventory::{FileId, Object, Provenance, Snapshot, SourceFile, UnitKind};
use seawall_yaml::{Document, Limits, Path, Position, Span, Stream};

use self::descend::{Descent, Spot};
use self::positions::Positions;
use self::template::Template;

pub(crate) use self::problem::locate_problems;
pub use self::snippet::{Snippet, SnippetLine};

/// Where something stands, as people and their tools count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file as people know it: relative to where they stand, `/` between parts, `-` for standard input. As it is: renderers
    /// make it safe to show.
    pub path: String,
    /// The lines; `None` when the file alone is known.
    pub region: Option<Region>,
    /// The lines' text; `None` when the file alone is known, or when its text is kept secret.
    pub snippet: Option<Snippet>,
    /// Whether the field itself stands there. Otherwise it is the nearest thing above it.
    pub exact: bool,
    /// What of the field's path is missing in the object; it would go below the place that is shown.
    pub missing: Option<Path>,
    /// When the text was rendered by a tool: from what.
    pub rendered: Option<Rendered>,
}

/// Lines and columns, from 1, in Unicode scalar values; `end` is behind the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A field that does not stand in a file as it is. Its line is the best match in the template or resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// What rendered it.
    pub by: UnitKind,
    /// The chart or overlay.
    pub unit: String,
}

/// Where a finding and what relates to it stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) primary: Location,
    pub(crate) related: Vec<Location>,
}

/// The places of `findings`, in their order.
pub(crate) fn locate(snapshot: &Snapshot, findings: &[&Finding]) -> Vec<Places> {
    let mut by_file: BTreeMap<FileId, Vec<Point<'_>>> = BTreeMap::new();
    for (finding_index, finding) in findings.iter().enumerate() {
        let Some(object) = snapshot.objects.get(finding.object) else { continue };
        let paths = [&finding.path].into_iter().chain(finding.related.iter().map(|related| &related.path));
        let points = by_file.entry(object.origin.file).or_default();
        points.extend(paths.enumerate().map(|(slot, path)| Point {
            finding: finding_index,
            slot,
            object,
            path: object.origin.path.clone().join(path),
        }));
    }
    let by_file: Vec<(FileId, Vec<Point<'_>>)> = by_file.into_iter().collect();
    let found: Vec<Vec<Location>> = by_file
        .par_iter()
        .map(|(file, points)| match snapshot.file(*file) {
            Some(file) => in_file(snapshot, file, points),
            None => vec![Location::default(); points.len()],
        })
        .collect();
    let mut places: Vec<Places> = findings
        .iter()
        .map(|finding| Places {
            primary: Location::default(),
            related: vec![Location::default(); finding.related.len()],
        })
        .collect();
    let points = by_file.iter().flat_map(|(_, points)| points);
    for (point, location) in points.zip(found.into_iter().flatten()) {
        let Some(places) = places.get_mut(point.finding) else { continue };
        match point.slot.checked_sub(1) {
            None => places.primary = location,
            Some(related) => {
                if let Some(slot) = places.related.get_mut(related) {
                    *slot = location;
                }
            }
        }
    }
    places
}

/// A path to find.
struct Point<'s> {
    finding: usize,
    /// 0 for the finding itself, then what relates to it.
    slot: usize,
    object: &'s Object,
    /// From the root of the document.
    path: Path,
}

fn in_file(snapshot: &Snapshot, file: &SourceFile, points: &[Point<'_>]) -> Vec<Location> {
    let mut by_document: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, point) in points.iter().enumerate() {
        by_document.entry(point.object.origin.document).or_default().push(index);
    }
    let mut text = Shown::new(snapshot, file);
    let mut reader = Reader::new(file);
    let mut spots: Vec<Option<Spot>> = vec![None; points.len()];
    for (number, indexes) in by_document {
        let Some(span) =
            indexes.first().and_then(|index| points.get(*index)).map(|point| point.object.origin.span)
        else {
            continue;
        };
        let found = reader.document(number, span, |document, base| {
            let mut descent = Descent::new(document);
            text.add_secrets(document, base);
            let spots = indexes.iter().filter_map(|index| {
                let point = points.get(*index)?;
                Some((*index, text.spot(&mut descent, point, number, base)))
            });
            spots.collect::<Vec<_>>()
        });
        for (index, spot) in found.unwrap_or_default() {
            if let Some(slot) = spots.get_mut(index) {
                *slot = spot;
            }
        }
    }
    text.locations(points, &spots)
}

/// Parses single documents of a file.
struct Reader<'f> {
    file: &'f SourceFile,
    /// The whole file, when a document does not read the same by itself: a flow mapping in a YAML file taken for JSON.
    whole: Option<Stream>,
}

impl<'f> Reader<'f> {
    fn new(file: &'f SourceFile) -> Self {
        Self { file, whole: None }
    }

    /// Calls `with` on the document numbered `number`, which stands at `span`, and with the offset to add to its spans.
    fn document<T>(
        &mut self,
        number: usize,
        span: Span,
        with: impl FnOnce(&Document, u32) -> T,
    ) -> Option<T> {
        let alone = span.slice(&self.file.text);
        if alone.len() < self.file.text.len() {
            let stream = seawall_yaml::parse(alone.as_bytes(), &Limits::default());
            if let [document] = stream.documents.as_slice() {
                return Some(with(document, span.start));
            }
        }
        let whole = self
            .whole
            .get_or_insert_with(|| seawall_yaml::parse(self.file.text.as_bytes(), &Limits::default()));
        let document = whole.documents.iter().find(|document| document.index == number)?;
        Some(with(document, 0))
    }
}

/// The text in which places of a file are shown: its own, or the template's that it was rendered from.
struct Shown<'s> {
    path: String,
    rendered: Option<Rendered>,
    /// `None` when the template's text is not known: then no line of it is.
    text: Option<&'s str>,
    template: Option<Template<'s>>,
    secrets: Vec<Span>,
}

impl<'s> Shown<'s> {
    fn new(snapshot: &Snapshot, file: &'s SourceFile) -> Self {
        let (rendered, text, template) = match &file.provenance {
            Provenance::Verbatim => (None, Some(&*file.text), None),
            Provenance::Rendered { unit, template } => {
                let unit = snapshot.units.get(unit.0 as usize);
                let rendered = unit.map(|unit| Rendered { by: unit.kind, unit: display_path(&unit.path) });
                (rendered, template.as_deref(), template.as_deref().map(Template::new))
            }
        };
        Self { path: display_path(&file.path), rendered, text, template, secrets: Vec::new() }
    }

    fn add_secrets(&mut self, document: &Document, base: u32) {
        if self.template.is_none() {
            let spans = redact::secrets(document).into_iter();
            self.secrets.extend(spans.map(|span| moved(span, base)));
        }
    }

    fn spot(
        &mut self,
        descent: &mut Descent<'_>,
        point: &Point<'_>,
        document: usize,
        base: u32,
    ) -> Option<Spot> {
        match (&mut self.template, self.text) {
            (Some(template), _) => Some(template.spot(document, &point.path, &descent.steps(&point.path))),
            (None, Some(_)) => {
                let spot = descent.spot(&point.path, point.object.origin.path.len());
                Some(Spot {
                    region: moved(spot.region, base),
                    caret: moved(spot.caret, base),
                    context: spot.context.map(|offset| offset.saturating_add(base)),
                    ..spot
                })
            }
            (None, None) => {
                let depth = descent.steps(&point.path).len().saturating_sub(1);
                let exact = depth == point.path.len();
                Some(Spot { region: Span::default(), caret: Span::default(), context: None, depth, exact })
            }
        }
    }

    fn locations(mut self, points: &[Point<'_>], spots: &[Option<Spot>]) -> Vec<Location> {
        self.secrets.sort_unstable();
        let text = self.text.unwrap_or_default();
        let offsets = spots.iter().flatten().flat_map(offsets).collect();
        let positions = Positions::new(text, offsets);
        let spots = spots.iter().map(Option::as_ref);
        points
            .iter()
            .zip(spots)
            .map(|(point, spot)| match spot {
                Some(spot) => self.location(text, point, spot, &positions),
                None => Location { path: self.path.clone(), ..Location::default() },
            })
            .collect()
    }

    fn location(&self, text: &str, point: &Point<'_>, spot: &Spot, positions: &Positions) -> Location {
        let rest = point.path.segments().get(spot.depth..).unwrap_or_default();
        let missing = (!rest.is_empty()).then(|| rest.iter().cloned().collect());
        let shown = self.text.is_some();
        Location {
            path: self.path.clone(),
            region: shown.then(|| region(spot.region, positions)),
            snippet: shown.then(|| {
                let secrets = |window: Range<usize>| self.secrets_in(text, window);
                snippet::snippet(text, spot.caret, spot.context, &secrets, positions)
            }),
            exact: spot.exact,
            missing,
            rendered: self.rendered.clone(),
        }
    }

    fn secrets_in(&self, text: &str, window: Range<usize>) -> Vec<Range<usize>> {
        if self.template.is_some() {
            let line = text.get(window.clone()).unwrap_or_default();
            let secrets = redact::secrets_of_line(line).into_iter();
            return secrets.map(|range| range.start + window.start..range.end + window.start).collect();
        }
        let first = self.secrets.partition_point(|secret| (secret.end as usize) <= window.start);
        let behind = self.secrets.get(first..).unwrap_or_default().iter();
        behind.map(|secret| secret.range()).take_while(|secret| secret.start < window.end).collect()
    }
}

fn offsets(spot: &Spot) -> impl Iterator<Item = u32> + use<> {
    [Some(spot.region.start), Some(spot.region.end), Some(spot.caret.start), spot.context]
        .into_iter()
        .flatten()
}

fn region(span: Span, positions: &Positions) -> Region {
    Region { start: positions.at(span.start), end: positions.at(span.end) }
}

fn moved(span: Span, base: u32) -> Span {
    Span { start: span.start.saturating_add(base), end: span.end.saturating_add(base) }
}

/// A path with `/` between its parts on every platform.
fn display_path(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}
