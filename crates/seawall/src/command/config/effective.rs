//! What is configured, and where each value comes from.

use std::fmt::Write;

use anyhow::Result;
use clap::ArgMatches;
use clap::parser::ValueSource;
use seawall_engine::{Config, Plan};
use seawall_yaml::{Limits, LineIndex, Node, Value};
use serde_json::{Value as Json, json};

use crate::table::Table;

/// A setting, and where its value comes from.
pub(super) struct Setting {
    name: &'static str,
    value: Json,
    /// Flags, variables of the environment, lines of the configuration; empty for a default.
    from: Vec<String>,
}

/// How the flag of a setting and the configuration go together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    /// There is none.
    None,
    /// It takes the place of what is configured.
    Replaces(&'static str),
    /// It comes on top of what is configured.
    Adds(&'static str),
}

/// Settings by their names in seawall.yaml, with their flags and defaults.
const SETTINGS: &[(&str, Flag, &str)] = &[
    ("profile", Flag::Replaces("profile"), r#""default""#),
    ("pss", Flag::Replaces("pss"), "null"),
    ("kubernetes-version", Flag::Replaces("kubernetes_version"), r#""latest""#),
    ("select", Flag::Replaces("select"), "[]"),
    ("extend-select", Flag::Adds("extend_select"), "[]"),
    ("ignore", Flag::Adds("ignore"), "[]"),
    ("severity", Flag::None, "{}"),
    ("checks", Flag::None, "{}"),
    ("fail-on", Flag::Replaces("fail_on"), r#""high""#),
    ("exclude", Flag::Adds("exclude"), "[]"),
    ("inline-ignores", Flag::None, "true"),
    ("suppress", Flag::None, "[]"),
    ("helm", Flag::None, "{}"),
    ("kustomize", Flag::None, "{}"),
    ("output", Flag::None, r#"["terminal"]"#),
];

/// All settings, as `config` and the arguments in `given` have them.
pub(super) fn settings(config: &Config, given: &ArgMatches) -> Vec<Setting> {
    let text = config.file.as_ref().map_or_else(|| "".into(), |file| file.text.get());
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let root = stream.documents.first().map(|document| document.root());
    let lines = LineIndex::new(&text);
    let configured = |name: &str| {
        let (key, node) = root?.entry(name)?;
        let path = config.file.as_ref()?.path.display();
        Some((to_json(node), format!("{path}:{}", lines.position(&text, key.start).line)))
    };
    SETTINGS
        .iter()
        .map(|(name, flag, default)| {
            let default = serde_json::from_str(default).unwrap_or(Json::Null);
            let (value, from) = match (flagged(*flag, given), configured(name)) {
                (Some((mut value, from)), Some((Json::Array(mut items), line)))
                    if matches!(flag, Flag::Adds(_)) =>
                {
                    if let Json::Array(added) = &mut value {
                        items.append(added);
                    }
                    (Json::Array(items), vec![line, from])
                }
                (Some((value, from)), _) => (value, vec![from]),
                (None, Some((value, line))) => (value, vec![line]),
                (None, None) => (default, Vec::new()),
            };
            Setting { name, value, from }
        })
        .collect()
}

/// What a flag or its variable of the environment says.
fn flagged(flag: Flag, given: &ArgMatches) -> Option<(Json, String)> {
    let (Flag::Replaces(id) | Flag::Adds(id)) = flag else { return None };
    let from = match given.value_source(id)? {
        ValueSource::CommandLine => format!("--{}", id.replace('_', "-")),
        ValueSource::EnvVariable => format!("$SEAWALL_{}", id.to_uppercase()),
        _ => return None,
    };
    let values: Vec<Json> = given.get_raw(id)?.map(|value| value.to_string_lossy().into()).collect();
    let many = matches!(id, "select" | "extend_select" | "ignore" | "exclude");
    let value = if many { values.into() } else { values.into_iter().next_back()? };
    Some((value, from))
}

fn to_json(node: Node<'_>) -> Json {
    match node.value() {
        Value::Null => Json::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::Str(value) => value.into(),
        Value::Seq(items) => items.map(to_json).collect(),
        Value::Map(entries) => entries.map(|(key, _, value)| (key.to_owned(), to_json(value))).collect(),
    }
}

/// For reading.
pub(super) fn table(config: &Config, settings: &[Setting], plan: &Plan, width: usize) -> String {
    let mut table = Table::new(["SETTING", "FROM", "VALUE"]);
    for Setting { name, value, from } in settings {
        let from = if from.is_empty() { "default".to_owned() } else { from.join(", ") };
        table.row([name, &from, &shown(value)]);
    }
    let mut text = match &config.file {
        Some(file) => format!("Configuration: {}\n\n", file.path.display()),
        None => "Configuration: none; `seawall config init` writes one\n\n".to_owned(),
    };
    text.push_str(&table.render(width));
    let _ =
        writeln!(text, "\n{} checks run, judged by Kubernetes {}.", plan.checks.len(), plan.settings.version);
    text
}

fn shown(value: &Json) -> String {
    match value {
        Json::Null => "none".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Object(entries) if entries.is_empty() => "none".to_owned(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// For programs.
pub(super) fn json(config: &Config, settings: &[Setting], plan: &Plan) -> Result<String> {
    let settings: serde_json::Map<String, Json> = settings
        .iter()
        .map(|Setting { name, value, from }| ((*name).to_owned(), json!({ "value": value, "from": from })))
        .collect();
    let effective = json!({
        "file": config.file.as_ref().map(|file| &file.path),
        "settings": settings,
        "checks": plan.checks.iter().map(|check| check.meta.name).collect::<Vec<_>>(),
        "kubernetesVersion": plan.settings.version.to_string(),
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&effective)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SETTINGS;

    #[test]
    fn every_setting_is_shown() {
        let schema = seawall_engine::config::config_schema(&seawall_checks::all());
        let written: BTreeSet<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(SETTINGS.iter().map(|(name, _, _)| *name).collect::<BTreeSet<_>>(), written);
    }

    #[test]
    fn every_setting_is_in_the_help() {
        let command = crate::cli::command();
        let help = command.find_subcommand("config").unwrap().get_after_help().unwrap().to_string();
        let words: BTreeSet<&str> = help.split([' ', ',', '\n']).collect();
        for (name, _, _) in SETTINGS {
            assert!(words.contains(name), "{name}");
        }
    }
}
