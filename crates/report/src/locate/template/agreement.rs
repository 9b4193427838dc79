//! How well what a template writes out agrees with what was rendered.

use seawall_yaml::{Node, Value};

use super::action::{Match, matches};
use super::skeleton::Skeleton;

/// Entries and items looked at on each level: enough to tell items of a list apart.
const WIDTH: usize = 16;
/// Levels looked at.
const DEPTH: usize = 4;
/// The most that one value can say for or against its surroundings.
const MOST: i32 = 6;
/// A name tells items of most Kubernetes lists apart (`patchMergeKey` of k8s.io/api).
const NAME_WEIGHT: i32 = 3;

/// How well the part numbered `part` agrees with `node`: the higher the better, below 0 when more speaks against it than for it.
pub(super) fn agreement(skeleton: &Skeleton<'_>, part: usize, node: Node<'_>) -> i32 {
    Scale { skeleton }.value(part, node, DEPTH)
}

/// How well the value written at `part.key` agrees with the rendered one, between -[`MOST`] and [`MOST`].
pub(super) fn key_agreement(skeleton: &Skeleton<'_>, part: usize, key: &str, node: Option<Node<'_>>) -> i32 {
    Scale { skeleton }.key(part, key, node, DEPTH)
}

struct Scale<'s, 't> {
    skeleton: &'s Skeleton<'t>,
}

impl Scale<'_, '_> {
    fn value(&self, part: usize, node: Node<'_>, depth: usize) -> i32 {
        match node.value() {
            _ if depth == 0 => 0,
            Value::Map(_) => self.map(part, node, depth),
            Value::Seq(_) => self.seq(part, node),
            _ => self.scalar(part, node),
        }
    }

    fn scalar(&self, part: usize, node: Node<'_>) -> i32 {
        let written = self.skeleton.part(part).map_or("", |part| self.skeleton.slice(&part.value));
        let rendered = raw(node);
        match matches(written, rendered) {
            Match::Whole => 4,
            Match::Partly(literal) => 2 + i32::from(literal > 20),
            Match::Hole => 1 + i32::from(names(written, rendered)),
            // Kustomize puts prefixes and suffixes around names.
            Match::No if written.len() > 2 && rendered.contains(written) => 1,
            Match::No => -MOST,
        }
    }

    fn map(&self, part: usize, node: Node<'_>, depth: usize) -> i32 {
        let Some(written) = self.skeleton.part(part) else { return 0 };
        if !written.value.is_empty() {
            // An action, or a mapping in flow style, which is not looked into.
            return 0;
        }
        let may_have_more = !(written.outputs.is_empty() && written.holed.is_empty());
        let mut sum = 0;
        for (key, _, value) in node.entries().take(WIDTH) {
            sum += match self.skeleton.keys(part, key).is_empty() {
                true if may_have_more => 0,
                true => -4,
                false => {
                    let weight = if key == "name" && depth == DEPTH { NAME_WEIGHT } else { 1 };
                    weight * self.key(part, key, Some(value), depth)
                }
            };
        }
        let certain = self.skeleton.certain_keys(part).take(WIDTH);
        let missing = certain.filter(|key| node.get(key).is_none()).count();
        sum - 4 * i32::try_from(missing).unwrap_or(0)
    }

    fn key(&self, part: usize, key: &str, node: Option<Node<'_>>, depth: usize) -> i32 {
        let keys = self.skeleton.keys(part, key);
        let Some(node) = node else { return if keys.is_empty() { 0 } else { -1 } };
        let values = keys.iter().take(WIDTH).map(|key| self.value(*key, node, depth - 1));
        values.max().unwrap_or(0).clamp(-MOST, MOST)
    }

    /// Lists of scalars are held against each other as sets.
    fn seq(&self, part: usize, node: Node<'_>) -> i32 {
        let Some(written) = self.skeleton.part(part).filter(|part| part.value.is_empty()) else { return 0 };
        let values = || {
            let items = written.items.iter().take(WIDTH).filter_map(|item| self.skeleton.part(*item));
            items.map(|item| self.skeleton.slice(&item.value)).filter(|value| !value.is_empty())
        };
        let agree =
            |item: Node<'_>| values().map(|value| matches(value, raw(item))).max().unwrap_or(Match::No);
        let mut sum = 0;
        for item in node.items().take(WIDTH).filter(|item| !item.is_map() && !item.is_seq()) {
            sum += match agree(item) {
                Match::Whole => 2,
                Match::Partly(_) => 1,
                Match::Hole => 0,
                Match::No if written.outputs.is_empty() => -3,
                Match::No => 0,
            };
        }
        let is_rendered =
            |value: &str| node.items().take(WIDTH).any(|item| matches(value, raw(item)) != Match::No);
        let left_out = values().filter(|value| !is_rendered(value)).count();
        sum - i32::try_from(left_out).unwrap_or(0)
    }
}

/// Whether the action that a value comes from names it: `{{ .Values.metrics.portName }}` for `metrics`.
fn names(written: &str, rendered: &str) -> bool {
    const LONGEST: usize = 256;
    rendered.len() > 2
        && written.len() < LONGEST
        && written.to_ascii_lowercase().contains(&rendered.to_ascii_lowercase())
}

/// A scalar as it is held against what is written: a string without quotes, anything else as it stands.
pub(super) fn raw(node: Node<'_>) -> &str {
    match node.value() {
        Value::Str(text) => text,
        Value::Map(_) | Value::Seq(_) => "",
        _ => node.content_span().slice(node.document().text()),
    }
}
