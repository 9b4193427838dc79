//! A map after a change: what the change does not touch is kept.

use foldhash::{HashSet, HashSetExt};

use super::meant::Meant;
use super::table::Builder;
use super::{Map, Way};
use crate::connection::End;
use crate::enforcer::Enforcer;
use crate::matching::{self, Match};
use crate::policy::{Direction, Peer, Rule};
use crate::world::{Changed, World};

impl Map {
    /// Takes a change of the world in, which had been like that which the map was made of: the namespaces of which pods may reach
    /// others than before, or be reached by others, in order; `None` for all of them.
    ///
    /// A policy costs the tables of its namespace, and labels of pods or of a namespace those of the namespaces whose policies mean them
    /// besides, which are all in the worst case.
    /// All is made anew where a policy asks for a label, a block or the name of a port that none asked for before: then pods that were
    /// alike may no longer be so.
    pub fn update(&mut self, world: &World<'_>, changed: Changed) -> Option<Vec<usize>> {
        let touched = match changed {
            Changed::Policies(namespace) => {
                let space = world.space(namespace)?;
                let is_told = space.policies.iter().all(|policy| self.parties.asked.has(policy));
                is_told.then(|| vec![namespace])
            }
            // Policies of Calico can ask for anything of anybody.
            Changed::Labels(_) if world.calico_policies().next().is_some() => None,
            Changed::Labels(endpoint) => self.relabel(world, endpoint),
            // Pods of a namespace are told from all others, whatever its labels.
            Changed::Namespace(touched) => Some(touched),
        };
        match touched {
            Some(touched) => {
                self.rebuild(world, &touched);
                Some(touched)
            }
            None => {
                *self = Self::new(world, self.family);
                None
            }
        }
    }

    /// Moves pods to the party that they are of now: the namespaces of which the tables are to be made anew.
    fn relabel(&mut self, world: &World<'_>, number: usize) -> Option<Vec<usize>> {
        let endpoint = world.endpoint(number)?;
        let homes = self.parties.homes.len();
        self.parties.leave(number);
        let (party, is_new) = self.parties.enter(number, endpoint);
        *self.parties.of_endpoint.get_mut(number)? = party;
        let is_at_home = self.parties.homes.len() == homes;
        let mut touched: HashSet<usize> = HashSet::new();
        touched.insert(endpoint.namespace);
        if is_new {
            let spaces =
                (0..self.parties.by_namespace.len()).filter(|space| self.is_meant(world, *space, party));
            touched.extend(spaces);
        }
        let mut touched: Vec<usize> = touched.into_iter().collect();
        touched.sort_unstable();
        is_at_home.then_some(touched)
    }

    /// Whether the table of a namespace has to know of a party that is new at its home.
    fn is_meant(&self, world: &World<'_>, namespace: usize, party: u32) -> bool {
        let Some(End::Pods(number)) = self.parties.end(party) else { return false };
        let (Some(own), Some(space)) = (world.endpoint(number), world.space(namespace)) else { return false };
        let means = |peer: &Peer, enforcer: &Enforcer| match peer {
            Peer::PodsIn { namespaces, pods } if !pods.is_everything() => {
                let place = world
                    .space(own.namespace)
                    .map(|place| matching::namespace(namespaces, own.namespace, place));
                let found = place.unwrap_or(Match::No).and(matching::pods(pods, number, own));
                found.on_node(own, enforcer.selects_host_network) != Match::No
            }
            Peer::Pods(_) => own.namespace == namespace,
            // Of these a home is meant, or is not.
            Peer::PodsIn { .. } | Peer::Block { .. } | Peer::Nodes(_) | Peer::Names => false,
        };
        let asks = |rule: &Rule, enforcer: &Enforcer, direction| {
            let has = direction == Direction::Egress && super::table::has_ports(rule, own);
            has || rule.peers.iter().any(|peer| means(peer, enforcer))
        };
        let home = self.parties.home(party);
        [(Direction::Ingress, &self.ingress), (Direction::Egress, &self.egress)].into_iter().any(
            |(direction, way)| {
                let rules =
                    space.policies.iter().flat_map(|policy| policy.rules(direction).unwrap_or_default());
                let mut rules = rules.map(|rule| (rule, world.enforcer()));
                let rulings = world.ordered_of(space).flat_map(|policy| policy.rulings(direction));
                let mut rulings = rulings.map(|ruling| (&ruling.rule, &Enforcer::IN_ORDER));
                let is_told = way.tables.get(namespace).is_some_and(|table| table.is_told(home));
                !is_told
                    || rules.any(|(rule, enforcer)| asks(rule, enforcer, direction))
                    || rulings.any(|(rule, enforcer)| asks(rule, enforcer, direction))
            },
        )
    }

    /// Makes the tables of namespaces anew.
    fn rebuild(&mut self, world: &World<'_>, namespaces: &[usize]) {
        let Self { parties, ingress, egress, answers, family } = self;
        let meant = Meant::new(world, *family, parties);
        let mut builder = Builder { world, parties, meant, answers };
        let mut make = |way: &mut Way, direction| {
            way.rows.resize(parties.all.len(), 0);
            for namespace in namespaces {
                let made = builder.table(*namespace, direction, &mut way.rows);
                if let Some(table) = way.tables.get_mut(*namespace) {
                    *table = made;
                }
            }
        };
        make(ingress, Direction::Ingress);
        make(egress, Direction::Egress);
    }
}
