//! The crate as its callers see it: folders in, a Snapshot out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bad_input;
mod corpus;
mod explicit;
mod folder;
mod git;
mod helm;
mod hostile;
mod ignore_rules;
mod interrupted;
mod kustomize;
mod random;
mod saved;
mod try_saved;
