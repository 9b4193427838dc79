//! What the tiers of Calico say, with NetworkPolicies and policies of the whole cluster in theirs.
//!
//! Sources: felix/rules/endpoints.go of github.com/projectcalico/calico v3.28.5 and Calico's documentation of tiers: of each tier that has a
//! policy about the endpoint in this direction, the first rule that means a packet decides, or passes it on to the next tier; what none
//! means is the tier's default action to decide; what is left behind all tiers, the profile of the namespace lets pass.

use super::policy::{Action, Rule};
use super::{Policy, Stage, Tier};
use crate::cascade::Deciding;
use crate::connection::{self, Asked, End, Side};
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::enforcer::{Enforcer, Open};
use crate::matching::Match;
use crate::ordered::{self, Ordered};
use crate::policy::Direction;
use crate::ports::Ports;
use crate::verdict::Verdict;
use crate::world::{Namespace, World};

/// What is asked at one place of a tier.
enum Step {
    /// A rule, of an object and with a number there.
    Rule { object: usize, rule: usize, action: ordered::Action, meant: Ports },
    /// NetworkPolicies, of which all are asked at once.
    Namespaced,
}

/// A tier as one endpoint sees it.
struct Seen {
    steps: Vec<Step>,
    /// Whether what nothing decides ends here.
    ends: Verdict,
    /// Where NetworkPolicies come in all tiers.
    has_namespaced: bool,
}

