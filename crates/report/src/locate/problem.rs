//! Where problems stand.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use seawall_inventory::{Place, Problem, Provenance, Snapshot, SourceFile};
use seawall_yaml::{Limits, Span, Stream};

use super::descend::{Descent, path_at};
use super::positions::Positions;
use super::snippet::{Snippet, snippet};
use super::template::Template;
use super::{Location, Rendered, display_path, redact, region};

/// Where a problem stands, and the line there.
pub(crate) type ProblemPlace = (Location, Option<Snippet>);

/// Spans with the numbers of the problems that they belong to.
type Numbered = Vec<(usize, Span)>;

/// The places of `problems`, in their order. A flag stands in no file: its location has the flag for a path and no region.
pub(crate) fn locate_problems(snapshot: &Snapshot, problems: &[&Problem]) -> Vec<ProblemPlace> {
    let mut by_file: BTreeMap<*const SourceFile, (&SourceFile, Numbered)> = BTreeMap::new();
    let mut places: Vec<ProblemPlace> = problems.iter().map(|problem| (whole(problem), None)).collect();
    for (index, problem) in problems.iter().enumerate() {
        let (file, span) = match &problem.place {
            Place::Path(_) | Place::Flag(_) => continue,
            Place::Aside { file, span } => (Some(Arc::as_ref(file)), *span),
            Place::Span { file, span } => (snapshot.file(*file), *span),
        };
        let Some(file) = file else { continue };
        // The address only gathers problems of one text; the order of the result does not come from it.
        by_file.entry(std::ptr::from_ref(file)).or_insert((file, Vec::new())).1.push((index, span));
    }
    let files: Vec<(&SourceFile, Numbered)> = by_file.into_values().collect();
    let found: Vec<Vec<(usize, ProblemPlace)>> =
        files.par_iter().map(|(file, spans)| in_file(snapshot, file, spans)).collect();
    for (index, place) in found.into_iter().flatten() {
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    places
}

fn whole(problem: &Problem) -> Location {
    let path = match &problem.place {
        Place::Path(path) => display_path(path),
        Place::Flag(flag) => flag.to_string(),
        Place::Aside { .. } | Place::Span { .. } => String::new(),
    };
    Location { path: path.into(), exact: true, ..Location::default() }
}

fn in_file(snapshot: &Snapshot, file: &SourceFile, spans: &[(usize, Span)]) -> Vec<(usize, ProblemPlace)> {
    let path: Arc<str> = display_path(&file.path).into();
    let Provenance::Rendered { unit, template } = &file.provenance else {
        return in_text(&path, &file.text.get(), spans);
    };
    let unit = snapshot.units.get(unit.0 as usize);
    let rendered = unit.map(|unit| Arc::new(Rendered { by: unit.kind, unit: display_path(&unit.path) }));
    let found = match template {
        Some(template) => in_template(&path, template, file, spans),
        None => spans.iter().map(|(index, _)| (*index, file_alone(&path))).collect(),
    };
    let marked = |location: Location| Location { rendered: rendered.clone(), exact: false, ..location };
    found.into_iter().map(|(index, (location, snippet))| (index, (marked(location), snippet))).collect()
}

/// What in the template most likely rendered to each of `spans`.
fn in_template(
    path: &Arc<str>,
    text: &str,
    file: &SourceFile,
    spans: &[(usize, Span)],
) -> Vec<(usize, ProblemPlace)> {
    let stream = seawall_yaml::parse(file.text.get().as_bytes(), &Limits::default());
    let mut template = Template::new(text);
    let (placed, lost): (Vec<_>, Vec<_>) = spans
        .iter()
        .map(|(index, span)| (*index, template_span(&mut template, &stream, *span)))
        .partition(|(_, span)| span.is_some());
    let placed: Vec<(usize, Span)> =
        placed.into_iter().filter_map(|(index, span)| Some((index, span?))).collect();
    let lost = lost.into_iter().map(|(index, _)| (index, file_alone(path)));
    in_text(path, text, &placed).into_iter().chain(lost).collect()
}

fn file_alone(path: &Arc<str>) -> ProblemPlace {
    (Location { path: Arc::clone(path), ..Location::default() }, None)
}

fn template_span(template: &mut Template<'_>, stream: &Stream, span: Span) -> Option<Span> {
    let before = stream.documents.partition_point(|document| document.span.start <= span.start);
    let document = stream.documents.get(before.checked_sub(1)?)?;
    if span.start > document.span.end {
        return None;
    }
    let path = path_at(document, span.start);
    let steps = Descent::new(document).steps(&path);
    Some(template.spot(document.index, &path, &steps).region)
}

fn in_text(path: &Arc<str>, text: &str, spans: &[(usize, Span)]) -> Vec<(usize, ProblemPlace)> {
    let positions = Positions::new(text, spans.iter().flat_map(|(_, span)| [span.start, span.end]).collect());
    let number = |offset| positions.at(offset).line;
    // What could not be parsed does not say which of its lines are data of a Secret.
    let holds_secret = text.lines().any(|line| line.contains("kind") && line.contains("Secret"));
    let mut secrets = |window: Range<usize>| {
        let line = text.get(window.clone()).unwrap_or_default();
        let found =
            if holds_secret { all_values(line).into_iter().collect() } else { redact::secrets_of_line(line) };
        found.into_iter().map(|range| range.start + window.start..range.end + window.start).collect()
    };
    let mut place = |span: Span| {
        let snippet = snippet(text, on_first_line(text, span), None, &mut secrets, &number);
        let region = Some(region(span, &positions));
        (Location { path: Arc::clone(path), region, exact: true, ..Location::default() }, Some(snippet))
    };
    spans.iter().map(|(index, span)| (*index, place(*span))).collect()
}

fn on_first_line(text: &str, span: Span) -> Span {
    let covered = span.slice(text);
    let end = covered.find('\n').and_then(|end| u32::try_from(end).ok());
    Span::new(span.start, end.map_or(span.end, |end| span.start.saturating_add(end)))
}

/// Everything behind the first key of a line, or all of it, unless it names a type.
fn all_values(line: &str) -> Option<Range<usize>> {
    let indent = line.len() - line.trim_start().len();
    let start = line.find(": ").map_or(indent, |colon| colon + 2);
    let written = line.trim();
    let is_harmless =
        written.starts_with("kind:") || written.starts_with("apiVersion:") || written.ends_with(':');
    (!is_harmless && start < line.len()).then_some(start..line.len())
}
