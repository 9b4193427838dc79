//! New keys and items.

use super::layout::Layout;
use super::place::{Found, Place};
use super::value::EditValue;
use super::{EditError, Splice};
use crate::path::Path;
use crate::span::Span;
use crate::tree::{Node, Value};

impl Layout<'_> {
    pub(super) fn insert(
        &self,
        path: &Path,
        index: usize,
        value: &EditValue,
    ) -> Result<Vec<Splice>, EditError> {
        match self.find(path)? {
            Found::Place(place) if place.node.is_alias() => Err(EditError::Shared(path.clone())),
            Found::Place(place) => match place.node.value() {
                Value::Seq(_) => self.insert_item(place, index, value, path),
                Value::Null => Ok(self.replace(place, &EditValue::Seq(vec![value.clone()]))),
                other => Err(EditError::Type { path: path.clone(), found: other.type_name() }),
            },
            Found::Missing(..) => self.set(path, &EditValue::Seq(vec![value.clone()])),
        }
    }

    /// Adds an entry at the end of a mapping.
    pub(super) fn insert_key(
        &self,
        place: Place<'_>,
        key: &str,
        value: &EditValue,
        path: &Path,
    ) -> Result<Vec<Splice>, EditError> {
        let node = place.node;
        if node.is_alias() {
            return Err(EditError::Shared(path.clone()));
        }
        if place.in_flow || self.is_flow(node) {
            return Ok(vec![self.insert_in_flow(node, None, &self.flow_entry(key, value))]);
        }
        let column = self.column(node.span().start);
        let lines = format!("{}{}", " ".repeat(column), self.block_entry(key, value, column));
        Ok(vec![self.lines_at(self.next_line(node.span().end), &lines)])
    }

    /// Adds an item before the one at `index`, or at the end.
    pub(super) fn insert_item(
        &self,
        place: Place<'_>,
        index: usize,
        value: &EditValue,
        path: &Path,
    ) -> Result<Vec<Splice>, EditError> {
        let node = place.node;
        if node.is_alias() {
            return Err(EditError::Shared(path.clone()));
        }
        let length = node.items().count();
        if index > length {
            return Err(EditError::Missing(path.clone()));
        }
        let before = (index < length).then_some(index);
        if place.in_flow || self.is_flow(node) {
            let text = self.inline(value, crate::scanner::Style::Plain, true);
            return Ok(vec![self.insert_in_flow(node, before, &text)]);
        }
        let column = self.column(node.span().start);
        let indent = " ".repeat(column);
        let lines = format!("- {}", self.block(value, column + 2));
        let Some(before) = before else {
            return Ok(vec![self.lines_at(self.next_line(node.span().end), &format!("{indent}{lines}"))]);
        };
        let dash = self.dash(node, before).ok_or_else(|| EditError::Layout(path.clone()))?;
        let text = format!("{lines}{}{indent}", self.line_ending);
        Ok(vec![Splice::new(Span::new(dash, dash), text)])
    }

    /// Where the dash of an item stands in a sequence in block style.
    pub(super) fn dash(&self, sequence: Node<'_>, index: usize) -> Option<u32> {
        let start = match index.checked_sub(1) {
            None => sequence.span().start,
            Some(before) => sequence.item(before)?.span().end,
        };
        let dash = self.next_token(start);
        (self.text.as_bytes().get(dash as usize) == Some(&b'-')).then_some(dash)
    }
}