impl World<'_> {
    /// Whether policies of Calico may be about pods of a namespace.
    pub(crate) fn has_calico(&self, space: &Namespace, direction: Direction) -> bool {
        if self.enforcer().reads_calico == Open::No {
            return false;
        }
        let is_of = |policy: &Policy| {
            policy.is_refused
                || (policy.rules(direction).is_some()
                    && policy.namespace.as_ref().is_none_or(|namespace| *namespace == space.name))
        };
        self.calico().unread.is_some() || self.calico().policies().any(is_of)
    }

    /// What passes by all tiers, where NetworkPolicies let `allowed` pass, and isolate.
    pub(crate) fn in_tiers(
        &self,
        asked: Asked<'_>,
        endpoint: &Endpoint<'_>,
        space: &Namespace,
        (allowed, isolated): (&Ports, Verdict),
        side: &mut Side,
    ) -> Ports {
        let End::Pods(number) = asked.own else { return Ports::all(Verdict::Allow) };
        let mut unknown: Vec<Doubt> = self.calico().unread.into_iter().collect();
        if self.enforcer().reads_calico == Open::Unspecified {
            unknown.extend(self.only_calico(asked.direction, number, endpoint));
            if unknown.is_empty() {
                return match self.has_ordered(space, asked.direction) {
                    true => self.in_order(asked, endpoint, space, (allowed, isolated), side),
                    false => allowed.or(&Ports::all(isolated.negated())),
                };
            }
        }
        unknown.extend(self.unread_ordered());
        let mut seen = Vec::new();
        for tier in &self.calico().tiers {
            seen.push(self.seen(tier, asked, (number, endpoint, space), isolated, (side, &mut unknown)));
        }
        let allowed = allowed.and(&Ports::all(isolated));
        let nobody = Ports::all(Verdict::Allow);
        let found = seen.iter().rev().fold(nobody, |after, tier| tier.decides(&after, &allowed));
        tell(&seen, &allowed, side);
        match unknown.iter().copied().max_by_key(|doubt| doubt.verdict()) {
            Some(doubt) => {
                side.doubts.extend(unknown);
                Ports::all(doubt.verdict())
            }
            None => found,
        }
    }

    /// The policies that are about pods if Calico enforces policies, which is not known.
    fn only_calico(&self, direction: Direction, number: usize, endpoint: &Endpoint<'_>) -> Vec<Doubt> {
        let policies = self.calico().policies().filter(|policy| policy.rules(direction).is_some());
        let about = policies.filter(|policy| self.calico_is_about(policy, number, endpoint) != Match::No);
        about.map(|policy| Doubt::OnlyCalico(policy.object)).collect()
    }

    /// A tier as these pods see it; `unknown` is told why nothing can be said.
    fn seen(
        &self,
        tier: &Tier,
        asked: Asked<'_>,
        (number, endpoint, space): (usize, &Endpoint<'_>, &Namespace),
        isolated: Verdict,
        (side, unknown): (&mut Side, &mut Vec<Doubt>),
    ) -> Seen {
        let mut seen = Seen { steps: Vec::new(), ends: Verdict::Deny, has_namespaced: false };
        let place = match tier.stage {
            Stage::Namespaced => tier.before_namespaced(&space.name),
            Stage::Own | Stage::Admin | Stage::Baseline => usize::MAX,
        };
        if let Some(stage) = tier.stage.of_the_cluster() {
            let mut policies: Vec<&Ordered> =
                self.ordered_of(space).filter(|policy| policy.tier == stage).collect();
            // Calico gives them orders by their priorities, and asks those of one by their names.
            let name = |policy: &&Ordered| {
                self.snapshot().objects.get(policy.object).map(|object| object.metadata.name.clone())
            };
            policies.sort_by_key(|policy| (policy.priority, name(policy)));
            for policy in policies {
                self.ordered_steps(policy, asked, (number, endpoint), &mut seen, (side, unknown));
            }
        }
        for (at, policy) in tier.policies.iter().enumerate() {
            if at == place {
                seen.namespaced(isolated);
            }
            let Some(rules) = policy.rules(asked.direction) else { continue };
            let about = self.calico_is_about(policy, number, endpoint);
            if about == Match::No {
                continue;
            }
            side.doubts.extend(about.doubt());
            if tier.is_unknown {
                unknown.push(Doubt::NoTier(policy.object));
            } else if policy.is_refused {
                unknown.push(Doubt::Refused(policy.object));
            }
            if tier.denies {
                side.isolating.push((policy.object, about.verdict()));
                seen.ends = seen.ends.or(about.verdict());
            }
            for (rule, own) in rules.iter().enumerate() {
                self.step(own, asked, about, (policy.object, rule), &mut seen, side);
            }
        }
        if tier.stage == Stage::Namespaced && !seen.has_namespaced {
            seen.namespaced(isolated);
        }
        seen
    }

    fn step(
        &self,
        rule: &Rule,
        asked: Asked<'_>,
        about: Match,
        (object, number): (usize, usize),
        seen: &mut Seen,
        side: &mut Side,
    ) {
        let action = match rule.action {
            Action::Allow => ordered::Action::Accept,
            Action::Deny => ordered::Action::Deny,
            Action::Pass => ordered::Action::Pass,
            // What is written down is asked further.
            Action::Log => return,
        };
        let meaning = self.calico_meaning(rule, asked);
        let meant = meaning.ports.and_always(meaning.found.verdict().and(about.verdict()));
        if meant.best() == Verdict::Deny {
            return;
        }
        side.doubts.extend(meaning.found.doubt());
        seen.steps.push(Step::Rule { object, rule: number, action, meant });
    }

    /// The rules of a policy of the whole cluster.
    fn ordered_steps(
        &self,
        policy: &Ordered,
        asked: Asked<'_>,
        (number, endpoint): (usize, &Endpoint<'_>),
        seen: &mut Seen,
        (side, unknown): (&mut Side, &mut Vec<Doubt>),
    ) {
        let subject = self.is_subject(policy, number, endpoint);
        if subject == Match::No {
            return;
        }
        side.doubts.extend(subject.doubt());
        if policy.is_refused {
            unknown.push(Doubt::Refused(policy.object));
        }
        let Asked { direction, other, .. } = asked;
        let to = if direction == Direction::Ingress { Some(endpoint) } else { self.pods_of(other) };
        for (rule, ruling) in policy.rulings(direction).iter().enumerate() {
            let found = self.is_peer(&ruling.rule, asked, endpoint.namespace, &Enforcer::IN_ORDER);
            let meant = connection::ports(&ruling.rule, to, direction, &Enforcer::IN_ORDER)
                .and_always(found.verdict().and(subject.verdict()));
            if meant.best() == Verdict::Deny {
                continue;
            }
            side.doubts.extend(found.doubt());
            let (object, action) = (policy.object, ruling.action);
            seen.steps.push(Step::Rule { object, rule, action, meant });
        }
    }
}

impl Seen {
    fn namespaced(&mut self, isolated: Verdict) {
        self.has_namespaced = true;
        self.ends = self.ends.or(isolated);
        self.steps.push(Step::Namespaced);
    }

    /// What passes, where `after` is what comes behind it.
    fn decides(&self, after: &Ports, allowed: &Ports) -> Ports {
        let end = Ports::default().otherwise(&Ports::all(self.ends), after);
        let pass = Ports::all(Verdict::Allow);
        self.steps.iter().rev().fold(end, |found, step| match step {
            Step::Namespaced => pass.otherwise(allowed, &found),
            Step::Rule { action, meant, .. } => match action {
                ordered::Action::Accept => pass.otherwise(meant, &found),
                ordered::Action::Deny => Ports::default().otherwise(meant, &found),
                ordered::Action::Pass => after.otherwise(meant, &found),
            },
        })
    }
}

/// Tells which rules decide, and leaves to each what those before it do not decide.
fn tell(seen: &[Seen], allowed: &Ports, side: &mut Side) {
    let mut undecided = Ports::all(Verdict::Allow);
    let mut comes_first = true;
    for tier in seen {
        let mut passed_on = Ports::default();
        for step in &tier.steps {
            match step {
                Step::Namespaced => {
                    comes_first = false;
                    side.allowing.iter_mut().for_each(|rule| rule.ports = rule.ports.and(&undecided));
                    side.allowing.retain(|rule| rule.ports.best() != Verdict::Deny);
                    undecided = undecided.and(&allowed.map(Verdict::negated));
                }
                Step::Rule { object, rule, action, meant } => {
                    let ports = meant.and(&undecided);
                    undecided = undecided.and(&meant.map(Verdict::negated));
                    if *action == ordered::Action::Pass {
                        passed_on = passed_on.or(&ports);
                    }
                    if ports.best() != Verdict::Deny {
                        let turn = side.deciding.len();
                        side.deciding.push(Deciding::in_tiers(
                            *object,
                            *rule,
                            *action,
                            ports,
                            (comes_first, turn),
                        ));
                    }
                }
            }
        }
        undecided = passed_on.or(&undecided.and(&Ports::all(tier.ends.negated())));
    }
}

impl Stage {
    fn of_the_cluster(self) -> Option<ordered::Tier> {
        match self {
            Self::Own | Self::Namespaced => None,
            Self::Admin => Some(ordered::Tier::Admin),
            Self::Baseline => Some(ordered::Tier::Baseline),
        }
    }
}
