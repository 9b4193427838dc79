//! Groups of arguments that several subcommands share.

pub(crate) mod ask;
#[cfg(feature = "cluster")]
pub(crate) mod cluster;
pub(crate) mod compared;
pub(crate) mod form;
pub(crate) mod input;
pub(crate) mod output;
#[cfg(feature = "cluster")]
pub(crate) mod patience;
pub(crate) mod render;
pub(crate) mod select;
pub(crate) mod suppress;
pub(crate) mod verdict;

/// A variable of the environment that an argument is taken from. One that is empty counts as not set: that is how workflows of CI
/// systems leave out what they take from an input.
pub(crate) fn variable(name: &'static str) -> Option<&'static str> {
    let is_empty = std::env::var_os(name).is_some_and(|value| value.is_empty());
    (!is_empty).then_some(name)
}
