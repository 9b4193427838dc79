//! Which parts of a text are secret, so that a snippet does not show them.

use std::ops::Range;

use seawall_credential::{judge, judge_arguments, judge_base64};
use seawall_yaml::{Document, Node, Span, Value};

/// What stands in a snippet for what is not shown.
pub(super) const REDACTED: &str = "[redacted]";

/// The parts of a parsed document that are secret or may be, in the order of the text: data of a Secret, values of
/// environment variables, values of keys and flags that are named like a credential, and the copy of the whole object that
/// `kubectl apply` leaves in an annotation.
pub(super) fn secrets(document: &Document) -> Vec<Span> {
    let mut spans = Vec::new();
    Walk { spans: &mut spans }.node(document.root(), Under::Ordinary);
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// What a node stands under.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Under {
    Ordinary,
    /// An item of `env`.
    Env,
    /// `data` or `stringData` of a Secret, or a key named like a credential.
    Secret,
}

struct Walk<'s> {
    spans: &'s mut Vec<Span>,
}

impl Walk<'_> {
    /// Depth is bounded by the parser's limit. Aliases are not followed: what they stand for is visited where it is written.
    fn node(&mut self, node: Node<'_>, under: Under) {
        if node.is_alias() {
            return;
        }
        match node.value() {
            Value::Map(_) => self.map(node, under),
            Value::Seq(items) => {
                let mut after_flag = false;
                self.arguments(node);
                for item in items {
                    let here = if after_flag && item.as_str().is_some() { Under::Secret } else { under };
                    self.node(item, here);
                    after_flag = item.as_str().is_some_and(is_credential_flag);
                }
            }
            Value::Null | Value::Bool(_) => {}
            Value::Str(text) if !is_assignment(text) && judge("", text).is_credential() => {
                self.spans.push(node.span())
            }
            Value::Str(text) if under != Under::Secret => self.assignment(node, text),
            _ if under == Under::Secret => self.spans.push(node.span()),
            _ => {}
        }
    }

    fn map(&mut self, node: Node<'_>, under: Under) {
        let is_secret = node.get("kind").and_then(Node::as_str) == Some("Secret");
        // A header of a probe: `name` says what `value` is.
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
        let value = node.get("value").and_then(Node::as_str).unwrap_or_default();
        let is_named = !name.is_empty() && judge(name, value).is_credential();
        for written in node.written_entries() {
            let (key, value) = (written.key, written.value);
            let below = match under {
                Under::Secret => Under::Secret,
                _ if is_secret && matches!(key, "data" | "stringData") => Under::Secret,
                Under::Env if key == "value" => Under::Secret,
                _ if is_credential(key) && !value.is_map() && !value.is_seq() => Under::Secret,
                _ if key == "binaryData" => Under::Secret,
                _ if value.as_str().is_some_and(|text| looks_secret(key, text)) => Under::Secret,
                _ if key == "value" && is_named => Under::Secret,
                _ if key == "env" && value.is_seq() => Under::Env,
                _ => Under::Ordinary,
            };
            self.node(value, below);
        }
    }

    /// Items of a list that hold a credential as arguments of a program do.
    fn arguments(&mut self, list: Node<'_>) {
        let Value::Seq(items) = list.value() else { return };
        let items: Vec<Node<'_>> = items.collect();
        let texts = items.iter().map(|item| item.as_str().unwrap_or_default());
        for argument in judge_arguments(texts) {
            let item = items.get(argument.index).filter(|item| !item.is_alias());
            let item = item.filter(|item| !item.as_str().is_some_and(is_assignment));
            self.spans.extend(item.map(|item| item.span()));
        }
    }

    /// `--password=…`, `TOKEN=…` in arguments and scripts.
    fn assignment(&mut self, node: Node<'_>, text: &str) {
        let Some((name, value)) = text.split_once('=') else { return };
        if value.is_empty() || !is_credential(name.rsplit([' ', '\t', '\n']).next().unwrap_or(name)) {
            return;
        }
        // In every style of scalar the name, if it is one, stands as it is.
        let span = node.span();
        let offset = node.document().text().get(span.range()).and_then(|written| written.find('='));
        let start = offset.and_then(|offset| u32::try_from(offset + 1).ok()).unwrap_or(0);
        self.spans.push(Span { start: span.start.saturating_add(start).min(span.end), end: span.end });
    }
}

/// What the checks call a credential under this key, as a text or in base64.
fn looks_secret(key: &str, text: &str) -> bool {
    judge(key, text).is_credential() || (text.len() >= 8 && judge_base64(key, text).is_credential())
}

/// The secret parts of one line of a text that was not parsed: a template, or a document with an error.
pub(super) fn secrets_of_line(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // In a template only what the author wrote out is secret; `{{ .Values.password }}` is not.
    let is_action = |value: &str| value.trim_matches(['"', '\'', ' ']).starts_with("{{");
    let mut offset = 0;
    while let Some(at) = line.get(offset..).and_then(|rest| rest.find([':', '='])).map(|at| at + offset) {
        let name = line.get(offset..at).unwrap_or_default();
        let name = name.trim_end().trim_end_matches(['"', '\'']);
        let name = name.rsplit([' ', '\t', '"', '\'', '{', ',', '-']).next().unwrap_or(name);
        let whole = line.get(offset..at).unwrap_or_default();
        let value = line.get(at + 1..).unwrap_or_default();
        let is_secret = name == "value" || is_credential(name) || is_credential(whole.trim());
        if is_secret && !value.trim().is_empty() && !is_action(value) {
            let start = at + 1 + (value.len() - value.trim_start().len());
            found.push(start..line.trim_end().len());
            return found;
        }
        offset = at + 1;
    }
    // Under a name that says nothing, what its own form shows: all of it, since where in it the credential is, is not known.
    let item = line.trim_start().trim_start_matches("- ");
    let value = item.split_once([':', '=']).map_or(item, |(_, value)| value.trim_start());
    let end = line.trim_end().len();
    let shows_one =
        |text: &str| judge("", without_actions(text).trim().trim_matches(['"', '\''])).is_credential();
    if shows_one(item) || shows_one(value) {
        found.push(line.len() - value.len()..end);
    }
    found
}

