//! Which mode of mutual TLS is in effect on pods of Istio, and by which object.
//!
//! Sources: `ComposePeerAuthentication` of pilot/pkg/security/authn/policy_applier.go, `getConfigsForWorkload` of
//! pilot/pkg/model/authentication.go; ztunnel has the same from `convertedSelectorPeerAuthentications` of
//! pilot/pkg/serviceregistry/ambient/authorization.go, where DISABLE is PERMISSIVE.

use std::fmt;

use seawall_inventory::kinds::{MutualTls, PeerAuthenticationSpec};

use super::objects::{Peer, Says};
use crate::doubt::Doubt;
use crate::matching::{self, Match};
use crate::mesh::MeshDoubt;
use crate::world::World;

/// What the proxy of pods asks of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// The mesh encrypts nothing.
    Disable,
    /// Clients of the mesh encrypt, and others are let in without.
    Permissive,
    /// Only what the mesh encrypts is let in.
    Strict,
}

/// The modes of pods, with what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Where nothing else is said of a port.
    pub mode: Mode,
    /// What says so, by the number of its object: the nearest one that gives a mode; `None` when nothing does.
    pub by: Option<usize>,
    /// Ports of which something else may be said, with the object that says it.
    pub ports: Vec<(u16, Mode, usize)>,
    /// Why it is not known; the mode is then one that is possible.
    pub doubts: Vec<Doubt>,
    /// All that is possible: one, when it is known.
    pub(crate) possible: Vec<Possible>,
}

/// What is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Possible {
    pub mode: Mode,
    pub by: Option<usize>,
    pub ports: Vec<(u16, Mode, usize)>,
}

/// Combinations up to which all are looked at.
const MOST: usize = 64;

impl Mode {
    /// `None` when it is left to what is above.
    pub(crate) fn of(mtls: Option<&MutualTls>) -> Option<Self> {
        match mtls.map(|mtls| mtls.mode.as_str()) {
            Some("DISABLE") => Some(Self::Disable),
            Some("PERMISSIVE") => Some(Self::Permissive),
            Some("STRICT") => Some(Self::Strict),
            _ => None,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disable => "DISABLE",
            Self::Permissive => "PERMISSIVE",
            Self::Strict => "STRICT",
        })
    }
}

impl Modes {
    /// The mode of a port.
    pub fn at(&self, port: u16) -> Mode {
        self.ports.iter().find(|(own, ..)| *own == port).map_or(self.mode, |(_, mode, _)| *mode)
    }

    /// Whether there is no other than `mode`, and that is known.
    pub fn are(&self, mode: Mode) -> bool {
        self.possible.iter().all(|one| one.mode == mode && one.ports.iter().all(|(_, own, _)| *own == mode))
    }
}

/// A level: what may count there, `None` where it may be that nothing does.
type Level<'w> = Vec<Option<(&'w Peer, &'w PeerAuthenticationSpec)>>;

/// The modes of pods of an endpoint.
pub(crate) fn of(world: &World<'_>, number: usize) -> Modes {
    let mut doubts = Vec::new();
    let mesh = world.mesh();
    let name = world.endpoint(number).and_then(|pods| world.namespace(pods.namespace)).unwrap_or_default();
    let mut whole =
        |namespace: &str| level(world, namespace, |peer| Match::of(peer.pods.is_none()), &mut doubts);
    let root = whole(&mesh.root);
    // In the root namespace there is nothing below the mesh.
    let is_root = name == mesh.root;
    let space = if is_root { vec![None] } else { whole(name) };
    let selected = |peer: &Peer| match (&peer.pods, world.endpoint(number)) {
        (Some(pods), Some(endpoint)) => matching::pods(pods, number, endpoint),
        _ => Match::No,
    };
    let own = if is_root { vec![None] } else { level(world, name, selected, &mut doubts) };
    let mut possible: Vec<Possible> = Vec::new();
    let all = root.iter().flat_map(|root| space.iter().map(move |space| (root, space)));
    let all = all.flat_map(|(root, space)| own.iter().map(move |own| [*root, *space, *own]));
    for levels in all.take(MOST) {
        let one = composed(levels);
        if !possible.contains(&one) {
            possible.push(one);
        }
    }
    let says = |one: &Possible| {
        (one.mode, one.ports.iter().map(|(port, mode, _)| (*port, *mode)).collect::<Vec<_>>())
    };
    if possible.windows(2).all(|pair| matches!(pair, [one, other] if says(one) == says(other))) {
        possible.truncate(1);
        doubts.clear();
    }
    let Possible { mode, by, ports } =
        possible.first().cloned().unwrap_or(Possible { mode: Mode::Permissive, by: None, ports: Vec::new() });
    Modes { mode, by, ports, doubts, possible }
}

/// What may count of those of a namespace: the oldest, and files do not say which that is.
fn level<'w>(
    world: &'w World<'_>,
    namespace: &str,
    is_meant: impl Fn(&Peer) -> Match,
    doubts: &mut Vec<Doubt>,
) -> Level<'w> {
    let space = world.mesh().at(namespace);
    let mut found: Level<'w> = Vec::new();
    let (mut is_sure, mut count) = (false, 0);
    for peer in space.into_iter().flat_map(|space| &space.peer_authentications) {
        let Some(spec) = world.snapshot().peer_authentication(peer.object) else { continue };
        let refused = if peer.is_refused { Match::Maybe(Doubt::Refused(peer.object)) } else { Match::Yes };
        let meant = is_meant(peer).and(refused);
        if meant == Match::No {
            continue;
        }
        doubts.extend(meant.doubt());
        is_sure |= meant == Match::Yes;
        count += 1;
        found.push(Some((peer, spec)));
    }
    if let (true, Some(Some((first, _)))) = (count > 1, found.first()) {
        doubts.push(Doubt::Mesh(MeshDoubt::Oldest(first.object)));
    }
    if !is_sure {
        found.push(None);
    }
    found
}

/// What follows from one for the mesh, one for the namespace and one for the pods.
fn composed(levels: [Option<(&Peer, &PeerAuthenticationSpec)>; 3]) -> Possible {
    let mut found = Possible { mode: Mode::Permissive, by: None, ports: Vec::new() };
    for (peer, spec) in levels.iter().flatten() {
        if let Some(mode) = Mode::of(spec.mtls.as_ref()) {
            (found.mode, found.by) = (mode, Some(peer.object));
        }
    }
    let [_, _, own] = levels;
    let Some((peer, spec)) = own else { return found };
    for (port, mtls) in spec.port_level_mtls.iter() {
        let Ok(port) = port.parse::<u16>() else { continue };
        // What leaves it open has the mode of the pods.
        let mode = Mode::of(Some(mtls)).unwrap_or(found.mode);
        if port > 0 && mode != found.mode {
            found.ports.push((port, mode, peer.object));
        }
    }
    found.ports.sort_unstable();
    found
}
