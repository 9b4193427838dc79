//! Trees of values, as they are written.

use seawall_credential::{Judged, judge, judge_arguments};
use seawall_yaml::{Path, Segment};
use smol_str::SmolStr;

/// What is known of an object, or of a part of it, under the names of the Kubernetes API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Text(SmolStr),
    /// A list.
    List(Vec<Tree>),
    /// A map, in the order written.
    Map(Entries),
}

/// The entries of a map.
pub type Entries = Vec<(SmolStr, Tree)>;

/// Adds a field, if it is given.
pub(crate) fn give(fields: &mut Entries, key: &'static str, value: Option<Tree>) {
    if let Some(value) = value {
        fields.push((SmolStr::new_static(key), value));
    }
}

impl Tree {
    /// The value of `key` of a map.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Self::Map(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Whether it is what a field that is absent is decoded to.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
        }
    }

    /// The entries of the map at `path`, which is made with everything on the way to it.
    pub(crate) fn at(&mut self, path: &Path) -> Option<&mut Entries> {
        let mut tree = self;
        for segment in path.segments() {
            tree = match segment {
                Segment::Key(key) => {
                    let entries = tree.entries()?;
                    let known = entries.iter().position(|(name, _)| name == key);
                    let at = known.unwrap_or_else(|| {
                        entries.push((key.clone(), Self::Map(Vec::new())));
                        entries.len() - 1
                    });
                    &mut entries.get_mut(at)?.1
                }
                Segment::Index(index) => {
                    let items = tree.items()?;
                    while items.len() <= *index {
                        items.push(Self::Map(Vec::new()));
                    }
                    items.get_mut(*index)?
                }
            };
        }
        tree.entries()
    }

    fn entries(&mut self) -> Option<&mut Entries> {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    fn items(&mut self) -> Option<&mut Vec<Self>> {
        if !matches!(self, Self::List(_)) {
            *self = Self::List(Vec::new());
        }
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The same without what looks like a credential under the name `name`: arguments and annotations are kept as they are.
    #[must_use]
    pub fn hidden(&self, name: &str) -> Self {
        let mark = |judged: Judged| crate::mark::mark(judged);
        match self {
            Self::Text(text) => {
                let judged = judge(name, text);
                if judged.is_credential() { mark(judged) } else { self.clone() }
            }
            Self::List(items) => {
                let texts =
                    items.iter().map(|item| if let Self::Text(text) = item { text.as_str() } else { "" });
                let credentials: Vec<usize> =
                    judge_arguments(texts).iter().map(|found| found.index).collect();
                let hidden = items.iter().enumerate().map(|(index, item)| match item {
                    Self::Text(text) if credentials.contains(&index) => mark(judge(name, text)),
                    other => other.hidden(name),
                });
                Self::List(hidden.collect())
            }
            Self::Map(entries) => {
                let hidden = |(key, value): &(SmolStr, Self)| (key.clone(), value.hidden(key));
                Self::Map(entries.iter().map(hidden).collect())
            }
            Self::Bool(_) | Self::Int(_) => self.clone(),
        }
    }

    /// Writes it as JSON, in one line.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Text(text) => write_string(text, out),
            Self::List(items) => {
                let mut before = '[';
                for item in items {
                    out.push(before);
                    item.write_json(out);
                    before = ',';
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Map(entries) => {
                let mut before = '{';
                for (key, value) in entries {
                    out.push(before);
                    write_string(key, out);
                    out.push(':');
                    value.write_json(out);
                    before = ',';
                }
                out.push_str(if entries.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What ends a line or hides one elsewhere stands there as an escape, so that a line is an object for every reader.
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let code = u32::from(character);
                for shift in [12, 8, 4, 0] {
                    if shift == 12 {
                        out.push_str("\\u");
                    }
                    out.extend(char::from_digit((code >> shift) & 0xf, 16));
                }
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_what_other_readers_read() {
        let text = "a\"b\\c\nd\te\0f\u{7f}\u{85}\u{2028}\u{feff}ß\u{1f30a}";
        let map = vec![
            (SmolStr::new(text), Tree::Text(SmolStr::new(text))),
            (SmolStr::new("n"), Tree::Int(i64::MIN)),
        ];
        let tree =
            Tree::List(vec![Tree::Map(map), Tree::Map(Vec::new()), Tree::List(Vec::new()), Tree::Bool(true)]);
        let mut json = String::new();
        tree.write_json(&mut json);
        let expected = serde_json::json!([{text: text, "n": i64::MIN}, {}, [], true]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), expected);
        assert!(json.lines().count() == 1 && !json.contains(['\u{85}', '\u{2028}', '\u{feff}']), "{json}");
    }

    #[test]
    fn what_leads_to_a_place_is_made() {
        let mut tree = Tree::Map(Vec::new());
        tree.at(&"a.b[1].c".parse().unwrap()).unwrap().push((SmolStr::new("d"), Tree::Int(1)));
        tree.at(&"a.b[1].c".parse().unwrap()).unwrap().push((SmolStr::new("e"), Tree::Int(2)));
        let mut json = String::new();
        tree.write_json(&mut json);
        assert_eq!(json, r#"{"a":{"b":[{},{"c":{"d":1,"e":2}}]}}"#);
    }
}
