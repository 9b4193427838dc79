//! Changes that take a finding away.

use seawall_yaml::{Document, EditValue, Path};
use smol_str::SmolStr;

/// A change that takes a finding away, in terms of the object; applied to text by `seawall_yaml`'s edits, which keep
/// comments and layout.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    first: Edit,
    /// Few fixes need more than one edit.
    others: Box<[Edit]>,
    /// Whether it can change what a correct workload does.
    pub safety: Safety,
}

/// Whether a fix can change what a correct workload does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// A workload that worked still works.
    Safe,
    /// A workload that relied on the weakness stops working: try it out.
    Review,
}

/// One edit of an object. Paths start at the object's root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    /// Gives a field a value, creating what is missing above it.
    Set {
        /// The field.
        path: Path,
        /// Its value.
        value: Value,
    },
    /// Takes a field or an item away.
    Remove {
        /// The field or item.
        path: Path,
    },
    /// Adds an item at the end of a list, creating the list when it is missing.
    Append {
        /// The list.
        path: Path,
        /// The item.
        value: Value,
    },
}

/// A value that a fix writes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Str(SmolStr),
    /// A list.
    List(Vec<Value>),
    /// A map, in the order to be written.
    Map(Vec<(SmolStr, Value)>),
}

impl Edit {
    /// The edit in terms of the text that `document` was read from; `object` is the path of the object in it.
    pub fn in_text(&self, object: &Path, document: &Document) -> seawall_yaml::Edit {
        match self {
            Self::Set { path, value } => {
                seawall_yaml::Edit::Set { path: object.join(path), value: value.into() }
            }
            Self::Remove { path } => seawall_yaml::Edit::Remove { path: object.join(path) },
            Self::Append { path, value } => {
                let path = object.join(path);
                let index = document.get(&path).map_or(0, |list| list.items().count());
                seawall_yaml::Edit::Insert { path, index, value: value.into() }
            }
        }
    }
}

impl Edit {
    pub(crate) fn path_mut(&mut self) -> &mut Path {
        match self {
            Self::Set { path, .. } | Self::Remove { path } | Self::Append { path, .. } => path,
        }
    }
}

impl std::fmt::Display for Edit {
    /// As an order.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Set { path, value } => write!(f, "set `{path}: {value}`"),
            Self::Remove { path } => write!(f, "remove `{path}`"),
            Self::Append { path, value } => write!(f, "add `{value}` to `{path}`"),
        }
    }
}

impl From<&Value> for EditValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Str(value) => Self::Str(value.clone()),
            Value::List(items) => Self::Seq(items.iter().map(Self::from).collect()),
            Value::Map(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.clone(), value.into())).collect())
            }
        }
    }
}

impl Fix {
    /// A fix that sets one field.
    pub fn set(path: Path, value: impl Into<Value>, safety: Safety) -> Self {
        let value = value.into();
        Self { first: Edit::Set { path, value }, others: Box::default(), safety }
    }

    /// A fix that removes one field or item.
    pub fn remove(path: Path, safety: Safety) -> Self {
        Self { first: Edit::Remove { path }, others: Box::default(), safety }
    }

    /// A fix that adds an item to a list.
    pub fn append(path: Path, value: impl Into<Value>, safety: Safety) -> Self {
        let value = value.into();
        Self { first: Edit::Append { path, value }, others: Box::default(), safety }
    }

    /// The edits, in order.
    pub fn edits(&self) -> impl Iterator<Item = &Edit> {
        std::iter::once(&self.first).chain(&self.others)
    }

    pub(crate) fn edits_mut(&mut self) -> impl Iterator<Item = &mut Edit> {
        std::iter::once(&mut self.first).chain(&mut self.others)
    }

    /// What it does, as an order: "set `privileged: false`". The first edit says it; others only go with it.
    pub fn title(&self) -> String {
        self.first.to_string()
    }

    /// The same fix with one more edit after the others.
    pub fn and(mut self, edit: Edit) -> Self {
        self.others = self.others.into_iter().chain([edit]).collect();
        self
    }
}

impl std::fmt::Display for Value {
    /// As flow-style YAML, for titles.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Str(value) => f.write_str(value),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Str(SmolStr::new(value))
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(items: [&str; N]) -> Self {
        Self::List(items.into_iter().map(Self::from).collect())
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Value {
    fn from(entries: [(&str, Value); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (SmolStr::new(key), value)).collect())
    }
}
