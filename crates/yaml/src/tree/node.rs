//! A node and its children.

use std::fmt;

use super::{ALIASED, Document, Kind, MERGE, PROPERTIES, Slot, Value};
use crate::scanner::Style;
use crate::span::Span;

/// A node of a [`Document`]. Copying it is free.
///
/// An alias is seen as what it stands for; only [`span`](Node::span) tells where it stands itself.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    document: &'t Document,
    /// The node itself, perhaps an alias.
    place: u32,
}

impl<'t> Node<'t> {
    pub(crate) fn new(document: &'t Document, place: u32) -> Node<'t> {
        Node { document, place }
    }

    /// What the node is.
    #[must_use]
    pub fn value(self) -> Value<'t> {
        let slot = self.slot();
        let storage = &self.document.storage;
        let number = || storage.numbers.get(slot.data as usize).copied().unwrap_or(0);
        match slot.kind {
            Kind::Null | Kind::Alias => Value::Null,
            Kind::False => Value::Bool(false),
            Kind::True => Value::Bool(true),
            Kind::SmallInt => Value::Int(i64::from(slot.data.cast_signed())),
            Kind::Int => Value::Int(number().cast_signed()),
            Kind::Float => Value::Float(f64::from_bits(number())),
            Kind::Text | Kind::String => {
                Value::Str(storage.string(slot, self.document.own_text()).unwrap_or(""))
            }
            Kind::Sequence => Value::Seq(self.items_of(slot)),
            Kind::Mapping => Value::Map(self.entries_of(slot)),
        }
    }

    /// Where the node stands in the text: a scalar with its quotes, a collection up to the end of its last item, an alias
    /// itself; without anchor and tag. Empty where nothing is written (`key:`).
    #[must_use]
    pub fn span(self) -> Span {
        self.absolute(self.document.storage.slot(self.place).span)
    }

    /// Where the content stands: for an alias, that of the anchored node; otherwise as [`span`](Node::span).
    #[must_use]
    pub fn content_span(self) -> Span {
        self.absolute(self.slot().span)
    }

    /// The document the node belongs to.
    #[must_use]
    pub fn document(self) -> &'t Document {
        self.document
    }

    /// How the node is written.
    #[must_use]
    pub fn style(self) -> Style {
        self.slot().style
    }

    /// Whether the node is written as an alias (`*name`).
    #[must_use]
    pub fn is_alias(self) -> bool {
        let slot = self.document.storage.slot(self.place);
        slot.kind == Kind::Alias || slot.flags & ALIASED != 0
    }

    /// The value of `key` in a mapping: of several the last, with merges (`<<`) applied. `None` for other nodes too.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        Some(self.entry(key)?.1)
    }

    /// As [`get`](Node::get), with the place of the key.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<(Span, Node<'t>)> {
        let storage = &self.document.storage;
        let place = self.resolved();
        let slot = storage.slot(place);
        if slot.kind != Kind::Mapping {
            return None;
        }
        let base = self.document.own_text();
        if let Some(pairs) = storage.effective_pairs(place, slot) {
            let pair =
                pairs.iter().find(|(found, _)| storage.string(storage.slot(*found), base) == Some(key));
            return pair.map(|(key, value)| self.found(*key, *value));
        }
        let mut next = place + 1;
        while next < slot.data {
            let value = next + 1;
            if storage.string(storage.slot(next), base) == Some(key) {
                return Some(self.found(next, value));
            }
            next = storage.after(value);
        }
        None
    }

    /// The item of a sequence at `index`. To visit all, [`items`](Node::items) is faster.
    #[must_use]
    pub fn item(self, index: usize) -> Option<Node<'t>> {
        let storage = &self.document.storage;
        let place = self.resolved();
        if storage.slot(place).kind != Kind::Sequence {
            return None;
        }
        Some(Node::new(self.document, storage.item(place, index)?))
    }

    /// The items of a sequence; none for other nodes.
    #[must_use]
    pub fn items(self) -> Items<'t> {
        match self.slot() {
            slot if slot.kind == Kind::Sequence => self.items_of(slot),
            _ => Items { document: self.document, next: 0, end: 0 },
        }
    }

    /// The entries of a mapping as in effect: of duplicate keys the last, with merges applied. None for other nodes.
    #[must_use]
    pub fn entries(self) -> Entries<'t> {
        match self.slot() {
            slot if slot.kind == Kind::Mapping => self.entries_of(slot),
            _ => Entries { document: self.document, pairs: None, next: 0, end: 0 },
        }
    }

    /// The entries of a mapping as written: every duplicate, and merges not applied. None for other nodes.
    #[must_use]
    pub fn written_entries(self) -> WrittenEntries<'t> {
        match self.slot() {
            slot if slot.kind == Kind::Mapping => {
                WrittenEntries { document: self.document, next: self.resolved() + 1, end: slot.data }
            }
            _ => WrittenEntries { document: self.document, next: 0, end: 0 },
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(self) -> Option<&'t str> {
        self.document.storage.string(self.slot(), self.document.own_text())
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.slot().kind {
            Kind::False => Some(false),
            Kind::True => Some(true),
            _ => None,
        }
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if let Value::Int(value) = self.value() { Some(value) } else { None }
    }

    /// The number, if it is one; an integer may lose precision.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self.value() {
            Value::Float(value) => Some(value),
            #[expect(clippy::cast_precision_loss, reason = "documented")]
            Value::Int(value) => Some(value as f64),
            _ => None,
        }
    }

    /// Whether it is null, or nothing is written.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.slot().kind, Kind::Null)
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_map(self) -> bool {
        self.slot().kind == Kind::Mapping
    }

    /// Whether it is a sequence.
    #[must_use]
    pub fn is_seq(self) -> bool {
        self.slot().kind == Kind::Sequence
    }

    /// The name of the type, for messages; see [`Value::type_name`].
    #[must_use]
    pub fn type_name(self) -> &'static str {
        self.value().type_name()
    }

    /// Where anchor and tag start; the start of the span when there are none.
    pub(crate) fn properties_start(self) -> u32 {
        let storage = &self.document.storage;
        let slot = storage.slot(self.place);
        let start = (slot.flags & PROPERTIES != 0)
            .then(|| storage.properties.binary_search_by_key(&self.place, |(owner, _)| *owner).ok())
            .flatten()
            .and_then(|found| storage.properties.get(found));
        self.document.span.start + start.map_or(slot.span.start, |(_, start)| *start)
    }

    /// Where the tag starts, if there is one.
    pub(crate) fn tag_start(self) -> Option<u32> {
        let span = Span::new(self.properties_start(), self.span().start);
        let properties = span.slice(&self.document.text);
        // An anchor has no `!` in its name.
        let tag = properties.find('!')?;
        Some(span.start + crate::span::offset(tag))
    }

    /// The keys and values of a mapping as written, and whether the key is `<<`.
    pub(crate) fn written_pairs(self) -> impl Iterator<Item = (Node<'t>, Node<'t>, bool)> {
        let mut entries = self.written_entries();
        std::iter::from_fn(move || {
            let key = entries.next;
            let entry = entries.next()?;
            Some((Node::new(self.document, key), entry.value, entry.is_merge))
        })
    }

    fn resolved(self) -> u32 {
        self.document.storage.resolve(self.place)
    }

    #[inline]
    fn slot(self) -> Slot {
        self.document.storage.slot(self.resolved())
    }

    fn absolute(self, span: Span) -> Span {
        let base = self.document.span.start;
        Span { start: base + span.start, end: base + span.end }
    }

    fn items_of(self, slot: Slot) -> Items<'t> {
        Items { document: self.document, next: self.resolved() + 1, end: slot.data }
    }

    fn entries_of(self, slot: Slot) -> Entries<'t> {
        let place = self.resolved();
        let pairs = self.document.storage.effective_pairs(place, slot).map(<[_]>::iter);
        Entries { document: self.document, pairs, next: place + 1, end: slot.data }
    }

    fn found(self, key: u32, value: u32) -> (Span, Node<'t>) {
        (Node::new(self.document, key).span(), Node::new(self.document, value))
    }
}

