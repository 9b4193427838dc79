//! Why a request has no answer that can be used.

use std::io;
use std::time::Duration;

use kube::Error;
use kube::core::Status;

use crate::stop::Stopped;

/// Why a request has no answer that can be used.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The API server, or who stands before it, said no.
    Refused {
        /// What it said; `code` is the HTTP status.
        status: Box<Status>,
        /// How long it asks to wait (`Retry-After`).
        retry_after: Option<Duration>,
    },
    /// There is no connection, or it broke; or the kubeconfig gives no credentials.
    Client(Error),
    /// There was no whole answer in the time that a request may take.
    Slow(Duration),
    /// An answer goes on beyond this many bytes.
    TooLong(usize),
    /// A list has no end.
    Endless,
    /// An answer is not what it should be.
    Malformed(String),
    /// It was not waited for any longer.
    Stopped(Stopped),
}

impl Failure {
    /// The HTTP status of a refusal.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(status.code),
            _ => None,
        }
    }

    /// What is wrong with JSON. Where, not with what: an error of `serde_json` may quote the value.
    pub(crate) fn malformed(error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the JSON ends too early",
            serde_json::error::Category::Data => "the JSON is not what was asked for",
            _ => "it is not JSON",
        };
        Self::Malformed(format!("{what} (line {}, column {})", error.line(), error.column()))
    }

    /// Whether no connection could be made, or it broke, and another one may do better.
    pub(crate) fn is_broken_connection(&self) -> bool {
        match self {
            Self::Client(error @ (Error::HyperError(_) | Error::Service(_))) => !timed_out(error),
            _ => false,
        }
    }
}

/// Whether the connection did not come about in the time that it has.
pub(crate) fn timed_out(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    let mut causes = std::iter::successors(source, |cause| cause.source()).take(16);
    causes.any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut)
    })
}
