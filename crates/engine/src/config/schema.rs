//! The JSON Schema of the configuration, for editors.

use std::fmt::Write;

use seawall_checks::Check;
use seawall_finding::{Profile, Severity};
use seawall_inventory::KubernetesVersion;
use serde_json::{Map, Value, json};

use super::OUTPUT_FORMATS;
use super::shape::{Record, Shape, Word};
use super::vocabulary::vocabulary;
use crate::selector::Selector;

/// The JSON Schema (draft 2020-12) of `seawall.yaml`, with the checks of `catalogue`.
///
/// It accepts what [`super::Config::read`] accepts, except for what a schema cannot say: whether a glob is well-formed, and
/// that a check is configured once.
pub fn config_schema(catalogue: &[&'static Check]) -> Value {
    let mut schema = of_record(&vocabulary(catalogue));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("Configuration of Seawall (seawall.yaml)"));
        schema.insert(
            "not".to_owned(),
            json!({
                "type": "object",
                "required": ["profile", "pss"],
                "description": "A standard or a profile, not both.",
            }),
        );
        let selector = json!({ "enum": Selector::words(catalogue) });
        schema.insert("$defs".to_owned(), json!({ "selector": selector }));
    }
    schema
}

/// [`config_schema`] as the text of a file.
pub fn config_schema_text(catalogue: &[&'static Check]) -> String {
    // `{:#}` of a JSON value is indented JSON, and cannot fail.
    format!("{:#}\n", config_schema(catalogue))
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Int => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
        Shape::Word(word) => of_word(*word),
        Shape::List(item) => json!({ "type": ["array", "null"], "items": of_shape(item) }),
        Shape::OneOrMany(item) => {
            let item = of_shape(item);
            json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::Record(record) => of_record(record),
    }
}

fn of_record(record: &Record) -> Value {
    let mut properties = Map::new();
    for field in &record.fields {
        let mut schema = of_shape(&field.shape);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), json!(field.doc));
        }
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<&str> =
        record.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    // A mapping with keys that must be there cannot be left empty.
    let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    let mut schema = json!({ "type": kind, "additionalProperties": false, "properties": properties });
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn of_word(word: Word) -> Value {
    match word {
        Word::Any => json!({ "type": "string" }),
        Word::Selector => json!({ "$ref": "#/$defs/selector" }),
        Word::Profile => json!({ "enum": Profile::ALL.map(Profile::name) }),
        Word::Severity => json!({ "enum": Severity::ALL.map(Severity::name) }),
        Word::FailOn => {
            let mut words = Severity::ALL.map(Severity::name).to_vec();
            words.push("never");
            json!({ "enum": words })
        }
        Word::Text | Word::PathGlob | Word::NameGlob => pattern(r"\S"),
        Word::Pss => pattern(&format!("^(baseline|restricted)(:{})?$", version())),
        Word::Version => pattern(&format!("^{}$", version())),
        Word::FieldPath => pattern(FIELD_PATH),
        Word::Date => pattern(DATE),
        Word::Duration => pattern("^(?=.*[1-9])[0-9]{1,6}[smh]$"),
        Word::Assignment => pattern("^[^=]+="),
        Word::Fingerprint => pattern("^[0-9a-f]{32}$"),
        Word::Output => pattern(&format!("^({})(=[\\s\\S]*[^=])?$", OUTPUT_FORMATS.join("|"))),
    }
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

/// `KubernetesVersion::from_str` as a pattern.
fn version() -> String {
    let mut minors = String::new();
    for minor in 0..=KubernetesVersion::LATEST.as_minor() {
        // Writing to a string cannot fail.
        let _ = write!(minors, "{}{minor}", if minor > 0 { "|" } else { "" });
    }
    format!(r"(latest|v?1\.0*({minors})([.+-][\s\S]*)?)")
}

/// `seawall_yaml::Path::from_str` as a pattern.
const FIELD_PATH: &str = concat!(
    r#"^([A-Za-z0-9_-]+|\[([0-9]+|"([^"\\]|\\["\\]|\\u\{[0-9A-Fa-f]+\})*")\])"#,
    r#"(\.[A-Za-z0-9_-]+|\[([0-9]+|"([^"\\]|\\["\\]|\\u\{[0-9A-Fa-f]+\})*")\])*$"#
);

/// [`crate::Date`] as a pattern: months of 31, 30 and 28 days, and 29 February of leap years.
const DATE: &str = concat!(
    r"^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))",
    r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$"
);
