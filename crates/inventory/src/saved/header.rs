//! The first line: what was read, when, and how far.

use std::path::{Path as FilePath, PathBuf};

use seawall_yaml::{Limits, Node, Span};
use smol_str::SmolStr;

use super::object::number;
use super::{FIELDS, FORMAT, KEY, coverage};
use crate::coverage::Coverage;
use crate::encode::Encode;
use crate::origin::{FileId, Provenance, SourceFile, Unit, UnitId, UnitKind};
use crate::problem::{Place, Problem, Weight};
use crate::read::{PROVISIONAL, Reading};
use crate::snapshot::Snapshot;
use crate::text::Text;
use crate::tree::{Entries, Tree, give};

/// What a Snapshot does not know of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The version of Seawall that saved it.
    pub seawall: SmolStr,
    /// When it was read, as people and programs write it: RFC 3339.
    pub time: SmolStr,
    /// What people call the cluster; empty for files.
    pub cluster: SmolStr,
}

/// What the first line says.
#[derive(Debug)]
pub struct Header {
    /// Who saved it, and when.
    pub about: About,
    /// How many objects follow.
    pub objects: usize,
    /// The files, with what is wrong with them, and as yet without objects. Units are numbered as in `units`.
    pub readings: Vec<Reading>,
    /// Charts and overlays.
    pub units: Vec<Unit>,
    /// What could not be read then, besides files.
    pub problems: Vec<Problem>,
    /// What was read of a cluster. Problems are numbered as in `problems`.
    pub coverage: Coverage,
    /// The namespace that objects go to whose own is not written; `default` when empty.
    pub namespace: SmolStr,
    /// Whether less was read of objects than this version reads.
    pub older: bool,
}

/// Why a first line is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// It is no header.
    Other,
    /// It was written by a version of Seawall that writes another form.
    Format(SmolStr),
    /// It is damaged.
    Corrupt(&'static str),
}

/// What each header begins with.
const BEGIN: &str = "{\"$seawall\":{\"saved\":\"snapshot\",";

/// Whether a text begins as a header does.
pub fn is_header(text: &[u8]) -> bool {
    text.starts_with(BEGIN.as_bytes())
}

/// The first line of the Snapshot.
pub fn header(snapshot: &Snapshot, about: &About) -> String {
    let mut own: Entries = Vec::new();
    give(&mut own, "saved", Some(Tree::Text(SmolStr::new_static("snapshot"))));
    give(&mut own, "format", Some(Tree::Int(FORMAT)));
    give(&mut own, "fields", Some(Tree::Int(FIELDS)));
    give(&mut own, "version", about.seawall.field());
    give(&mut own, "time", about.time.field());
    give(&mut own, "cluster", about.cluster.field());
    give(&mut own, "namespace", snapshot.namespace.field());
    give(&mut own, "objects", Some(count(snapshot.objects.len())));
    give(&mut own, "documents", Some(count(snapshot.documents)));
    give(&mut own, "gaps", coverage::write(&snapshot.coverage));
    give(&mut own, "units", list(snapshot.units.iter().map(write_unit)));
    give(&mut own, "files", list(snapshot.files.iter().map(write_file)));
    give(&mut own, "problems", list(snapshot.problems.iter().map(write_problem)));
    let mut line = String::new();
    Tree::Map(vec![(SmolStr::new_static(KEY), Tree::Map(own))]).write_json(&mut line);
    line.push('\n');
    line
}

fn list(items: impl Iterator<Item = Tree>) -> Option<Tree> {
    Some(Tree::List(items.collect())).filter(|list| !list.is_nothing())
}

