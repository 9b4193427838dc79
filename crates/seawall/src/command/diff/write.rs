//! What a change does, for people and for programs.

use std::io::{self, Write};

use anyhow::{Context, Result};
use seawall_report::{Format, Show, Style, View, render};
use serde_json::{Value, json};

use crate::args::output::Target;
use crate::console::Console;
use crate::file::write_file;
use crate::problems;
use crate::report::{tells_problems, view};
use crate::run::{Job, Scan};

/// What a change does.
pub(super) struct Difference {
    /// What counts now and did not before.
    pub opened: Scan,
    /// What counted before and is gone.
    pub fixed: Scan,
    /// How many are still there and do not count any more.
    pub silenced: usize,
    /// How many have another severity.
    pub changed: usize,
    /// How many are as they were.
    pub unchanged: usize,
}

/// Writes the reports.
pub(super) fn write(
    job: &Job,
    difference: &Difference,
    show: Show,
    targets: &[Target],
    console: &Console,
) -> Result<()> {
    let opened = view(job, &difference.opened, show);
    let mut fixed = view(job, &difference.fixed, show);
    // What could not be read before makes findings look new: people should know, reports of what is new need not.
    problems::say(console, &fixed);
    fixed.problems.clear();
    let report = Both { opened, fixed, difference };
    let style = Style { width: console.width, colour: console.color, hyperlinks: console.hyperlinks };
    for target in targets.iter().filter(|target| target.file.is_none()) {
        console.write(|out| report.write(target.format, out, &style))?;
    }
    if !targets.iter().any(|target| target.file.is_none() && tells_problems(target.format)) {
        problems::say(console, &report.opened);
    }
    for target in targets {
        if let Some(file) = &target.file {
            write_file(file, |out| report.write(target.format, out, &Style::default()))?;
        }
    }
    Ok(())
}

struct Both<'a> {
    opened: View<'a>,
    fixed: View<'a>,
    difference: &'a Difference,
}

impl Both<'_> {
    fn write(&self, format: Format, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        match format {
            Format::Terminal => {
                render(format, &self.opened, out, style)?;
                self.tail(out, style)
            }
            Format::Json => writeln!(out, "{:#}", self.json().map_err(io::Error::other)?),
            _ => render(format, &self.opened, out, style),
        }
    }

    fn tail(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        let Difference { silenced, changed, unchanged, .. } = self.difference;
        let fixed = self.fixed.findings.len();
        if fixed > 0 {
            writeln!(out, "\nmended:")?;
            render(Format::Concise, &self.fixed, out, style)?;
        }
        let new = self.opened.findings.len();
        writeln!(
            out,
            "\n{new} new, {fixed} mended, {changed} with another severity, {silenced} suppressed since, {unchanged} as before"
        )
    }

    fn json(&self) -> Result<Value> {
        let Difference { silenced, changed, unchanged, .. } = self.difference;
        let mut report = json_of(&self.opened)?;
        let fixed = json_of(&self.fixed)?.get_mut("findings").map(Value::take);
        if let Value::Object(report) = &mut report {
            let counts = json!({
                "new": self.opened.findings.len(),
                "fixed": self.fixed.findings.len(),
                "changed": changed,
                "silenced": silenced,
                "unchanged": unchanged,
            });
            report.insert("difference".to_owned(), counts);
            report.insert("fixed".to_owned(), fixed.unwrap_or_default());
        }
        Ok(report)
    }
}

/// A report as JSON.
fn json_of(view: &View<'_>) -> Result<Value> {
    let mut text = Vec::new();
    render(Format::Json, view, &mut text, &Style::default())?;
    serde_json::from_slice(&text).context("a report is JSON")
}
