//! What is told of a cluster that is watched: line by line, as it happens.

use std::io;

use seawall_engine::{Event, Reported, Turn};
use seawall_finding::Severity;
use seawall_inventory::{ObjectRef, Problem};
use serde::Serialize;

use crate::docs::docs_url;
use crate::format::json::{FORMAT, Layout, write};
use crate::plain::plain;
use crate::style::{Style, Tone};
use crate::summary::BySeverity;

/// One line.
#[derive(Clone, Copy, Debug)]
pub enum WatchLine<'l> {
    /// What there is when it begins.
    Began {
        /// Objects that were read.
        objects: usize,
        /// Findings that count.
        findings: BySeverity,
        /// Whether something could not be read.
        incomplete: bool,
    },
    /// A finding that was there when it began.
    Open(&'l Reported, &'l ObjectRef),
    /// What became of a finding.
    Turned(&'l Event),
    /// What cannot be read, or not for now.
    Problem(&'l Problem),
    /// It can be read again.
    Mended(&'l str),
    /// What there is when it ends.
    Ended {
        /// Findings that were opened.
        opened: usize,
        /// Findings that were closed.
        closed: usize,
        /// Findings that count now.
        findings: BySeverity,
    },
}

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WatchFormat {
    /// For people.
    #[default]
    Terminal,
    /// For machines: an object of JSON on each line, described by docs/schema/seawall-watch.schema.json.
    Jsonl,
}

impl WatchFormat {
    /// All formats.
    pub const ALL: [Self; 2] = [Self::Terminal, Self::Jsonl];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Jsonl => "jsonl",
        }
    }
}

/// Writes a line that is told at `time` (RFC 3339).
///
/// # Errors
/// It cannot be written.
pub fn write_line(
    line: &WatchLine<'_>,
    time: &str,
    format: WatchFormat,
    to: &mut dyn io::Write,
    style: &Style,
) -> io::Result<()> {
    match format {
        WatchFormat::Jsonl => write(&Json::of(line, time), Layout::Compact, to)?,
        WatchFormat::Terminal => write!(to, "{time} {}", words(line, style))?,
    }
    writeln!(to)
}

fn words(line: &WatchLine<'_>, style: &Style) -> String {
    match line {
        WatchLine::Began { objects, findings, incomplete } => {
            let but = if *incomplete { "; not everything could be read" } else { "" };
            format!("watching {objects} objects: {}{but}", by_severity(findings))
        }
        WatchLine::Open(reported, object) => finding("open", reported, object, "", style),
        WatchLine::Turned(event) => {
            let before = match event.turn {
                Turn::Changed(before) if before != event.reported.finding.severity => {
                    format!(" (was {before})")
                }
                _ => String::new(),
            };
            finding(turn(event.turn), &event.reported, &event.object, &before, style)
        }
        WatchLine::Problem(problem) => {
            format!(
                "{} {}; {}",
                style.paint(Tone::Strong, "problem"),
                plain(&problem.message),
                plain(&problem.help)
            )
        }
        WatchLine::Mended(message) => format!("{} {}", style.paint(Tone::Strong, "mended"), plain(message)),
        WatchLine::Ended { opened, closed, findings } => {
            format!("ended: {opened} opened, {closed} closed; {}", by_severity(findings))
        }
    }
}

fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::Opened => "opened",
        Turn::Closed => "closed",
        Turn::Changed(_) => "changed",
    }
}

fn finding(what: &str, reported: &Reported, object: &ObjectRef, before: &str, style: &Style) -> String {
    let finding = &reported.finding;
    let severity = format!("{:8}", finding.severity.name());
    format!(
        "{} {}{before} {} {}: {}",
        style.paint(Tone::Strong, &format!("{what:7}")),
        style.paint(Tone::Severity(finding.severity), &severity),
        style.link(&docs_url(finding.check), finding.check.id),
        plain(&object.to_string()),
        plain(&finding.message),
    )
}

fn by_severity(findings: &BySeverity) -> String {
    if findings.total() == 0 { "no findings".to_owned() } else { format!("findings: {findings}") }
}

/// What a line of JSON holds; most lines hold a part of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Json<'l> {
    format_version: &'static str,
    time: &'l str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// What it was before, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_before: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Object<'l>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<BySeverity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<bool>,
}

#[derive(Serialize)]
struct Check {
    id: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
struct Object<'l> {
    group: &'l str,
    kind: &'l str,
    namespace: &'l str,
    name: &'l str,
}

