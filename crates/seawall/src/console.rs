//! Standard output and standard error: what they can show, and who may write what to them.
//!
//! Standard output carries data, standard error everything that is said to a person about it.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use anyhow::{Result, anyhow};

use crate::file::reason;

/// Columns of text where there is no terminal to ask.
const WIDTH_WITHOUT_TERMINAL: usize = 100;
/// Narrower terminals get lines that the terminal wraps itself.
const NARROWEST: usize = 40;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// How much is said on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Errors only.
    Quiet,
    /// Errors and problems.
    #[default]
    Normal,
    /// And what was left out.
    Verbose,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR or TERM=dumb say otherwise; also when CLICOLOR_FORCE is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// How much is said on standard error.
    pub verbosity: Verbosity,
    /// Whether standard output takes colours.
    pub color: bool,
    /// Whether standard output takes hyperlinks (OSC 8).
    pub hyperlinks: bool,
    /// Columns of standard output.
    pub width: usize,
    /// Whether a person looks at standard error as it is written.
    pub progress: bool,
}

impl Console {
    /// Looks at the streams and the environment.
    pub(crate) fn new(when: When, verbosity: Verbosity) -> Self {
        let choice = match when {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::AlwaysAnsi,
            When::Never => ColorChoice::Never,
        };
        choice.write_global();
        let stdout = io::stdout();
        let color = AutoStream::choice(&stdout) != ColorChoice::Never;
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            verbosity,
            color,
            hyperlinks: color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            width: width(),
            progress: verbosity > Verbosity::Quiet && io::stderr().is_terminal() && !dumb,
        }
    }

    /// Writes data to standard output; styles are taken out where it takes none. A reader that has gone away is no
    /// error: `seawall list checks | head` has what it wants.
    pub(crate) fn print(&self, text: &str) -> Result<()> {
        self.write(|out| {
            if self.color {
                return out.write_all(text.as_bytes());
            }
            write!(out, "{}", anstream::adapter::strip_str(text))
        })
    }

    /// Lets `write` write data to standard output as it is. A reader that has gone away is no error.
    pub(crate) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(|error| anyhow!("cannot write to standard output: {}", reason(&error))),
        }
    }

    /// Says what stopped the run.
    pub(crate) fn error(&self, message: impl Display) {
        self.say(format_args!("{ERROR}error:{ERROR:#} {message}"));
    }

    /// Says what is missing in the result.
    pub(crate) fn problem(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(format_args!("{ERROR}problem:{ERROR:#} {message}"));
        }
    }

    /// Says what a person should know about the result.
    pub(crate) fn warning(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(format_args!("{WARNING}warning:{WARNING:#} {message}"));
        }
    }

    /// Says what was done.
    pub(crate) fn note(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(message);
        }
    }

    /// Says what only those want to know who asked with `-v`.
    pub(crate) fn detail(&self, message: impl Display) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(message);
        }
    }

    fn say(&self, message: impl Display) {
        // There is nowhere left to say that standard error is gone.
        let _ = writeln!(anstream::stderr().lock(), "{message}");
    }
}

fn width() -> usize {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    columns().or_else(terminal).filter(|width| *width > 0).unwrap_or(WIDTH_WITHOUT_TERMINAL).max(NARROWEST)
}
