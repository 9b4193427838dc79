//! Groups of arguments that several subcommands share.

#[cfg(feature = "cluster")]
pub(crate) mod cluster;
pub(crate) mod input;
pub(crate) mod output;
#[cfg(feature = "cluster")]
pub(crate) mod patience;
pub(crate) mod render;
pub(crate) mod select;
pub(crate) mod suppress;
pub(crate) mod verdict;
