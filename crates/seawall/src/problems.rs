//! Problems on standard error, for who looks at the run.

use std::fmt;

use seawall_inventory::{Place, Problem, Snapshot};
use seawall_yaml::LineIndex;

use crate::console::Console;

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
        console.error(Told { problem, snapshot: None });
    }
}

/// Says each problem and what to do about it.
pub(crate) fn say(console: &Console, problems: &[Problem], snapshot: &Snapshot) {
    for problem in problems {
        console.warning(Told { problem, snapshot: Some(snapshot) });
    }
}

/// A problem with its place and remedy.
struct Told<'p> {
    problem: &'p Problem,
    snapshot: Option<&'p Snapshot>,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.problem;
        match &problem.place {
            Place::Path(path) => write!(f, "{}: ", path.display())?,
            Place::Flag(flag) => write!(f, "{flag}: ")?,
            Place::Span { file, span } => {
                if let Some(file) = self.snapshot.and_then(|snapshot| snapshot.file(*file)) {
                    place(f, &file.path, &file.text, span.start)?;
                }
            }
            Place::Aside { file, span } => place(f, &file.path, &file.text, span.start)?,
        }
        write!(f, "{}", problem.message)?;
        for line in problem.help.lines() {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

fn place(f: &mut fmt::Formatter<'_>, path: &std::path::Path, text: &str, at: u32) -> fmt::Result {
    let position = LineIndex::new(text).position(text, at);
    write!(f, "{}:{}:{}: ", path.display(), position.line, position.column)
}
