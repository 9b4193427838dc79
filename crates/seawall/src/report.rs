//! Reports, written to where they were asked for.

use anyhow::Result;
use seawall_finding::PssLevel;
use seawall_report::{Format, Run, Show, Style, View, plain, render};

use crate::args::output::Target;
use crate::console::Console;
use crate::file::write_file;
use crate::problems;
use crate::run::{Job, Scan};

/// Writes the reports of a scan. What a person must know and no report on standard output tells is said on standard
/// error: problems, and where the findings went.
///
/// # Errors
/// Standard output or a file cannot be written.
pub(crate) fn write(job: &Job, scan: &Scan, show: Show, targets: &[Target], console: &Console) -> Result<()> {
    let view = view(job, scan, show);
    let style = Style { width: console.width, colour: console.color, hyperlinks: console.hyperlinks };
    // First what the user looks at: a file that cannot be written should not cost it.
    for target in targets.iter().filter(|target| target.file.is_none()) {
        console.write(|out| render(target.format, &view, out, &style))?;
    }
    if !targets.iter().any(|target| target.file.is_none() && tells_problems(target.format)) {
        problems::say(console, &view);
    }
    for target in targets {
        if let Some(file) = &target.file {
            write_file(file, |out| render(target.format, &view, out, &Style::default()))?;
            console.detail(format_args!("wrote {} to {}", target.format, file.display()));
        }
    }
    for skipped in &scan.snapshot.skipped {
        let document = skipped.document.map(|index| format!(" (document {})", index + 1)).unwrap_or_default();
        let path = skipped.path.display().to_string();
        console.detail(format_args!("{}{document}: left out: {}", plain(&path), skipped.reason));
    }
    Ok(())
}

/// What a report needs to know.
pub(crate) fn view<'a>(job: &'a Job, scan: &'a Scan, show: Show) -> View<'a> {
    let run = Run {
        version: env!("CARGO_PKG_VERSION"),
        profile: &job.profile,
        kubernetes: job.plan.settings.version,
        show,
    };
    View::new(&scan.report, &scan.snapshot, run)
}

/// Whether a person who reads the report learns what could not be read.
pub(crate) fn tells_problems(format: Format) -> bool {
    matches!(format, Format::Terminal | Format::Concise)
}

/// What was run, as reports call it.
pub(crate) fn profile_name(pss: Option<PssLevel>, profile: seawall_finding::Profile) -> String {
    match pss {
        Some(level) => format!("pss {level}"),
        None => profile.name().to_owned(),
    }
}
