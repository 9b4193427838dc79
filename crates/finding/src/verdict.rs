//! What a check decided about an object.

use std::borrow::Cow;

/// What a check decided about an object. There is no default: not knowing is not passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The weakness is not there.
    Pass,
    /// The weakness is there; the findings say where.
    Fail,
    /// The check has nothing to say about this object.
    NotApplicable,
    /// It cannot be decided from what was read, and why.
    Unknown(Cow<'static, str>),
}
