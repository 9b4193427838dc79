//! Values as JSON, and so as Kubernetes, has them.

use super::{Entries, Items};

/// What a node is, with kubectl's meaning: YAML is converted to JSON, and JSON decoded by Kubernetes' rules.
///
/// A number is an [`Int`](Value::Int) when its JSON text is an integer of 64 bits with sign, otherwise a
/// [`Float`](Value::Float), always finite. In YAML `1.0` and `1e3` are thereby integers, because go-yaml's float is
/// written to JSON as `1` and `1000`; larger integers are floats (sigs.k8s.io/json, `convertNumber`).
#[derive(Clone, Debug)]
pub enum Value<'t> {
    /// `null`, `~`, or nothing.
    Null,
    /// A boolean; in YAML also `yes`, `no`, `on`, `off`, `y`, `n`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(&'t str),
    /// A sequence (JSON: array).
    Seq(Items<'t>),
    /// A mapping (JSON: object), as in effect.
    Map(Entries<'t>),
}

impl Value<'_> {
    /// The name of the type, for messages: `null`, `boolean`, `integer`, `number`, `string`, `sequence` or `mapping`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Int(_) => "integer",
            Value::Float(_) => "number",
            Value::Str(_) => "string",
            Value::Seq(_) => "sequence",
            Value::Map(_) => "mapping",
        }
    }
}
