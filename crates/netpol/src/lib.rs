//! Who can reach whom on which port, from a [`Snapshot`](seawall_inventory::Snapshot) alone, which rule says so, and what is not
//! known.
//!
//! [`World::new`] compiles the pods, namespaces and policies of a Snapshot once; [`World::connection`] says what passes from one
//! [`End`] to another. What the API leaves to those who enforce policies is told by an [`Enforcer`].
//!
//! Sources: the comments of k8s.io/api networking/v1 types.go v0.36.3, and pkg/apis/networking of k8s.io/kubernetes v1.36.3.

mod around;
mod atoms;
mod calico;
mod cascade;
mod connection;
mod doubt;
mod endpoint;
mod enforcer;
mod entry;
mod flows;
mod gateways;
mod harden;
mod internal;
mod lint;
mod map;
mod matching;
mod mesh;
mod ordered;
mod outside;
mod policy;
mod ports;
mod service;
mod slices;
mod verdict;
mod waiting;
mod watch;
mod who;
mod world;

pub use around::Isolation;
pub use calico::{Expression as CalicoSelector, Test as CalicoTest};
pub use cascade::Deciding;
pub use connection::{Allowing, Connection, End, Side};
pub use doubt::Doubt;
pub use endpoint::Endpoint;
pub use enforcer::{Enforcer, Open};
pub use entry::{Addresses, Entry, Way};
pub use flows::{Flow, FlowEnd, LONGEST_FLOW, NoFlow};
pub use gateways::is_proxy;
pub use harden::{
    Beyond, Declared, Failing, Labels, Lack, Lacking, NewPeer, NewPolicy, NewRule, Place, Plan, Replay, Seen,
    Wanted, Whom, Why,
};
pub use internal::is_internal;
pub use lint::{At, Lint, What};
pub use map::{Map, Party};
pub use matching::Family;
pub use mesh::{Effect, Member, MeshDoubt, MeshRule, MeshSide, Mode, Modes, Proxy};
pub use ordered::Action;
pub use outside::{Outside, is_public};
pub use policy::Direction;
pub use ports::{EVERY_PORT, Ports, Protocol};
pub use service::{Behind, Door, Elsewhere, Service};
pub use verdict::Verdict;
pub use watch::{Asked, Counts, Remark, Sight, Told, Watch};
pub use who::{Somebody, Stranger};
pub use world::{Changed, Node, World};
