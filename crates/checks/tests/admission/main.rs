//! SW6025, SW6026 and SW6027 against the API server's own code of LimitRanges and ResourceQuotas.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

mod awkward;
mod compare;
mod generator;
#[path = "../pss/shrink.rs"]
mod shrink;
#[path = "../text/mod.rs"]
mod text;
