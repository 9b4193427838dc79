//! From symbolic paths to lines and columns.
//!
//! Only documents with findings are looked into, and of these only those parsed again that were not kept; each once. Files go in
//! parallel, and trees are dropped when their paths are found.

mod descend;
mod positions;
mod problem;
mod redact;
mod snippet;
mod snippets;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use seawall_engine::Report;
use seawall_finding::Finding;
use seawall_inventory::{FileId, Object, ObjectRef, Provenance, Snapshot, SourceFile, UnitKind};
use seawall_yaml::{Document, Limits, Path, Position, Span, Stream};

use self::descend::{Descent, Spot};
use self::positions::Positions;
use self::template::Template;
use crate::view::Located;

pub(crate) use self::problem::locate_problems;
pub use self::snippet::{Snippet, SnippetLine};
pub(crate) use self::snippets::Snippets;

/// Where something stands, as people and their tools count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file as people know it: relative to where they stand, `/` between parts, `-` for standard input. As it is: renderers
    /// make it safe to show.
    pub path: Arc<str>,
    /// The lines; `None` when the file alone is known.
    pub region: Option<Region>,
    /// Whether the field itself stands there. Otherwise it is the nearest thing above it.
    pub exact: bool,
    /// How many segments at the end of the field's path are missing in the object; they would go below the place that is
    /// shown.
    pub missing: usize,
    /// When the text was rendered by a tool: from what.
    pub rendered: Option<Arc<Rendered>>,
    /// Whether it is an object of a cluster: `CLUSTER/NAMESPACE/KIND/NAME` is its path then, and no file.
    pub live: bool,
    /// What to show of the text.
    shown: Option<Shown>,
}

/// What to show of a text: offsets into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    /// Start of the region.
    start: u32,
    /// What to underline.
    caret: Span,
    /// Start of the enclosing item of a list, for orientation.
    context: Option<u32>,
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
#[derive(Debug, Default)]
struct Places {
    primary: Location,
    related: Vec<Location>,
}

/// Files that are in work at once: enough for any machine, and few enough that what is found for them is small beside what
/// is kept.
const FILES_AT_ONCE: usize = 256;

/// Findings with their places, in the order of the report.
pub(crate) fn locate<'a>(snapshot: &'a Snapshot, report: &'a Report) -> Vec<Located<'a>> {
    let mut located: Vec<Located<'a>> = report
        .findings
        .iter()
        .map(|reported| Located {
            reported,
            object: snapshot.objects.get(reported.finding.object),
            location: Location::default(),
            related: Vec::new(),
        })
        .collect();
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, located) in located.iter().enumerate() {
        if let Some(object) = located.object {
            by_file.entry(object.origin.file).or_default().push(index);
        }
    }
    let by_file: Vec<(FileId, Vec<usize>)> = by_file.into_iter().collect();
    for files in by_file.chunks(FILES_AT_ONCE) {
        let found: Vec<Vec<Places>> = files
            .par_iter()
            .map(|(file, indexes)| {
                in_file(snapshot, *file, indexes.iter().filter_map(|index| located.get(*index)))
            })
            .collect();
        let indexes = files.iter().flat_map(|(_, indexes)| indexes);
        for (index, places) in indexes.zip(found.into_iter().flatten()) {
            if let Some(located) = located.get_mut(*index) {
                (located.location, located.related) = (places.primary, places.related);
            }
        }
    }
    located
}

/// A path to find.
struct Point<'s> {
    object: &'s Object,
    /// From the root of the document.
    path: Path,
}

