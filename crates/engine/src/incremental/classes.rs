//! Findings of one fingerprint, before they are told apart.

use std::collections::BTreeSet;

use foldhash::HashMap;
use seawall_finding::Fingerprint;

use super::Subject;

/// Which subjects have findings of a fingerprint that is not told apart yet: almost always one.
#[derive(Debug, Default)]
pub(super) struct Classes {
    one: HashMap<Fingerprint, Subject>,
    /// Those that several have; never less than two.
    several: HashMap<Fingerprint, BTreeSet<Subject>>,
}

impl Classes {
    /// The subjects with findings of `fingerprint`, in order.
    pub(super) fn members(&self, fingerprint: Fingerprint) -> impl Iterator<Item = Subject> {
        let one = self.one.get(&fingerprint).copied();
        let several = self.several.get(&fingerprint).into_iter().flatten().copied();
        one.into_iter().chain(several)
    }

    /// Notes that `subject` has such findings. It may be noted already.
    pub(super) fn enter(&mut self, fingerprint: Fingerprint, subject: Subject) {
        if let Some(several) = self.several.get_mut(&fingerprint) {
            several.insert(subject);
        } else if let Some(other) = self.one.insert(fingerprint, subject)
            && other != subject
        {
            self.one.remove(&fingerprint);
            self.several.insert(fingerprint, BTreeSet::from([other, subject]));
        }
    }

    /// Notes that `subject` has none. It may be noted already.
    pub(super) fn leave(&mut self, fingerprint: Fingerprint, subject: Subject) {
        let Some(several) = self.several.get_mut(&fingerprint) else {
            if self.one.get(&fingerprint) == Some(&subject) {
                self.one.remove(&fingerprint);
            }
            return;
        };
        several.remove(&subject);
        if let (Some(last), true) = (several.first().copied(), several.len() == 1) {
            self.several.remove(&fingerprint);
            self.one.insert(fingerprint, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_those_that_have_entered_and_not_left() {
        let fingerprint: Fingerprint = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let mut classes = Classes::default();
        let mut expected = BTreeSet::new();
        // Each number enters when it is met at first, and leaves when it is met again.
        for number in [3, 1, 3, 1, 2, 5, 4, 2, 5, 4, 7, 7] {
            let subject = Subject::object(number);
            if expected.insert(subject) {
                classes.enter(fingerprint, subject);
                classes.enter(fingerprint, subject);
            } else {
                expected.remove(&subject);
                classes.leave(fingerprint, subject);
                classes.leave(fingerprint, subject);
            }
            assert_eq!(classes.members(fingerprint).collect::<BTreeSet<_>>(), expected);
        }
        assert!(classes.one.is_empty() && classes.several.is_empty());
    }
}
