//! The world as pods of one template see it, for who judges one workload and is told again when something of it changes.

use std::collections::BTreeSet;

use seawall_inventory::{PodView, View};

use crate::doubt::Doubt;
use crate::endpoint;
use crate::matching::Match;
use crate::policy::{Direction, Policy};
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

/// Kinds of routes of Gateway API.
const ROUTES: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

impl<'s> World<'s> {
    /// The pods of one template and the policies of their namespace, by the word of the API alone; nothing else is in it, so that what
    /// is asked about other pods has no answer. `number` is that of the object. `None` for pods that have ended.
    pub fn around(view: View<'s>, number: usize, pod: &PodView<'s>) -> Option<Self> {
        Self::beside(view, number, pod, Vec::new())
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
        Self::beside(view, number, pod, others)
    }

    fn beside(view: View<'s>, number: usize, pod: &PodView<'s>, others: Vec<usize>) -> Option<Self> {
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
        Some(Self::small(snapshot, namespace, own, others))
    }

    /// Whether policies keep anything from pods, by the number of their endpoint, or of them.
    pub fn isolation(&self, endpoint: usize, direction: Direction) -> Isolation {
        let mut isolation = Isolation::default();
        let Some(own) = self.endpoint(endpoint) else { return isolation };
        let Some(space) = self.space(own.namespace).filter(|_| self.enforcer().enforces) else {
            return isolation;
        };
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
