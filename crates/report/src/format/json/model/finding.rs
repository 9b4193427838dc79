//! Findings and problems, as the JSON formats have them.

use seawall_engine::Status;
use seawall_finding::{Edit, Evidence, Value};
use seawall_inventory::{IgnoreForm, Object, UnitKind};
use seawall_yaml::Path;
use serde::{Serialize, Serializer};

use super::Displayed;
use crate::locate;
use crate::view::{Located, LocatedProblem};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::format) struct Finding<'v> {
    fingerprint: Displayed<seawall_finding::Fingerprint>,
    check: CheckRef,
    severity: seawall_finding::Severity,
    message: &'v str,
    object: Option<ObjectRef<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<Box<PartOf<'v>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    running: Vec<&'v str>,
    /// The field, from the object's root.
    field: Displayed<&'v Path>,
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
pub(super) struct ObjectRef<'v> {
    api_version: &'v str,
    kind: &'v str,
    namespace: &'v str,
    name: Displayed<smol_str::SmolStr>,
}

#[derive(Serialize)]
struct PartOf<'v> {
    group: &'v str,
    kind: &'v str,
    namespace: &'v str,
    name: &'v str,
    pods: usize,
    of: usize,
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
    missing: Option<Displayed<Path>>,
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
    field: Displayed<&'v Path>,
    message: &'v str,
    location: Location<'v>,
}

#[derive(Serialize)]
struct Fix<'v> {
    title: String,
    safety: &'static str,
    edits: Vec<EditOf<'v>>,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum EditOf<'v> {
    Set { field: Displayed<&'v Path>, value: ValueOf<'v> },
    Remove { field: Displayed<&'v Path> },
    Append { field: Displayed<&'v Path>, value: ValueOf<'v> },
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
pub(in crate::format) struct Problem<'v> {
    code: &'static str,
    weight: Displayed<seawall_inventory::Weight>,
    message: &'v str,
    help: &'v str,
    /// `None` when a flag of the command line is the problem.
    location: Option<Location<'v>>,
    flag: Option<&'v str>,
    /// Ids of checks that could not decide something because of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<&'v [&'static str]>,
}

impl<'v> Finding<'v> {
    pub(in crate::format) fn of(located: &'v Located<'_>) -> Self {
        let finding = located.finding();
        let related = finding.related().iter().zip(&located.related);
        Self {
            fingerprint: Displayed(located.reported.fingerprint),
            check: CheckRef { id: finding.check.id, name: finding.check.name },
            severity: finding.severity,
            message: &finding.message,
            object: located.object.map(ObjectRef::of),
            part_of: finding.part_of().map(PartOf::of).map(Box::new),
            running: finding.running().iter().map(|digest| &**digest).collect(),
            field: Displayed(&finding.path),
            evidence: match &finding.evidence {
                Evidence::Value(value) => EvidenceOf::Value { value },
                Evidence::Missing(meaning) => EvidenceOf::Missing { meaning },
                Evidence::Derived(story) => EvidenceOf::Derived { story },
            },
            location: Location::of(&located.location, &finding.path),
            related: related
                .map(|(related, location)| Related {
                    field: Displayed(&related.path),
                    message: &related.message,
                    location: Location::of(location, &related.path),
                })
                .collect(),
            fix: finding.fix.as_deref().map(Fix::of),
            status: StatusOf::of(&located.reported.status),
        }
    }
}

impl<'v> ObjectRef<'v> {
    pub(super) fn of(object: &'v Object) -> Self {
        Self {
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: &object.metadata.namespace,
            name: Displayed(object.display_name()),
        }
    }
}

impl<'v> PartOf<'v> {
    fn of(part_of: &'v seawall_finding::PartOf) -> Self {
        let seawall_inventory::ObjectRef { group, kind, namespace, name } = &part_of.workload;
        Self { group, kind, namespace, name, pods: part_of.pods, of: part_of.of }
    }
}

impl<'v> Location<'v> {
    /// `path` is that of the field which stands there, or would.
    fn of(location: &'v locate::Location, path: &Path) -> Self {
        let position = |at: seawall_yaml::Position| Position { line: at.line, column: at.column };
        Self {
            path: &location.path,
            start: location.region.map(|region| position(region.start)),
            end: location.region.map(|region| position(region.end)),
            exact: location.exact,
            missing: (location.missing > 0).then(|| Displayed(path.tail(location.missing))),
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
        let edits = fix.edits().map(|edit| match edit {
            Edit::Set { path, value } => EditOf::Set { field: Displayed(path), value: ValueOf(value) },
            Edit::Remove { path } => EditOf::Remove { field: Displayed(path) },
            Edit::Append { path, value } => EditOf::Append { field: Displayed(path), value: ValueOf(value) },
        });
        let safety = match fix.safety {
            seawall_finding::Safety::Safe => "safe",
            seawall_finding::Safety::Review => "review",
        };
        Self { title: fix.title(), safety, edits: edits.collect() }
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

impl<'v> Problem<'v> {
    pub(in crate::format) fn of(located: &'v LocatedProblem<'_>) -> Self {
        let problem = located.problem;
        Self {
            code: problem.code,
            weight: Displayed(problem.weight),
            message: &problem.message,
            help: &problem.help,
            location: located.file().map(|file| Location::of(file, &Path::root())),
            flag: located.file().is_none().then_some(&*located.location.path),
            undecided: Some(&*located.undecided).filter(|checks| !checks.is_empty()),
        }
    }
}
