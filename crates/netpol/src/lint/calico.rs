//! Policies of Calico.

use super::{At, Lint, Linter, What};
use crate::enforcer::Open;
use crate::matching::Match;

impl Linter<'_, '_, '_> {
    pub(super) fn calico(&mut self) {
        let world = self.world;
        let enforcer = world.enforcer();
        let mut tell = |policy, what| self.found.push(Lint { policy, at: At::Policy, what });
        for policy in &world.calico().staged {
            tell(*policy, What::Staged);
        }
        for policy in world.calico().policies() {
            let mut pods = world.endpoints().iter().enumerate();
            let what = if policy.is_refused {
                What::Refused
            } else if !enforcer.enforces {
                What::NotEnforced
            } else if enforcer.reads_calico == Open::No {
                What::NotRead
            } else if policy.ingress.is_none() && policy.egress.is_none() {
                // Of hosts, of which nothing is read.
                continue;
            } else if self.operated.is_empty()
                && !pods.any(|(number, own)| world.calico_is_about(policy, number, own) != Match::No)
            {
                What::SelectsNothing
            } else {
                continue;
            };
            tell(policy.object, what);
        }
    }
}
