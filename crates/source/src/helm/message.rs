//! Why a chart was not rendered, in Helm's words, and what to do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use seawall_inventory::{Place, Problem, Provenance, SourceFile};
use seawall_yaml::Span;

use super::{ChartUnit, HelmOptions, MAX_TEMPLATE};
use crate::disk::RealDisk;
use crate::file;
use crate::problem::{self, incomplete};
use crate::process::Failure;

pub(super) fn missing(shown: &Path) -> Box<Problem> {
    Box::new(incomplete(
        "helm-missing",
        shown,
        "this chart was not rendered: there is no `helm` on PATH",
        "install Helm 3 or 4 (https://helm.sh/docs/intro/install), or name it with --helm; to leave charts out, say \
         --no-helm or exclude the folder",
    ))
}

/// Helm fetches files of values from URLs when they look like one.
pub(super) fn refuse_remote(shown: &Path, helm: &HelmOptions) -> Result<(), Box<Problem>> {
    let values = helm.values.iter().map(|path| path.to_string_lossy().into_owned());
    let files = helm.set_file.iter().filter_map(|pair| Some(pair.split_once('=')?.1.to_owned()));
    match values.chain(files).find(|path| path.contains("://")) {
        None => Ok(()),
        Some(url) => Err(Box::new(incomplete(
            "remote-refused",
            shown,
            format!("this chart was not rendered: its values are on the network ({url})"),
            "fetch the file and give its path, or allow the network with --allow-remote",
        ))),
    }
}

pub(super) fn failure(shown: &Path, helm: &HelmOptions, failure: Failure) -> Box<Problem> {
    let what = "this chart was not rendered";
    Box::new(problem::not_run(shown, what, "helm", helm.program.as_deref(), "--helm-timeout", &failure))
}

/// Helm ran and said no.
pub(super) fn refused(unit: &ChartUnit, stderr: &str) -> Box<Problem> {
    let shown = &unit.located.shown;
    let said = cause(stderr);
    let mut problem = incomplete(
        "helm-failed",
        shown,
        format!(
            "this chart was not rendered: {}",
            if said.is_empty() { "helm gave no reason" } else { &said }
        ),
        remedy(&said, shown),
    );
    if let Some(place) = place(unit, &said) {
        problem.place = place;
    }
    Box::new(problem)
}

/// What Helm says, without its warnings and the advice that suits its own command line only.
fn cause(stderr: &str) -> String {
    let start = stderr.find("Error: ").map_or(0, |at| at + "Error: ".len());
    let said = stderr.get(start..).unwrap_or_default();
    let lines = said.lines().map(str::trim).filter(|line| {
        !line.is_empty() && !line.starts_with("Use --debug flag") && !line.starts_with("helm.go:")
    });
    problem::one_line(lines)
}

fn remedy(said: &str, shown: &Path) -> String {
    let chart = crate::place::or_dot(shown);
    let chart = chart.display();
    if said.contains("missing in charts/ directory") || said.contains("dependencies") {
        format!("fetch what it depends on with `helm dependency build {chart}`, and scan again")
    } else if said.contains("schema") {
        "give values that its values.schema.json accepts, with --values or --set".to_owned()
    } else if said.contains("execution error") || said.contains("nil pointer") {
        "give the values that it asks for with --values or --set".to_owned()
    } else if said.contains("kubeVersion") {
        "say for which Kubernetes to render with --kube-version".to_owned()
    } else if said.contains("open ") && said.contains("no such file") {
        "check the paths given with --values and --set-file".to_owned()
    } else {
        format!(
            "try `helm template {chart}` until it renders; give values with --values or --set; leave the chart out with \
             --exclude when it is not to be scanned"
        )
    }
}

/// The place in a template that Helm's message names: `(web/templates/deployment.yaml:12:20)`, or
/// `parse error on web/templates/deployment.yaml:`.
fn place(unit: &ChartUnit, said: &str) -> Option<Place> {
    let chart = unit.chart.as_ref()?;
    let words = said.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '<' | '>'));
    words.filter(|word| word.contains("/templates/")).find_map(|word| {
        let mut parts = word.split(':');
        let source = Path::new(parts.next()?);
        let at = chart.locate(&unit.located.at, source, &RealDisk::default()).filter(|at| at.is_file())?;
        let path = unit.located.elsewhere(&at).shown;
        let mut number = || parts.next()?.parse::<usize>().ok();
        Some(match number() {
            Some(line) => {
                in_template(&at, path.clone(), line, number().unwrap_or(0)).unwrap_or(Place::Path(path))
            }
            None => Place::Path(path),
        })
    })
}

/// Line from 1, column in bytes as Go's text/template counts it.
fn in_template(at: &Path, path: PathBuf, line: usize, column: usize) -> Option<Place> {
    let text = String::from_utf8(file::read(at, MAX_TEMPLATE).ok()?).ok()?;
    let mut start = 0;
    let mut lines = text.split_inclusive('\n');
    for _ in 1..line {
        start += lines.next()?.len();
    }
    let line = lines.next()?.trim_end();
    let column = if line.is_char_boundary(column.min(line.len())) { column.min(line.len()) } else { 0 };
    let position = |at: usize| u32::try_from(at).ok();
    let span = Span { start: position(start + column)?, end: position(start + line.len())? };
    let file = SourceFile { path, text: text.as_str().into(), provenance: Provenance::Verbatim };
    Some(Place::Aside { file: Arc::new(file), span })
}
