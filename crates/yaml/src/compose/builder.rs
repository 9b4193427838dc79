//! The part of tree building that YAML and JSON share.

use crate::limits::Limits;
use crate::problem::{Fault, ProblemKind};
use crate::scalar::Scalar;
use crate::scanner::Style;
use crate::span::{Span, offset};
use crate::steps;
use crate::tree::{Kind, MILESTONE, PROPERTIES, Part, Slot, Storage, insert_part};

/// Builds the tree of one document, node by node in the order of the text.
pub(crate) struct Builder {
    pub(crate) storage: Storage,
    /// The collections around the current place.
    frames: Vec<Frame>,
    pub(crate) warnings: Vec<Fault>,
    pub(super) max_depth: usize,
    pub(super) max_alias_expansion: usize,
    /// Entries that merges brought.
    pub(super) merged: usize,
    /// A number or key was met that JSON cannot have.
    pub(super) exceeds_json: bool,
}

/// An open collection.
#[derive(Clone, Copy, Debug)]
struct Frame {
    slot: u32,
    kind: Kind,
    /// In a mapping: the next node is a key.
    expects_key: bool,
    has_merge: bool,
    /// One bit per key; see [`Builder::note_key`].
    key_bits: u64,
    may_have_duplicates: bool,
    /// Keys, values and items so far.
    children: usize,
    /// The levels of collections, this one included.
    height: usize,
    /// Where the last child ends.
    end: u32,
}

impl Builder {
    pub(crate) fn new(length: usize, limits: &Limits) -> Builder {
        let mut builder = Builder {
            storage: Storage::default(),
            frames: Vec::with_capacity(16),
            warnings: Vec::new(),
            max_depth: limits.max_depth,
            max_alias_expansion: limits.max_alias_expansion,
            merged: 0,
            exceeds_json: false,
        };
        // Manifests have a node about every 16 bytes.
        builder.storage.slots.reserve(length / 16 + 1);
        builder
    }

