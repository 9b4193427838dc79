//! The line of a template that most likely rendered to a field.
//!
//! Helm and Kustomize do not say which line became which. But a template writes out most keys of the objects it renders to, and
//! what it does not write out comes from an action that stands below a key that it does. So the path of a field is followed
//! through the keys that the template writes out; of several candidates (branches of a condition, items of a list) the one
//! whose written text agrees best with what was rendered is taken.

mod action;
mod agreement;
mod align;
mod skeleton;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use seawall_yaml::{Node, Path, Segment, Span};

use self::action::{Match, matches};
use self::agreement::{agreement, key_agreement, raw};
use self::align::{Candidate, align};
use self::skeleton::{Shape, Skeleton};
use super::descend::{Spot, Step};

/// Finds fields of rendered documents in their template.
pub(super) struct Template<'t> {
    skeleton: Skeleton<'t>,
    /// Candidates by rendered document and rendered node: each node is matched once, whatever the number of findings.
    known: HashMap<(usize, Span), Vec<usize>>,
    /// What is left of [`BUDGET`].
    budget: usize,
}

/// Candidates looked at for one step: enough for any template that people write, and a bound for one that they do not.
const BAND: usize = 64;
/// How much of rendered lists is held against items of a template, for all findings of a template together: in bytes times
/// items. Beyond, items are matched by their position.
const BUDGET: usize = 64 << 20;
/// Bytes of an action that are searched for names.
const LONGEST: usize = 512;

