//! Lines and columns of many offsets at once.

use seawall_yaml::Position;

/// Lines and columns of a set of offsets of one text. One pass over the text serves them all: counting columns anew for each
/// would be quadratic on a dump that is a single line.
pub(super) struct Positions {
    known: Vec<(u32, Position)>,
}

impl Positions {
    pub(super) fn new(text: &str, mut offsets: Vec<u32>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let mut at = Position { line: 1, column: 1 };
        let mut cursor = 0;
        let known = offsets
            .into_iter()
            .map(|offset| {
                let end = (offset as usize).min(text.len());
                advance(&mut at, text.as_bytes().get(cursor..end).unwrap_or_default());
                cursor = end;
                (offset, at)
            })
            .collect();
        Self { known }
    }

    /// The place of an offset that was given to `new`.
    pub(super) fn at(&self, offset: u32) -> Position {
        let found = self.known.binary_search_by_key(&offset, |(offset, _)| *offset).ok();
        found
            .and_then(|index| self.known.get(index))
            .map_or(Position { line: 1, column: 1 }, |(_, position)| *position)
    }
}

fn advance(at: &mut Position, bytes: &[u8]) {
    let mut rest = bytes;
    if let Some(last) = memchr::memrchr(b'\n', bytes) {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        at.line = at.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        at.column = 1;
        rest = bytes.get(last + 1..).unwrap_or_default();
    }
    let characters = rest.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    at.column = at.column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
}

#[cfg(test)]
mod tests {
    use seawall_yaml::LineIndex;

    use super::Positions;

    #[test]
    fn agrees_with_the_index_that_looks_up_one_by_one() {
        let text = "kind: Pod\r\n# größe 日本\nname: 'ü' # x\n\n\nlast";
        let offsets: Vec<u32> =
            (0..=text.len() as u32).filter(|at| text.is_char_boundary(*at as usize)).collect();
        let index = LineIndex::new(text);
        let positions = Positions::new(text, offsets.iter().rev().copied().collect());
        for offset in offsets {
            assert_eq!(positions.at(offset), index.position(text, offset), "offset {offset}");
        }
    }
}
