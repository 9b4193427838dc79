//! Which entries of a mapping are in effect: of duplicate keys the last, and merges as go-yaml v2 applies them.

use super::Builder;
use crate::problem::{Fault, ProblemKind};
use crate::span::{Span, offset};
use crate::steps;
use crate::tree::{EFFECTIVE, FLOAT_KEY, KEY_TYPE, Kind, MERGE, NO_JSON_KEY, Part, Storage, insert_part};

/// A key and its value on the way to being in effect.
#[derive(Clone, Copy)]
struct Candidate {
    key: u32,
    value: u32,
    /// The `<<` that brought the entry; `None` when it is written in the mapping itself.
    merge: Option<u32>,
}

impl Builder {
    /// Works out the entries in effect of a finished mapping, and warns of duplicates.
    pub(super) fn settle_keys(&mut self, mapping: u32, text: &str) -> Result<(), Fault> {
        let candidates = candidates(&self.storage, mapping)?;
        self.count_merged(&candidates, mapping)?;
        let order = sorted(&self.storage, &candidates, text);
        let mut overridden = vec![false; candidates.len()];
        let mut warnings = Vec::new();
        for group in order.chunk_by(|left, right| {
            key_of(&self.storage, &candidates, *left, text)
                == key_of(&self.storage, &candidates, *right, text)
        }) {
            let Some((last, before)) = group.split_last() else { continue };
            for index in before {
                if let Some(flag) = overridden.get_mut(*index as usize) {
                    *flag = true;
                }
            }
            if !before.is_empty() {
                warn(&self.storage, &candidates, group, *last, text, &mut warnings);
            }
        }
        warnings.sort_by_key(|fault: &Fault| fault.span);
        self.warnings.append(&mut warnings);
        let has_merge = candidates.iter().any(|candidate| candidate.merge.is_some());
        if !has_merge && !overridden.contains(&true) && !has_empty_merge(&self.storage, mapping) {
            return Ok(());
        }
        let start = offset(self.storage.pairs.len());
        let kept = candidates.iter().zip(&overridden).filter(|(_, overridden)| !**overridden);
        self.storage.pairs.extend(kept.map(|(candidate, _)| (candidate.key, candidate.value)));
        let end = offset(self.storage.pairs.len());
        insert_part(&mut self.storage.effective, Part { slot: mapping, start, end });
        if let Some(slot) = self.storage.slots.get_mut(mapping as usize) {
            slot.flags |= EFFECTIVE;
        }
        Ok(())
    }
}

impl Builder {
    /// Merging copies entries, so it counts as expansion of aliases while it happens.
    fn count_merged(&mut self, candidates: &[Candidate], mapping: u32) -> Result<(), Fault> {
        self.merged += candidates.iter().filter(|candidate| candidate.merge.is_some()).count();
        if self.merged > self.max_alias_expansion {
            let kind = ProblemKind::AliasLimit { limit: self.max_alias_expansion };
            return Err(Fault::new(kind, self.storage.slot(mapping).span));
        }
        Ok(())
    }
}

/// All entries in the order in which go-yaml sets them, later ones overriding earlier ones: a merged mapping is set when
/// its `<<` is met, and of several merged mappings the last first (`decode.go`, `mapping` and `merge`).
fn candidates(storage: &Storage, mapping: u32) -> Result<Vec<Candidate>, Fault> {
    let mut candidates = Vec::new();
    let end = storage.after(mapping);
    let mut key = mapping + 1;
    while key < end {
        let value = key + 1;
        if storage.slot(key).flags & MERGE == 0 {
            candidates.push(Candidate { key, value, merge: None });
        } else {
            merge(storage, key, value, &mut candidates)?;
        }
        key = storage.after(value);
    }
    Ok(candidates)
}

fn merge(storage: &Storage, key: u32, value: u32, candidates: &mut Vec<Candidate>) -> Result<(), Fault> {
    let slot = storage.slot(value);
    if slot.kind != Kind::Sequence {
        return merge_one(storage, key, value, candidates);
    }
    let mut sources = Vec::new();
    let mut next = value + 1;
    while next < slot.data {
        sources.push(next);
        next = storage.after(next);
    }
    for source in sources.into_iter().rev() {
        merge_one(storage, key, source, candidates)?;
    }
    Ok(())
}

