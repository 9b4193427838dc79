//! Why a kustomization was not built, and what to do.

use std::path::Path;

use seawall_inventory::Problem;

use super::graph::Obstacle;
use crate::place::Located;
use crate::problem::{self, incomplete};
use crate::process::Failure;

/// What follows from not building.
const WHAT: &str = "this kustomization was not built; what it takes in was read without it";

pub(super) fn missing(shown: &Path) -> Problem {
    incomplete(
        "kustomize-missing",
        shown,
        format!("{WHAT}: there is neither `kustomize` nor `kubectl` on PATH"),
        "install one of them, or name it with --kustomize; to read files as they stand without this problem, say \
         --no-kustomize",
    )
}

pub(super) fn obstacle(folder: &Located, obstacle: &Obstacle) -> Problem {
    let by = |culprit: &Path| {
        if culprit == folder.at {
            String::new()
        } else {
            format!(" (in {})", folder.elsewhere(culprit).shown.display())
        }
    };
    match obstacle {
        Obstacle::Remote { folder: culprit, reference } => incomplete(
            "remote-refused",
            &folder.shown,
            format!("{WHAT}: it takes in `{}` from the network{}", line(reference), by(culprit)),
            "have a copy of it on disk (`kustomize localize` makes one), or allow the network with --allow-remote",
        ),
        Obstacle::Missing { folder: culprit, reference } => incomplete(
            "kustomize-failed",
            &folder.shown,
            format!("{WHAT}: it takes in `{}`, which is not there{}", line(reference), by(culprit)),
            "correct the path, or scan a folder that holds all of it",
        ),
        Obstacle::InflatesCharts { folder: culprit } => incomplete(
            "kustomize-helm",
            &folder.shown,
            format!("{WHAT}: it has Helm render charts (helmCharts){}", by(culprit)),
            "allow it with --kustomize-enable-helm; a chart that is not on disk needs --allow-remote too",
        ),
    }
}

pub(super) fn failure(shown: &Path, program: &Path, failure: Failure) -> Problem {
    problem::not_run(shown, WHAT, "kustomize", Some(program), "--kustomize-timeout", &failure)
}

/// Kustomize ran and said no. Its message calls the folder by its way from ours.
pub(super) fn refused(folder: &Located, way: &str, stderr: &str) -> Problem {
    let lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let said = problem::one_line(lines).replace(way, &crate::place::or_dot(&folder.shown).to_string_lossy());
    let said = said.strip_prefix("error: ").or_else(|| said.strip_prefix("Error: ")).unwrap_or(&said);
    let help = if said.contains("security; file") {
        "keep its files below its folder, or allow others with --kustomize-unrestricted-load".to_owned()
    } else {
        format!(
            "try `kubectl kustomize {}` until it builds, or leave it out with --exclude",
            crate::place::or_dot(&folder.shown).display()
        )
    };
    incomplete("kustomize-failed", &folder.shown, format!("{WHAT}: {said}"), help)
}

fn line(text: &str) -> String {
    problem::one_line([text].into_iter())
}
