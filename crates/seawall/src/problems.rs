//! Problems on standard error, for who looks at the run.

use std::fmt;

use seawall_inventory::{Place, Problem, Weight};
use seawall_report::{LocatedProblem, View, plain};
use seawall_yaml::LineIndex;

use crate::console::{Console, Verbosity};

/// More are a flood that nobody reads; `-v` has them all.
const MOST: usize = 20;

/// Settings that hold mistakes: nothing was run.
#[derive(Debug)]
pub(crate) struct Refused(pub Vec<Problem>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mistakes in the settings", self.0.len())
    }
}

impl std::error::Error for Refused {}

/// Says why nothing was run.
pub(crate) fn refuse(console: &Console, problems: &[Problem]) {
    for problem in problems {
        let place = match &problem.place {
            Place::Path(path) => path.display().to_string(),
            Place::Flag(flag) => flag.to_string(),
            Place::Aside { file, span } => {
                let position = {
                    let text = file.text.get();
                    LineIndex::new(&text).position(&text, span.start)
                };
                format!("{}:{position}", file.path.display())
            }
            Place::Span { .. } => String::new(),
        };
        console.error(Told { place: &place, problem });
    }
}

/// Says what could not be read or understood.
pub(crate) fn say(console: &Console, view: &View<'_>) {
    let shown = if console.verbosity == Verbosity::Verbose { usize::MAX } else { MOST };
    for LocatedProblem { problem, location, .. } in view.problems.iter().take(shown) {
        let told = Told { place: &location.place(), problem };
        match problem.weight {
            Weight::Incomplete => console.problem(told),
            Weight::Warning => console.warning(told),
        }
    }
    if let Some(hidden) = view.problems.len().checked_sub(shown).filter(|hidden| *hidden > 0) {
        console.note(format_args!("{hidden} more problems are not shown; -v shows them"));
    }
}

/// A problem with its place and remedy; texts from outside made safe to show.
struct Told<'p> {
    place: &'p str,
    problem: &'p Problem,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", plain(self.place), plain(&self.problem.message))?;
        for line in self.problem.help.lines() {
            write!(f, "\n  {}", plain(line))?;
        }
        Ok(())
    }
}
