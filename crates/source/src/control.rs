//! The strings by which a caller holds a running scan.

use std::sync::atomic::{AtomicBool, Ordering};

/// How a caller follows a scan and stops it.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// Set it (on Ctrl-C) and the scan ends soon with what it has; what is left is a problem.
    pub cancel: &'a AtomicBool,
    /// Called after every file, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files read, charts and overlays built.
    pub done: usize,
    /// Of how many, as far as is known.
    pub total: usize,
}

impl Control<'_> {
    pub(crate) fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

impl Default for Control<'_> {
    /// Nobody watches, nothing stops it.
    fn default() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Self { cancel: &NEVER, progress: &|_| {} }
    }
}
