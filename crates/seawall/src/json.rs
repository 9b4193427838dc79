//! Parts of answers that are for programs.

use seawall_inventory::ObjectRef;
use seawall_report::Location;
use seawall_yaml::Path;
use serde_json::{Value, json};

/// Version of the form. Within it fields and values are added, never changed or removed.
pub(crate) const FORMAT: &str = "1";

/// The document as text.
pub(crate) fn written(document: &Value) -> serde_json::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?))
}

/// An object by its name.
pub(crate) fn reference(reference: &ObjectRef) -> Value {
    json!({
        "group": reference.group.as_str(),
        "kind": reference.kind.as_str(),
        "namespace": reference.namespace.as_str(),
        "name": reference.name.as_str(),
    })
}

/// Where something stands: a line of a file, or the field of an object of a cluster.
pub(crate) fn location(at: &Location, field: &Path) -> Value {
    json!({
        "path": &*at.path,
        "line": at.region.map(|region| region.start.line),
        "column": at.region.map(|region| region.start.column),
        "field": field.to_string(),
    })
}