type Entry<'t> = (&'t str, Span, Node<'t>);

fn entry(document: &Document, key: u32, value: u32) -> Entry<'_> {
    let slot = document.storage.slot(key);
    let text = document.storage.string(slot, document.own_text()).unwrap_or("");
    (text, Node::new(document, key).span(), Node::new(document, value))
}

impl fmt::Debug for Node<'_> {
    /// The type and place only: values may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = self.span();
        write!(formatter, "Node({} at {}..{})", self.type_name(), span.start, span.end)
    }
}

/// The items of a sequence: see [`Node::items`].
#[derive(Clone, Debug)]
pub struct Items<'t> {
    document: &'t Document,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    #[inline]
    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node::new(self.document, self.next);
        self.next = self.document.storage.after(self.next);
        Some(node)
    }
}

/// The entries of a mapping in effect, as `(key, span of the key, value)`: see [`Node::entries`]. The key is as in JSON:
/// `80:` is `"80"`, `yes:` is `"true"`.
#[derive(Clone, Debug)]
pub struct Entries<'t> {
    document: &'t Document,
    pairs: Option<std::slice::Iter<'t, (u32, u32)>>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'t>> {
        if let Some(pairs) = &mut self.pairs {
            let (key, value) = *pairs.next()?;
            return Some(entry(self.document, key, value));
        }
        if self.next >= self.end {
            return None;
        }
        let (key, value) = (self.next, self.next + 1);
        self.next = self.document.storage.after(value);
        Some(entry(self.document, key, value))
    }
}

/// An entry of a mapping as written.
#[derive(Clone, Copy, Debug)]
pub struct WrittenEntry<'t> {
    /// The key as it is in JSON.
    pub key: &'t str,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
    /// The key is `<<`: the value is merged into the mapping.
    pub is_merge: bool,
}

/// The entries of a mapping as written: see [`Node::written_entries`].
#[derive(Clone, Debug)]
pub struct WrittenEntries<'t> {
    document: &'t Document,
    next: u32,
    end: u32,
}

impl<'t> Iterator for WrittenEntries<'t> {
    type Item = WrittenEntry<'t>;

    fn next(&mut self) -> Option<WrittenEntry<'t>> {
        if self.next >= self.end {
            return None;
        }
        let (key, value) = (self.next, self.next + 1);
        self.next = self.document.storage.after(value);
        let is_merge = self.document.storage.slot(key).flags & MERGE != 0;
        let (key, key_span, value) = entry(self.document, key, value);
        Some(WrittenEntry { key, key_span, value, is_merge })
    }
}
