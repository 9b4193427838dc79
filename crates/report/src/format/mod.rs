//! The formats, one module each.

mod concise;
mod json;
mod jsonl;
mod terminal;

use std::fmt;
use std::io;
use std::str::FromStr;

use crate::style::Style;
use crate::view::View;

/// A format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people: snippets, grouped and folded, with a summary.
    Terminal,
    /// One line per finding.
    Concise,
    /// For machines: one document, described by docs/schema/seawall-report.schema.json.
    Json,
    /// For machines: one object per line.
    Jsonl,
}

impl Format {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Concise, Self::Json, Self::Jsonl];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }
}

/// Writes the report in `format`. Errors are those of `to`; a closed pipe is one of them.
pub fn render(format: Format, view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    match format {
        Format::Terminal => terminal::render(view, to, style),
        Format::Concise => concise::render(view, to, style),
        Format::Json => json::render(view, to),
        Format::Jsonl => jsonl::render(view, to),
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        write!(f, "`{}` is not a format: {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
