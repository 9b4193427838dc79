//! A report with everything that more than one format needs, worked out once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use seawall_engine::{Report, Reported, Status};
use seawall_finding::{Finding, PartOf};
use seawall_inventory::{KubernetesVersion, Object, Place, Problem, Snapshot, UnitKind};

use crate::group::{Group, groups};
use crate::locate::{Location, Snippet, locate, locate_problems};
use crate::next_step::{NextStep, next_step};
use crate::summary::Summary;

/// A report with everything that more than one format needs, worked out once: places, groups, sums.
#[derive(Debug)]
pub struct View<'a> {
    /// What was asked for.
    pub run: Run<'a>,
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// What was found.
    pub report: &'a Report,
    /// All findings, in the order of the report: most dangerous first. Suppressed ones are among them.
    pub findings: Vec<Located<'a>>,
    /// Problems of reading, then those of suppressions, baseline and configuration.
    pub problems: Vec<LocatedProblem<'a>>,
    /// The findings that count, grouped and folded, most dangerous first.
    pub groups: Vec<Group>,
    /// Sums.
    pub summary: Summary,
    /// What to do first.
    pub next_step: Option<NextStep>,
}

/// What was asked for, as every report records it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Version of Seawall.
    pub version: &'a str,
    /// The profile, as people name it: `default`, `pss restricted`.
    pub profile: &'a str,
    /// The version of Kubernetes that was judged by.
    pub kubernetes: KubernetesVersion,
    /// How much to show.
    pub show: Show,
}

/// How much the formats for people show. Formats for machines always hold everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// `--all`: every group, every place.
    pub all: bool,
    /// `--show-suppressed`: what does not count too, and why.
    pub suppressed: bool,
}

/// A finding and where it stands.
#[derive(Debug)]
pub struct Located<'a> {
    /// The finding, its fingerprint and what became of it.
    pub reported: &'a Reported,
    /// The object.
    pub object: Option<&'a Object>,
    /// Where it stands.
    pub location: Location,
    /// Where what relates to it stands, in the order of [`Finding::related`].
    pub related: Vec<Location>,
}

/// A problem and where it stands.
#[derive(Debug)]
pub struct LocatedProblem<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Where it stands. For a flag, the path is the flag.
    pub location: Location,
    /// The line there; `None` when the file alone is known.
    pub snippet: Option<Snippet>,
    /// Ids of the checks that could not decide something because of it, in order.
    pub undecided: Vec<&'static str>,
}

impl<'a> View<'a> {
    /// Locates, groups and sums up. Parses again the documents that have findings.
    pub fn new(report: &'a Report, snapshot: &'a Snapshot, run: Run<'a>) -> Self {
        let findings = locate(snapshot, report);
        let problems: Vec<&Problem> = snapshot.problems.iter().chain(&report.problems).collect();
        let places = locate_problems(snapshot, &problems);
        let mut undecided = undecided(report, snapshot);
        let problems: Vec<LocatedProblem<'a>> = problems
            .into_iter()
            .zip(places)
            .enumerate()
            .map(|(number, (problem, (location, snippet)))| {
                let undecided = undecided.remove(&number).unwrap_or_default().into_iter().collect();
                LocatedProblem { problem, location, snippet, undecided }
            })
            .collect();
        let (groups, (summary, next_step)) = rayon::join(
            || groups(&findings, snapshot),
            || (Summary::new(report, snapshot), next_step(&findings, &problems)),
        );
        Self { run, snapshot, report, findings, problems, groups, summary, next_step }
    }

    /// The findings that count.
    pub fn active(&self) -> impl Iterator<Item = &Located<'a>> {
        self.findings.iter().filter(|located| located.reported.status == Status::Active)
    }
}

/// The checks that could not decide something because of a problem, by its number.
fn undecided(report: &Report, snapshot: &Snapshot) -> BTreeMap<usize, BTreeSet<&'static str>> {
    let mut checks: BTreeMap<usize, BTreeSet<&'static str>> = BTreeMap::new();
    for unknown in &report.unknowns {
        let gap = unknown.gap.and_then(|gap| snapshot.coverage.gaps.get(gap));
        if let Some(problem) = gap.and_then(|gap| gap.problem) {
            checks.entry(problem).or_default().insert(unknown.check);
        }
    }
    checks
}

impl<'a> Located<'a> {
    /// The finding.
    pub fn finding(&self) -> &'a Finding {
        &self.reported.finding
    }

    /// What the finding is told of, as people name it: `Deployment shop/web`; empty when it has no object.
    pub fn object_name(&self) -> String {
        match (self.finding().part_of(), self.object) {
            (Some(part_of), _) => part_of.workload.to_string(),
            (None, Some(object)) => object.reference().to_string(),
            (None, None) => String::new(),
        }
    }

    /// What is wrong, and in how many pods of the workload when it is not said by that itself.
    pub fn message(&self) -> Cow<'a, str> {
        let message = &*self.finding().message;
        match self.finding().part_of() {
            Some(part_of) => Cow::Owned(format!("{message} ({})", in_pods(part_of))),
            None => Cow::Borrowed(message),
        }
    }

    /// The field, where no line shows it: in an object of a cluster.
    pub fn live_field(&self) -> String {
        if self.location.live { format!(" {}", self.finding().path) } else { String::new() }
    }
}

/// `in 2 of 3 pods`
fn in_pods(part_of: &PartOf) -> String {
    match (part_of.pods, part_of.of) {
        // Of a ReplicaSet or Job that has none now.
        (0, _) => "not in the workload's own template".to_owned(),
        (1, 1) => "in its pod".to_owned(),
        (pods, of) if pods == of => format!("in all {of} pods"),
        (pods, of) => format!("in {pods} of {of} pods"),
    }
}

impl LocatedProblem<'_> {
    /// Where in which file it stands; `None` for a flag of the command line.
    pub fn file(&self) -> Option<&Location> {
        (!matches!(self.problem.place, Place::Flag(_))).then_some(&self.location)
    }
}

impl Location {
    /// `path:line:column`, or the path alone.
    pub fn place(&self) -> String {
        match self.region {
            Some(region) => format!("{}:{}:{}", self.path, region.start.line, region.start.column),
            None => self.path.to_string(),
        }
    }

    /// For a text that a tool rendered: that it did, and that the line is the best match in what it rendered from.
    pub fn origin(&self) -> Option<String> {
        let rendered = self.rendered.as_ref()?;
        let by = match rendered.by {
            UnitKind::HelmChart => "Helm chart",
            UnitKind::Kustomization => "kustomization",
        };
        let match_of = if self.region.is_some() { "best match; " } else { "" };
        Some(format!("{match_of}rendered by {by} {}", rendered.unit))
    }

    /// `path:line`, or the path alone.
    pub fn line(&self) -> String {
        match self.region {
            Some(region) => format!("{}:{}", self.path, region.start.line),
            None => self.path.to_string(),
        }
    }
}
