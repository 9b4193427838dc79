//! Progress on a terminal, for work that takes long enough to wonder.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;

/// Shorter work shows nothing: a bar that flashes by is noise.
const PATIENCE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

/// Shows progress on standard error until it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    showing: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins; nothing shows where nobody looks.
    pub(crate) fn start(console: &Console) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let showing = console.progress.then(|| {
            let (done, finished) = mpsc::channel();
            let bar = bar.clone();
            let thread = std::thread::spawn(move || {
                if finished.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} read  {elapsed}") {
                        bar.set_style(style);
                    }
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            });
            (done, thread)
        });
        Self { bar, showing }
    }

    /// Takes note of how far the work is.
    pub(crate) fn update(&self, done: usize, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.showing.take() {
            drop(done);
            // A panic in a thread that draws a bar is no reason to lose the result.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
