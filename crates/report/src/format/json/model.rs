//! The shape of the JSON formats: borrowed views of the report, serialized as they are written.

use std::fmt;

use seawall_engine::Status;
use seawall_finding::{Edit, Evidence, Meta, Value};
use seawall_inventory::{IgnoreForm, Object, UnitKind};
use serde::{Serialize, Serializer};

use crate::docs::docs_url;
use crate::locate;
use crate::next_step::NextStep;
use crate::summary::BySeverity;
use crate::view::{Located, LocatedProblem, View};

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
    findings: Counts,
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
struct Counts {
    total: usize,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Next {
    Fix {
        check: &'static str,
        #[serde(rename = "takesAway")]
        takes_away: Counts,
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
#[serde(rename_all = "camelCase")]
pub(in crate::format) struct Finding<'v> {
    fingerprint: Displayed<seawall_finding::Fingerprint>,
    check: CheckRef,
    severity: seawall_finding::Severity,
    message: &'v str,
    object: Option<ObjectRef<'v>>,
    /// The field, from the object's root.
    field: Displayed<&'v seawall_yaml::Path>,
    evidence: EvidenceOf<'v>,
    location: Location<'v>,
    related: Vec<Related<'v>>,
    fix: Option<Fix<'v>>,
    status: StatusOf<'v>,
}

#[derive(Serialize)]
struct CheckRef {
    id: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectRef<'v> {
    api_version: &'v str,
    kind: &'v str,
    namespace: &'v str,
    name: Displayed<smol_str::SmolStr>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum EvidenceOf<'v> {
    Value { value: &'v str },
    Missing { meaning: &'v str },
    Derived { story: &'v str },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'v> {
    path: &'v str,
    start: Option<Position>,
    end: Option<Position>,
    exact: bool,
    missing: Option<Displayed<&'v seawall_yaml::Path>>,
    rendered: Option<Rendered<'v>>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Rendered<'v> {
    by: &'static str,
    unit: &'v str,
}

#[derive(Serialize)]
struct Related<'v> {
    field: Displayed<&'v seawall_yaml::Path>,
    message: &'v str,
    location: Location<'v>,
}

#[derive(Serialize)]
struct Fix<'v> {
    title: &'v str,
    safety: &'static str,
    edits: Vec<EditOf<'v>>,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum EditOf<'v> {
    Set { field: Displayed<&'v seawall_yaml::Path>, value: ValueOf<'v> },
    Remove { field: Displayed<&'v seawall_yaml::Path> },
    Append { field: Displayed<&'v seawall_yaml::Path>, value: ValueOf<'v> },
}

struct ValueOf<'v>(&'v Value);

impl Serialize for ValueOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Str(value) => serializer.serialize_str(value),
            Value::List(items) => serializer.collect_seq(items.iter().map(ValueOf)),
            Value::Map(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key.as_str(), ValueOf(value))))
            }
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum StatusOf<'v> {
    Active,
    Suppressed { by: &'static str, reason: &'v str, expires: Option<&'v str> },
    Baselined,
}

#[derive(Serialize)]
pub(in crate::format) struct Unknown<'v> {
    check: &'static str,
    object: Option<ObjectRef<'v>>,
    reason: &'v str,
}

#[derive(Serialize)]
pub(in crate::format) struct Problem<'v> {
    code: &'static str,
    weight: Displayed<seawall_inventory::Weight>,
    message: &'v str,
    help: &'v str,
    location: Location<'v>,
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
            findings: Counts::of(summary.findings),
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

impl Counts {
    fn of(counts: BySeverity) -> Self {
        let BySeverity { critical, high, medium, low, info } = counts;
        Self { total: counts.total(), critical, high, medium, low, info }
    }
}

impl Next {
    fn of(next: &NextStep, view: &View<'_>) -> Option<Self> {
        Some(match next {
            NextStep::Fix(fix) => Self::Fix {
                check: fix.check,
                takes_away: Counts::of(fix.takes_away),
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
        Self { path: location.path.clone(), line: location.region.map(|region| region.start.line) }
    }
}

impl<'v> Finding<'v> {
    pub(in crate::format) fn of(located: &'v Located<'_>) -> Self {
        let finding = located.finding();
        let related = finding.related.iter().zip(&located.related);
        Self {
            fingerprint: Displayed(located.reported.fingerprint),
            check: CheckRef { id: finding.check.id, name: finding.check.name },
            severity: finding.severity,
            message: &finding.message,
            object: located.object.map(ObjectRef::of),
            field: Displayed(&finding.path),
            evidence: match &finding.evidence {
                Evidence::Value(value) => EvidenceOf::Value { value },
                Evidence::Missing(meaning) => EvidenceOf::Missing { meaning },
                Evidence::Derived(story) => EvidenceOf::Derived { story },
            },
            location: Location::of(&located.location),
            related: related
                .map(|(related, location)| Related {
                    field: Displayed(&related.path),
                    message: &related.message,
                    location: Location::of(location),
                })
                .collect(),
            fix: finding.fix.as_ref().map(Fix::of),
            status: StatusOf::of(&located.reported.status),
        }
    }
}

impl<'v> ObjectRef<'v> {
    fn of(object: &'v Object) -> Self {
        Self {
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: &object.metadata.namespace,
            name: Displayed(object.display_name()),
        }
    }
}

impl<'v> Location<'v> {
    fn of(location: &'v locate::Location) -> Self {
        let position = |at: seawall_yaml::Position| Position { line: at.line, column: at.column };
        Self {
            path: &location.path,
            start: location.region.map(|region| position(region.start)),
            end: location.region.map(|region| position(region.end)),
            exact: location.exact,
            missing: location.missing.as_ref().map(Displayed),
            rendered: location.rendered.as_ref().map(|rendered| Rendered {
                by: match rendered.by {
                    UnitKind::HelmChart => "helm",
                    UnitKind::Kustomization => "kustomize",
                },
                unit: &rendered.unit,
            }),
        }
    }
}

impl<'v> Fix<'v> {
    fn of(fix: &'v seawall_finding::Fix) -> Self {
        let edits = fix.edits.iter().map(|edit| match edit {
            Edit::Set { path, value } => EditOf::Set { field: Displayed(path), value: ValueOf(value) },
            Edit::Remove { path } => EditOf::Remove { field: Displayed(path) },
            Edit::Append { path, value } => EditOf::Append { field: Displayed(path), value: ValueOf(value) },
        });
        let safety = match fix.safety {
            seawall_finding::Safety::Safe => "safe",
            seawall_finding::Safety::Review => "review",
        };
        Self { title: &fix.title, safety, edits: edits.collect() }
    }
}

impl<'v> StatusOf<'v> {
    fn of(status: &'v Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Baselined => Self::Baselined,
            Status::Suppressed(suppression) => Self::Suppressed {
                by: match suppression.form {
                    Some(IgnoreForm::Comment) => "comment",
                    Some(IgnoreForm::Annotation) => "annotation",
                    None => "configuration",
                },
                reason: &suppression.reason,
                expires: suppression.expires.as_deref(),
            },
        }
    }
}

impl<'v> Unknown<'v> {
    pub(in crate::format) fn of(unknown: &'v seawall_engine::Unknown, view: &'v View<'_>) -> Self {
        let object = unknown.object.and_then(|index| view.snapshot.objects.get(index));
        Self { check: unknown.check, object: object.map(ObjectRef::of), reason: &unknown.reason }
    }
}

impl<'v> Problem<'v> {
    pub(in crate::format) fn of(located: &'v LocatedProblem<'_>) -> Self {
        let problem = located.problem;
        Self {
            code: problem.code,
            weight: Displayed(problem.weight),
            message: &problem.message,
            help: &problem.help,
            location: Location::of(&located.location),
        }
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
