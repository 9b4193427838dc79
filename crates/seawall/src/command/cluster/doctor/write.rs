//! What was found out, as text and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use seawall_cluster::doctor::{Answer, Detail, Diagnosis, Question, State};
use seawall_report::plain;
use serde_json::{Value, json};

/// More lines of one answer are for programs.
const MOST: usize = 20;

const HELP: Style = AnsiColor::Cyan.on_default();

/// For people.
pub(super) fn table(diagnosis: &Diagnosis) -> String {
    let mut text = format!("{}  {}\n\n", plain(&diagnosis.cluster), plain(&diagnosis.server));
    for answer in &diagnosis.answers {
        // Writing to a String does not fail.
        let _ = row(answer, &mut text);
    }
    let end = if diagnosis.is_well() { "a scan will be complete" } else { "a scan would be incomplete" };
    let _ = writeln!(text, "\n{end}");
    text
}

fn row(answer: &Answer, text: &mut String) -> std::fmt::Result {
    let wide = |names: &mut dyn Iterator<Item = &'static str>| names.map(str::len).max().unwrap_or_default();
    let states = [State::Ok, State::Warning, State::Failed, State::Unknown];
    let (first, second) = (
        wide(&mut states.into_iter().map(State::name)),
        wide(&mut Question::ALL.into_iter().map(Question::name)),
    );
    let (state, question) = (answer.state.name(), answer.question.name());
    let style = style(answer.state);
    writeln!(text, "{style}{state:first$}{style:#}  {question:second$}  {}", plain(&answer.message))?;
    let indent = " ".repeat(first + second + 4);
    let lines = lines(&answer.details);
    for line in lines.iter().take(MOST) {
        writeln!(text, "{indent}{}", plain(line))?;
    }
    if let Some(more) = lines.len().checked_sub(MOST).filter(|more| *more > 0) {
        writeln!(text, "{indent}and {more} more; -o json has all")?;
    }
    if !answer.help.is_empty() {
        writeln!(text, "{indent}{HELP}to do:{HELP:#} {}", plain(&answer.help))?;
    }
    Ok(())
}

fn style(state: State) -> Style {
    match state {
        State::Ok => AnsiColor::Green.on_default(),
        State::Warning => AnsiColor::Yellow.on_default().bold(),
        State::Failed => AnsiColor::Red.on_default().bold(),
        State::Unknown => Style::new().dimmed(),
    }
}

/// Groups in one line, what may not be done in a line for each verb, all else in lines of its own.
fn lines(details: &[Detail]) -> Vec<String> {
    let (mut lines, mut groups): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut refused: BTreeMap<(&str, Option<&str>), Vec<&str>> = BTreeMap::new();
    for detail in details {
        match detail {
            // The sentence names him.
            Detail::User(_) => {}
            Detail::Group(name) => groups.push(name),
            Detail::Refused { verb, resource, namespace } => {
                refused.entry((verb, namespace.as_deref())).or_default().push(resource);
            }
            Detail::Kubelet { node, version } => lines.push(format!("node {node}: {version}")),
            Detail::Unseen(what) => lines.push(format!("not seen: {what}")),
        }
    }
    if !groups.is_empty() {
        lines.push(format!("groups: {}", groups.join(", ")));
    }
    lines.extend(refused.iter().map(|((verb, namespace), resources)| {
        let within = namespace.map(|name| format!(" in namespace {name}")).unwrap_or_default();
        format!("may not {verb}{within}: {}", resources.join(", "))
    }));
    lines
}

/// For programs.
pub(super) fn json(diagnosis: &Diagnosis) -> Result<String> {
    let checks: Vec<Value> = diagnosis
        .answers
        .iter()
        .map(|answer| {
            let details: Vec<Value> = answer.details.iter().map(detail).collect();
            json!({
                "check": answer.question.name(),
                "state": answer.state.name(),
                "message": answer.message,
                "help": answer.help,
                "details": details,
            })
        })
        .collect();
    let whole = json!({
        "cluster": diagnosis.cluster,
        "server": diagnosis.server,
        "complete": diagnosis.is_well(),
        "checks": checks,
    });
    serde_json::to_string_pretty(&whole).context("cannot write JSON")
}

fn detail(detail: &Detail) -> Value {
    match detail {
        Detail::User(name) => json!({ "user": name }),
        Detail::Group(name) => json!({ "group": name }),
        Detail::Refused { verb, resource, namespace } => {
            json!({ "verb": verb, "resource": resource, "namespace": namespace })
        }
        Detail::Kubelet { node, version } => json!({ "node": node, "kubelet": version }),
        Detail::Unseen(what) => json!({ "unseen": what }),
    }
}
