//! `Remove`.

use super::layout::Layout;
use super::place::Place;
use super::value::EditValue;
use super::{EditError, Splice};
use crate::path::{Path, Segment};
use crate::span::{Span, offset};
use crate::tree::Node;

impl Layout<'_> {
    /// Removes the node at `path`; of duplicate keys the one in effect, so that the next becomes it.
    pub(super) fn remove(&self, path: &Path) -> Result<Vec<Splice>, EditError> {
        let missing = || EditError::Missing(path.clone());
        let place = match self.find(path)? {
            super::place::Found::Place(place) => place,
            super::place::Found::Missing(..) if self.document.get(path).is_some() => {
                return Err(EditError::Shared(path.clone()));
            }
            super::place::Found::Missing(..) => return Err(missing()),
        };
        let container = place.container.ok_or_else(missing)?;
        let parent = path.parent().ok_or_else(missing)?;
        let index = match path.last() {
            Some(Segment::Index(index)) => *index,
            _ => container
                .written_entries()
                .position(|entry| Some(entry.key_span) == place.key)
                .ok_or_else(missing)?,
        };
        if place.in_flow {
            let splice = self.remove_from_flow(container, index);
            return Ok(vec![splice.ok_or_else(|| EditError::Layout(path.clone()))?]);
        }
        let is_only = container.items().count() + container.written_entries().count() == 1;
        if is_only {
            let empty =
                if container.is_seq() { EditValue::Seq(Vec::new()) } else { EditValue::Map(Vec::new()) };
            return Ok(self.replace(self.find_place(parent)?, &empty));
        }
        let span =
            self.member_lines(container, index, place).ok_or_else(|| EditError::Layout(path.clone()))?;
        Ok(vec![Splice::new(span, "")])
    }

    /// The lines of an entry or item of a collection in block style.
    fn member_lines(&self, container: Node<'_>, index: usize, place: Place<'_>) -> Option<Span> {
        let start = self.member_start(container, index)?;
        if self.starts_line(start) {
            return Some(Span::new(self.line_start(start), self.next_line(place.node.span().end.max(start))));
        }
        // It stands behind the dash of an outer item; the next one moves there, unless that would lose a comment.
        let next = self.member_start(container, index + 1)?;
        let end = place.node.span().end;
        if Span::new(self.next_line(end).min(next), next).slice(self.text).contains('#') {
            let blanks = Span::new(self.line_start(start), start).slice(self.text);
            let blanks = offset(blanks.len() - blanks.trim_end().len());
            return Some(Span::new(start - blanks, self.line_end(end)));
        }
        Some(Span::new(start, next))
    }

    fn member_start(&self, container: Node<'_>, index: usize) -> Option<u32> {
        if container.is_seq() {
            return self.dash(container, index);
        }
        let (key, ..) = container.written_pairs().nth(index)?;
        Some(key.properties_start())
    }
}
