//! Saved Snapshots: what was read, as text, to be judged later and elsewhere.
//!
//! A header and then one object a line, in JSON: exactly the fields that are read of it, under the names of the Kubernetes API,
//! and marks (see `mark`) in place of values that are not kept. What is not of Kubernetes (where an object stood,
//! suppressions beside it) stands below the reserved key `$seawall`. How the text is packed is the business of who writes it.

mod coverage;
mod header;
mod object;

pub use header::{About, Header, NotSaved, header, is_header};
pub use object::{Lines, object_line, objects};

use crate::mark::KEY;

/// The version of the form. Another one is not read.
const FORMAT: i64 = 1;

/// Counts what is read of objects: it rises with each field that is read in addition. A Snapshot that was saved with fewer does not
/// have what this version judges by.
const FIELDS: i64 = 1;