/// A line of a template with `{}` for each action: what stands around it is the author's.
fn without_actions(line: &str) -> String {
    let mut parts = line.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("{}");
        text.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    text
}

/// Whether it is one `--password=…`, of which the name may be shown.
fn is_assignment(text: &str) -> bool {
    let is_one = |(name, value): (&str, &str)| !value.is_empty() && is_credential(name);
    !text.contains(char::is_whitespace) && text.split_once('=').is_some_and(is_one)
}

fn is_credential_flag(text: &str) -> bool {
    text.starts_with('-') && !text.contains('=') && is_credential(text)
}

/// Whether a key, flag or variable is named like a credential: its last word is one.
fn is_credential(name: &str) -> bool {
    const WORDS: [&str; 13] = [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "token",
        "secret",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "credential",
        "credentials",
        "lastappliedconfiguration",
    ];
    // The longest of the words is what the end of a name has to hold, separators included.
    let tail = name.bytes().rev().take(48).filter(u8::is_ascii_alphanumeric);
    WORDS.iter().any(|word| {
        let mut tail = tail.clone();
        word.bytes().rev().all(|letter| tail.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&letter)))
    })
}

#[cfg(test)]
mod tests {
    use seawall_yaml::{Limits, parse};

    use super::{is_credential, secrets, secrets_of_line};

    /// Each document with what of it is secret.
    const DOCUMENTS: &[(&str, &[&str])] = &[
        ("kind: Secret\ndata:\n  a: aGk=\nstringData: {b: hi, c: 12}\n", &["aGk=", "hi", "12"]),
        ("kind: List\nitems:\n- kind: Secret\n  data:\n    a: aGk=\n", &["aGk="]),
        (
            "spec:\n  env:\n  - name: A\n    value: hunter2\n  - {name: B, valueFrom: {fieldRef: {fieldPath: x}}}\n",
            &["hunter2"],
        ),
        ("args: [--password=hunter2, --port=80, --token, abc, run]\n", &["hunter2", "abc"]),
        ("args:\n- '--db-password=hunter2'\n", &["hunter2'"]),
        ("adminPassword: hunter2\nautomountServiceAccountToken: false\nsecretName: tls\n", &["hunter2"]),
        ("secretKeyRef:\n  name: a\n  key: b\n", &[]),
        (
            "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\n    a: b\n",
            &["'{}'"],
        ),
        ("x: &pw {kind: Secret, data: {a: hi}}\ny: *pw\n", &["hi"]),
    ];

    #[test]
    fn secrets_of_documents() {
        for (text, expected) in DOCUMENTS {
            let stream = parse(text.as_bytes(), &Limits::default());
            assert!(stream.problems.is_empty(), "{text}");
            let found: Vec<&str> =
                secrets(&stream.documents[0]).into_iter().map(|span| span.slice(&stream.text)).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn secrets_of_lines_that_were_not_parsed() {
        let table = [
            ("          value: hunter2", Some("hunter2")),
            ("  - value: \"hunter2\" ", Some("\"hunter2\"")),
            ("  value: {{ .Values.password | quote }}", None),
            ("  value: \"{{ .Values.password }}\"", None),
            ("  adminPassword: hunter2", Some("hunter2")),
            ("  - --db-password=hunter2", Some("hunter2")),
            ("  - --token={{ .Values.token }}", None),
            ("  {name: A, value: hunter2}", Some("hunter2}")),
            ("  url: postgres://shop:Xk39vQ2nL@db/orders", Some("postgres://shop:Xk39vQ2nL@db/orders")),
            (
                "  url: \"amqp://{{ .Values.user }}:Xk39vQ2nL@mq\"",
                Some("\"amqp://{{ .Values.user }}:Xk39vQ2nL@mq\""),
            ),
            ("  - AKIAQ3EGRIVY5PZX7NWD", Some("AKIAQ3EGRIVY5PZX7NWD")),
            (
                "  - --header=Authorization: Bearer eyZf92kQ0plm31xVtYw8",
                Some("Authorization: Bearer eyZf92kQ0plm31xVtYw8"),
            ),
            ("  url: https://{{ .Values.host }}/path", None),
            ("  image: registry.example/shop@sha256:0f", None),
            ("  privileged: true", None),
            ("  secretName: tls", None),
        ];
        for (line, expected) in table {
            let found = secrets_of_line(line).into_iter().next();
            assert_eq!(found.map(|range| &line[range]), expected, "{line}");
        }
    }

    #[test]
    fn names_of_credentials() {
        for name in
            ["password", "DB_PASSWORD", "--api-key", "clientSecret", "aws.secretAccessKey", "githubToken"]
        {
            assert!(is_credential(name), "{name}");
        }
        for name in ["secretName", "tokenExpirationSeconds", "keyboard", "key", "passwordFile", "image"] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
