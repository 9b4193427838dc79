//! Decides which checks run, runs them in parallel, suppresses, compares with a baseline.

mod evaluate;
mod plan;
mod report;
mod subsume;

pub use evaluate::evaluate;
pub use plan::Plan;
pub use report::{Counts, Report, Reported, Status, Suppression, Unknown};
