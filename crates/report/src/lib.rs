//! Renders a report: one module per format.
//!
//! A [`View`] is built once: findings are located, grouped and folded. Every format then writes from it.

mod docs;
mod format;
mod group;
mod locate;
mod next_step;
mod plain;
mod style;
mod summary;
#[cfg(test)]
mod testing;
mod view;
mod watch;

pub use docs::docs_url;
pub use format::{Format, UnknownFormat, markdown_code, render, xml};
pub use group::{Entry, Group, Subject};
pub use locate::{Location, Region, Rendered, Snippet, SnippetLine, places};
pub use next_step::NextStep;
pub use plain::plain;
pub use style::Style;
pub use summary::{BySeverity, Summary};
pub use view::{Located, LocatedProblem, Run, Show, View};
pub use watch::{WatchFormat, WatchLine, write_line};
