//! What YAML has and JSON has not: infinities and not-a-number, and some keys.

use crate::problem::{Fault, ProblemKind};
use crate::tree::{INT_KEY, Kind, NO_JSON_KEY, Storage};

/// Refuses a document with such a number or key in effect. What a later duplicate overrides never reaches JSON.
pub(super) fn check_json(storage: &Storage) -> Result<(), Fault> {
    let mut visited = vec![false; storage.slots.len()];
    let mut pending = vec![0];
    while let Some(place) = pending.pop() {
        let index = storage.resolve(place);
        match visited.get_mut(index as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let slot = storage.slot(index);
        match slot.kind {
            Kind::Float => {
                let bits = storage.numbers.get(slot.data as usize).copied().unwrap_or(0);
                if !f64::from_bits(bits).is_finite() {
                    return Err(Fault::new(ProblemKind::Number, slot.span));
                }
            }
            Kind::Mapping => match storage.effective_pairs(index, slot) {
                Some(pairs) => {
                    for (key, value) in pairs {
                        check_key(storage, *key)?;
                        pending.push(*value);
                    }
                }
                None => {
                    let mut key = index + 1;
                    while key < slot.data {
                        check_key(storage, key)?;
                        pending.push(key + 1);
                        key = storage.after(key + 1);
                    }
                }
            },
            Kind::Sequence => {
                let mut item = index + 1;
                while item < slot.data {
                    pending.push(item);
                    item = storage.after(item);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_key(storage: &Storage, key: u32) -> Result<(), Fault> {
    let slot = storage.slot(key);
    if slot.flags & NO_JSON_KEY == 0 {
        return Ok(());
    }
    let what = if slot.flags & INT_KEY == 0 { "null" } else { "an integer beyond 64 bits" };
    Err(Fault::new(ProblemKind::Key(what), slot.span))
}
