//! The Pod Security Standards, against Kubernetes' own fixtures and code, in all versions from v1.0 to v1.37.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

mod controls;
mod differential;
mod fixes;
mod fixtures;
mod generator;
mod judge;
mod refused;
mod shrink;
#[path = "../text/mod.rs"]
mod text;