    /// Whether the next node is the key of a mapping.
    #[inline]
    pub(crate) fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.expects_key)
    }

    /// Adds a scalar. A [`Scalar::Str`] stands in the text as it is; other strings are added with
    /// [`string`](Builder::string).
    #[inline]
    pub(crate) fn scalar(&mut self, scalar: Scalar, style: Style, span: Span, flags: u8) -> u32 {
        let (kind, data) = match scalar {
            Scalar::Null => (Kind::Null, 0),
            Scalar::Bool(false) => (Kind::False, 0),
            Scalar::Bool(true) => (Kind::True, 0),
            Scalar::Int(value) => match i32::try_from(value) {
                Ok(small) => (Kind::SmallInt, small.cast_unsigned()),
                Err(_) => (Kind::Int, self.number(value.cast_unsigned())),
            },
            #[expect(clippy::cast_precision_loss, reason = "Kubernetes reads integers beyond i64 as floats")]
            Scalar::Uint(value) => (Kind::Float, self.number((value as f64).to_bits())),
            Scalar::Float(value) => {
                self.exceeds_json |= !value.is_finite();
                (Kind::Float, self.number(value.to_bits()))
            }
            Scalar::Str | Scalar::Binary => (Kind::Text, 0),
        };
        self.leaf(Slot { span, data, kind, style, flags })
    }

    /// Adds a string that does not stand in the text as it is: a part of the heap.
    pub(crate) fn string(&mut self, content: Span, style: Style, span: Span, flags: u8) -> u32 {
        self.storage.strings.push(content);
        let data = offset(self.storage.strings.len() - 1);
        self.leaf(Slot { span, data, kind: Kind::String, style, flags })
    }

    /// Adds an alias for a node with `height` levels below it.
    pub(super) fn alias(&mut self, target: u32, height: usize, span: Span) -> Result<u32, Fault> {
        self.check_depth(self.frames.len() + height, span)?;
        let slot = self.push(Slot { span, data: target, kind: Kind::Alias, style: Style::Plain, flags: 0 });
        self.finish_child(height, span.end);
        Ok(slot)
    }

    /// Opens a sequence or mapping.
    #[inline]
    pub(crate) fn open(&mut self, kind: Kind, style: Style, span: Span) -> Result<u32, Fault> {
        self.check_depth(self.frames.len() + 1, span)?;
        let slot = self.push(Slot { span, data: 0, kind, style, flags: 0 });
        self.frames.push(Frame {
            slot,
            kind,
            expects_key: kind == Kind::Mapping,
            has_merge: false,
            key_bits: 0,
            may_have_duplicates: false,
            children: 0,
            height: 1,
            end: span.end,
        });
        Ok(slot)
    }

    /// Closes the innermost collection, which ends with its last child or, if later, at `end`. Returns its slot and
    /// height. `text` is the text of the document.
    #[inline]
    pub(crate) fn close(&mut self, end: u32, text: &str) -> Result<Option<(u32, usize)>, Fault> {
        let Some(frame) = self.frames.pop() else { return Ok(None) };
        let after = offset(self.storage.slots.len());
        if let Some(slot) = self.storage.slots.get_mut(frame.slot as usize) {
            slot.data = after;
            slot.span.end = frame.end.max(end);
        }
        let end = frame.end.max(end);
        if frame.kind == Kind::Mapping && (frame.has_merge || frame.may_have_duplicates) {
            self.settle_keys(frame.slot, text)?;
        }
        if frame.kind == Kind::Sequence && frame.children > 2 * MILESTONE {
            self.set_milestones(frame.slot);
        }
        self.finish_child(frame.height, end);
        Ok(Some((frame.slot, frame.height)))
    }

    /// Says that the key just added is `<<`.
    pub(super) fn note_merge(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.has_merge = true;
        }
    }

    /// Notes a key for the search for duplicates.
    #[inline]
    pub(crate) fn note_key(&mut self, key: &str) {
        self.note_key_bit(Builder::key_bit(key));
    }

    /// One bit that equal keys share. Keys with different bits differ, so most mappings need no comparison.
    #[inline]
    pub(crate) fn key_bit(key: &str) -> u64 {
        let bytes = key.as_bytes();
        let first = bytes.first().copied().unwrap_or(0);
        let last = bytes.last().copied().unwrap_or(0);
        let middle = bytes.get(bytes.len() / 2).copied().unwrap_or(0);
        let hash =
            (bytes.len() as u64) << 24 | u64::from(first) << 16 | u64::from(middle) << 8 | u64::from(last);
        1 << (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
    }

    /// As [`note_key`](Builder::note_key), given the key's bit.
    #[inline]
    pub(crate) fn note_key_bit(&mut self, bit: u64) {
        if let Some(frame) = self.frames.last_mut() {
            frame.may_have_duplicates |= frame.key_bits & bit != 0;
            frame.key_bits |= bit;
        }
    }

    pub(super) fn note_properties(&mut self, slot: u32, start: Option<u32>) {
        if let (Some(start), Some(entry)) = (start, self.storage.slots.get_mut(slot as usize)) {
            entry.flags |= PROPERTIES;
            self.storage.properties.push((slot, start));
        }
    }

    fn set_milestones(&mut self, sequence: u32) {
        let end = self.storage.after(sequence);
        let start = offset(self.storage.milestones.len());
        let (mut next, mut item) = (sequence + 1, 0);
        while next < end {
            if item % MILESTONE == 0 {
                self.storage.milestones.push(next);
            }
            next = self.storage.after(next);
            item += 1;
        }
        let end = offset(self.storage.milestones.len());
        insert_part(&mut self.storage.long_sequences, Part { slot: sequence, start, end });
    }

    fn number(&mut self, bits: u64) -> u32 {
        self.storage.numbers.push(bits);
        offset(self.storage.numbers.len() - 1)
    }

    #[inline]
    fn leaf(&mut self, slot: Slot) -> u32 {
        let index = self.push(slot);
        self.finish_child(0, slot.span.end);
        index
    }

    #[inline]
    fn push(&mut self, slot: Slot) -> u32 {
        steps::count(1);
        self.storage.slots.push(slot);
        offset(self.storage.slots.len() - 1)
    }

    #[inline]
    fn finish_child(&mut self, height: usize, end: u32) {
        if let Some(frame) = self.frames.last_mut() {
            frame.end = end;
            frame.children += 1;
            frame.height = frame.height.max(height + 1);
            frame.expects_key = frame.kind == Kind::Mapping && !frame.expects_key;
        }
    }

    #[inline]
    fn check_depth(&self, depth: usize, span: Span) -> Result<(), Fault> {
        if depth > self.max_depth {
            return Err(Fault::new(ProblemKind::DepthLimit { limit: self.max_depth }, span));
        }
        Ok(())
    }
}
