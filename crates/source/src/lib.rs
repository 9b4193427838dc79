//! Reads files, folders, standard input, Helm charts and Kustomize directories into a Snapshot.
//!
//! Everything that is met ends in one of three places: it is read; or it is a [`seawall_inventory::Problem`], which makes
//! the scan incomplete; or it is listed as [`seawall_inventory::Skipped`] with the reason. Nothing is lost in silence, and
//! one bad file never keeps the others from being read.

mod build;
mod control;
mod disk;
mod file;
mod gather;
pub mod git;
mod helm;
mod kustomize;
mod layout;
mod load;
mod options;
mod outline;
mod place;
mod problem;
mod process;
mod program;
mod read;
pub mod recognise;
mod rendered;
pub mod saved;
mod walk;

pub use control::{Control, Progress};
pub use helm::{HelmOptions, Rendered, split_printed_by_helm};
pub use kustomize::{Built, KustomizeOptions, split_printed_by_kustomize};
pub use load::load;
pub use options::{BadGlob, Exclude, Input, Options};
pub use outline::{Outline, outline};
