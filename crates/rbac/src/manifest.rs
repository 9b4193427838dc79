//! Roles and bindings as files for `kubectl apply`.

use std::borrow::Cow;
use std::fmt::Write;

use seawall_inventory::kinds::PolicyRule;
use smol_str::SmolStr;

use crate::subject::Subject;
use crate::validity::GROUP;

/// A role, and to whom it is given.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'m> {
    /// Name of the role, and of its binding.
    pub name: &'m str,
    /// Namespace of both; empty for a ClusterRole and a ClusterRoleBinding.
    pub namespace: &'m str,
    /// What it allows.
    pub rules: &'m [PolicyRule],
    /// To whom it is given; without any there is no binding.
    pub subjects: &'m [Subject],
}

impl Manifest<'_> {
    /// As YAML: documents that `---` parts.
    pub fn yaml(&self) -> String {
        let kind = if self.namespace.is_empty() { "ClusterRole" } else { "Role" };
        let mut text = self.head(kind);
        text.push_str(if self.rules.is_empty() { "rules: []\n" } else { "rules:\n" });
        self.rules.iter().for_each(|rule| write_rule(&mut text, rule));
        if self.subjects.is_empty() {
            return text;
        }
        text.push_str("---\n");
        text.push_str(&self.head(&format!("{kind}Binding")));
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "roleRef: {{apiGroup: {GROUP}, kind: {kind}, name: {}}}\nsubjects:",
            quoted(self.name)
        );
        for subject in self.subjects {
            let _ = match subject {
                Subject::User(name) => {
                    writeln!(text, "- {{apiGroup: {GROUP}, kind: User, name: {}}}", quoted(name))
                }
                Subject::Group(name) => {
                    writeln!(text, "- {{apiGroup: {GROUP}, kind: Group, name: {}}}", quoted(name))
                }
                Subject::ServiceAccount(namespace, name) => writeln!(
                    text,
                    "- {{kind: ServiceAccount, namespace: {}, name: {}}}",
                    quoted(namespace),
                    quoted(name)
                ),
            };
        }
        text
    }

    fn head(&self, kind: &str) -> String {
        let name = quoted(self.name);
        let mut text = format!("apiVersion: {GROUP}/v1\nkind: {kind}\nmetadata:\n  name: {name}\n");
        if !self.namespace.is_empty() {
            let _ = writeln!(text, "  namespace: {}", quoted(self.namespace));
        }
        text
    }
}

/// What may be many stands on a line each, for differences that can be read.
fn write_rule(text: &mut String, rule: &PolicyRule) {
    let PolicyRule { verbs, api_groups, resources, resource_names, non_resource_urls } = rule;
    let mut mark = "- ";
    if !api_groups.is_empty() {
        let _ = writeln!(text, "{mark}apiGroups: {}", in_line(api_groups));
        mark = "  ";
    }
    let lists =
        [("resources", resources), ("resourceNames", resource_names), ("nonResourceURLs", non_resource_urls)];
    for (field, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
        let _ = writeln!(text, "{mark}{field}:");
        mark = "  ";
        for word in words {
            let _ = writeln!(text, "  - {}", quoted(word));
        }
    }
    let _ = writeln!(text, "{mark}verbs: {}", in_line(verbs));
}

fn in_line(words: &[SmolStr]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}

/// A string of YAML: plain where it can be nothing else, and as in JSON otherwise.
fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain =
        |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '.' | '/');
    let plain = text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(is_plain)
        && !matches!(text, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if plain {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::from("\"");
    for char in text.chars() {
        let _ = match char {
            '"' | '\\' => write!(quoted, "\\{char}"),
            ' '..='~' => write!(quoted, "{char}"),
            _ if char.is_alphanumeric() => write!(quoted, "{char}"),
            // What YAML would take for the end of a line, or refuse, or nobody would see.
            _ => match u32::from(char) {
                code @ ..=0xffff => write!(quoted, "\\u{code:04x}"),
                code => write!(quoted, "\\U{code:08x}"),
            },
        };
    }
    quoted.push('"');
    Cow::Owned(quoted)
}
