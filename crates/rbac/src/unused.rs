//! Roles that nobody has.

use foldhash::{HashSet, HashSetExt};
use seawall_inventory::KubernetesVersion;

use crate::aggregate::every_source;
use crate::compile::number_of;
use crate::doubt::Doubt;
use crate::policy::{Policy, RoleId};

impl Policy<'_> {
    /// Roles that no binding gives to anybody, by the numbers of their objects, in order: none of those that API servers make, and none
    /// whose rules a used one gathers. `None` where bindings may be that were not read, as with files; then the doubts say why.
    pub fn unused_roles(&self, version: KubernetesVersion) -> Result<Vec<usize>, Option<Doubt>> {
        if !self.snapshot.coverage.live {
            return Err(None);
        }
        if let Some(doubt) = self.unread_bindings().first() {
            return Err(Some(*doubt));
        }
        let sources = every_source(self);
        let bound = self.bindings.iter().filter(|binding| self.subjects_of(binding).next().is_some());
        let mut next: Vec<RoleId> = bound.filter_map(|binding| binding.role).collect();
        let ids = || 0..number_of(self.roles.len());
        let is_made =
            |id: &RoleId| self.role(*id).is_some_and(|role| self.is_made_at_start(role.object, version));
        next.extend(ids().filter(is_made));
        let (mut used, mut walked) = (HashSet::new(), HashSet::new());
        while let Some(id) = next.pop() {
            if !used.insert(id) {
                continue;
            }
            let Some(role) = self.role(id) else { continue };
            next.extend(role.variant);
            // Many roles share one list.
            if let Some(list) = sources.get(id as usize).and_then(Option::as_ref)
                && walked.insert(list.as_ptr())
            {
                next.extend(list.iter().copied());
            }
        }
        let unused = ids().filter(|id| !used.contains(id)).filter_map(|id| self.role(id));
        let mut unused: Vec<usize> = unused.map(|role| role.object).collect();
        unused.retain(|number| *number < self.snapshot.objects.len());
        unused.sort_unstable();
        Ok(unused)
    }
}
