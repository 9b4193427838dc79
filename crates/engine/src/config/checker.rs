//! Whether what is written is what it may be: one problem for each thing that is not, at its place.

use std::path::Path;
use std::sync::Arc;

use seawall_checks::Check;
use seawall_inventory::{Place, Problem, Provenance, SourceFile, Weight};
use seawall_yaml::{Document, Limits, Node, Span, Stream, Value};

use super::shape::{Field, Record, Shape};
use crate::selector::{find_check, unknown_check_help};
use crate::suggest::{did_you_mean, suggest};

/// Holds a text against shapes.
pub(crate) struct Checker<'c> {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) catalogue: &'c [&'static Check],
    problems: Vec<Problem>,
}

impl<'c> Checker<'c> {
    /// Reads a text that is one document; what is wrong with the text as YAML is the first of the problems.
    pub(crate) fn read(path: &Path, text: &str, catalogue: &'c [&'static Check]) -> (Stream, Self) {
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        let file = SourceFile {
            path: path.to_owned(),
            text: Arc::clone(&stream.text).into(),
            provenance: Provenance::Verbatim,
        };
        let mut checker = Self { file: Arc::new(file), catalogue, problems: Vec::new() };
        for problem in &stream.problems {
            checker.problem(problem.code(), problem.span, problem.message(), problem.help());
        }
        if let Some(second) = stream.documents.get(1) {
            checker.second_document(second);
        }
        (stream, checker)
    }

    fn second_document(&mut self, second: &Document) {
        self.problem(
            "several-documents",
            second.span,
            "this file is one document; what follows `---` would not be read",
            "move what it says into the first document",
        );
    }

    /// Whether `node` has `shape`.
    pub(crate) fn check(&mut self, node: Node<'_>, shape: &Shape) {
        match (shape, node.value()) {
            (Shape::Bool, Value::Bool(_)) | (Shape::List(_), Value::Null) => {}
            (Shape::Record(record), Value::Null) if !record.fields.iter().any(|field| field.required) => {}
            (Shape::Int, _) if int(node).is_some() => {}
            (Shape::Word(word), Value::Str(text)) => {
                if let Err(complaint) = word.check(text, self.catalogue) {
                    self.problem(complaint.code, node.span(), complaint.message, complaint.help);
                }
            }
            (Shape::OneOrMany(_), Value::Seq(_)) if node.items().next().is_none() => {
                self.problem("invalid-value", node.span(), "the list is empty", "write one name at least");
            }
            (Shape::List(item) | Shape::OneOrMany(item), Value::Seq(items)) => {
                items.for_each(|node| self.check(node, item));
            }
            (Shape::OneOrMany(item), Value::Str(_)) => self.check(node, item),
            (Shape::Record(record), Value::Map(entries)) => {
                let mut unknown = Vec::new();
                for (key, span, value) in entries {
                    match record.fields.iter().find(|field| field.name == key) {
                        Some(field) => self.check(value, &field.shape),
                        None => {
                            self.unknown_key(record, key, span);
                            unknown.push(key);
                        }
                    }
                }
                for field in record.fields.iter().filter(|field| field.required) {
                    // One cause, one problem: a misspelt key is not missing too.
                    let misspelt = unknown.iter().any(|key| suggest(key, [field.name]).is_some());
                    if !misspelt && node.get(field.name).is_none() {
                        self.missing(node, field);
                    }
                }
            }
            _ => self.wrong_type(node, shape),
        }
    }

    fn unknown_key(&mut self, record: &Record, key: &str, span: Span) {
        let message = format!("`{key}` is not a {}", record.key);
        let help = if record.unknown == "unknown-check" {
            match find_check(key, self.catalogue) {
                Some(_) => "this check has no parameters".to_owned(),
                None => unknown_check_help(key, self.catalogue),
            }
        } else {
            let names: Vec<&str> = record.fields.iter().map(|field| field.name).collect();
            did_you_mean(key, &names, "`seawall config --help` shows all settings")
        };
        self.problem(record.unknown, span, message, help);
    }

    fn missing(&mut self, node: Node<'_>, field: &Field) {
        let message = format!("`{}` is missing", field.name);
        let start = node.span().start;
        self.problem("missing-key", Span { start, end: start + 1 }, message, field.doc.clone());
    }

    fn wrong_type(&mut self, node: Node<'_>, shape: &Shape) {
        let (expected, help) = match shape {
            Shape::Bool => ("a boolean", "write true or false"),
            Shape::Int => ("an integer", "write a number without quotes"),
            Shape::Word(_) => ("a string", "write it in quotes"),
            Shape::List(_) => ("a list", "write the items on lines of their own, each after `- `"),
            Shape::OneOrMany(_) => ("a string or a list of strings", "write one name, or a list of them"),
            Shape::Record(_) => ("a mapping", "write `key: value` on lines of their own"),
        };
        let message = format!("{} where {expected} is expected", node.type_name());
        self.problem("wrong-type", node.span(), message, help);
    }

    pub(crate) fn problem(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(span);
        let (message, help) = (message.into(), help.into());
        self.problems.push(Problem { code, weight: Weight::Incomplete, place, message, help });
    }

    pub(crate) fn place(&self, span: Span) -> Place {
        Place::Aside { file: Arc::clone(&self.file), span }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_satisfied(&self) -> bool {
        self.problems.is_empty()
    }

    /// `value`, unless something is wrong.
    pub(crate) fn finish<T>(mut self, value: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(value);
        }
        self.problems.sort_by_key(|problem| match &problem.place {
            Place::Aside { span, .. } => *span,
            _ => Span::default(),
        });
        Err(self.problems)
    }
}

/// An integer; `3.0` is one too, as in JSON Schema.
pub(crate) fn int(node: Node<'_>) -> Option<i64> {
    match node.value() {
        Value::Int(value) => Some(value),
        // Beyond 2^53 not every integer can be told from its neighbours.
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Value::Float(value) if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 => {
            Some(value as i64)
        }
        _ => None,
    }
}
