//! From what versions make to one table.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::Objects;

/// Kind, namespace (empty for none) and name.
pub(super) type Name = (String, String, String);

/// Everything that some version makes.
#[derive(Default)]
pub(super) struct Table {
    minors: Vec<u16>,
    rows: BTreeMap<Name, Row>,
}

/// An object: when it is made, and its parts.
#[derive(Default)]
struct Row {
    when: When,
    parts: Vec<(String, When)>,
}

/// Minor versions of which something is.
#[derive(Clone, Default, PartialEq)]
struct When {
    by_default: Vec<u16>,
    gated: Vec<u16>,
}

impl Table {
    /// Adds what a version makes, newer than those before.
    pub(super) fn add(&mut self, minor: u16, of_release: &Objects, with_all: Objects) -> Result<()> {
        self.minors.push(minor);
        for (name, parts) in of_release {
            let all = with_all.get(name).with_context(|| format!("a feature gate takes away {name:?}"))?;
            let gone = parts.iter().find(|part| !all.contains(part));
            ensure!(gone.is_none(), "a feature gate takes away of {name:?}: {gone:?}");
        }
        for (name, parts) in with_all {
            let by_default = of_release.get(&name);
            let row = self.rows.entry(name).or_default();
            row.when.add(minor, by_default.is_some());
            for part in parts {
                let is_default = by_default.is_some_and(|parts| parts.contains(&part));
                match row.parts.iter_mut().find(|(known, _)| *known == part) {
                    Some((_, when)) => when.add(minor, is_default),
                    None => {
                        let mut when = When::default();
                        when.add(minor, is_default);
                        row.parts.push((part, when));
                    }
                }
            }
        }
        Ok(())
    }

    /// The table as a text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let always = When { by_default: self.minors.clone(), gated: Vec::new() };
        for ((kind, namespace, name), row) in &self.rows {
            let slash = if namespace.is_empty() { "" } else { "/" };
            // Writing to a String does not fail.
            let _ =
                writeln!(text, "{kind} {namespace}{slash}{name}{}", row.when.shown(&always, &self.minors));
            for (part, when) in &row.parts {
                let _ = writeln!(text, "  {part}{}", when.shown(&row.when, &self.minors));
            }
        }
        text
    }
}

impl When {
    fn add(&mut self, minor: u16, is_default: bool) {
        let list = if is_default { &mut self.by_default } else { &mut self.gated };
        // Of a part that is twice in an object, once.
        if list.last() != Some(&minor) {
            list.push(minor);
        }
    }

    /// What stands behind a line; nothing when it is as it is around it.
    fn shown(&self, around: &When, all: &[u16]) -> String {
        if self == around {
            return String::new();
        }
        let mut text = String::new();
        for (sign, minors) in [('?', &self.gated), ('@', &self.by_default)] {
            for run in minors.chunk_by(|one, next| one + 1 == *next) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let last = if Some(last) == all.last() { String::new() } else { last.to_string() };
                text.push_str(&format!(" {sign}{first}-{last}"));
            }
        }
        text
    }
}

/// The objects of a version, by name.
pub(super) fn objects(made: &[Value]) -> Result<Objects> {
    let mut objects = BTreeMap::new();
    for object in made {
        let metadata = object.get("metadata");
        let namespace = metadata.and_then(|metadata| metadata.get("namespace")).and_then(Value::as_str);
        let name = word(text(metadata, "name")?)?;
        let name = (
            text(Some(object), "kind")?.to_owned(),
            namespace.unwrap_or_default().to_owned(),
            name.to_owned(),
        );
        objects.insert(name, parts(object)?);
    }
    Ok(objects)
}

/// What an object says, a line for each part.
fn parts(object: &Value) -> Result<Vec<String>> {
    let metadata = object.get("metadata").context("no metadata")?;
    let annotations = metadata.get("annotations").and_then(Value::as_object).context("no annotations")?;
    ensure!(
        annotations.len() == 1
            && text(metadata.get("annotations"), "rbac.authorization.kubernetes.io/autoupdate")? == "true"
    );
    let mut parts = Vec::new();
    let mut is_labelled = false;
    for (key, value) in labels(field(metadata, &["labels"]))? {
        if (key, value) == ("kubernetes.io/bootstrapping", "rbac-defaults") {
            is_labelled = true;
        } else {
            parts.push(format!("label {}={}", word(key)?, word(value)?));
        }
    }
    ensure!(is_labelled, "it has not the label that all have: {object}");
    for selector in list(field(object, &["aggregationRule", "clusterRoleSelectors"])) {
        let labels = labels(field(selector, &["matchLabels"]))?;
        let [(key, value)] = *labels else { bail!("a selector of other than one label: {selector}") };
        ensure!(selector.as_object().is_some_and(|fields| fields.len() == 1), "{selector}");
        parts.push(format!("gathers {}={}", word(key)?, word(value)?));
    }
    for rule in list(field(object, &["rules"])) {
        parts.push(written(rule)?);
    }
    if let Some(role) = object.get("roleRef") {
        parts.push(format!("of {} {}", word(text(Some(role), "kind")?)?, word(text(Some(role), "name")?)?));
    }
    for subject in list(field(object, &["subjects"])) {
        let namespace = subject.get("namespace").and_then(Value::as_str).unwrap_or_default();
        let slash = if namespace.is_empty() { "" } else { "/" };
        let (kind, name) = (text(Some(subject), "kind")?, text(Some(subject), "name")?);
        parts.push(format!("to {} {}{slash}{}", word(kind)?, namespace, word(name)?));
    }
    Ok(parts)
}

fn written(rule: &Value) -> Result<String> {
    let words = |name: &str| -> Result<Option<String>> {
        let all = list(field(rule, &[name])).iter();
        let all: Vec<&str> = all.map(|one| word(one.as_str().context("no text")?)).collect::<Result<_>>()?;
        Ok((!all.is_empty()).then(|| all.join(",")))
    };
    let verbs = words("verbs")?.context("a rule without verbs")?;
    if let Some(paths) = words("nonResourceURLs")? {
        return Ok(format!("visit {verbs} {paths}"));
    }
    let groups = words("apiGroups")?.context("a rule without groups")?;
    let resources = words("resources")?.context("a rule without resources")?;
    let names = words("resourceNames")?.map(|names| format!(" {names}")).unwrap_or_default();
    Ok(format!("allow {verbs} {groups} {resources}{names}"))
}

/// A word of the table; the empty one, which is the core group, as `""`.
fn word(text: &str) -> Result<&str> {
    let is_plain = |char: char| !char.is_whitespace() && !matches!(char, ',' | '@' | '?' | '"');
    ensure!(text.chars().all(is_plain), "the table cannot hold {text:?}");
    Ok(if text.is_empty() { "\"\"" } else { text })
}

fn text<'v>(object: Option<&'v Value>, field: &str) -> Result<&'v str> {
    let value = object.and_then(|object| object.get(field)).and_then(Value::as_str);
    value.with_context(|| format!("no `{field}`: {object:?}"))
}

/// What stands at a path; null for nothing.
fn field<'v>(object: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().try_fold(object, |value, name| value.get(name)).unwrap_or(&Value::Null)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn labels(value: &Value) -> Result<Vec<(&str, &str)>> {
    let labels = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Object(labels) => labels,
        _ => bail!("labels are no object: {value}"),
    };
    labels
        .iter()
        .map(|(key, value)| Ok((key.as_str(), value.as_str().context("a label is no text")?)))
        .collect()
}
