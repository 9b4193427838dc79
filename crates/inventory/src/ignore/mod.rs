//! Suppressions written in the input, as comments and annotations. Whether they hold is decided by the engine; here they
//! are found, and what they cover is worked out.
//!
//! ```yaml
//! # seawall: ignore[privileged-container, SW1002] until 2027-01-31 the driver needs the device
//! ```
//!
//! ```text
//! comment    = "#" "seawall:" "ignore" "[" checks "]" [ "until" DATE ] reason
//! checks     = check { "," check }          ids or names
//! annotation = line { newline line }        value of seawall.dev/ignore
//! line       = checks [ "until" DATE ] ":" reason
//! ```
//!
//! - A comment behind something covers the outermost entry or item that starts on its line, with everything below it.
//! - A comment on a line of its own covers the one that starts on the next line that is not a comment.
//! - A comment before the first key of a document covers the whole object.
//! - An annotation of an object covers the object, an annotation of a pod template covers that pod template.
//!
//! Missing fields are covered with what they are missing from.

mod annotation;
mod attach;
mod comment;
mod cover;
mod grammar;

use seawall_yaml::Span;

pub(crate) use annotation::of_object;
pub(crate) use attach::attach;

use crate::problem::{Place, Problem, Weight};

/// The annotation that suppresses.
const ANNOTATION: &str = "seawall.dev/ignore";

/// Whether `text` can hold suppressions at all. Nearly all texts cannot, and then nothing else is looked at.
pub(crate) fn mentioned(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"seawall").is_some()
}

fn warning(code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem {
        code,
        weight: Weight::Warning,
        place: Place::Span { file: crate::read::PROVISIONAL, span },
        message: message.into(),
        help: help.into(),
    }
}
