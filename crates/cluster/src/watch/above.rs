//! Which owners are followed that no check reads, for what they own: they are found as objects that name them come.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::channel::mpsc::UnboundedSender;
use seawall_inventory::{Object, OwnerKind, unread_controller};

use super::news::ListId;
use crate::discovery::Others;
use crate::list::Wanted;
use crate::owners::MOST_KINDS;
use crate::read::wanted;
use crate::target::Scope;

/// Which owners are followed that no check reads.
pub(super) struct Above {
    pub cluster: String,
    pub scope: Scope,
    /// What can be followed.
    pub others: Others,
    /// What is.
    pub followed: BTreeSet<OwnerKind>,
    /// Gives numbers to lists.
    pub next: Arc<AtomicUsize>,
    /// To who follows lists.
    pub more: UnboundedSender<(ListId, Wanted)>,
}

impl Above {
    /// Follows the controller of `object` too, when it is one of these and can be. Returns what is followed from now on.
    pub(super) fn follow(&mut self, object: &Object) -> Vec<(ListId, Wanted)> {
        let Some(kind) = unread_controller(object).filter(|kind| !self.followed.contains(kind)) else {
            return Vec::new();
        };
        let Some(resource) = self.others.of_kind(&kind).filter(|_| self.followed.len() < MOST_KINDS) else {
            return Vec::new();
        };
        let lists = wanted(&self.cluster, vec![resource.clone()], &self.scope);
        self.followed.insert(kind);
        let number = |wanted| (ListId(self.next.fetch_add(1, Ordering::Relaxed)), wanted);
        let lists: Vec<(ListId, Wanted)> = lists.into_iter().map(number).collect();
        for list in &lists {
            // Who follows has ended only when nobody listens any more.
            let _ = self.more.unbounded_send(list.clone());
        }
        lists
    }

    /// Forgets that a kind is followed, so that it can be again.
    pub(super) fn forget(&mut self, wanted: &Wanted) {
        self.followed.remove(&(wanted.resource.group.as_str().into(), wanted.resource.kind.as_str().into()));
    }
}
