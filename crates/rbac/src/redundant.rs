//! Bindings without which everybody would have the same rights.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::kinds::PolicyRule;

use crate::covers::covers_rule;
use crate::doubt::Doubt;
use crate::policy::{Binding, BindingId, Policy, RoleId};
use crate::subject::Subject;
use crate::symbol::Symbol;

/// A subject of a binding who has the same by another one.
#[derive(Clone, Debug)]
pub struct Redundant {
    /// The binding: the number of an object.
    pub binding: usize,
    /// Which of its subjects.
    pub subject: usize,
    /// The other binding: the number of an object.
    pub other: usize,
    /// Why it gives the same.
    pub why: Why,
}

/// Why another binding gives the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It gives the same role in the same place.
    Same,
    /// It gives the same role everywhere.
    Wider,
    /// It gives a role everywhere that allows as much.
    Covered,
}

/// Rules of two roles that are compared at most, and roles of one subject: beyond, they are taken not to cover each other.
const PAIRS: usize = 1 << 14;
const ROLES: usize = 32;

/// Where somebody has a role.
type Place = Option<Symbol>;

/// Which roles cover which, as far as it was asked.
type Known = HashMap<(RoleId, RoleId), bool>;

impl Policy<'_> {
    /// Subjects of bindings who have the same by another binding, in the order of bindings; of two that say the same the first is
    /// left. Bindings that are not known for certain are left out: `doubts` tells of them, and of those that were not read.
    pub fn redundant(&self) -> (Vec<Redundant>, Vec<Doubt>) {
        let mut found = Vec::new();
        let mut doubts = self.unread_bindings();
        let mut known = Known::new();
        let mut seen: HashMap<(Place, Subject, RoleId), usize> = HashMap::new();
        let mut everywhere: BTreeMap<Subject, Vec<(BindingId, RoleId)>> = BTreeMap::new();
        let certain = || {
            let roles = self.all_bindings().filter(|(_, binding)| binding.is_certain);
            roles.filter_map(|(id, binding)| Some((id, binding, binding.role?)))
        };
        for (id, binding, role) in certain().filter(|(_, binding, _)| binding.namespace.is_none()) {
            for (_, subject) in self.subjects_of(binding) {
                let roles = everywhere.entry(subject).or_default();
                if roles.len() < ROLES && roles.last() != Some(&(id, role)) {
                    roles.push((id, role));
                }
            }
        }
        for (id, binding, role) in certain() {
            for (number, subject) in self.subjects_of(binding) {
                let same = *seen
                    .entry((binding.namespace, subject.clone(), role))
                    .or_insert(binding.object as usize);
                let wider = everywhere.get(&subject).map(Vec::as_slice).unwrap_or_default();
                let other = if same == binding.object as usize {
                    self.wider(id, binding, role, wider, &mut known)
                } else {
                    Some((same, Why::Same))
                };
                let redundant = |(other, why)| Redundant {
                    binding: binding.object as usize,
                    subject: number,
                    other,
                    why,
                };
                found.extend(other.map(redundant));
            }
        }
        for (id, _) in self.all_bindings().filter(|(_, binding)| !binding.is_certain) {
            let mut more = Default::default();
            self.doubts_of(id, None, &mut more);
            doubts.extend(more);
        }
        doubts.sort_unstable();
        doubts.dedup();
        (found, doubts)
    }

    /// The binding of the cluster that gives as much as a binding does.
    fn wider(
        &self,
        id: BindingId,
        binding: &Binding,
        role: RoleId,
        others: &[(BindingId, RoleId)],
        known: &mut Known,
    ) -> Option<(usize, Why)> {
        others.iter().filter(|(other, _)| *other != id).find_map(|(other, wider)| {
            let object = self.binding(*other)?.object as usize;
            if binding.namespace.is_some() && *wider == role {
                return Some((object, Why::Wider));
            }
            let covers = *wider != role && self.covers_role(*wider, role, known);
            // Of two that cover each other the first is left.
            let is_left = binding.namespace.is_none() && id < *other && self.covers_role(role, *wider, known);
            (covers && !is_left).then_some((object, Why::Covered))
        })
    }

    fn covers_role(&self, wider: RoleId, role: RoleId, known: &mut Known) -> bool {
        *known.entry((wider, role)).or_insert_with(|| {
            let (own, rules) = (self.rules_written(wider), self.rules_written(role));
            own.len() * rules.len() <= PAIRS
                && !rules.is_empty()
                && rules.iter().all(|rule| own.iter().any(|own| covers_rule(own, rule)))
        })
    }

    fn rules_written(&self, role: RoleId) -> Vec<&PolicyRule> {
        let rules = self.role(role).into_iter().flat_map(|role| self.rules_of(role));
        rules.filter_map(|rule| self.written(rule)).map(|at| at.rule).collect()
    }
}
