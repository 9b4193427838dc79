//! What many findings have in common, in one place.

use std::sync::Arc;

use foldhash::HashSet;
use seawall_yaml::PathPool;

use crate::finding::Finding;
use crate::fix::Fix;

/// What findings say that others said before them. A large cluster has a million findings, and the same field is missing in a
/// thousand Deployments: they share the memory of its path and of what mends it.
#[derive(Debug, Default)]
pub struct Sharing {
    paths: PathPool,
    fixes: HashSet<Arc<Fix>>,
}

/// How many fixes are remembered. Most are about a field; some name what is in one object alone, and it begins anew.
const MOST: usize = 4096;

impl Sharing {
    /// Puts what was met before in the place of what `finding` says, where it is equal.
    pub fn share(&mut self, finding: &mut Finding) {
        self.paths.share(&mut finding.path);
        self.paths.share(&mut finding.anchor);
        let related = finding.aside.iter_mut().flat_map(|aside| &mut aside.related);
        related.for_each(|related| self.paths.share(&mut related.path));
        let Some(fix) = &mut finding.fix else { return };
        if let Some(known) = self.fixes.get(fix) {
            *fix = Arc::clone(known);
            return;
        }
        if let Some(own) = Arc::get_mut(fix) {
            own.edits_mut().for_each(|edit| self.paths.share(edit.path_mut()));
        }
        if self.fixes.len() >= MOST {
            self.fixes.clear();
        }
        self.fixes.insert(Arc::clone(fix));
    }
}