/// Where fields of objects stand, in the order in which they are asked for.
pub fn places(snapshot: &Snapshot, fields: &[(&Object, Path)]) -> Vec<Location> {
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (index, (object, _)) in fields.iter().enumerate() {
        by_file.entry(object.origin.file).or_default().push(index);
    }
    let mut places = vec![Location::default(); fields.len()];
    for (file, indexes) in by_file {
        let Some(file) = snapshot.file(file) else { continue };
        let points = indexes.iter().filter_map(|index| fields.get(*index));
        let points: Vec<Point<'_>> =
            points.map(|(object, path)| Point { object, path: object.origin.path.join(path) }).collect();
        for (index, location) in indexes.iter().zip(locations(snapshot, file, &points)) {
            if let Some(place) = places.get_mut(*index) {
                *place = location;
            }
        }
    }
    places
}

/// The paths of a finding: its own, then those of what relates to it.
fn points<'s>(object: &'s Object, finding: &Finding) -> impl Iterator<Item = Point<'s>> {
    let paths = [&finding.path].into_iter().chain(finding.related().iter().map(|related| &related.path));
    paths.map(move |path| Point { object, path: object.origin.path.join(path) })
}

/// The places of `findings`, which stand in one file.
fn in_file<'l>(
    snapshot: &Snapshot,
    file: FileId,
    findings: impl Iterator<Item = &'l Located<'l>>,
) -> Vec<Places> {
    let mut all = Vec::new();
    let mut lengths = Vec::new();
    for located in findings {
        let before = all.len();
        all.extend(located.object.into_iter().flat_map(|object| points(object, located.finding())));
        lengths.push(all.len() - before);
    }
    let mut locations = match snapshot.file(file) {
        Some(file) => locations(snapshot, file, &all),
        None => vec![Location::default(); all.len()],
    }
    .into_iter();
    let of_one = |length: usize| {
        let primary = locations.next().unwrap_or_default();
        Places { primary, related: locations.by_ref().take(length.saturating_sub(1)).collect() }
    };
    lengths.into_iter().map(of_one).collect()
}

