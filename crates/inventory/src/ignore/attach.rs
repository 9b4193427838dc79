//! Which object a comment belongs to.

use std::collections::HashMap;
use std::ops::Range;

use seawall_yaml::{Document, Path, Stream};

use super::comment::{Comment, find};
use super::cover::Covers;
use super::warning;
use crate::object::Object;
use crate::origin::{Ignore, IgnoreForm};
use crate::problem::Problem;

/// The most suppressions of one text that count: a bound on what stacked comments above an often used anchor multiply to.
const MAX_IGNORES: usize = 100_000;

/// Gives each of `objects` (all of `stream`, in its order) the comments that cover it or a part of it. Comments that are not
/// understood or cover nothing are problems.
pub(crate) fn attach(stream: &Stream, objects: &mut [Object]) -> Vec<Problem> {
    let comments = find(&stream.text);
    let mut attaching = Attaching { objects, problems: Vec::new(), count: 0 };
    let mut next = 0;
    let mut gap_start = 0;
    for document in &stream.documents {
        let start = document.span.start;
        let gap = next..comments.partition_point(|comment| comment.span.start < start);
        let body = gap.end..comments.partition_point(|comment| comment.span.start < document.span.end);
        let before = stream.text.get(gap_start..start as usize).unwrap_or_default();
        // Comments before the `---` that opens the document. Those of a document that was not read stay out.
        let leading_from = gap_start + behind_unread(before);
        let leading = comments.partition_point(|comment| (comment.span.start as usize) < leading_from);
        let own = leading.clamp(gap.start, gap.end)..body.end;
        attaching.document(document, comments.get(own.clone()).unwrap_or_default());
        next = body.end;
        gap_start = document.span.end as usize;
    }
    attaching.trailing(&stream.text, gap_start, comments.get(next..).unwrap_or_default());
    attaching.problems
}

struct Attaching<'o> {
    objects: &'o mut [Object],
    problems: Vec<Problem>,
    count: usize,
}

impl Attaching<'_> {
    fn document(&mut self, document: &Document, comments: &[Comment]) {
        if comments.is_empty() {
            return;
        }
        let first = self.objects.partition_point(|object| object.origin.document < document.index);
        let behind = self.objects.partition_point(|object| object.origin.document <= document.index);
        let by_path: HashMap<Path, usize> = (first..behind)
            .filter_map(|index| Some((self.objects.get(index)?.origin.path.clone(), index)))
            .collect();
        let root = document.root();
        let covers = Covers::of(root, comments);
        for (index, comment) in comments.iter().enumerate() {
            if covers.is_quoted(index) {
                continue;
            }
            let whole = [Path::root()];
            let paths = match comment.target {
                _ if comment.own_line && comment.span.start < root.span().start => &whole[..],
                Some(target) => covers.paths(target),
                None => &[],
            };
            self.comment(comment, paths, &by_path, first..behind);
        }
    }

    fn comment(
        &mut self,
        comment: &Comment,
        paths: &[Path],
        by_path: &HashMap<Path, usize>,
        objects: Range<usize>,
    ) {
        let said = match &comment.said {
            Ok(said) => said,
            Err(what) => {
                self.problems.push(warning(
                    "ignore-syntax",
                    comment.span,
                    format!("this comment is not understood: {what}"),
                    "write `# seawall: ignore[CHECK] reason`, with `until YYYY-MM-DD` behind the bracket if it is to expire",
                ));
                return;
            }
        };
        let mut attached = false;
        for path in paths {
            let Some((object, below)) = owner(path, by_path) else { continue };
            let Some(object) = self.objects.get_mut(object) else { continue };
            attached = true;
            self.count += 1;
            if self.count > MAX_IGNORES {
                break;
            }
            object.ignores.push(Ignore {
                path: below,
                checks: said.checks.clone(),
                reason: said.reason.clone(),
                expires: said.expires.clone(),
                span: comment.span,
                form: IgnoreForm::Comment,
            });
        }
        if self.count > MAX_IGNORES {
            if attached && self.count == MAX_IGNORES + 1 {
                self.problems.push(warning(
                    "ignore-limit",
                    comment.span,
                    format!("suppressions of this text from here on do not count: more than {MAX_IGNORES}"),
                    "suppress in the configuration, where one entry covers many places",
                ));
            }
        } else if !attached {
            self.covers_nothing(comment, objects);
        }
    }

    fn covers_nothing(&mut self, comment: &Comment, objects: Range<usize>) {
        let help = if objects.is_empty() {
            "this document holds no Kubernetes object; put the comment where the object is"
        } else if objects.len() > 1 || !comment.own_line {
            "put it behind the field it is about, or on the line above the item of the List it is about"
        } else {
            "put it behind the field it is about, or on the line above; it covers what follows in the same document"
        };
        let message = "this suppression covers nothing";
        self.problems.push(warning("ignore-covers-nothing", comment.span, message, help));
    }

    /// Comments behind the last document, unless they stand in one that was not read.
    fn trailing(&mut self, text: &str, start: usize, comments: &[Comment]) {
        let rest = text.get(start..).unwrap_or_default();
        let from = start + behind_unread(rest);
        for comment in comments.iter().filter(|comment| comment.span.start as usize >= from) {
            if comment.own_line {
                self.covers_nothing(comment, 0..1);
            }
        }
    }
}

/// The object that `path` of a document lies in, and the path from its root.
fn owner(path: &Path, by_path: &HashMap<Path, usize>) -> Option<(usize, Path)> {
    path.ancestors().find_map(|above| Some((*by_path.get(above)?, path.tail(path.len() - above.len()))))
}

/// Where, in a `text` between documents, those that were not read end: at the separator behind the last line that is neither
/// empty, comment nor directive.
fn behind_unread(text: &str) -> usize {
    let mut behind = 0;
    let mut offset = 0;
    let mut within = false;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if line.starts_with("---") {
            if within {
                behind = offset;
            }
            within = false;
        } else {
            within |= !(content.is_empty() || content.starts_with(['#', '%']) || content == "...");
        }
        offset += line.len();
    }
    if within { text.len() } else { behind }
}
