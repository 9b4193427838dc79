//! Annotations that suppress.

use seawall_yaml::{Node, Path, Span};

use super::grammar::annotation_line;
use super::{ANNOTATION, warning};
use crate::origin::{Ignore, IgnoreForm};
use crate::problem::Problem;
use crate::template::PodTemplate;

/// The suppressions in annotations of the object at `node`, and of its pod templates `pods`; what is wrong with them goes to
/// `problems`.
pub(crate) fn of_object(
    text: &str,
    node: Node<'_>,
    pods: &[PodTemplate],
    problems: &mut Vec<Problem>,
) -> Vec<Ignore> {
    let own = Path::root().key("metadata");
    let templates = pods.iter().map(|pod| &pod.metadata_path).filter(|path| **path != own);
    let mut ignores = Vec::new();
    for metadata in std::iter::once(&own).chain(templates) {
        let Some(value) = descend(node, metadata) else { continue };
        let covers = metadata.parent().cloned().unwrap_or_default();
        read(text, value, &covers, &mut ignores, problems);
    }
    ignores
}

fn descend<'t>(node: Node<'t>, metadata: &Path) -> Option<Node<'t>> {
    let metadata = metadata.segments().into_iter().try_fold(node, |node, segment| match segment {
        seawall_yaml::Segment::Key(key) => node.get(key),
        seawall_yaml::Segment::Index(index) => node.item(*index),
    })?;
    metadata.get("annotations")?.get(ANNOTATION)
}

fn read(text: &str, value: Node<'_>, covers: &Path, ignores: &mut Vec<Ignore>, problems: &mut Vec<Problem>) {
    let whole = value.content_span();
    let mut rest = whole;
    for line in value.as_str().unwrap_or_default().lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let span = place(text, line, &mut rest).unwrap_or(whole);
        match annotation_line(line) {
            Ok(said) => ignores.push(Ignore {
                path: covers.clone(),
                checks: said.checks,
                reason: said.reason,
                expires: said.expires,
                span,
                form: IgnoreForm::Annotation,
            }),
            Err(what) => problems.push(warning(
                "ignore-syntax",
                span,
                format!("this line of `{ANNOTATION}` is not understood: {what}"),
                "write `CHECK, CHECK: reason`, with `until YYYY-MM-DD` before the colon if it is to expire",
            )),
        }
    }
}

/// Where a line of the value stands in what is written from `rest` on, which then starts behind it. `None` when it is written
/// otherwise, with escapes for example.
fn place(text: &str, line: &str, rest: &mut Span) -> Option<Span> {
    let at = rest.start + u32::try_from(rest.slice(text).find(line)?).ok()?;
    let span = Span::new(at, at + u32::try_from(line.len()).ok()?);
    rest.start = span.end;
    Some(span)
}
