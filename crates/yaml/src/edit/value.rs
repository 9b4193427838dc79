//! Values that edits write.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::scalar::{Scalar, json_number};
use crate::tree::{Node, Value};

/// A value to be written into a text.
#[derive(Clone, Debug, PartialEq)]
pub enum EditValue {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Any other number, finite.
    Float(f64),
    /// A string.
    Str(SmolStr),
    /// A sequence.
    Seq(Vec<EditValue>),
    /// A mapping, written in this order.
    Map(Vec<(SmolStr, EditValue)>),
}

impl EditValue {
    /// Whether it is written in one piece: a scalar or an empty collection.
    pub(super) fn is_inline(&self) -> bool {
        match self {
            EditValue::Seq(items) => items.is_empty(),
            EditValue::Map(entries) => entries.is_empty(),
            _ => true,
        }
    }
}

impl From<bool> for EditValue {
    fn from(value: bool) -> EditValue {
        EditValue::Bool(value)
    }
}

impl From<i64> for EditValue {
    fn from(value: i64) -> EditValue {
        EditValue::Int(value)
    }
}

impl From<&str> for EditValue {
    fn from(value: &str) -> EditValue {
        EditValue::Str(value.into())
    }
}

impl From<Node<'_>> for EditValue {
    /// Copies a node, aliases and merges resolved.
    fn from(node: Node<'_>) -> EditValue {
        match node.value() {
            Value::Null => EditValue::Null,
            Value::Bool(value) => EditValue::Bool(value),
            Value::Int(value) => EditValue::Int(value),
            Value::Float(value) => EditValue::Float(value),
            Value::Str(text) => EditValue::Str(text.into()),
            Value::Seq(items) => EditValue::Seq(items.map(EditValue::from).collect()),
            Value::Map(entries) => {
                EditValue::Map(entries.map(|(key, _, value)| (key.into(), value.into())).collect())
            }
        }
    }
}

/// A value in which the order of keys does not matter: what an edited text must mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Model {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(SmolStr),
    Seq(Vec<Model>),
    Map(BTreeMap<SmolStr, Model>),
}

impl Model {
    /// `yaml`: a float whose text is an integer is read as one.
    pub(super) fn new(value: &EditValue, yaml: bool) -> Model {
        match value {
            EditValue::Null => Model::Null,
            EditValue::Bool(value) => Model::Bool(*value),
            EditValue::Int(value) => Model::Int(*value),
            EditValue::Float(value) => match json_number(*value) {
                Scalar::Int(integer) if yaml => Model::Int(integer),
                _ => Model::Float(*value),
            },
            EditValue::Str(text) => Model::Str(text.clone()),
            EditValue::Seq(items) => Model::Seq(items.iter().map(|item| Model::new(item, yaml)).collect()),
            EditValue::Map(entries) => Model::Map(
                entries.iter().map(|(key, value)| (key.clone(), Model::new(value, yaml))).collect(),
            ),
        }
    }

    pub(super) fn of(node: Node<'_>, yaml: bool) -> Model {
        Model::new(&EditValue::from(node), yaml)
    }
}