fn merge_one(storage: &Storage, key: u32, source: u32, candidates: &mut Vec<Candidate>) -> Result<(), Fault> {
    let mapping = storage.resolve(source);
    let slot = storage.slot(mapping);
    if slot.kind != Kind::Mapping {
        return Err(Fault::new(ProblemKind::MergeValue, storage.slot(source).span));
    }
    let merged = |(key_slot, value): (u32, u32)| Candidate { key: key_slot, value, merge: Some(key) };
    if let Some(pairs) = storage.effective_pairs(mapping, slot) {
        candidates.extend(pairs.iter().copied().map(merged));
        return Ok(());
    }
    let mut next = mapping + 1;
    while next < slot.data {
        candidates.push(merged((next, next + 1)));
        next = storage.after(next + 1);
    }
    Ok(())
}

fn key_of<'s>(storage: &'s Storage, candidates: &[Candidate], index: u32, text: &'s str) -> &'s str {
    let candidate = candidates.get(index as usize);
    candidate.and_then(|candidate| storage.string(storage.slot(candidate.key), text)).unwrap_or("")
}

/// The indexes of the candidates, equal keys next to each other in the order given.
fn sorted(storage: &Storage, candidates: &[Candidate], text: &str) -> Vec<u32> {
    let mut order: Vec<u32> = (0..offset(candidates.len())).collect();
    order.sort_by_key(|index| identity(storage, candidates, *index, text));
    order
}

/// What makes keys the same: their text, but a key that JSON cannot have differs from a string.
fn identity<'s>(
    storage: &'s Storage,
    candidates: &[Candidate],
    index: u32,
    text: &'s str,
) -> (&'s str, bool) {
    steps::count(1);
    let key = candidates.get(index as usize).map(|candidate| storage.slot(candidate.key));
    (key_of(storage, candidates, index, text), key.is_some_and(|key| key.flags & NO_JSON_KEY != 0))
}

fn warn(
    storage: &Storage,
    candidates: &[Candidate],
    group: &[u32],
    last: u32,
    text: &str,
    warnings: &mut Vec<Fault>,
) {
    let members = || group.iter().filter_map(|index| candidates.get(*index as usize));
    let Some(winner) = candidates.get(last as usize) else { return };
    let key = || key_of(storage, candidates, last, text).to_owned();
    let span = |slot: u32| -> Span { storage.slot(slot).span };
    let mut written = members().filter(|member| member.merge.is_none());
    let Some(first) = written.next() else { return };
    // Keys of different types are different keys to go-yaml; only in JSON they become the same. So are two floats that
    // differ only beyond the digits that are written.
    let key_type = |member: &Candidate| storage.slot(member.key).flags & KEY_TYPE;
    let source = |member: &Candidate| span(member.key).slice(text);
    let differs = |member: &Candidate| {
        key_type(member) != key_type(winner)
            || key_type(winner) == FLOAT_KEY && source(member) != source(winner)
    };
    let ambiguous = members().any(differs);
    for duplicate in written {
        let kind = ProblemKind::DuplicateKey { key: key(), first: span(first.key), ambiguous };
        warnings.push(Fault::new(kind, span(duplicate.key)));
    }
    if ambiguous && members().count() > members().filter(|member| member.merge.is_none()).count() {
        // Written and merged keys of different types.
        let kind = ProblemKind::DuplicateKey { key: key(), first: span(first.key), ambiguous };
        warnings.push(Fault::new(kind, winner.merge.map_or(span(winner.key), span)));
    } else if let Some(merge) = winner.merge {
        for member in members().filter(|member| member.merge.is_none()) {
            let kind = ProblemKind::MergeOverride { key: key(), merge: span(merge) };
            warnings.push(Fault::new(kind, span(member.key)));
        }
    }
}

/// Whether there is a `<<` that merges nothing, which must still not show up as a key.
fn has_empty_merge(storage: &Storage, mapping: u32) -> bool {
    let end = storage.after(mapping);
    let mut key = mapping + 1;
    while key < end {
        if storage.slot(key).flags & MERGE != 0 {
            return true;
        }
        key = storage.after(key + 1);
    }
    false
}
