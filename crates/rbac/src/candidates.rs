//! Which bindings are about somebody.

use crate::about::About;
use crate::policy::{Binding, BindingId, Policy};
use crate::symbol::Symbol;
use crate::user::User;

/// Where a request is: `None` in no namespace, `Some(None)` in one that no binding stands in.
pub(crate) type Place = Option<Option<Symbol>>;

/// A binding by which somebody has a role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub binding: BindingId,
    /// What it may allow; anything when something is not known of it.
    pub about: About,
}

impl Policy<'_> {
    /// The bindings by which somebody has roles in a place that may allow something, or are not sound, in the order of the API server: those of the cluster, then those of
    /// the namespace. Within these its order is no order (it lists a map of Go); here it is that of objects.
    pub(crate) fn candidates(&self, user: &User, place: Place, about: About) -> Vec<BindingId> {
        let mut found = Vec::new();
        let name = self.symbols.find(&user.name).map(|name| (false, name));
        let groups = user.groups.iter().filter_map(|group| Some((true, self.symbols.find(group)?)));
        for (is_group, name) in name.into_iter().chain(groups) {
            for scope in scopes(place) {
                let held = self.holders.get(&(scope, is_group, name)).cloned().unwrap_or_default();
                let held = self.held.get(held.start as usize..held.end as usize).unwrap_or_default();
                let held = held.iter().filter(|held| held.about.meets(about));
                found.extend(held.map(|held| held.binding));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Bindings that may be about anybody, in a place.
    pub(crate) fn open_at(&self, place: Place) -> impl Iterator<Item = BindingId> {
        let is_here = move |binding: &Binding| {
            let may_move = binding.standing.any_namespace && binding.namespace.is_some() && place.is_some();
            may_move || scopes(place).any(|scope| scope == binding.namespace)
        };
        let open = self.open.iter().copied();
        open.filter(move |id| self.binding(*id).is_some_and(is_here))
    }

    /// All bindings, those of the cluster first.
    pub(crate) fn all_bindings(&self) -> impl Iterator<Item = (BindingId, &Binding)> {
        (0..).zip(&self.bindings)
    }

    /// All bindings that count in a place, in the order of the API server.
    pub(crate) fn bindings_at(&self, place: Place) -> impl Iterator<Item = (BindingId, &Binding)> {
        let ids = scopes(place).flat_map(|scope| self.scopes.get(&scope).cloned().unwrap_or_default());
        ids.filter_map(|id| Some((id, self.binding(id)?)))
    }
}

/// Where bindings stand that count in a place.
fn scopes(place: Place) -> impl Iterator<Item = Option<Symbol>> {
    [Some(None), place.flatten().map(Some)].into_iter().flatten()
}
