//! Reads a live cluster into a Snapshot: what its API server lists, decoded as the objects of files are.
//!
//! The client can do nothing but read: the only request it has is GET. Two other types have one each: reviews of who asks, for the
//! [`doctor`], and what the API server would make of an object ([`dry_run()`]); neither is stored. What may not be read, or fails, is a
//! [`seawall_inventory::Problem`] that names the permission or the cause, and the rest is read all the same.

mod client;
mod credentials;
mod discovery;
mod dns;
pub mod doctor;
mod dry_run;
mod error;
mod failure;
mod gap;
mod items;
mod lines;
mod list;
mod names;
mod overrides;
mod owners;
mod pauses;
mod problem;
mod read;
mod role;
mod stop;
mod target;
mod token_file;
mod watch;

pub use dry_run::{DryRun, Written, dry_run};
pub use error::ClusterError;
pub use names::{Names, namespaces};
pub use overrides::{Overrides, Token};
pub use read::{read, read_several};
pub use role::{Grant, resources, role};
pub use target::{Patience, Scope, Target};
pub use watch::{Batch, Watching};
