//! Which objects are told with which workload, while a cluster changes.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};
use seawall_inventory::{Changed, Object, Snapshot};
use smol_str::SmolStr;

use crate::fold::{Folding, Place};

/// Which objects are told with which workload, and what that depends on.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub folding: Folding,
    /// By object: how it is told by its own controllers. A workload stands alone here, and is a part of itself in
    /// `folding` as long as it has others.
    own: HashMap<usize, Place>,
    /// By workload: the other objects that are parts of it.
    others: HashMap<usize, BTreeSet<usize>>,
    /// By what they name as their controller, in any namespace.
    managed: HashMap<Name, BTreeSet<usize>>,
}

/// Group, kind and name.
type Name = (SmolStr, SmolStr, SmolStr);

/// What changes have moved.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// Objects that are told otherwise than before.
    pub objects: BTreeSet<usize>,
    /// Workloads that have won or lost parts.
    pub wholes: BTreeSet<usize>,
}

impl Parts {
    /// Those of a whole Snapshot.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut parts = Self::default();
        let all: Vec<Changed> =
            (0..snapshot.objects.len()).map(|object| Changed { object, before: None }).collect();
        parts.update(&all, snapshot);
        parts
    }

    /// Follows changes. An object is told by the controllers above it, so that all below one that has changed are looked at.
    pub(super) fn update(&mut self, changed: &[Changed], snapshot: &Snapshot) -> Moved {
        let mut next: Vec<usize> = Vec::new();
        for Changed { object: number, before } in changed {
            let now = snapshot.objects.get(*number).filter(|now| !now.is_vacant());
            if let Some(before) = before {
                self.manage(before, |managed| managed.remove(number));
                next.extend(self.below(before));
            }
            if let Some(now) = now {
                self.manage(now, |managed| managed.insert(*number));
                next.extend(self.below(now));
            }
            next.push(*number);
        }
        let mut seen = HashSet::default();
        while let Some(number) = next.pop() {
            if seen.insert(number)
                && let Some(object) = snapshot.objects.get(number)
            {
                next.extend(self.below(object));
            }
        }
        let mut moved = Moved::default();
        for number in seen {
            self.look_at(number, snapshot, &mut moved);
        }
        let itself = |number: &usize| self.folding.number_of(*number, snapshot);
        let roots: Vec<usize> = moved.objects.iter().filter_map(itself).collect();
        moved.wholes.extend(roots);
        for whole in &moved.wholes {
            let whole = *whole;
            let Some(object) = self.folding.object(whole) else { continue };
            let has_others = self.others.get(&whole).is_some_and(|others| !others.is_empty());
            let own = self.own.get(&object).copied().unwrap_or_default();
            let place = if own == Place::Alone && has_others { Place::Part(whole) } else { own };
            if self.folding.place(object) != place {
                self.folding.put(object, place);
                moved.objects.insert(object);
            }
        }
        moved
    }

    /// The objects of a workload, itself among them; none when nothing is a part of it any more.
    pub(super) fn members(&self, whole: usize) -> Vec<usize> {
        let Some(others) = self.others.get(&whole).filter(|others| !others.is_empty()) else {
            return Vec::new();
        };
        let itself =
            self.folding.object(whole).filter(|object| self.folding.place(*object) == Place::Part(whole));
        itself.into_iter().chain(others.iter().copied()).collect()
    }

    /// Forgets the workloads among `wholes` that nothing is a part of any more.
    pub(super) fn forget(&mut self, wholes: &BTreeSet<usize>) {
        for whole in wholes {
            if self.others.get(whole).is_none_or(BTreeSet::is_empty) {
                self.others.remove(whole);
                self.folding.vacate(*whole);
            }
        }
    }

    fn look_at(&mut self, number: usize, snapshot: &Snapshot, moved: &mut Moved) {
        let own = match snapshot.workload_of(number) {
            Some(workload) => self.folding.as_part(number, workload, snapshot),
            None => Place::Alone,
        };
        let before = match own {
            Place::Alone => self.own.remove(&number),
            own => self.own.insert(number, own),
        };
        let before = before.unwrap_or_default();
        if before == own {
            return;
        }
        if let Place::Part(whole) = before {
            moved.wholes.insert(whole);
            self.others.entry(whole).or_default().remove(&number);
        }
        if let Place::Part(whole) = own {
            moved.wholes.insert(whole);
            self.others.entry(whole).or_default().insert(number);
        }
        self.folding.put(number, own);
        moved.objects.insert(number);
    }

    fn manage(&mut self, object: &Object, with: impl Fn(&mut BTreeSet<usize>) -> bool) {
        let Some(owner) = object.metadata.controller() else { return };
        let name = (SmolStr::new(owner.group()), owner.kind.clone(), owner.name.clone());
        let managed = self.managed.entry(name.clone()).or_default();
        with(managed);
        if managed.is_empty() {
            self.managed.remove(&name);
        }
    }

    /// The objects that name `object` as their controller.
    fn below(&self, object: &Object) -> Vec<usize> {
        if self.managed.is_empty() {
            return Vec::new();
        }
        let name = (SmolStr::new(object.group()), object.kind.clone(), object.metadata.name.clone());
        self.managed.get(&name).into_iter().flatten().copied().collect()
    }
}
