//! Bindings one by one, for pictures and lists of all of them.

use seawall_inventory::Object;

use crate::grants::RuleAt;
use crate::policy::{BindingId, Policy};
use crate::subject::Subject;

/// A binding that counts.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'s> {
    /// The binding.
    pub binding: &'s Object,
    /// Its number in the Snapshot.
    pub number: usize,
    /// The role that it binds; `None` when it is not among what was read.
    pub role: Option<&'s Object>,
    /// Whether nothing of it or of its role is in doubt.
    pub is_certain: bool,
    id: BindingId,
}

impl<'s> Policy<'s> {
    /// All bindings: ClusterRoleBindings, then RoleBindings by namespace. Of those that say the same one is told.
    pub fn bound(&self) -> impl Iterator<Item = Bound<'s>> {
        (0..).zip(&self.bindings).filter_map(|(id, binding)| {
            let number = binding.object as usize;
            let role = binding.role.and_then(|role| self.object(self.role(role)?.object));
            Some(Bound { binding: self.object(number)?, number, role, is_certain: binding.is_certain, id })
        })
    }

    /// To whom a binding gives its role, each with its number among the subjects.
    pub fn subjects_bound(&self, bound: &Bound<'s>) -> impl Iterator<Item = (usize, Subject)> {
        self.binding(bound.id).into_iter().flat_map(|binding| self.subjects_of(binding))
    }

    /// What the role of a binding allows, in order: its own rules, or those that it gathers.
    pub fn rules_bound(&self, bound: &Bound<'s>) -> impl Iterator<Item = RuleAt<'s>> {
        let role = self.binding(bound.id).and_then(|binding| self.role(binding.role?));
        let rules = role.into_iter().flat_map(|role| self.rules_of(role));
        rules.filter_map(|id| self.written(id))
    }
}
