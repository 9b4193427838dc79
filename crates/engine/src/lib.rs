//! Decides which checks run, runs them in parallel, suppresses, compares with a baseline.
//!
//! Everything here is pure: texts and values come in, values go out. Who calls it reads files and knows which day it is.

mod baseline;
mod compare;
pub mod config;
mod date;
mod evaluate;
mod fold;
mod glob;
mod incremental;
mod outcome;
mod plan;
mod report;
mod selection;
mod selector;
mod side_by_side;
mod subsume;
mod suggest;
mod suppress;

pub use baseline::{Baseline, BaselineEntry};
pub use compare::{Diff, SeverityChange, compare};
pub use config::{Config, FailOn};
pub use date::{Date, NotADate};
pub use evaluate::evaluate;
pub use glob::{Glob, NotAGlob};
pub use incremental::{Event, Incremental, Judging, Turn};
pub use outcome::{Exit, outcome};
pub use plan::Plan;
pub use report::{Counts, Report, Reported, Status, Suppression, Unknown};
pub use selection::{Choice, NotAPssProfile, PssProfile, Selection, plan};
pub use selector::{NotASelector, Selector, find_check, unknown_check_help};
pub use side_by_side::side_by_side;
pub use suggest::suggest;
pub use suppress::{SuppressOptions, suppress};
