//! What can go wrong on the way to a text: every code, message and remedy in one place.

use std::io;
use std::path::Path;

use seawall_inventory::{Place, Problem, Weight};

use crate::file::Unreadable;
use crate::place::or_dot;
use crate::process::Failure;

/// A problem of a whole file or folder that leaves something unread.
pub(crate) fn incomplete(
    code: &'static str,
    shown: &Path,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem {
        code,
        weight: Weight::Incomplete,
        place: Place::Path(or_dot(shown)),
        message: message.into(),
        help: help.into(),
    }
}

/// A problem of a whole file or folder that an author should know of, though nothing is lost.
pub(crate) fn warning(
    code: &'static str,
    shown: &Path,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem { weight: Weight::Warning, ..incomplete(code, shown, message, help) }
}

pub(crate) fn unreadable(shown: &Path, cause: &Unreadable) -> Problem {
    match cause {
        Unreadable::NotAFile(kind) => incomplete(
            "not-a-file",
            shown,
            format!("this is {kind}, not a file"),
            "pipe its content into `seawall scan -`, or leave it out with --exclude",
        ),
        Unreadable::TooLarge { limit } => incomplete(
            "file-too-large",
            shown,
            format!("larger than the limit of {}, and not read", Size(*limit)),
            "split it into smaller files, or leave it out with --exclude when it is not for Kubernetes",
        ),
        Unreadable::Io(error) => {
            let (message, help) = explain(error);
            incomplete("unreadable", shown, message, help)
        }
    }
}

/// A saved Snapshot of which a part is lost.
pub(crate) fn damaged(shown: &Path, what: &str) -> Problem {
    incomplete(
        "damaged-snapshot",
        shown,
        format!("the saved Snapshot is damaged: {what}"),
        "copy it again, or save it again with `seawall snapshot save`",
    )
}

/// Something else that is packed like a saved Snapshot.
pub(crate) fn not_saved(shown: &Path) -> Problem {
    incomplete(
        "not-a-snapshot",
        shown,
        "packed with Zstandard, and no Snapshot that Seawall saved",
        "unpack it with `zstd -d` and name what it holds",
    )
}

pub(crate) fn other_format(shown: &Path, by: &str) -> Problem {
    incomplete(
        "snapshot-format",
        shown,
        format!("saved by Seawall {by} in a form that this version does not read"),
        "read it with that version, or save it again with this one",
    )
}

pub(crate) fn saved_by_another(shown: &Path, by: &str) -> Problem {
    incomplete(
        "snapshot-fields",
        shown,
        format!("saved by Seawall {by}, which does not read the same of objects as this version"),
        "save it again with this version; what either version does not read was taken for absent",
    )
}

pub(crate) fn unreadable_folder(shown: &Path, error: &io::Error) -> Problem {
    let (message, help) = explain(error);
    incomplete("unreadable", shown, message, help)
}

/// What an error of the system means, and what to do.
fn explain(error: &io::Error) -> (String, &'static str) {
    const LEAVE_OUT: &str = "make it readable, or leave it out with --exclude";
    if is_link_loop(error) {
        return (
            "this symbolic link leads back to itself".to_owned(),
            "correct or remove the link, or leave it out with --exclude",
        );
    }
    match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such file or folder".to_owned(),
            "check the spelling; a symbolic link may lead to something that is gone",
        ),
        io::ErrorKind::PermissionDenied => (
            "you may not read this".to_owned(),
            "give yourself the right to read it, or leave it out with --exclude",
        ),
        _ => (format!("cannot be read: {}", Cause(error)), LEAVE_OUT),
    }
}

/// `ErrorKind::FilesystemLoop` is not stable yet.
#[cfg(unix)]
fn is_link_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(not(unix))]
fn is_link_loop(_: &io::Error) -> bool {
    false
}

pub(crate) fn link_loop(shown: &Path) -> Problem {
    warning(
        "symlink-loop",
        shown,
        "this symbolic link leads back to a folder above it; it is not followed",
        "nothing is lost; remove the link, or leave it out with --exclude, to be rid of this notice",
    )
}

pub(crate) fn empty_folder(shown: &Path) -> Problem {
    warning(
        "nothing-to-read",
        shown,
        "this folder holds nothing to scan",
        "files ending in .yaml, .yml or .json are read, and charts and kustomizations; `-v` lists what was left out",
    )
}

pub(crate) fn bad_ignore_line(shown: &Path, line: usize, why: &str) -> Problem {
    warning(
        "ignore-file",
        shown,
        format!("line {line} is not a pattern: {why}"),
        "correct the line; until then it leaves nothing out",
    )
}

pub(crate) fn interrupted(shown: &Path, unread: usize) -> Problem {
    let files = if unread == 1 { "1 file was".to_owned() } else { format!("{unread} files were") };
    incomplete(
        "interrupted",
        shown,
        format!("the scan was stopped: {files} not read, beginning with this one"),
        "run it again and let it finish",
    )
}

pub(crate) fn interrupted_listing(shown: &Path) -> Problem {
    incomplete(
        "interrupted",
        shown,
        "the scan was stopped before this folder was listed",
        "run it again and let it finish",
    )
}

/// A program that is to render something did not get to say anything. `what` is the consequence.
pub(crate) fn not_run(
    shown: &Path,
    what: &str,
    name: &str,
    program: Option<&Path>,
    timeout_flag: &str,
    failure: &Failure,
) -> Problem {
    let called = program.map_or_else(|| format!("`{name}`"), |program| format!("`{}`", program.display()));
    let (code, message, help) = match failure {
        Failure::NotStarted(error) => (
            "not-started",
            format!("{called} cannot be started: {}", Cause(error)),
            format!("check the path of {name} and that you may run it"),
        ),
        Failure::TimedOut(timeout) => (
            "timeout",
            format!("{called} was ended after {} s", timeout.as_secs_f32()),
            format!("find out what takes it so long, or give it more time with {timeout_flag}"),
        ),
        Failure::TooMuchOutput { limit } => (
            "output-too-large",
            format!("{called} printed more than the limit of {}", Size(*limit)),
            "look for a template that repeats without end".to_owned(),
        ),
        Failure::Cancelled => {
            ("interrupted", "the scan was stopped".to_owned(), "run it again and let it finish".to_owned())
        }
        Failure::Io(error) => (
            "not-started",
            format!("{called} cannot be run: {}", Cause(error)),
            "check that there is room for temporary files and processes".to_owned(),
        ),
    };
    incomplete(code, shown, format!("{what}: {message}"), help)
}

/// A message as one line that fits a report.
pub(crate) fn one_line<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    const LONGEST: usize = 2000;
    let mut line = String::new();
    for part in lines {
        if !line.is_empty() {
            line.push(' ');
        }
        // What a program prints may hold what steers a terminal.
        line.extend(part.chars().filter(|letter| !letter.is_control()));
        if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    line
}

/// A size in the largest unit that gives a whole number.
struct Size(u64);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        match units.iter().find(|(bits, _)| self.0 > 0 && self.0.trailing_zeros() >= *bits) {
            Some((bits, unit)) => write!(f, "{} {unit}", self.0 >> bits),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

/// An error of the system without Rust's "(os error N)".
struct Cause<'a>(&'a io::Error);

impl std::fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let mut letters = text.chars();
        match letters.next() {
            Some(first) => write!(f, "{}{}", first.to_lowercase(), letters.as_str()),
            None => Ok(()),
        }
    }
}