fn count(number: usize) -> Tree {
    Tree::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn text(text: impl AsRef<str>) -> Option<Tree> {
    SmolStr::new(text).field()
}

const CHART: &str = "HelmChart";
const KUSTOMIZATION: &str = "Kustomization";

fn write_unit(unit: &Unit) -> Tree {
    let mut fields = Vec::new();
    let kind = match unit.kind {
        UnitKind::HelmChart => CHART,
        UnitKind::Kustomization => KUSTOMIZATION,
    };
    give(&mut fields, "kind", text(kind));
    give(&mut fields, "path", text(unit.path.to_string_lossy()));
    Tree::Map(fields)
}

fn write_file(file: &SourceFile) -> Tree {
    let mut fields = Vec::new();
    give(&mut fields, "path", text(file.path.to_string_lossy()));
    if let Provenance::Rendered { unit, .. } = &file.provenance {
        give(&mut fields, "unit", Some(Tree::Int(unit.0.into())));
    }
    give(&mut fields, "owners", (file.provenance == Provenance::Owners).field());
    Tree::Map(fields)
}

fn write_problem(problem: &Problem) -> Tree {
    let Problem { code, weight, place, message, help } = problem;
    let mut fields = Vec::new();
    give(&mut fields, "code", text(code));
    give(&mut fields, "incomplete", (*weight == Weight::Incomplete).field());
    match place {
        Place::Path(path) => give(&mut fields, "path", text(path.to_string_lossy())),
        // Texts are not kept, and so no lines of them.
        Place::Aside { file, .. } => give(&mut fields, "path", text(file.path.to_string_lossy())),
        Place::Flag(flag) => give(&mut fields, "flag", flag.field()),
        Place::Span { file, span } => {
            give(&mut fields, "file", Some(Tree::Int(file.0.into())));
            give(&mut fields, "start", i64::from(span.start).field());
            give(&mut fields, "end", i64::from(span.end).field());
        }
    }
    give(&mut fields, "message", text(message));
    give(&mut fields, "help", text(help));
    Tree::Map(fields)
}

impl Header {
    /// Reads the first line.
    ///
    /// # Errors
    /// It is no header, of another form, or damaged.
    pub fn read(line: &str) -> Result<Self, NotSaved> {
        if !is_header(line.as_bytes()) {
            return Err(NotSaved::Other);
        }
        let stream = seawall_yaml::parse(line.as_bytes(), &Limits::default());
        let [document] = stream.documents.as_slice() else {
            return Err(NotSaved::Corrupt("the first line is no JSON"));
        };
        let own = document.root().get(KEY).ok_or(NotSaved::Other)?;
        let about = About {
            seawall: string(own, "version").unwrap_or_default(),
            time: string(own, "time").unwrap_or_default(),
            cluster: string(own, "cluster").unwrap_or_default(),
        };
        if own.get("format").and_then(Node::as_i64) != Some(FORMAT) {
            return Err(NotSaved::Format(about.seawall));
        }
        Self::of(own, about).map_err(NotSaved::Corrupt)
    }

    fn of(own: Node<'_>, about: About) -> Result<Self, &'static str> {
        let items = |name| own.get(name).into_iter().flat_map(Node::items);
        let units: Vec<Unit> = items("units").map(unit).collect::<Result<_, _>>()?;
        let file = |node| file(node, units.len());
        let mut readings: Vec<Reading> = items("files").map(file).collect::<Result<_, _>>()?;
        if let Some(first) = readings.first_mut() {
            first.documents = number(own, "documents").ok_or("the documents have no number")? as usize;
        }
        let mut problems = Vec::new();
        for node in items("problems") {
            let (file, problem) = problem(node)?;
            match file {
                Some(file) => readings.get_mut(file).ok_or("a problem is in no file")?.problems.push(problem),
                None => problems.push(problem),
            }
        }
        Ok(Self {
            about,
            objects: number(own, "objects").ok_or("the objects have no number")? as usize,
            readings,
            units,
            problems,
            coverage: coverage::read(own.get("gaps")),
            namespace: string(own, "namespace").unwrap_or_default(),
            older: own.get("fields").and_then(Node::as_i64) != Some(FIELDS),
        })
    }
}

fn string(node: Node<'_>, name: &str) -> Option<SmolStr> {
    node.get(name)?.as_str().map(SmolStr::new)
}

fn path_of(node: Node<'_>) -> PathBuf {
    FilePath::new(node.get("path").and_then(Node::as_str).unwrap_or_default()).to_path_buf()
}

fn unit(node: Node<'_>) -> Result<Unit, &'static str> {
    let kind = match node.get("kind").and_then(Node::as_str) {
        Some(CHART) => UnitKind::HelmChart,
        Some(KUSTOMIZATION) => UnitKind::Kustomization,
        _ => return Err("a unit is of no known kind"),
    };
    Ok(Unit { path: path_of(node), kind })
}

fn file(node: Node<'_>, units: usize) -> Result<Reading, &'static str> {
    let provenance = match node.get("unit") {
        None if node.get("owners").and_then(Node::as_bool).unwrap_or_default() => Provenance::Owners,
        None => Provenance::Live,
        Some(_) => {
            let unit = number(node, "unit").filter(|unit| (*unit as usize) < units);
            Provenance::Rendered { unit: UnitId(unit.ok_or("a file is of no unit")?), template: None }
        }
    };
    Ok(Reading {
        file: SourceFile { path: path_of(node), text: Text::from(""), provenance },
        objects: Vec::new(),
        problems: Vec::new(),
        skipped: Vec::new(),
        documents: 0,
    })
}

/// A problem, and the number of the file that it is in.
fn problem(node: Node<'_>) -> Result<(Option<usize>, Problem), &'static str> {
    let incomplete = node.get("incomplete").and_then(Node::as_bool).unwrap_or_default();
    let (file, place) = if let Some(flag) = string(node, "flag") {
        (None, Place::Flag(flag))
    } else if node.get("file").is_some() {
        let number = |name| number(node, name).ok_or("a problem has no place");
        let span = Span::new(number("start")?, number("end")?);
        (Some(FileId(number("file")?).0 as usize), Place::Span { file: PROVISIONAL, span })
    } else {
        (None, Place::Path(path_of(node)))
    };
    let code = string(node, "code").unwrap_or_default();
    let problem = Problem {
        code: CODES.iter().find(|known| **known == code).copied().unwrap_or("saved-problem"),
        weight: if incomplete { Weight::Incomplete } else { Weight::Warning },
        place,
        message: string(node, "message").unwrap_or_default().into(),
        help: string(node, "help").unwrap_or_default().into(),
    };
    Ok((file, problem))
}

/// The codes that problems of reading have.
const CODES: &[&str] = &[
    "alias-cycle",
    "alias-limit",
    "cluster-refused",
    "cluster-silent",
    "depth-limit",
    "document-limit",
    "dropped-document",
    "duplicate-key",
    "encoding",
    "file-too-large",
    "helm-failed",
    "helm-missing",
    "ignore-covers-nothing",
    "ignore-file",
    "ignore-limit",
    "ignore-syntax",
    "interrupted",
    "invalid-key",
    "json-syntax",
    "kustomize-failed",
    "kustomize-helm",
    "kustomize-missing",
    "list-failed",
    "list-refused",
    "merge-override",
    "merge-value",
    "not-a-file",
    "not-an-object",
    "nothing-to-read",
    "number",
    "output-too-large",
    "problem-limit",
    "release-name",
    "remote-refused",
    "replaced-bytes",
    "separator",
    "size-limit",
    "symlink-loop",
    "tab",
    "tag-mismatch",
    "unknown-anchor",
    "unreadable",
    "unrendered-template",
    "wrong-type",
    "yaml-syntax",
];
