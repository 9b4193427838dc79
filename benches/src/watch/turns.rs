//! What is changed, and when it was.

use std::io;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

/// Deployments, each of which is changed in its turn.
pub const DEPLOYMENTS: usize = 10_000;

/// Changes in a second.
pub const RATE: usize = 1_000;

/// One change in so many opens or closes a finding.
const TURNS: usize = 10;

/// A change that was made.
pub struct Made {
    pub number: usize,
    pub at: Instant,
}

/// The Deployment that a change is about.
pub fn deployment(number: usize) -> usize {
    number % DEPLOYMENTS
}

/// Whether a change opens a finding or closes it, if it does one of them: each object is turned in its rounds. All else of a
/// change is told by no line.
pub fn opens(number: usize) -> Option<bool> {
    number.is_multiple_of(TURNS).then(|| (number / DEPLOYMENTS).is_multiple_of(2))
}

/// Makes changes of these numbers, every `step`th of them, [`RATE`] of all in a second.
pub fn in_time(
    started: Instant,
    numbers: Range<usize>,
    (first, step): (usize, usize),
    mut make: impl FnMut(usize) -> io::Result<()>,
) -> io::Result<Vec<Made>> {
    let mut made = Vec::new();
    for number in numbers.clone().skip(first).step_by(step) {
        let due = started + Duration::from_secs_f64((number - numbers.start) as f64 / RATE as f64);
        // The pace is what this is about.
        thread::sleep(due.saturating_duration_since(Instant::now()));
        make(number)?;
        made.push(Made { number, at: Instant::now() });
    }
    Ok(made)
}
