//! `Set`: replacing a node, or adding what is missing.

use super::layout::Layout;
use super::place::{Found, Place};
use super::value::EditValue;
use super::{EditError, Splice};
use crate::path::{Path, Segment};
use crate::scanner::Style;
use crate::span::Span;
use crate::tree::Value;

impl Layout<'_> {
    pub(super) fn set(&self, path: &Path, value: &EditValue) -> Result<Vec<Splice>, EditError> {
        let (place, missing) = match self.find(path)? {
            Found::Place(place) => return Ok(self.replace(place, value)),
            Found::Missing(place, missing) => (place, missing),
        };
        let Some((first, rest)) = missing.split_first() else { return Ok(self.replace(place, value)) };
        let value = nested(value, rest);
        match (first, place.node.value()) {
            (Segment::Key(key), Value::Map(_)) => self.insert_key(place, key, &value, path),
            (Segment::Key(key), Value::Null) => {
                Ok(self.replace(place, &EditValue::Map(vec![(key.clone(), value)])))
            }
            (Segment::Index(index), Value::Seq(_)) => self.insert_item(place, *index, &value, path),
            (Segment::Index(0), Value::Null) => Ok(self.replace(place, &EditValue::Seq(vec![value]))),
            _ => Err(EditError::Missing(path.clone())),
        }
    }

    /// Writes `value` where the node of `place` stands.
    pub(super) fn replace(&self, place: Place<'_>, value: &EditValue) -> Vec<Splice> {
        let node = place.node;
        let span = node.span();
        let is_scalar = !node.is_map() && !node.is_seq() || node.is_alias();
        // A tag belongs to the value that goes; an anchor stays for its aliases, which the check of the outcome guards.
        let start = node.tag_start().unwrap_or(span.start);
        let whole = Span::new(start, span.end);
        let style = if is_scalar { node.style() } else { Style::Plain };
        if place.in_flow {
            let text = self.inline(value, style, true);
            return vec![Splice::new(whole, spaced(self.text, whole, text))];
        }
        let Some(indicator_end) = self.indicator_end(place) else {
            // The root.
            let text = self.block(value, 0);
            return vec![Splice::new(whole, text)];
        };
        let is_block_scalar =
            is_scalar && matches!(style, Style::Literal | Style::Folded) && !node.is_alias();
        let is_block_collection = !is_scalar && !self.is_flow(node);
        let on_own_lines = is_block_collection && self.starts_line(span.start) && place.key.is_some()
            || is_block_collection && self.line_start(span.start) > indicator_end;
        let ending = self.line_ending;

        if value.is_inline() {
            let text = self.inline(value, style, false);
            if is_block_scalar {
                return vec![Splice::new(whole, format!("{text}{}", final_ending(self.text, whole)))];
            }
            if on_own_lines {
                return vec![
                    Splice::new(Span::new(indicator_end, indicator_end), format!(" {text}")),
                    Splice::new(Span::new(self.line_start(span.start), self.next_line(span.end)), ""),
                ];
            }
            return vec![Splice::new(whole, spaced(self.text, whole, text))];
        }

        if on_own_lines {
            let column = self.column(span.start);
            let same_kind = matches!(value, EditValue::Seq(_)) == node.is_seq();
            let column = match (same_kind, place.key) {
                (false, Some(key)) => self.below(value, self.column(key.start)),
                _ => column,
            };
            let lines = format!("{}{}", " ".repeat(column), self.block(value, column));
            let old = Span::new(self.line_start(span.start), self.next_line(span.end));
            return vec![Splice::new(old, format!("{lines}{}", final_ending(self.text, old)))];
        }
        let Some(key) = place.key else {
            // An item: the value starts behind the dash.
            let column = if span.is_empty() { self.column(indicator_end) + 1 } else { self.column(start) };
            let text = self.block(value, column);
            let text =
                if is_block_scalar { format!("{text}{}", final_ending(self.text, whole)) } else { text };
            return vec![Splice::new(whole, spaced(self.text, whole, text))];
        };
        let column = self.below(value, self.column(key.start));
        let lines = format!("{}{}", " ".repeat(column), self.block(value, column));
        if is_block_scalar {
            let old = Span::new(indicator_end, span.end);
            return vec![Splice::new(old, format!("{ending}{lines}{}", final_ending(self.text, old)))];
        }
        if self.line_end(indicator_end) < span.end {
            // A scalar or flow collection of several lines, or on a line of its own.
            return vec![Splice::new(Span::new(indicator_end, span.end), format!("{ending}{lines}"))];
        }
        let line_end = self.line_end(indicator_end);
        vec![
            Splice::new(Span::new(indicator_end, span.end), ""),
            Splice::new(Span::new(line_end, line_end), format!("{ending}{lines}")),
        ]
    }

    /// The position behind the `:` or `-` before a node in block context; `None` for the root.
    fn indicator_end(&self, place: Place<'_>) -> Option<u32> {
        let container = place.container?;
        let indicator = match place.key {
            Some(key) => self.next_token(key.end),
            None => self.dash(container, place.item)?,
        };
        let is_indicator = matches!(self.text.as_bytes().get(indicator as usize), Some(b':' | b'-'));
        is_indicator.then_some(indicator + 1)
    }
}

/// The value wrapped into the missing segments.
fn nested(value: &EditValue, missing: &[&Segment]) -> EditValue {
    missing.iter().rev().fold(value.clone(), |inner, segment| match segment {
        Segment::Key(key) => EditValue::Map(vec![(key.clone(), inner)]),
        Segment::Index(_) => EditValue::Seq(vec![inner]),
    })
}

/// A space before a value that takes the place of nothing.
fn spaced(text: &str, place: Span, value: String) -> String {
    let before = (place.start as usize).checked_sub(1).and_then(|at| text.as_bytes().get(at));
    match before {
        Some(b' ' | b'\n' | b'[' | b'{') | None => value,
        _ if place.is_empty() => format!(" {value}"),
        _ => value,
    }
}

/// The line ending with which what stands at `place` ends.
fn final_ending(text: &str, place: Span) -> &str {
    let old = place.slice(text);
    if old.ends_with("\r\n") {
        "\r\n"
    } else if old.ends_with('\n') {
        "\n"
    } else {
        ""
    }
}
