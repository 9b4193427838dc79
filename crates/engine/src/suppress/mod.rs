//! What is known and accepted does not count: suppressions in comments, annotations and the configuration.

mod inline;
mod rules;

use std::path::{Path, PathBuf};

use seawall_checks::Check;
use seawall_inventory::Snapshot;

use crate::config::Config;
use crate::date::Date;
use crate::report::{Report, Reported, Status};
use inline::InlineIgnores;
use rules::Rules;

/// What [`suppress`] needs to know besides.
#[derive(Clone, Debug)]
pub struct SuppressOptions<'a> {
    /// The day by which suppressions expire, in UTC.
    pub today: Date,
    /// Refuse suppressions in scanned input (`--no-inline-ignores`); the configuration can refuse them as well.
    pub refuse_inline: bool,
    /// All checks there are, to tell a misspelt name from a check that did not run.
    pub catalogue: &'a [&'static Check],
    /// The folder that relative paths of scanned files start from.
    pub here: PathBuf,
    /// The folder that globs of the configuration start from.
    pub config_folder: PathBuf,
}

/// Marks the findings of `report` that a suppression covers as suppressed, with its reason.
///
/// A suppression without a reason, past its last day, or with a name that is no check does not suppress; that, and suppressions that
/// cover nothing (of checks that ran), and those that are refused, become problems of the report, each at its place.
pub fn suppress(report: &mut Report, snapshot: &Snapshot, config: &Config, options: &SuppressOptions<'_>) {
    let refused = options.refuse_inline || config.inline_ignores == Some(false);
    let mut inline = InlineIgnores::of(0..snapshot.objects.len(), snapshot, options, refused);
    let mut rules = Rules::of(config, options);
    cover(&mut report.findings, snapshot, &mut inline, &mut rules);
    // What is written against a finding that another one tells is not idle: it counts again when that other is gone.
    for finding in &report.subsumed {
        inline.covering(finding);
        rules.covering(finding, snapshot);
    }
    let ran = |check: &str| report.counts.contains_key(check);
    let mut problems = inline.problems(ran);
    problems.extend(rules.problems(ran, snapshot));
    report.problems.extend(problems);
}

/// Marks those of `findings` that are covered, as [`suppress`] does, where only a few objects have findings; what is wrong
/// with suppressions is not told.
pub(crate) fn suppress_few(
    findings: &mut [Reported],
    snapshot: &Snapshot,
    config: &Config,
    options: &SuppressOptions<'_>,
) {
    let of_one = |reported: &Reported| {
        let workload = reported.finding.part_of().and_then(|part_of| part_of.object);
        [Some(reported.finding.object), workload].into_iter().flatten()
    };
    let mut objects: Vec<usize> = findings.iter().flat_map(of_one).collect();
    objects.dedup();
    let ignores =
        |number: &usize| snapshot.objects.get(*number).is_some_and(|object| !object.ignores.is_empty());
    if config.suppressions.is_empty() && !objects.iter().any(ignores) {
        return;
    }
    objects.sort_unstable();
    objects.dedup();
    let refused = options.refuse_inline || config.inline_ignores == Some(false);
    let mut inline = InlineIgnores::of(objects, snapshot, options, refused);
    cover(findings, snapshot, &mut inline, &mut Rules::of(config, options));
}

fn cover(findings: &mut [Reported], snapshot: &Snapshot, inline: &mut InlineIgnores, rules: &mut Rules<'_>) {
    for reported in findings.iter_mut().filter(|reported| reported.status == Status::Active) {
        let suppression = inline.covering(&reported.finding);
        // Both are asked, so that neither looks unused because of the other.
        let by_rule = rules.covering(&reported.finding, snapshot);
        if let Some(suppression) = suppression.or(by_rule) {
            reported.status = Status::Suppressed(Box::new(suppression));
        }
    }
}

/// `path` (as people know it, from `here`) as seen from `folder`, with `/` between its parts. What is not below `folder` is left
/// as it is.
fn seen_from(folder: &Path, here: &Path, path: &Path) -> String {
    let path = normal(&here.join(path));
    let below = path.strip_prefix(normal(folder)).unwrap_or(&path);
    let parts: Vec<_> = below
        .components()
        .filter(|part| !matches!(part, std::path::Component::RootDir))
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Without `.` and `..`, by the text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                let is_name =
                    matches!(normal.components().next_back(), Some(std::path::Component::Normal(_)));
                if !(is_name && normal.pop()) {
                    normal.push("..");
                }
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_folder_of_the_configuration() {
        for (folder, here, path, expected) in [
            ("", "", "k8s/a.yaml", "k8s/a.yaml"),
            ("/repo", "/repo", "k8s/a.yaml", "k8s/a.yaml"),
            ("/repo", "/repo", "./k8s//a.yaml", "k8s/a.yaml"),
            ("/repo", "/repo/k8s", "a.yaml", "k8s/a.yaml"),
            ("/repo", "/repo/k8s", "../charts/a.yaml", "charts/a.yaml"),
            ("/repo", "/elsewhere", "/repo/k8s/a.yaml", "k8s/a.yaml"),
            ("/repo", "/repo", "../other/a.yaml", "other/a.yaml"),
            ("/repo/./x/..", "/repo", "a.yaml", "a.yaml"),
            ("", "", "../a.yaml", "../a.yaml"),
            ("", "", "-", "-"),
        ] {
            let seen = seen_from(Path::new(folder), Path::new(here), Path::new(path));
            assert_eq!(seen, expected, "{folder} {here} {path}");
        }
    }
}