/// The places of `points`, which lie in `file`.
fn locations(snapshot: &Snapshot, file: &SourceFile, points: &[Point<'_>]) -> Vec<Location> {
    let mut by_document: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, point) in points.iter().enumerate() {
        by_document.entry(point.object.origin.document).or_default().push(index);
    }
    let read = file.text.get();
    let mut text = Text::new(snapshot, file, &read);
    let mut reader = Reader::new(&file.text, &read);
    let mut spots: Vec<Option<Spot>> = vec![None; points.len()];
    for (number, indexes) in by_document {
        let Some(span) =
            indexes.first().and_then(|index| points.get(*index)).map(|point| point.object.origin.span)
        else {
            continue;
        };
        let found = reader.document(number, span, |document, base| {
            let mut descent = Descent::new(document);
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

/// Finds single documents of a text, and parses those that are not kept.
struct Reader<'f> {
    kept: &'f seawall_inventory::Text,
    text: &'f str,
    /// The whole file, when a document does not read the same by itself: a flow mapping in a YAML file taken for JSON.
    whole: Option<Stream>,
}

impl<'f> Reader<'f> {
    fn new(kept: &'f seawall_inventory::Text, text: &'f str) -> Self {
        Self { kept, text, whole: None }
    }

    /// Calls `with` on the document numbered `number`, which stands at `span`, and with the offset to add to its spans.
    fn document<T>(
        &mut self,
        number: usize,
        span: Span,
        with: impl FnOnce(&Document, u32) -> T,
    ) -> Option<T> {
        if let Some(document) = self.kept.document(number) {
            return Some(with(document, 0));
        }
        let alone = span.slice(self.text);
        if alone.len() < self.text.len() {
            let stream = seawall_yaml::parse(alone.as_bytes(), &Limits::default());
            if let [document] = stream.documents.as_slice() {
                return Some(with(document, span.start));
            }
        }
        let whole =
            self.whole.get_or_insert_with(|| seawall_yaml::parse(self.text.as_bytes(), &Limits::default()));
        let document = whole.documents.iter().find(|document| document.index == number)?;
        Some(with(document, 0))
    }
}

/// The text in which places of a file are found: its own, or the template's that it was rendered from.
struct Text<'s> {
    path: Arc<str>,
    rendered: Option<Arc<Rendered>>,
    /// `None` when the template's text is not known: then no line of it is.
    text: Option<&'s str>,
    template: Option<Template<'s>>,
    live: bool,
}

impl<'s> Text<'s> {
    fn new(snapshot: &Snapshot, file: &'s SourceFile, read: &'s str) -> Self {
        let (rendered, text, template) = match &file.provenance {
            Provenance::Verbatim => (None, Some(read), None),
            Provenance::Live | Provenance::Owners => (None, None, None),
            Provenance::Rendered { unit, template } => {
                let unit = snapshot.units.get(unit.0 as usize);
                let rendered =
                    unit.map(|unit| Arc::new(Rendered { by: unit.kind, unit: display_path(&unit.path) }));
                (rendered, template.as_deref(), template.as_deref().map(Template::new))
            }
        };
        let live = file.provenance.is_live();
        Self { path: display_path(&file.path).into(), rendered, text, template, live }
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

    fn locations(&self, points: &[Point<'_>], spots: &[Option<Spot>]) -> Vec<Location> {
        let offsets = spots.iter().flatten().flat_map(|spot| [spot.region.start, spot.region.end]).collect();
        let positions = Positions::new(self.text.unwrap_or_default(), offsets);
        let mut last: Option<(*const Object, Option<Arc<str>>)> = None;
        let mut live = |object: &Object| -> Option<Arc<str>> {
            // Findings on one object mostly stand together.
            let known = last.take().filter(|(known, _)| std::ptr::eq(*known, object));
            let path = known.map_or_else(|| live_path(&self.path, object).map(Into::into), |(_, path)| path);
            last = Some((object, path.clone()));
            path
        };
        let locations = points.iter().zip(spots).map(|(point, spot)| match spot {
            Some(spot) => self.location(point, spot, &positions),
            None => Location { path: Arc::clone(&self.path), ..Location::default() },
        });
        let of_cluster = |(location, point): (Location, &Point<'_>)| match live(point.object) {
            Some(path) => Location { path, live: true, ..location },
            None => location,
        };
        if !self.live {
            return locations.collect();
        }
        locations.zip(points).map(of_cluster).collect()
    }

    fn location(&self, point: &Point<'_>, spot: &Spot, positions: &Positions) -> Location {
        let shown = self.text.is_some();
        Location {
            path: Arc::clone(&self.path),
            live: false,
            region: shown.then(|| region(spot.region, positions)),
            exact: spot.exact,
            missing: point.path.len().saturating_sub(spot.depth),
            rendered: self.rendered.clone(),
            shown: shown.then_some(Shown {
                start: spot.region.start,
                caret: spot.caret,
                context: spot.context,
            }),
        }
    }
}

fn region(span: Span, positions: &Positions) -> Region {
    Region { start: positions.at(span.start), end: positions.at(span.end) }
}

fn moved(span: Span, base: u32) -> Span {
    Span { start: span.start.saturating_add(base), end: span.end.saturating_add(base) }
}

/// Where an object stands that was listed at `list`, which is a cluster and the path of its API: `CLUSTER/apis/GROUP/VERSION/PLURAL`,
/// of the core group `CLUSTER/api/VERSION/PLURAL`. `None` for what was no list: files, saved with a Snapshot.
fn live_path(list: &str, object: &Object) -> Option<String> {
    let root = if object.group().is_empty() { "api" } else { "apis" };
    let (api, _) = list.rsplit_once('/')?;
    let cluster = api.strip_suffix(object.api_version.as_str())?.strip_suffix('/')?.strip_suffix(root)?;
    let ObjectRef { kind, namespace, name, .. } = object.reference();
    let between = if namespace.is_empty() { "" } else { "/" };
    Some(format!("{}/{namespace}{between}{kind}/{name}", cluster.strip_suffix('/')?))
}

/// A path with `/` between its parts on every platform.
fn display_path(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}
