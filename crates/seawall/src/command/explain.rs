//! `seawall explain`

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use seawall_finding::{Domain, Meta, Severity};
use unicode_width::UnicodeWidthStr;

use crate::catalogue::{self, Entry};
use crate::complete;
use crate::console::Console;
use crate::docs;
use crate::exit::Exit;
use crate::markdown;
use crate::table::cut;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall explain                        browse the checks by domain
  seawall explain privileged-container
  seawall explain KSV-0017               by the id of another scanner
  seawall explain SW1001 --format markdown")]
pub(crate) struct Explain {
    /// Id or name of a check, its id in another scanner, or a domain; all domains without
    #[arg(value_name = "CHECK", add = ArgValueCandidates::new(complete::checks_and_domains))]
    checks: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    #[default]
    Terminal,
    /// As written
    Markdown,
    /// For programs
    Json,
}

impl Explain {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let metas = self.metas()?;
        let text = match (&metas, self.format) {
            (Asked::Checks(metas), Format::Terminal) => {
                let pages: Vec<String> = metas.iter().map(|meta| page(meta, console.width)).collect();
                pages.join("\n")
            }
            (Asked::Domains(domains), Format::Terminal) => browse(domains, console.width),
            (asked, Format::Markdown) => {
                let pages: Vec<String> = asked.metas().into_iter().map(docs::check_page).collect();
                pages.join("\n")
            }
            (asked, Format::Json) => {
                let entries: Vec<Entry> = asked.metas().into_iter().map(Entry::documented).collect();
                format!("{}\n", serde_json::to_string_pretty(&entries)?)
            }
        };
        console.print(&text)?;
        Ok(Exit::Clean)
    }

    fn metas(&self) -> Result<Asked> {
        if self.checks.is_empty() {
            return Ok(Asked::Domains(Domain::ALL.to_vec()));
        }
        if let Ok(domains) = self.checks.iter().map(|name| catalogue::domain(name)).collect() {
            return Ok(Asked::Domains(domains));
        }
        let checks: Vec<Vec<&'static Meta>> =
            self.checks.iter().map(|name| catalogue::find(name)).collect::<Result<_>>()?;
        Ok(Asked::Checks(checks.concat()))
    }
}

/// What was asked for.
enum Asked {
    Checks(Vec<&'static Meta>),
    Domains(Vec<Domain>),
}

impl Asked {
    fn metas(&self) -> Vec<&'static Meta> {
        match self {
            Self::Checks(metas) => metas.clone(),
            Self::Domains(domains) => {
                domains.iter().flat_map(|domain| catalogue::of_domain(*domain)).collect()
            }
        }
    }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Everything about one check.
fn page(meta: &Meta, width: usize) -> String {
    let mut page = format!("{BOLD}{} {}{BOLD:#}\n{}\n\n", meta.id, meta.name, meta.title());
    let mut facts = vec![
        (severity_style(meta.severity), meta.severity.to_string()),
        (DIM, meta.domain().to_string()),
        (DIM, format!("profile {}", meta.profile)),
        (DIM, format!("since {}", meta.since)),
    ];
    facts
        .extend(meta.pss.map(|pss| (DIM, format!("Pod Security Standards {} ({})", pss.level, pss.control))));
    page.push_str(&flow(&facts, width));
    page.push('\n');
    page.push_str(&markdown::render(&docs::body(meta), width));
    if !meta.params.is_empty() {
        let _ = write!(page, "\n{}", markdown::render(&docs::parameters(meta.params), width));
    }
    if !meta.peers.is_empty() {
        let _ = write!(page, "\n{}", markdown::render(&docs::peers(meta.peers), width));
    }
    let ignoring = format!(
        "## Ignoring it\nWhere it is meant to be so, say why beside the field:\n```yaml\n# seawall: ignore[{}] the reason\n```\n",
        meta.name
    );
    let _ = write!(page, "\n{}", markdown::render(&ignoring, width));
    page
}

/// Short texts one after the other, on as many lines as it takes.
fn flow(texts: &[(Style, String)], width: usize) -> String {
    const BETWEEN: &str = " · ";
    let mut line = 0;
    let mut flow = String::new();
    for (style, text) in texts {
        let needed = text.width() + BETWEEN.width();
        if line > 0 && line + needed > width {
            flow.push('\n');
            line = 0;
        }
        if line > 0 {
            let _ = write!(flow, "{DIM}{BETWEEN}{DIM:#}");
        }
        let _ = write!(flow, "{style}{text}{style:#}");
        line += needed;
    }
    flow.push('\n');
    flow
}

/// The checks of each domain, with their titles.
fn browse(domains: &[Domain], width: usize) -> String {
    let mut text = String::new();
    for domain in domains {
        let metas = catalogue::of_domain(*domain);
        if metas.is_empty() && domains.len() > 1 {
            continue;
        }
        let _ = writeln!(text, "{BOLD}{domain}{BOLD:#} {DIM}{}{DIM:#}", catalogue::about(*domain));
        let longest = metas.iter().map(|meta| meta.name.len()).max().unwrap_or(0);
        for meta in metas {
            let severity = severity_style(meta.severity);
            let before = format!("  {} {:8} {:longest$}  ", meta.id, meta.severity, meta.name).len();
            // `explain NAME` has the title whole.
            let title = cut(meta.title(), width.saturating_sub(before));
            let _ = writeln!(
                text,
                "  {DIM}{}{DIM:#} {severity}{:8}{severity:#} {:longest$}  {title}",
                meta.id, meta.severity, meta.name
            );
        }
        text.push('\n');
    }
    text.push_str("seawall explain NAME tells what a check finds, why it matters and how to fix it.\n");
    text
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Blue.on_default(),
        Severity::Info => Style::new(),
    }
}
