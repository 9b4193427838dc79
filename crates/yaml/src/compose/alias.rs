//! The bound on what aliases expand to.

use crate::limits::Limits;
use crate::problem::{Fault, ProblemKind};
use crate::tree::{ALIASED, Kind, MERGE, Storage};

/// Counts as go-yaml v2 does while it decodes (`decode.go`, `unmarshal`), and refuses what it refuses, or what goes
/// beyond the limit. The cost is at most the size of the document and the limit.
pub(super) fn check_expansion(storage: &Storage, limits: &Limits) -> Result<(), Fault> {
    // The document itself is the first step.
    let mut count = Count { decoded: 1, aliased: 0, limit: limits.max_alias_expansion };
    let end = storage.after(0);
    // Ranges of slots still to visit; all but the first are the targets of aliases.
    let mut ranges = vec![(0, end)];
    while let Some((next, end)) = ranges.last_mut() {
        if next >= end {
            ranges.pop();
            continue;
        }
        let index = *next;
        *next += 1;
        let slot = storage.slot(index);
        if slot.flags & MERGE != 0 {
            // The key `<<` is not decoded, nor is a sequence of mappings to merge.
            if let Some((next, _)) = ranges.last_mut()
                && storage.slot(index + 1).kind == Kind::Sequence
            {
                *next += 1;
            }
            continue;
        }
        let within_alias = ranges.len() > 1;
        let is_alias = slot.kind == Kind::Alias;
        count.step(within_alias).map_err(|kind| Fault::new(kind, slot.span))?;
        if slot.flags & ALIASED != 0 {
            count.step(true).map_err(|kind| Fault::new(kind, slot.span))?;
        }
        if is_alias {
            ranges.push((slot.data, storage.after(slot.data)));
        }
    }
    Ok(())
}

struct Count {
    decoded: usize,
    aliased: usize,
    limit: usize,
}

impl Count {
    fn step(&mut self, within_alias: bool) -> Result<(), ProblemKind> {
        self.decoded += 1;
        self.aliased += usize::from(within_alias);
        if self.aliased > self.limit {
            return Err(ProblemKind::AliasLimit { limit: self.limit });
        }
        #[expect(clippy::cast_precision_loss, reason = "go-yaml compares so")]
        let share = self.aliased as f64 / self.decoded as f64;
        if self.aliased > 100 && self.decoded > 1000 && share > allowed_share(self.decoded) {
            return Err(ProblemKind::AliasLimit { limit: self.aliased - 1 });
        }
        Ok(())
    }
}

/// How much of the decoding may come from aliases (`allowedAliasRatio`): 99 % of small documents, 10 % of large ones.
fn allowed_share(decoded: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    #[expect(clippy::cast_precision_loss, reason = "go-yaml computes so")]
    match decoded {
        ..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - LOW) as f64 / (HIGH - LOW) as f64),
    }
}
