//! Who has asked for what.

use foldhash::HashMap;
use seawall_inventory::{Object, Read, Snapshot};

use super::Subject;

/// What subjects asked for when they were judged, the other way round: who is to be judged again when something changes.
#[derive(Debug, Default)]
pub(super) struct Readers {
    /// Numbers of what was asked for.
    numbers: HashMap<Read, u32>,
    /// By these numbers.
    buckets: Vec<Bucket>,
    /// Numbers of nothing, to be given again.
    vacant: Vec<u32>,
}

/// Who asked for one thing, in order.
#[derive(Debug)]
struct Bucket {
    read: Read,
    subjects: Vec<Subject>,
}

impl Readers {
    /// Notes that `subject`, which asked for `before`, asks for `reads` now, and returns what it asks for.
    pub(super) fn note(
        &mut self,
        subject: Subject,
        before: &[u32],
        reads: impl IntoIterator<Item = Read>,
    ) -> Box<[u32]> {
        let mut now: Vec<u32> = reads.into_iter().map(|read| self.number(read)).collect();
        now.sort_unstable();
        for bucket in before.iter().filter(|bucket| now.binary_search(bucket).is_err()) {
            self.leave(*bucket, subject);
        }
        for bucket in now.iter().filter(|bucket| before.binary_search(bucket).is_err()) {
            let Some(bucket) = self.buckets.get_mut(*bucket as usize) else { continue };
            if let Err(place) = bucket.subjects.binary_search(&subject) {
                bucket.subjects.insert(place, subject);
            }
        }
        now.into()
    }

    /// Who asked for something that may be answered otherwise now that `object` has come, has gone or has changed.
    pub(super) fn concerned(&self, object: &Object, snapshot: &Snapshot, found: &mut Vec<Subject>) {
        Read::concerned_by(object, snapshot, |read| {
            let bucket = self.numbers.get(read).and_then(|number| self.buckets.get(*number as usize));
            found.extend(bucket.into_iter().flat_map(|bucket| &bucket.subjects));
        });
    }

    fn number(&mut self, read: Read) -> u32 {
        if let Some(number) = self.numbers.get(&read) {
            return *number;
        }
        let bucket = Bucket { read: read.clone(), subjects: Vec::new() };
        let number = match self.vacant.pop() {
            Some(number) => number,
            None => {
                self.buckets.push(Bucket { read: read.clone(), subjects: Vec::new() });
                u32::try_from(self.buckets.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.buckets.get_mut(number as usize) {
            *place = bucket;
        }
        self.numbers.insert(read, number);
        number
    }

    fn leave(&mut self, number: u32, subject: Subject) {
        let Some(bucket) = self.buckets.get_mut(number as usize) else { return };
        if let Ok(place) = bucket.subjects.binary_search(&subject) {
            bucket.subjects.remove(place);
        }
        if bucket.subjects.is_empty() {
            // Names come and go: what nobody asks for any more is forgotten.
            bucket.subjects = Vec::new();
            self.numbers.remove(&bucket.read);
            self.vacant.push(number);
        }
    }
}