impl<'t> Template<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { skeleton: Skeleton::new(text), known: HashMap::new(), budget: BUDGET }
    }

    /// The place in the template for the last of `steps`, the nodes along `path` in the rendered document numbered
    /// `document`.
    pub(super) fn spot(&mut self, document: usize, path: &Path, steps: &[Step<'_>]) -> Spot {
        let depth = steps.len().saturating_sub(1);
        let mut candidates = match steps.first() {
            Some(root) => self.documents(document, root.node),
            None => Vec::new(),
        };
        let mut reached = 0;
        let segments = path.segments();
        for (segment, (parent, step)) in segments.iter().zip(steps.iter().zip(steps.iter().skip(1))) {
            let next = self.step(document, &candidates, segment, parent.node, step.node);
            if next.is_empty() {
                break;
            }
            candidates = next;
            reached += 1;
        }
        let node = steps.get(reached).map(|step| step.node);
        let best = self.best(&candidates, node);
        let rest = segments.get(reached..depth).unwrap_or_default();
        let part = if rest.is_empty() { best } else { self.origin_of(best, rest) };
        self.show(part, depth, rest.is_empty() && depth == path.len())
    }

    /// The documents of the template that may have rendered to `root`.
    fn documents(&mut self, document: usize, root: Node<'_>) -> Vec<usize> {
        if let Some(known) = self.known.get(&(document, root.span())) {
            return known.clone();
        }
        let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
        let score = |index: usize| -> i32 {
            let metadata = self.skeleton.keys(index, "metadata").iter().take(BAND);
            let name = metadata.map(|metadata| key_agreement(&self.skeleton, *metadata, "name", name)).max();
            4 * key_agreement(&self.skeleton, index, "kind", root.get("kind"))
                + key_agreement(&self.skeleton, index, "apiVersion", root.get("apiVersion"))
                + 2 * name.unwrap_or(0)
        };
        let scores =
            band(&self.skeleton.documents, document).map(|(position, index)| (position, index, score(index)));
        let found: Vec<usize> = best_near(scores, document).into_iter().collect();
        self.known.insert((document, root.span()), found.clone());
        found
    }

    /// The candidates for `node`, which stands at `segment` below `parent`; `from` are those for `parent`.
    fn step(
        &mut self,
        document: usize,
        from: &[usize],
        segment: &Segment,
        parent: Node<'_>,
        node: Node<'_>,
    ) -> Vec<usize> {
        let place = (document, node.span());
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        let next = match segment {
            Segment::Key(key) => self.keys(from, key),
            Segment::Index(index) => self.items(document, from, *index, parent),
        };
        self.known.insert(place, next.clone());
        next
    }

    fn keys(&self, from: &[usize], key: &str) -> Vec<usize> {
        let written: Vec<usize> =
            from.iter().flat_map(|parent| self.skeleton.keys(*parent, key)).take(BAND).copied().collect();
        if !written.is_empty() {
            return written;
        }
        // `{{ $name }}: {{ $value }}`
        let holed = from.iter().filter_map(|parent| self.skeleton.part(*parent)).flat_map(|part| &part.holed);
        let mut best = (Match::No, Vec::new());
        for index in holed.take(BAND) {
            let Some(part) = self.skeleton.part(*index) else { continue };
            let found = matches(self.skeleton.slice(&part.head), key);
            if found > best.0 {
                best = (found, vec![*index]);
            } else if found == best.0 && found != Match::No {
                best.1.push(*index);
            }
        }
        best.1
    }

    /// The candidates for the item at `index` of `list`. All items of the list are aligned at once.
    fn items(&mut self, document: usize, from: &[usize], index: usize, list: Node<'_>) -> Vec<usize> {
        let parents = || from.iter().filter_map(|parent| self.skeleton.part(*parent));
        let candidates: Vec<Candidate> = parents()
            .flat_map(|parent| &parent.items)
            .filter_map(|part| Some(Candidate { part: *part, repeats: self.skeleton.part(*part)?.repeats }))
            .collect();
        let rendered: Vec<Node<'_>> = list.items().collect();
        let cost = candidates.len().saturating_mul(list.content_span().len());
        let aligned = if candidates.is_empty() || cost > self.budget {
            // By position, which no agreement speaks for or against.
            (0..rendered.len()).map(|item| (item.min(candidates.len().saturating_sub(1)), 0)).collect()
        } else {
            self.budget -= cost;
            align(rendered.len(), &candidates, |item, number| {
                match (rendered.get(item), candidates.get(number)) {
                    (Some(node), Some(candidate)) => agreement(&self.skeleton, candidate.part, *node),
                    _ => 0,
                }
            })
        };
        // What else could have rendered an item that nothing agrees with.
        let has_output = parents().any(|parent| !parent.outputs.is_empty());
        let mut found = Vec::new();
        for (item, ((number, score), node)) in aligned.into_iter().zip(&rendered).enumerate() {
            let candidate = candidates.get(number).filter(|_| score >= 0 || !has_output);
            let part: Vec<usize> = candidate.map(|candidate| candidate.part).into_iter().collect();
            if item == index {
                found.clone_from(&part);
            }
            self.known.insert((document, node.span()), part);
        }
        found
    }

    /// The candidate whose written value agrees best with what was rendered.
    fn best(&self, candidates: &[usize], node: Option<Node<'_>>) -> usize {
        let score = |index: &usize| {
            let Some(part) = self.skeleton.part(*index) else { return Match::No };
            match node.filter(|node| !node.is_map() && !node.is_seq()) {
                Some(node) => matches(self.skeleton.slice(&part.value), raw(node)),
                None if self.skeleton.has_children(*index) => Match::Hole,
                None => Match::No,
            }
        };
        // `max_by_key` takes the last of equals; the first branch is the likelier one.
        candidates.iter().rev().max_by_key(|index| score(index)).copied().unwrap_or(0)
    }

    /// What below `part` may have rendered to `rest`: the action that names most of it, else the part itself.
    fn origin_of(&self, part: usize, rest: &[&Segment]) -> usize {
        let words: Vec<String> = rest
            .iter()
            .filter_map(|segment| match segment {
                Segment::Key(key) => Some(key.to_lowercase()),
                Segment::Index(_) => None,
            })
            .collect();
        let named = |index: &usize| {
            let head = self.skeleton.part(*index).map_or(0..0, |part| part.head.clone());
            let head = head.start..head.end.min(head.start + LONGEST);
            let text = self.skeleton.slice(&head).to_lowercase();
            words.iter().filter(|word| text.contains(word.as_str())).count()
        };
        let outputs = self.skeleton.part(part).map_or(&[][..], |part| part.outputs.as_slice());
        outputs.iter().take(BAND).rev().max_by_key(|index| named(index)).copied().unwrap_or(part)
    }

    fn show(&self, part: usize, depth: usize, exact: bool) -> Spot {
        let Some(part) = self.skeleton.part(part) else {
            return Spot {
                region: Span::default(),
                caret: Span::default(),
                context: None,
                depth,
                exact: false,
            };
        };
        let mut head = part.head.clone();
        if part.shape == Shape::Document {
            // The first line that says something.
            let rest = self.skeleton.text.get(head.end..).unwrap_or_default();
            head.start += rest.len() - rest.trim_start().len();
            head.end = head.start;
        }
        let line =
            self.skeleton.text.get(head.start..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let line_end = head.start + line.trim_end().len();
        if part.shape != Shape::Key {
            head.end = line_end;
        }
        let one_line = !part.value.is_empty() && part.value.end <= line_end;
        let region = span(head.start, if one_line { part.value.end } else { head.end.min(line_end) });
        let caret = if one_line {
            span(part.value.start, part.value.end)
        } else {
            span(head.start, head.end.min(line_end))
        };
        Spot { region, caret, context: None, depth, exact }
    }
}

/// The parts around the position `near`, with their positions; all of them when they are not more than a band.
fn band(parts: &[usize], near: usize) -> impl Iterator<Item = (usize, usize)> {
    let start = near.saturating_sub(BAND / 2).min(parts.len().saturating_sub(BAND));
    parts.iter().copied().enumerate().skip(start).take(BAND)
}

/// The best scored part. Of equals, the one at position `near`: what repeats in the output stands in the same order in the
/// template; then the first.
fn best_near(scores: impl Iterator<Item = (usize, usize, i32)>, near: usize) -> Option<usize> {
    let rank = |(position, _, score): &(usize, usize, i32)| (*score, *position == near);
    let mut best: Option<(usize, usize, i32)> = None;
    for scored in scores {
        if best.as_ref().is_none_or(|best| rank(&scored) > rank(best)) {
            best = Some(scored);
        }
    }
    best.map(|(_, part, _)| part)
}

fn span(start: usize, end: usize) -> Span {
    let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span::new(narrow(start), narrow(end))
}
