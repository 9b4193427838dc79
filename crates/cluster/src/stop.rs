//! What ends the reading of a cluster before it is done: Ctrl-C, or that it takes too long.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::{Either, select};
use tokio::time::{Instant, sleep, sleep_until};

use crate::failure::Failure;

/// Why reading ended before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The user has stopped it.
    Interrupted,
    /// It took longer than this.
    TimeUp(Duration),
}

/// Ends what is waited for.
pub(crate) struct Stop<'c> {
    cancel: &'c AtomicBool,
    end: Option<(Instant, Duration)>,
}

/// How long Ctrl-C may take to be noticed.
const PATIENCE: Duration = Duration::from_millis(50);

impl<'c> Stop<'c> {
    /// When `cancel` is set, or after `time` from now.
    pub(crate) fn new(cancel: &'c AtomicBool, time: Option<Duration>) -> Self {
        let end = time.and_then(|time| Some((Instant::now().checked_add(time)?, time)));
        Self { cancel, end }
    }

    /// Does `work`, unless it is time to stop before or while it is done.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        // The first of the two is asked first: what is not begun in time is not begun.
        match select(pin!(self.stopped()), pin!(work)).await {
            Either::Left((stopped, _)) => Err(Failure::Stopped(stopped)),
            Either::Right((result, _)) => result,
        }
    }

    async fn stopped(&self) -> Stopped {
        loop {
            if self.cancel.load(Ordering::Relaxed) {
                return Stopped::Interrupted;
            }
            match self.end {
                Some((end, time)) if Instant::now() >= end => return Stopped::TimeUp(time),
                Some((end, _)) => sleep_until(end.min(Instant::now() + PATIENCE)).await,
                None => sleep(PATIENCE).await,
            }
        }
    }
}