impl<'l> Json<'l> {
    fn of(line: &WatchLine<'l>, time: &'l str) -> Self {
        let json = match *line {
            WatchLine::Began { objects, findings, incomplete } => Self {
                r#type: "began",
                objects: Some(objects),
                findings: Some(findings),
                incomplete: Some(incomplete),
                ..Self::default()
            },
            WatchLine::Open(reported, object) => Self::finding("open", reported, object),
            WatchLine::Turned(Event { turn: what, object, reported }) => {
                let before = match *what {
                    Turn::Changed(before) => {
                        Some(before).filter(|before| *before != reported.finding.severity)
                    }
                    Turn::Opened | Turn::Closed => None,
                };
                Self { severity_before: before, ..Self::finding(turn(*what), reported, object) }
            }
            WatchLine::Problem(Problem { code, message, help, .. }) => Self {
                r#type: "problem",
                code: Some(code),
                message: Some(message),
                help: Some(help),
                ..Self::default()
            },
            WatchLine::Mended(message) => {
                Self { r#type: "mended", message: Some(message), ..Self::default() }
            }
            WatchLine::Ended { opened, closed, findings } => Self {
                r#type: "ended",
                opened: Some(opened),
                closed: Some(closed),
                findings: Some(findings),
                ..Self::default()
            },
        };
        Self { format_version: FORMAT, time, ..json }
    }

    fn finding(what: &'static str, reported: &'l Reported, object: &'l ObjectRef) -> Self {
        let finding = &reported.finding;
        Self {
            r#type: what,
            fingerprint: Some(reported.fingerprint.to_string()),
            check: Some(Check { id: finding.check.id, name: finding.check.name }),
            severity: Some(finding.severity),
            message: Some(&finding.message),
            object: Some(Object {
                group: &object.group,
                kind: &object.kind,
                namespace: &object.namespace,
                name: &object.name,
            }),
            field: Some(finding.path.to_string()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use seawall_engine::Status;
    use seawall_inventory::{Place, Weight};

    use super::*;

    const TIME: &str = "2026-06-15T12:00:00Z";

    /// One line of each kind, in both formats.
    #[test]
    fn lines_are_plain_text_and_what_the_schema_says() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/schema/seawall-watch.schema.json")).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let check = seawall_checks::all().into_iter().find(|check| check.meta.id == "SW1001").unwrap();
        let path = "spec.containers[0].securityContext.privileged".parse().unwrap();
        let finding =
            seawall_finding::Finding::new(&check.meta, 0, path, "container `a\u{1b}` is privileged");
        let object = ObjectRef {
            kind: "Pod".into(),
            namespace: "shop".into(),
            name: "web".into(),
            ..ObjectRef::default()
        };
        let fingerprint = seawall_finding::Fingerprint::of(&finding, None, &object);
        let reported = Reported { finding, fingerprint, status: Status::Active };
        let event = |turn| Event { turn, object: object.clone(), reported: reported.clone() };
        let mut findings = BySeverity::default();
        findings.add(Severity::Critical);
        let problem = Problem {
            code: "list-failed",
            weight: Weight::Incomplete,
            place: Place::Path("c".into()),
            message: "pods cannot be listed".to_owned(),
            help: "ask again".to_owned(),
        };
        let (opened, closed) = (event(Turn::Opened), event(Turn::Closed));
        let (milder, same) = (event(Turn::Changed(Severity::Low)), event(Turn::Changed(Severity::Critical)));
        let told = "critical SW1001 Pod shop/web: container `a\\u{1b}` is privileged";
        for (line, expected) in [
            (
                WatchLine::Began { objects: 7, findings, incomplete: true },
                "watching 7 objects: findings: 1 critical; not everything could be read".to_owned(),
            ),
            (WatchLine::Open(&reported, &object), format!("open    {told}")),
            (WatchLine::Turned(&opened), format!("opened  {told}")),
            (WatchLine::Turned(&closed), format!("closed  {told}")),
            (WatchLine::Turned(&same), format!("changed {told}")),
            (
                WatchLine::Turned(&milder),
                format!("changed {}", told.replace("critical", "critical (was low)")),
            ),
            (WatchLine::Problem(&problem), "problem pods cannot be listed; ask again".to_owned()),
            (WatchLine::Mended("pods are listed"), "mended pods are listed".to_owned()),
            (
                WatchLine::Ended { opened: 2, closed: 1, findings: BySeverity::default() },
                "ended: 2 opened, 1 closed; no findings".to_owned(),
            ),
        ] {
            let written = |format| {
                let mut text = Vec::new();
                write_line(&line, TIME, format, &mut text, &Style::default()).unwrap();
                String::from_utf8(text).unwrap()
            };
            assert_eq!(written(WatchFormat::Terminal), format!("{TIME} {expected}\n"));
            let json = written(WatchFormat::Jsonl);
            assert_eq!(json.trim_end().lines().count(), 1, "{json}");
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{json}: {errors:?}");
        }
    }
}
