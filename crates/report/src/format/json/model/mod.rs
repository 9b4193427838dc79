//! The shape of the JSON formats: borrowed views of the report, serialized as they are written.

mod finding;

use std::fmt;

use seawall_finding::Meta;
use serde::{Serialize, Serializer};

use self::finding::ObjectRef;
pub(in crate::format) use self::finding::{Finding, Problem};
use crate::docs::docs_url;
use crate::locate;
use crate::next_step::NextStep;
use crate::summary::BySeverity;
use crate::view::View;

/// A list that is made while it is written: a report of any size takes no second copy.
pub(in crate::format) struct Sequence<'v, T>(Box<dyn Fn() -> Box<dyn Iterator<Item = T> + 'v> + 'v>);

impl<'v, T> Sequence<'v, T> {
    pub(in crate::format) fn new(items: impl Fn() -> Box<dyn Iterator<Item = T> + 'v> + 'v) -> Self {
        Self(Box::new(items))
    }
}

impl<T: Serialize> Serialize for Sequence<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Something that is written as it displays.
struct Displayed<T>(T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
pub(in crate::format) struct Tool<'v> {
    name: &'static str,
    version: &'v str,
}

#[derive(Serialize)]
pub(in crate::format) struct Run<'v> {
    profile: &'v str,
    kubernetes: Displayed<seawall_inventory::KubernetesVersion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::format) struct Summary {
    findings: BySeverity,
    objects_with_findings: usize,
    suppressed: usize,
    baselined: usize,
    unknown: usize,
    problems: usize,
    incomplete: bool,
    objects: usize,
    documents: usize,
    files: usize,
    next_step: Option<Next>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Next {
    Fix {
        check: &'static str,
        #[serde(rename = "takesAway")]
        takes_away: BySeverity,
        places: usize,
        first: Place,
    },
    Read {
        code: &'static str,
        first: Place,
    },
}

/// A place in short.
#[derive(Serialize)]
struct Place {
    path: String,
    line: Option<u32>,
}

#[derive(Serialize)]
pub(in crate::format) struct Unknown<'v> {
    check: &'static str,
    object: Option<ObjectRef<'v>>,
    reason: &'v str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::format) struct Check {
    id: &'static str,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    unknown: usize,
    #[serde(flatten)]
    found: Option<Described>,
}

/// What is said of a check that found something.
#[derive(Serialize)]
struct Described {
    name: &'static str,
    title: &'static str,
    url: String,
}

impl<'v> Tool<'v> {
    pub(in crate::format) fn of(view: &View<'v>) -> Self {
        Self { name: "seawall", version: view.run.version }
    }
}

impl<'v> Run<'v> {
    pub(in crate::format) fn of(view: &View<'v>) -> Self {
        Self { profile: view.run.profile, kubernetes: Displayed(view.run.kubernetes) }
    }
}

impl Summary {
    pub(in crate::format) fn of(view: &View<'_>) -> Self {
        let summary = &view.summary;
        Self {
            findings: summary.findings,
            objects_with_findings: summary.objects_with_findings,
            suppressed: summary.suppressed,
            baselined: summary.baselined,
            unknown: summary.unknown,
            problems: summary.problems,
            incomplete: summary.incomplete > 0,
            objects: summary.objects,
            documents: summary.documents,
            files: summary.files,
            next_step: view.next_step.as_ref().and_then(|next| Next::of(next, view)),
        }
    }
}

impl Next {
    fn of(next: &NextStep, view: &View<'_>) -> Option<Self> {
        Some(match next {
            NextStep::Fix(fix) => Self::Fix {
                check: fix.check,
                takes_away: fix.takes_away,
                places: fix.places,
                first: Place::of(&view.findings.get(fix.first)?.location),
            },
            NextStep::Read { problem } => {
                let located = view.problems.get(*problem)?;
                Self::Read { code: located.problem.code, first: Place::of(&located.location) }
            }
        })
    }
}

impl Place {
    fn of(location: &locate::Location) -> Self {
        Self { path: location.path.to_string(), line: location.region.map(|region| region.start.line) }
    }
}

impl<'v> Unknown<'v> {
    pub(in crate::format) fn of(unknown: &'v seawall_engine::Unknown, view: &'v View<'_>) -> Self {
        let object = unknown.object.and_then(|index| view.snapshot.objects.get(index));
        Self { check: unknown.check, object: object.map(ObjectRef::of), reason: &unknown.reason }
    }
}

/// Every check that ran, with its verdicts.
pub(in crate::format) fn checks<'v>(view: &'v View<'_>) -> impl Iterator<Item = Check> + 'v {
    let found: std::collections::BTreeMap<&str, &'static Meta> =
        view.findings.iter().map(|located| (located.finding().check.id, located.finding().check)).collect();
    view.report.counts.iter().map(move |(id, counts)| Check {
        id,
        passed: counts.passed,
        failed: counts.failed,
        not_applicable: counts.not_applicable,
        unknown: counts.unknown,
        found: found.get(id).map(|check| Described {
            name: check.name,
            title: check.title(),
            url: docs_url(check),
        }),
    })
}
