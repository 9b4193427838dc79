//! Collections in flow style, and JSON.

use super::Splice;
use super::layout::Layout;
use crate::span::Span;
use crate::tree::Node;

impl Layout<'_> {
    /// Inserts the text of an entry or item, before the one at `before` or at the end.
    pub(super) fn insert_in_flow(&self, node: Node<'_>, before: Option<usize>, text: &str) -> Splice {
        let members = members(node);
        let next = before.and_then(|index| members.get(index));
        if let Some(next) = next {
            let at = Span::new(next.start, next.start);
            return Splice::new(at, format!("{text},{}", self.gap_before(*next)));
        }
        let Some(last) = members.last() else {
            let brackets = if node.is_seq() { ('[', ']') } else { ('{', '}') };
            return Splice::new(node.span(), format!("{}{text}{}", brackets.0, brackets.1));
        };
        Splice::new(Span::new(last.end, last.end), format!(",{}{text}", self.gap_before(*last)))
    }

    /// Takes away the entry or item at `index`, with its comma.
    pub(super) fn remove_from_flow(&self, node: Node<'_>, index: usize) -> Option<Splice> {
        let members = members(node);
        let member = *members.get(index)?;
        let span = match (members.get(index + 1), index.checked_sub(1).and_then(|before| members.get(before)))
        {
            (Some(next), _) => Span::new(member.start, next.start),
            (None, Some(before)) => Span::new(before.end, member.end),
            (None, None) => {
                let comma = self.next_token(member.end);
                let has_comma = self.text.as_bytes().get(comma as usize) == Some(&b',');
                Span::new(member.start, if has_comma { comma + 1 } else { member.end })
            }
        };
        Some(Splice::new(span, ""))
    }

    /// What separates the members: a line break and indentation when they stand on lines of their own.
    fn gap_before(&self, member: Span) -> String {
        let line_start = self.line_start(member.start);
        let indent = Span::new(line_start, member.start).slice(self.text);
        if line_start > 0 && indent.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            format!("{}{indent}", self.line_ending)
        } else {
            " ".to_owned()
        }
    }
}

/// Where the entries or items stand, with their anchors and tags.
fn members(node: Node<'_>) -> Vec<Span> {
    if node.is_seq() {
        return node.items().map(|item| Span::new(item.properties_start(), item.span().end)).collect();
    }
    let pairs = node.written_pairs();
    pairs
        .map(|(key, value, _)| Span::new(key.properties_start(), value.span().end.max(key.span().end)))
        .collect()
}
