//! The formats, one module each.

mod concise;
mod github;
mod gitlab;
pub(crate) mod json;
mod jsonl;
mod junit;
mod markdown;
mod sarif;
mod terminal;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

pub use self::junit::xml;
pub use self::markdown::code as markdown_code;
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
    /// SARIF 2.1.0: GitHub code scanning, editors.
    Sarif,
    /// JUnit XML: test reports of CI systems.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// Markdown: job summaries, comments on changes.
    Markdown,
}

impl Format {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Terminal,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Markdown,
    ];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
        }
    }
}

/// Writes the report in `format`. Errors are those of `to`; a closed pipe is one of them.
pub fn render(format: Format, view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    // Formats write in small pieces.
    let mut to = io::BufWriter::with_capacity(64 * 1024, to);
    write_as(format, view, &mut to, style)?;
    to.flush()
}

fn write_as(format: Format, view: &View<'_>, to: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    match format {
        Format::Terminal => terminal::render(view, to, style),
        Format::Concise => concise::render(view, to, style),
        Format::Json => json::render(view, to),
        Format::Jsonl => jsonl::render(view, to),
        Format::Sarif => sarif::render(view, to),
        Format::Junit => junit::render(view, to),
        Format::Github => github::render(view, to),
        Format::Gitlab => gitlab::render(view, to),
        Format::Markdown => markdown::render(view, to),
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
