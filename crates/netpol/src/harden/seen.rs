//! Traffic that was seen, as traffic that is wanted.

use foldhash::{HashSet, HashSetExt};
use ipnet::IpNet;
use smol_str::SmolStr;

use super::{Place, Wanted, Why};
use crate::flows::Flow;
use crate::outside::is_public;
use crate::ports::Protocol;
use crate::who::{Somebody, Stranger, Who};
use crate::world::World;

/// What flows say is wanted.
#[derive(Debug)]
pub struct Seen<'w, 's> {
    who: Who<'w, 's>,
    known: HashSet<(Place, Place, Protocol, u16)>,
    /// What is wanted, in the order in which it was seen first.
    pub wanted: Vec<Wanted>,
}

impl<'w, 's> Seen<'w, 's> {
    /// Nothing seen so far.
    pub fn new(world: &'w World<'s>) -> Self {
        Self { who: Who::new(world), known: HashSet::new(), wanted: Vec::new() }
    }

    /// Takes a flow that passed; `place` says where it stands. Whether policies have a say in it: one of its ends is pods.
    ///
    /// # Errors
    /// One of its ends is pods that are not among what was read.
    pub fn take(&mut self, flow: &Flow, place: &SmolStr) -> Result<bool, Stranger> {
        let (from, to) = self.who.ends(flow)?;
        // A client on the internet is one of many.
        let from = match self.place(from) {
            Place::Network(network) if is_public(&network.addr()) => Place::Internet,
            from => from,
        };
        let to: Vec<(Place, u16)> = to.into_iter().map(|(to, port)| (self.place(to), port)).collect();
        // What comes from a pod's own node, and goes to one, no policy keeps out.
        let is_of_a_node = flow.from.is_node && flow.from.address.is_none();
        let is_pods = |place: Place| matches!(place, Place::Pods(_));
        let is_bound = to.iter().any(|(to, _)| is_pods(from) || is_pods(*to));
        for (to, port) in to {
            if is_of_a_node || !is_bound || !self.known.insert((from, to, flow.protocol, port)) {
                continue;
            }
            let port = Some((flow.protocol, port));
            self.wanted.push(Wanted { from, to, port, why: Why::Seen(place.clone()), at: None });
        }
        Ok(is_bound)
    }

    fn place(&self, somebody: Somebody) -> Place {
        match somebody {
            Somebody::Pods(number) => Place::Pods(self.who.first(number)),
            Somebody::Address(address) => Place::Network(IpNet::from(address)),
            Somebody::Node => Place::Anywhere,
        }
    }
}
