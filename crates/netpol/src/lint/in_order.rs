//! Policies of the whole cluster.

use foldhash::{HashSet, HashSetExt};

use super::{At, Lint, Linter, What};
use crate::connection::{Asked, End, RuleId};
use crate::doubt::Doubt;
use crate::enforcer::{Enforcer, Open};
use crate::matching::Match;
use crate::ordered::Ordered;
use crate::policy::{Direction, Peer};

const DIRECTIONS: [Direction; 2] = [Direction::Ingress, Direction::Egress];

impl<'w> Linter<'w, '_, '_> {
    pub(super) fn in_order(&mut self) {
        let world = self.world;
        for policy in world.not_read() {
            self.found.push(Lint { policy: *policy, at: At::Policy, what: What::NotRead });
        }
        let enforces = world.enforcer().enforces;
        let (deciding, alike) = if enforces { self.deciding() } else { Default::default() };
        for policy in world.ordered() {
            let mut tell = |at, what| self.found.push(Lint { policy: policy.object, at, what });
            if policy.is_refused {
                tell(At::Policy, What::Refused);
                continue;
            }
            if !enforces {
                tell(At::Policy, What::NotEnforced);
                continue;
            }
            if alike.contains(&policy.object) {
                tell(At::Policy, What::SamePriority);
            }
            let operated = !self.operated.is_empty();
            if !self.is_about_somebody(policy) {
                if !operated {
                    self.found.push(Lint {
                        policy: policy.object,
                        at: At::Policy,
                        what: What::SelectsNothing,
                    });
                }
                continue;
            }
            for direction in DIRECTIONS {
                self.rulings(policy, direction, &deciding);
            }
        }
    }

    /// The rules of a policy in a direction.
    fn rulings(&mut self, policy: &'w Ordered, direction: Direction, deciding: &HashSet<RuleId>) {
        for (number, ruling) in policy.rulings(direction).iter().enumerate() {
            let before = self.found.len();
            let mut is_open = false;
            for (at, peer) in ruling.rule.peers.iter().enumerate() {
                let Peer::PodsIn { .. } = peer else { continue };
                let may_be_made = self.may_be_made(peer, 0);
                is_open |= may_be_made;
                if self.meant_by(peer, 0, &Enforcer::IN_ORDER).is_empty() && !may_be_made {
                    let at = At::Peer(direction, number, at);
                    self.found.push(Lint { policy: policy.object, at, what: What::MeansNobody });
                }
            }
            let is_told = self.found.len() > before;
            if !is_told && !is_open && !deciding.contains(&(policy.object, direction, number)) {
                let at = At::Rule(direction, number);
                self.found.push(Lint { policy: policy.object, at, what: What::ComesTooLate });
            }
        }
    }

    /// The rules that decide something between pods that were read, or all addresses; and policies that another of the same priority
    /// gainsays.
    fn deciding(&self) -> (HashSet<RuleId>, HashSet<usize>) {
        let (mut deciding, mut alike) = (HashSet::new(), HashSet::new());
        if self.world.ordered().is_empty() {
            return (deciding, alike);
        }
        let everybody = self.map.everybody();
        let end = |party: &u32| everybody.end(*party);
        for (namespace, direction) in (0..everybody.by_namespace.len())
            .flat_map(|number| DIRECTIONS.map(|direction| (number, direction)))
        {
            let others: Vec<End> = self.map.others_of(namespace, direction).iter().filter_map(end).collect();
            for own in self.map.own_of(namespace, direction).iter().filter_map(end) {
                for other in &others {
                    // One that is for whoever is not isolated waits for others to come.
                    let asked = Asked { isolated: Some(false), ..self.asked(direction, own, *other) };
                    let Some(side) = self.world.side(asked) else { continue };
                    deciding.extend(side.deciding.iter().map(|one| (one.policy, direction, one.rule)));
                    alike.extend(side.doubts.iter().filter_map(|doubt| match doubt {
                        Doubt::SamePriority(policy) => Some(*policy),
                        _ => None,
                    }));
                }
            }
        }
        (deciding, alike)
    }

    /// Whether a policy is about pods that were read, or may be.
    fn is_about_somebody(&self, policy: &Ordered) -> bool {
        let mut pods = self.world.endpoints().iter().enumerate();
        policy.is_read != Open::No
            && pods.any(|(number, endpoint)| self.world.is_subject(policy, number, endpoint) != Match::No)
    }
}
