//! Documents as values that can be rearranged and written in many ways.

use std::fmt::Write;

use seawall_yaml::{Node, Value};

/// A value of a document, with the keys of maps in the order written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Seq(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// How scalars and maps are written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spelling {
    pub strings: Strings,
    /// `yes` and `off` in place of `true` and `false`.
    pub old_booleans: bool,
    /// `8080.0` in place of `8080`: kubectl sends the same.
    pub floats: bool,
    /// The last keys of a map first.
    pub reversed: bool,
    /// The first half of a map comes from a merge key.
    pub merged: bool,
    /// Comments and empty lines everywhere.
    pub commented: bool,
    /// Spaces a level is indented by.
    pub indent: usize,
}

/// How strings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Strings {
    #[default]
    Double,
    Single,
    Literal,
    Tagged,
}

impl Tree {
    pub(super) fn of(node: Node<'_>) -> Self {
        match node.value() {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(value) => Self::Int(value),
            Value::Float(value) => Self::Float(value),
            Value::Str(value) => Self::Str(value.to_owned()),
            Value::Seq(items) => Self::Seq(items.map(Self::of).collect()),
            Value::Map(entries) => {
                Self::Map(entries.map(|(key, _, value)| (key.to_owned(), Self::of(value))).collect())
            }
        }
    }

    pub(super) fn map<const N: usize>(entries: [(&str, Tree); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    pub(super) fn str(text: &str) -> Self {
        Self::Str(text.to_owned())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Self::Str(text)) => text,
            _ => "",
        }
    }

    /// Sets a key; of a map that has it, in its place.
    pub(super) fn set(&mut self, key: &str, value: Tree) {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        if let Self::Map(entries) = self {
            match entries.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) => *old = value,
                None => entries.push((key.to_owned(), value)),
            }
        }
    }

    /// Takes a key out.
    pub(super) fn take(&mut self, key: &str) -> Option<Tree> {
        match self {
            Self::Map(entries) => {
                let index = entries.iter().position(|(name, _)| name == key)?;
                Some(entries.remove(index).1)
            }
            _ => None,
        }
    }

    pub(super) fn json(&self, pretty: bool) -> String {
        let mut text = String::new();
        self.write_json(pretty.then_some(0), &mut text);
        text.push('\n');
        text
    }

    fn write_json(&self, depth: Option<usize>, text: &mut String) {
        let line = |depth: Option<usize>, text: &mut String| {
            if let Some(depth) = depth {
                let _ = write!(text, "\n{:1$}", "", depth * 2);
            }
        };
        match self {
            Self::Seq(items) if !items.is_empty() => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index > 0 { "," } else { "" });
                    line(depth.map(|depth| depth + 1), text);
                    item.write_json(depth.map(|depth| depth + 1), text);
                }
                line(depth, text);
                text.push(']');
            }
            Self::Map(entries) if !entries.is_empty() => {
                text.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    text.push_str(if index > 0 { "," } else { "" });
                    line(depth.map(|depth| depth + 1), text);
                    let _ = write!(text, "{}:{}", quoted(key), if depth.is_some() { " " } else { "" });
                    value.write_json(depth.map(|depth| depth + 1), text);
                }
                line(depth, text);
                text.push('}');
            }
            scalar => text.push_str(&scalar.scalar(Spelling::default(), 0)),
        }
    }

    /// Block style.
    pub(super) fn yaml(&self, spelling: Spelling) -> String {
        let mut text = String::new();
        self.write_yaml(spelling, 0, &mut text);
        text
    }

    fn write_yaml(&self, spelling: Spelling, depth: usize, text: &mut String) {
        let margin = " ".repeat(depth * spelling.indent.max(2));
        let comment = |text: &mut String| {
            if spelling.commented {
                let _ = write!(text, "\n{margin}# a comment: with {{indicators}} - in it\n");
            }
        };
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                let (merged, own) = entries.split_at(if spelling.merged { entries.len() / 2 } else { 0 });
                if !merged.is_empty() {
                    let flow = Self::Map(merged.to_vec()).json(false);
                    let _ = write!(text, "{margin}<<: {flow}");
                }
                let forward = own.iter();
                let order: Vec<&(String, Tree)> =
                    if spelling.reversed { forward.rev().collect() } else { forward.collect() };
                for (key, value) in order {
                    comment(text);
                    let _ = write!(text, "{margin}{}:", quoted(key));
                    value.write_value(spelling, depth + 1, text);
                }
            }
            Self::Seq(items) if !items.is_empty() => {
                for item in items {
                    comment(text);
                    let _ = write!(text, "{margin}-");
                    item.write_value(spelling, depth + 1, text);
                }
            }
            scalar => {
                let _ = writeln!(text, "{margin}{}", scalar.scalar(spelling, depth));
            }
        }
    }

    fn write_value(&self, spelling: Spelling, depth: usize, text: &mut String) {
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                text.push('\n');
                self.write_yaml(spelling, depth, text);
            }
            Self::Seq(items) if !items.is_empty() => {
                text.push('\n');
                self.write_yaml(spelling, depth, text);
            }
            scalar => {
                let _ = writeln!(text, " {}", scalar.scalar(spelling, depth));
            }
        }
    }

    fn scalar(&self, spelling: Spelling, depth: usize) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) if spelling.old_booleans => if *value { "Yes" } else { "off" }.to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) if spelling.floats && value.abs() < 1 << 50 => format!("{value}.0"),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Seq(_) => "[]".to_owned(),
            Self::Map(_) => "{}".to_owned(),
            Self::Str(text) => match spelling.strings {
                Strings::Single if !text.contains('\n') => format!("'{}'", text.replace('\'', "''")),
                Strings::Literal if is_literal(text) => {
                    let margin = " ".repeat((depth + 1) * spelling.indent.max(2));
                    let lines: Vec<String> = text.lines().map(|line| format!("{margin}{line}")).collect();
                    format!("|-\n{}", lines.join("\n"))
                }
                Strings::Tagged => format!("!!str {}", quoted(text)),
                _ => quoted(text),
            },
        }
    }
}

/// Whether `|-` gives the text back.
fn is_literal(text: &str) -> bool {
    let plain = |line: &str| !line.is_empty() && !line.starts_with([' ', '\t']);
    !text.is_empty() && !text.ends_with('\n') && text.lines().all(plain)
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
