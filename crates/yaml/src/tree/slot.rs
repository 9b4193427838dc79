//! How nodes are stored: 16 bytes each, in the order of the text.

use crate::scanner::Style;
use crate::span::Span;

/// A node. Its descendants follow it directly, so a subtree is a range of slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// Where it stands, relative to the document.
    pub(crate) span: Span,
    /// By kind: a small integer; an index into `numbers` or `strings`; the slot an alias stands for; for a collection,
    /// the slot after its last descendant.
    pub(crate) data: u32,
    pub(crate) kind: Kind,
    pub(crate) style: Style,
    pub(crate) flags: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    False,
    True,
    /// An integer of 32 bits, in `data`.
    SmallInt,
    Int,
    Float,
    /// A string that stands in the text as it is; for quoted styles without the quotes.
    Text,
    /// A string that had to be put together.
    String,
    Sequence,
    Mapping,
    Alias,
}

/// The key `<<`, whose value is merged.
pub(crate) const MERGE: u8 = 1;
/// A mapping whose entries in effect differ from those written: see [`Storage::effective`].
pub(crate) const EFFECTIVE: u8 = 2;
/// A key that was a boolean; its text is what it becomes in JSON.
pub(crate) const BOOL_KEY: u8 = 4;
/// A key that was an integer.
pub(crate) const INT_KEY: u8 = 32;
/// A key that was a float.
pub(crate) const FLOAT_KEY: u8 = 64;
/// A key that JSON cannot have: null, or an integer beyond 64 bits.
pub(crate) const NO_JSON_KEY: u8 = 128;
/// The type that a key had; none of them for a string.
pub(crate) const KEY_TYPE: u8 = BOOL_KEY | INT_KEY | FLOAT_KEY;
/// A scalar that was written as an alias and is held as a copy of what it stands for.
pub(crate) const ALIASED: u8 = 8;
/// A node with an anchor or a tag: see [`Storage::properties`].
pub(crate) const PROPERTIES: u8 = 16;

/// The nodes of a document and what they point to.
#[derive(Debug, Default)]
pub(crate) struct Storage {
    pub(crate) slots: Vec<Slot>,
    /// The text of all [`Kind::String`]s.
    pub(crate) heap: String,
    /// Parts of `heap`.
    pub(crate) strings: Vec<Span>,
    /// Bits of `i64` and `f64`.
    pub(crate) numbers: Vec<u64>,
    /// For each mapping with [`EFFECTIVE`], in slot order, its part of `pairs`.
    pub(crate) effective: Vec<Part>,
    /// Keys and values in effect.
    pub(crate) pairs: Vec<(u32, u32)>,
    /// For each long sequence, in slot order, its part of `milestones`.
    pub(crate) long_sequences: Vec<Part>,
    /// Every [`MILESTONE`]th item of long sequences, so that an item is found without counting all before it.
    pub(crate) milestones: Vec<u32>,
    /// Where anchor and tag of a node with [`PROPERTIES`] start, in slot order.
    pub(crate) properties: Vec<(u32, u32)>,
}

/// The distance of milestones in items.
pub(crate) const MILESTONE: usize = 64;

/// The part of a table that belongs to a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) slot: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Storage {
    #[inline]
    pub(crate) fn slot(&self, index: u32) -> Slot {
        // Indexes come from this storage, so they exist; a null stands in rather than a panic.
        self.slots.get(index as usize).copied().unwrap_or(Slot {
            span: Span { start: 0, end: 0 },
            data: 0,
            kind: Kind::Null,
            style: Style::Plain,
            flags: 0,
        })
    }

    /// The slot after the subtree of `index`.
    #[inline]
    pub(crate) fn after(&self, index: u32) -> u32 {
        let slot = self.slot(index);
        match slot.kind {
            Kind::Sequence | Kind::Mapping => slot.data.max(index + 1),
            _ => index + 1,
        }
    }

    /// What an alias stands for; anything else stands for itself.
    #[inline]
    pub(crate) fn resolve(&self, index: u32) -> u32 {
        let slot = self.slot(index);
        // An alias never points to an alias.
        if slot.kind == Kind::Alias { slot.data } else { index }
    }

    /// The string of a slot; `base` is the text of the document.
    #[inline]
    pub(crate) fn string<'s>(&'s self, slot: Slot, base: &'s str) -> Option<&'s str> {
        match slot.kind {
            Kind::Text => {
                let quotes = u32::from(matches!(slot.style, Style::SingleQuoted | Style::DoubleQuoted));
                base.get((slot.span.start + quotes) as usize..slot.span.end.saturating_sub(quotes) as usize)
            }
            Kind::String => Some(self.strings.get(slot.data as usize)?.slice(&self.heap)),
            _ => None,
        }
    }

    /// The entries in effect of a mapping; `None` when they are those written.
    pub(crate) fn effective_pairs(&self, index: u32, slot: Slot) -> Option<&[(u32, u32)]> {
        if slot.flags & EFFECTIVE == 0 {
            return None;
        }
        part_of(&self.effective, index, &self.pairs)
    }

    /// The slot of an item of a sequence.
    pub(crate) fn item(&self, sequence: u32, item: usize) -> Option<u32> {
        let end = self.after(sequence);
        let milestones = part_of(&self.long_sequences, sequence, &self.milestones);
        let milestone = milestones.and_then(|milestones| milestones.get(item / MILESTONE));
        let (mut next, hops) = match milestone {
            Some(milestone) => (*milestone, item % MILESTONE),
            None => (sequence + 1, item),
        };
        for _ in 0..hops {
            if next >= end {
                return None;
            }
            next = self.after(next);
        }
        (next < end).then_some(next)
    }

    /// Cuts spans that reach over a line feed which was read but is not in the text.
    pub(crate) fn clamp_spans(&mut self, end: u32) {
        for slot in &mut self.slots {
            slot.span = Span { start: slot.span.start.min(end), end: slot.span.end.min(end) };
        }
    }

    /// Drops spare capacity when there is much of it.
    pub(crate) fn shrink(&mut self) {
        if self.slots.capacity() > self.slots.len() + self.slots.len() / 4 {
            self.slots.shrink_to_fit();
        }
        if self.heap.capacity() > self.heap.len() + self.heap.len() / 4 {
            self.heap.shrink_to_fit();
        }
        self.strings.shrink_to_fit();
        self.numbers.shrink_to_fit();
    }
}

fn part_of<'s, T>(parts: &[Part], slot: u32, table: &'s [T]) -> Option<&'s [T]> {
    let found = parts.binary_search_by_key(&slot, |part| part.slot).ok()?;
    let part = parts.get(found)?;
    table.get(part.start as usize..part.end as usize)
}

/// Adds a part. A collection is finished after those in it, but stands before them.
pub(crate) fn insert_part(parts: &mut Vec<Part>, part: Part) {
    let position = parts.partition_point(|before| before.slot < part.slot);
    parts.insert(position, part);
}
