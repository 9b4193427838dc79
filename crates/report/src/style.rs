//! How a text format may look. Who decides it knows the terminal; formats only follow.

use anstyle::{AnsiColor, Color};
use seawall_finding::Severity;

/// How a text format may look; the binary decides it from the terminal and the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; lines that can be broken are broken there.
    pub width: usize,
    /// Whether ANSI colours are understood and wanted.
    pub colour: bool,
    /// Whether OSC 8 hyperlinks are understood and wanted.
    pub hyperlinks: bool,
}

impl Default for Style {
    /// For a file or a pipe.
    fn default() -> Self {
        Self { width: 100, colour: false, hyperlinks: false }
    }
}

/// What a part of the text is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    Severity(Severity),
    Problem,
    Warning,
    Strong,
    /// Gutters, arrows and labels of notes.
    Frame,
    Faint,
}

impl Style {
    /// `text`, which must be safe to show, in a tone.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }

    /// `text` as a link to `url`. Both must be safe to show.
    pub(crate) fn link(&self, url: &str, text: &str) -> String {
        if !self.hyperlinks {
            return text.to_owned();
        }
        format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
    }
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let bold = |colour: AnsiColor| anstyle::Style::new().bold().fg_color(Some(Color::Ansi(colour)));
        match self {
            Self::Severity(Severity::Critical) => bold(AnsiColor::BrightMagenta),
            Self::Severity(Severity::High) | Self::Problem => bold(AnsiColor::BrightRed),
            Self::Severity(Severity::Medium) | Self::Warning => bold(AnsiColor::BrightYellow),
            Self::Severity(Severity::Low) => bold(AnsiColor::BrightCyan),
            Self::Severity(Severity::Info) | Self::Strong => anstyle::Style::new().bold(),
            Self::Frame => bold(AnsiColor::BrightBlue),
            Self::Faint => anstyle::Style::new().dimmed(),
        }
    }
}
