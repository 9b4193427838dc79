//! What service meshes make of connections: the proxy beside the pods that traffic goes to, or on their node, is one more door.
//!
//! What is said is of connections, as far as proxies decide it before they have read a request: what depends on requests is not
//! known here. Clients are taken to connect to Services, as applications do: what a sidecar makes of an address of a pod is not
//! encrypted. What a mesh's own configuration says is not read, and taken to be as it is installed: Istio's root namespace is
//! that of istiod, or `istio-system`; a trust domain is `cluster.local`; Linkerd is installed in `linkerd`, and lets in everybody
//! where neither pods nor their namespace say otherwise.
//!
//! Sources: istio.io/istio v0.0.0-20260827124520-eed52ebb66ad (1.31) as each file names it, and Linkerd's reference of
//! authorization policy.

mod client;
mod doubt;
mod identity;
mod istio;
mod linkerd;
mod member;
mod mtls;
mod objects;
mod rule;

use std::collections::BTreeSet;

use ipnet::IpNet;

pub use doubt::MeshDoubt;
pub use member::{Member, Proxy};
pub use mtls::{Mode, Modes};
pub(crate) use objects::Mesh;

use crate::connection::End;
use crate::doubt::Doubt;
use crate::matching::Family;
use crate::ports::{EVERY_PORT, Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// What the proxy of the pods that traffic goes to makes of it.
#[derive(Clone, Debug)]
pub struct MeshSide {
    /// Which proxy it is, or would be.
    pub proxy: Proxy,
    /// What it lets pass.
    pub ports: Ports,
    /// What decides: objects and rules of them, in the order in which they are asked.
    pub deciding: Vec<MeshRule>,
    /// Why something is not known here.
    pub doubts: BTreeSet<Doubt>,
}

/// An object of a mesh, or a rule of one, that decides something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshRule {
    /// Number of the object.
    pub object: usize,
    /// The number of the rule in its list, when it is one.
    pub rule: Option<usize>,
    /// What it does.
    pub effect: Effect,
    /// For which ports.
    pub ports: Ports,
}

/// What an object of a mesh does to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Only what the mesh encrypts is let in.
    Encrypted,
    /// What comes in is not encrypted by the mesh.
    Plain,
    /// Nothing but what rules allow is let in.
    Isolates,
    /// It is let in.
    Allows,
    /// It is not let in.
    Denies,
    /// Somebody else is asked.
    Asks,
}

impl MeshSide {
    fn new(proxy: Proxy) -> Self {
        Self { proxy, ports: Ports::all(Verdict::Allow), deciding: Vec::new(), doubts: BTreeSet::new() }
    }

    fn decide(&mut self, object: usize, rule: Option<usize>, effect: Effect, ports: Ports) {
        if ports.best() != Verdict::Deny {
            self.deciding.push(MeshRule { object, rule, effect, ports });
        }
    }
}

impl World<'_> {
    /// What the proxies of a mesh let in of what goes to pods; `None` where none of them keeps anything from them.
    pub fn mesh_side(&self, from: End, to: End, family: Family) -> Option<MeshSide> {
        let End::Pods(number) = to else { return None };
        let mesh = self.mesh();
        if mesh.is_empty() {
            return None;
        }
        let (proxy, doubt) = match self.member(number) {
            Member::No => return None,
            Member::Yes(proxy) => (proxy, None),
            Member::Maybe(proxy) => (proxy, Some(Doubt::Mesh(MeshDoubt::InMesh(number)))),
        };
        let mut side = match proxy {
            Proxy::Linkerd => self.linkerd_side(number, from, family)?,
            Proxy::Sidecar | Proxy::Gateway | Proxy::Ambient => {
                self.istio_side(number, proxy, from, family)?
            }
        };
        if let Some(doubt) = doubt.filter(|_| side.ports.uniform() != Some(Verdict::Allow)) {
            side.ports =
                side.ports.map(|passes| if passes == Verdict::Allow { passes } else { Verdict::Unknown });
            side.doubts.insert(doubt);
        }
        if !side.ports.any(|passes| passes == Verdict::Unknown) {
            side.doubts.clear();
        }
        Some(side)
    }

    /// Whether there is a mesh of which objects were read that keep something from somebody.
    pub fn has_mesh(&self) -> bool {
        !self.mesh().is_empty()
    }

    /// The blocks of addresses that objects of meshes name which may be about pods.
    pub(crate) fn mesh_blocks(&self, endpoint: usize) -> Vec<IpNet> {
        let mesh = self.mesh();
        let own = self.endpoint(endpoint).and_then(|own| self.namespace(own.namespace));
        let spaces = own.into_iter().chain([mesh.root.as_str()]).filter_map(|name| mesh.at(name));
        let texts = spaces.flat_map(|space| space.blocks(self.snapshot()));
        texts.filter_map(rule::block).collect()
    }

    /// Whether pods of an endpoint are in a mesh.
    pub fn member(&self, endpoint: usize) -> Member {
        self.endpoint(endpoint).map_or(Member::No, |own| member::of(self, own))
    }

    /// What the proxies of pods of an endpoint ask of clients; `None` where they are in no mesh that has modes.
    pub fn mesh_modes(&self, endpoint: usize) -> Option<Modes> {
        let (Member::Yes(proxy) | Member::Maybe(proxy)) = self.member(endpoint) else { return None };
        matches!(proxy, Proxy::Sidecar | Proxy::Ambient).then(|| mtls::of(self, endpoint))
    }
}

/// All of TCP, and nothing of other protocols: no proxy takes these.
pub(crate) fn tcp(verdict: Verdict) -> Ports {
    Ports::some(Protocol::Tcp, &EVERY_PORT, verdict)
}

/// The ports, and all of other protocols.
pub(crate) fn and_other_protocols(ports: &Ports) -> Ports {
    ports.or(&tcp(Verdict::Allow).map(Verdict::negated))
}

/// Ports in an annotation: `8080,9000-9010`; what is no port is none.
pub(crate) fn listed(text: &str) -> Ports {
    let number = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    let ranges = text.split(',').filter_map(|part| match part.split_once('-') {
        Some((first, last)) => Some(number(first)?..=number(last)?),
        None => number(part).map(|port| port..=port),
    });
    let some = |range| Ports::some(Protocol::Tcp, &range, Verdict::Allow);
    ranges.fold(Ports::default(), |found, range| found.or(&some(range)))
}
