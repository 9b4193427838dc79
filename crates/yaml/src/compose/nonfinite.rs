//! Infinities and not-a-number, which YAML has and JSON has not.

use crate::problem::{Fault, ProblemKind};
use crate::tree::{Kind, Storage};

/// Refuses a document with such a number in effect. One that a later duplicate of its key overrides never reaches JSON.
pub(super) fn check_numbers(storage: &Storage) -> Result<(), Fault> {
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
                Some(pairs) => pending.extend(pairs.iter().map(|(_, value)| *value)),
                None => {
                    let mut key = index + 1;
                    while key < slot.data {
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
