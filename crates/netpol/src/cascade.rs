//! Policies of the whole cluster, whose rules are taken in order, before and after those of namespaces.
//!
//! Admin policies come first; what they pass on, or say nothing of, NetworkPolicies decide where they isolate, and Baseline policies
//! where they do not; what nobody decides passes (`ClusterNetworkPolicySpec.Tier` of apis/v1alpha2/clusternetworkpolicy_types.go of
//! sigs.k8s.io/network-policy-api v0.3.0).

use crate::connection::{self, Asked, End, Side};
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::enforcer::{Enforcer, Open};
use crate::matching::{self, Match};
use crate::ordered::{Action, Ordered, Tier};
use crate::policy::Direction;
use crate::ports::Ports;
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// A rule of a policy of the whole cluster that decides something.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// Number of the object of the policy.
    pub policy: usize,
    /// Its number in its list.
    pub rule: usize,
    /// What it does.
    pub action: Action,
    /// Where no rule before it decides.
    pub ports: Ports,
    /// When its policy is asked: others of this turn may be asked before it.
    turn: (Tier, i64),
}

impl Deciding {
    /// One of the tiers of Calico, which are in order by themselves.
    pub(crate) fn in_tiers(
        policy: usize,
        rule: usize,
        action: Action,
        ports: Ports,
        (comes_first, turn): (bool, usize),
    ) -> Self {
        let tier = if comes_first { Tier::Admin } else { Tier::Baseline };
        Self { policy, rule, action, ports, turn: (tier, i64::try_from(turn).unwrap_or(i64::MAX)) }
    }

    /// Whether it is asked before NetworkPolicies, not after them.
    pub fn comes_first(&self) -> bool {
        self.turn.0 == Tier::Admin
    }
}

/// What policies of one priority say.
struct Said {
    /// What some rule means.
    meant: Ports,
    /// What passes.
    ports: Ports,
}

