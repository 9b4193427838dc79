//! Changes of an index: those lists in which something changes are copied once for a batch of changes, the others stay.
//!
//! A copy costs what it is to move the memory: a list of a million rows takes a few milliseconds, and most changes of a
//! running cluster change none.

use super::{Index, Rows, narrow};
use crate::object::Object;
use crate::origin::UnitId;

/// An object and its number.
pub(crate) type Numbered<'o> = (usize, &'o Object);

/// Places of namespaces that are gone that are kept at least.
const IDLE_PLACES: usize = 1024;

impl Index {
    /// Takes objects out and puts others in, which may have the same numbers. What was rendered by a unit is said by `unit_of`.
    pub(crate) fn change(
        &mut self,
        gone: &[Numbered<'_>],
        come: &[Numbered<'_>],
        unit_of: impl Fn(&Object) -> Option<UnitId>,
    ) {
        let (left, entered) = self.objects.change(&self.hasher, gone, come, unit_of);
        let rows = |index: &Self, objects: &[Numbered<'_>], spaces: Vec<_>| {
            let mut rows = Rows::default();
            for ((number, object), space) in objects.iter().zip(spaces) {
                index.rows(object, narrow(*number), space, &mut rows);
            }
            rows
        };
        let gone = rows(self, gone, left);
        let come = rows(self, come, entered);
        change(&mut self.labels, gone.labels, come.labels);
        change(&mut self.pods, gone.pods, come.pods);
        change(&mut self.claims, gone.claims, come.claims);
        change(&mut self.targets, gone.targets, come.targets);
        let mut selecting = std::mem::take(&mut self.selecting);
        selecting.change(&gone.selecting, come.selecting, |text| self.hash(text));
        self.selecting = selecting;
    }

    /// A number that no object has, of those that were given back.
    pub(crate) fn take_vacant(&mut self) -> Option<usize> {
        self.vacant.pop().map(|number| number as usize)
    }

    /// Gives a number back.
    pub(crate) fn give_back(&mut self, number: usize) {
        self.vacant.push(narrow(number));
    }

    /// The index of `objects` anew, when most of its places are idle.
    pub(crate) fn renew(&mut self, objects: &[Object], unit_of: impl Fn(&Object) -> Option<UnitId>) {
        if self.objects.places() <= 2 * self.places + IDLE_PLACES {
            return;
        }
        let vacant = std::mem::take(&mut self.vacant);
        *self = Self { vacant, ..Self::new(objects, unit_of) };
    }
}

/// Takes rows out of a sorted list and puts others in. Nothing happens when they are the same.
pub(super) fn change<T: Ord + Copy>(list: &mut Box<[T]>, mut gone: Vec<T>, mut come: Vec<T>) {
    gone.sort_unstable();
    come.sort_unstable();
    if gone == come {
        return;
    }
    let mut changed = Vec::with_capacity((list.len() + come.len()).saturating_sub(gone.len()));
    let mut rest = &**list;
    let (mut gone, mut come) = (gone.into_iter().peekable(), come.into_iter().peekable());
    while let Some(row) = gone.peek().into_iter().chain(come.peek()).min().copied() {
        let stay = rest.partition_point(|other| *other < row);
        let (before, after) = rest.split_at_checked(stay).unwrap_or((rest, &[]));
        changed.extend_from_slice(before);
        rest = after;
        while gone.next_if_eq(&row).is_some() {
            if let Some((first, others)) = rest.split_first()
                && *first == row
            {
                rest = others;
            }
        }
        while come.next_if_eq(&row).is_some() {
            changed.push(row);
        }
    }
    changed.extend_from_slice(rest);
    *list = changed.into();
}
