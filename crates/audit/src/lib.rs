//! Audit logs of API servers: who asked for what, and what authorizers were asked for it.
//!
//! [`read`] takes a log apart, a line at a time, however long it is; [`Event::asks`] says of an event what its user, or whom he
//! impersonated, had to be allowed for it. What was sent and what was answered is not read at all.
//!
//! Sources: k8s.io/apiserver v0.36.3 pkg/apis/audit/v1, pkg/audit/request.go and pkg/endpoints/filters.

mod ask;
mod event;
mod log;

pub use ask::{Ask, Asker};
pub use event::{Event, Impersonation, Object, Outcome};
pub use log::{LONGEST_LINE, Problem, Trouble, read};
