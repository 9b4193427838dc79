//! What a check says: findings, severities, verdicts, fixes, fingerprints and the metadata of checks.

mod finding;
mod fingerprint;
mod fix;
mod meta;
pub mod peer;
mod severity;
mod sharing;
mod stable_path;
mod uncovered;
mod verdict;

pub use finding::{Aside, Evidence, Finding, PartOf, Related};
pub use fingerprint::{Fingerprint, NotAFingerprint, tell_apart};
pub use fix::{Edit, Fix, Safety, Value};
pub use meta::{Domain, Framework, Meta, Param, ParamDefault, Profile, Pss, PssLevel, Scope};
pub use peer::{Peer, Relation, Tool};
pub use severity::{Severity, UnknownSeverity};
pub use sharing::Sharing;
pub use stable_path::stable_path;
pub use uncovered::{UNCOVERED, Uncovered};
pub use verdict::Verdict;
