//! The world as pods of one template see it, for who judges one workload and is told again when something of it changes.

use std::collections::BTreeSet;

use seawall_inventory::{PodView, View};

use crate::doubt::Doubt;
use crate::endpoint;
use crate::enforcer::Enforcer;
use crate::matching::Match;
use crate::ordered::{self, Action, Ordered, Ruling, Tier};
use crate::policy::{Direction, Peer, Policy};
use crate::verdict::Verdict;
use crate::waiting::Waiting;
use crate::world::{GROUP, Namespace, World};

/// Whether policies keep anything from pods.
#[derive(Clone, Debug, Default)]
pub struct Isolation {
    /// [`Verdict::Allow`] when some policy selects them: only what its rules allow passes.
    pub verdict: Verdict,
    /// A policy of which a rule allows everything, so that nothing is kept from them after all: the number of its object.
    pub undone_by: Option<usize>,
    /// Why it is not known.
    pub doubts: BTreeSet<Doubt>,
}

impl Isolation {
    /// Takes down what a policy of the whole cluster says of everybody, if it does; whether it settles the matter.
    fn ask(&mut self, policy: &Ordered, subject: Match, direction: Direction) -> bool {
        // What comes in, policies of the whole cluster know of pods alone.
        let is_all = |peer: &Peer| match (direction, peer) {
            (Direction::Egress, Peer::Block { cidr, .. }) => cidr.prefix_len() == 0,
            (Direction::Egress, _) => false,
            (Direction::Ingress, peer) => peer.means_all_pods(),
        };
        let means_all =
            |ruling: &&Ruling| ruling.rule.ports.is_empty() && ruling.rule.peers.iter().any(is_all);
        let first = policy.rulings(direction).iter().find(means_all);
        let is_about_all = first.is_some() || policy.is_refused;
        if subject == Match::No || !is_about_all {
            return false;
        }
        self.doubts.extend(subject.doubt());
        match first.map(|ruling| ruling.action) {
            None => self.verdict = self.verdict.or(subject.verdict()),
            Some(Action::Pass) => {}
            Some(Action::Deny) => self.verdict = self.verdict.or(subject.verdict()),
            Some(Action::Accept) if subject == Match::Yes => {
                self.verdict = Verdict::Allow;
                self.undone_by.get_or_insert(policy.object);
            }
            Some(Action::Accept) => {}
        }
        subject == Match::Yes && first.is_some_and(|ruling| ruling.action != Action::Pass)
    }
}

/// Kinds of routes of Gateway API.
const ROUTES: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

impl<'s> World<'s> {
    /// The pods of one template and the policies of their namespace, by the word of the API alone; nothing else is in it, so that what
    /// is asked about other pods has no answer. `number` is that of the object. `None` for pods that have ended.
    pub fn around(view: View<'s>, number: usize, pod: &PodView<'s>) -> Option<Self> {
        let mut ordered = Vec::new();
        for kind in ordered::KINDS {
            let policies = view.numbered_in_scope(ordered::GROUP, kind).filter_map(|(number, object)| {
                let spec = object.body.cluster_network_policy()?;
                Some(Ordered::new(number, object, spec, &Enforcer::SPECIFICATION))
            });
            ordered.extend(policies);
        }
        Self::beside(view, number, pod, ordered, Vec::new())
    }

    /// The same, with what leads to them from outside of the cluster: Services, Ingresses and routes of their namespace, and
    /// all Gateways. Proxies of the cluster are not in it.
    pub fn with_ways_to(view: View<'s>, number: usize, pod: &PodView<'s>) -> Option<Self> {
        let mut others: Vec<usize> =
            view.numbered_services_selecting(pod).map(|(number, ..)| number).collect();
        if !others.is_empty() {
            others.extend(view.numbered_beside(pod.object, GROUP, "Ingress").map(|(number, _)| number));
            for kind in ROUTES {
                let routes = view.numbered_beside(pod.object, "gateway.networking.k8s.io", kind);
                others.extend(routes.map(|(number, _)| number));
            }
            let gateways = view.numbered("gateway.networking.k8s.io", "Gateway");
            others.extend(gateways.map(|(number, _)| number));
        }
        // Of what comes from outside, policies of the whole cluster say nothing: they let pods in, or not.
        Self::beside(view, number, pod, Vec::new(), others)
    }

    fn beside(
        view: View<'s>,
        number: usize,
        pod: &PodView<'s>,
        ordered: Vec<Ordered>,
        others: Vec<usize>,
    ) -> Option<Self> {
        let snapshot = view.found_in();
        let place = pod.object.pods.iter().position(|own| std::ptr::eq(own, pod.template))?;
        let own = endpoint::endpoints(snapshot, number, |_| 0).into_iter().nth(place)?;
        let mut namespace = Namespace::unread(&view.identity(pod.object).namespace);
        let policies = view.numbered_beside(pod.object, GROUP, "NetworkPolicy");
        let policies = policies.filter_map(|(number, object)| {
            Some(Policy::new(number, object.body.network_policy()?, object.malformed))
        });
        namespace.policies = policies.collect();
        namespace.waiting = Waiting::of(&namespace.policies);
        // Its labels say which policies of the whole cluster are about it.
        if !ordered.is_empty()
            && let Some(object) = view.namespace_of(pod.object).next()
        {
            namespace.know(&object.metadata);
        }
        Some(Self::small(snapshot, namespace, ordered, own, others))
    }

    /// Whether policies keep anything from pods, by the number of their endpoint, or of them.
    pub fn isolation(&self, endpoint: usize, direction: Direction) -> Isolation {
        let mut isolation = Isolation::default();
        let Some(own) = self.endpoint(endpoint) else { return isolation };
        let Some(space) = self.space(own.namespace).filter(|_| self.enforcer().enforces) else {
            return isolation;
        };
        for policy in self.ordered_of(space).filter(|policy| policy.tier == Tier::Admin) {
            if isolation.ask(policy, self.is_subject(policy, endpoint, own), direction) {
                return isolation;
            }
        }
        for policy in space.about(own) {
            let Some(rules) = policy.rules(direction) else { continue };
            let selected = self.selected(policy, endpoint, own);
            isolation.verdict = isolation.verdict.or(selected.verdict());
            isolation.doubts.extend(selected.doubt());
            let is_open = rules.iter().any(|rule| rule.peers.is_empty() && rule.ports.is_empty());
            if is_open && selected == Match::Yes {
                isolation.undone_by.get_or_insert(policy.object);
            }
        }
        for policy in self.ordered_of(space).filter(|policy| policy.tier == Tier::Baseline) {
            if isolation.verdict == Verdict::Allow
                || isolation.ask(policy, self.is_subject(policy, endpoint, own), direction)
            {
                break;
            }
        }
        if let Some(doubt) = space.unread {
            isolation.verdict = isolation.verdict.or(doubt.verdict());
            isolation.doubts.insert(doubt);
        }
        if matches!(isolation.verdict, Verdict::Allow | Verdict::Deny) {
            isolation.doubts.clear();
        }
        isolation
    }
}