impl World<'_> {
    /// Whether policies of the whole cluster may be about pods of a namespace.
    pub(crate) fn has_ordered(&self, space: &Namespace, direction: Direction) -> bool {
        let mut policies = self.ordered_of(space);
        self.unread_ordered().is_some()
            || policies.any(|policy| policy.is_refused || !policy.rulings(direction).is_empty())
    }

    /// Whether a policy of the whole cluster is about these pods.
    pub(crate) fn is_subject(&self, policy: &Ordered, number: usize, endpoint: &Endpoint<'_>) -> Match {
        if policy.is_read == Open::No {
            return Match::No;
        }
        if policy.is_refused {
            return Match::Maybe(Doubt::Refused(policy.object));
        }
        let Some(space) = self.space(endpoint.namespace) else { return Match::No };
        let found = matching::namespace(&policy.namespaces, endpoint.namespace, space)
            .and(matching::pods(&policy.pods, number, endpoint))
            .given(policy.is_read, Doubt::NotRead(policy.object));
        found.on_node(endpoint, Enforcer::IN_ORDER.isolates_host_network)
    }

    /// What passes, where NetworkPolicies let `allowed` pass, and isolate.
    pub(crate) fn in_order(
        &self,
        asked: Asked<'_>,
        endpoint: &Endpoint<'_>,
        space: &Namespace,
        (allowed, isolated): (&Ports, Verdict),
        side: &mut Side,
    ) -> Ports {
        let nobody = Ports::all(Verdict::Allow);
        let isolated = Ports::all(isolated);
        let policies: Vec<&Ordered> = self.ordered_of(space).collect();
        let (admin, baseline) =
            policies.split_at(policies.partition_point(|policy| policy.tier == Tier::Admin));
        let after = self.tier(baseline, asked, endpoint, &nobody, side);
        let after = allowed.otherwise(&isolated, &after);
        let found = self.tier(admin, asked, endpoint, &after, side);
        // They were told from the last to the first.
        side.deciding.reverse();
        let told = side.deciding.as_mut_slice();
        let (of_admin, of_baseline) =
            told.split_at_mut(told.partition_point(|deciding| deciding.turn.0 == Tier::Admin));
        let undecided = leave(of_admin, nobody);
        for rule in &mut side.allowing {
            rule.ports = rule.ports.and(&undecided);
        }
        side.allowing.retain(|rule| rule.ports.best() != Verdict::Deny);
        leave(of_baseline, undecided.and(&isolated.map(Verdict::negated)));
        side.deciding.retain(|deciding| deciding.ports.best() != Verdict::Deny);
        match self.unread_ordered() {
            Some(doubt) => {
                side.doubts.insert(doubt);
                Ports::all(doubt.verdict())
            }
            None => found,
        }
    }

    /// What passes by the policies of a tier, which are in order, where `after` is what comes after them.
    fn tier(
        &self,
        policies: &[&Ordered],
        asked: Asked<'_>,
        endpoint: &Endpoint<'_>,
        after: &Ports,
        side: &mut Side,
    ) -> Ports {
        let mut found = after.clone();
        for alike in policies.chunk_by(|a, b| a.priority == b.priority).rev() {
            let mut said = Said { meant: Ports::default(), ports: found.clone() };
            let mut told = Vec::new();
            for policy in alike.iter().rev() {
                let own = self.said(policy, asked, endpoint, (&found, after), side);
                if own.meant.best() != Verdict::Deny {
                    told.push(Doubt::SamePriority(policy.object));
                }
                said = together(said, own, || side.doubts.extend(told.iter().copied()));
            }
            found = said.ports;
        }
        found
    }

    /// What a policy says, where `otherwise` is what holds where it says nothing; tells its rules, the last one first.
    fn said(
        &self,
        policy: &Ordered,
        asked: Asked<'_>,
        endpoint: &Endpoint<'_>,
        (otherwise, after): (&Ports, &Ports),
        side: &mut Side,
    ) -> Said {
        let Asked { direction, own, other, .. } = asked;
        let mut said = Said { meant: Ports::default(), ports: otherwise.clone() };
        let End::Pods(number) = own else { return said };
        let subject = self.is_subject(policy, number, endpoint);
        if subject == Match::No {
            return said;
        }
        side.doubts.extend(subject.doubt());
        if policy.is_refused {
            let unknown = Ports::all(subject.verdict());
            return Said { meant: unknown.clone(), ports: unknown };
        }
        let to = if direction == Direction::Ingress { Some(endpoint) } else { self.pods_of(other) };
        for (rule, ruling) in policy.rulings(direction).iter().enumerate().rev() {
            let meant = self.is_peer(&ruling.rule, asked, endpoint.namespace, &Enforcer::IN_ORDER);
            if meant == Match::No {
                continue;
            }
            side.doubts.extend(meant.doubt());
            let ports = connection::ports(&ruling.rule, to, direction, &Enforcer::IN_ORDER)
                .and_always(meant.verdict().and(subject.verdict()));
            if ports.best() == Verdict::Deny {
                continue;
            }
            let outcome = match ruling.action {
                Action::Accept => &Ports::all(Verdict::Allow),
                Action::Deny => &Ports::default(),
                Action::Pass => after,
            };
            said.ports = outcome.otherwise(&ports, &said.ports);
            said.meant = said.meant.or(&ports);
            let turn = (policy.tier, policy.priority);
            side.deciding.push(Deciding { policy: policy.object, rule, action: ruling.action, ports, turn });
        }
        said
    }
}

/// Leaves to rules, which are in order, what those before them do not decide; returns what is left to those of the next tier.
fn leave(told: &mut [Deciding], mut undecided: Ports) -> Ports {
    let mut passed_on = Ports::default();
    for alike in told.chunk_by_mut(|a, b| a.turn == b.turn) {
        let before = undecided.clone();
        for own in alike.chunk_by_mut(|a, b| a.policy == b.policy) {
            let mut open = before.clone();
            for deciding in own {
                let meant = deciding.ports.map(Verdict::negated);
                deciding.ports = deciding.ports.and(&open);
                open = open.and(&meant);
                if deciding.action == Action::Pass {
                    passed_on = passed_on.or(&deciding.ports);
                }
            }
            undecided = undecided.and(&open);
        }
    }
    undecided.or(&passed_on)
}

/// What two say of which either may be asked first; `open` is told when that counts.
fn together(one: Said, other: Said, open: impl FnOnce()) -> Said {
    // Where both mean it, they have to agree.
    let both = one.meant.and(&other.meant);
    let either = other.ports.otherwise(&other.meant, &one.ports);
    let differ = one.ports.differ(&other.ports).and(&both);
    if differ.best() != Verdict::Deny {
        open();
    }
    let ports = Ports::all(Verdict::Ambiguous).otherwise(&differ, &either);
    Said { meant: one.meant.or(&other.meant), ports }
}
