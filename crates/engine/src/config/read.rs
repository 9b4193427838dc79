//! From text to [`Config`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use seawall_checks::{Check, ParamValue};
use seawall_finding::Severity;
use seawall_inventory::{Place, Problem, Provenance, SourceFile, Weight};
use seawall_yaml::{Limits, Node, Span, Value};
use smol_str::SmolStr;

use super::shape::{Field, Record, Shape, duration};
use super::vocabulary::{profile, vocabulary};
use super::{Config, HelmOptions, KustomizeOptions, SuppressRule};
use crate::glob::Glob;
use crate::selection::{Choice, Selection};
use crate::selector::{Selector, find_check, unknown_check_help};
use crate::suggest::{did_you_mean, suggest};

pub(super) fn read(path: &Path, text: &str, catalogue: &[&'static Check]) -> Result<Config, Vec<Problem>> {
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let file = SourceFile {
        path: path.to_owned(),
        text: Arc::clone(&stream.text),
        provenance: Provenance::Verbatim,
    };
    let mut reader = Reader { file: Arc::new(file), catalogue, problems: Vec::new() };
    for problem in &stream.problems {
        reader.problem(problem.code(), problem.span, problem.message(), problem.help());
    }
    let mut documents = stream.documents.iter();
    let root = documents.next().map(|document| document.root());
    if let Some(second) = documents.next() {
        reader.problem(
            "several-documents",
            second.span,
            "a configuration is one document; this one would not be read",
            "move its settings into the first document",
        );
    }
    let Some(root) = root else { return reader.finish(Config::default()) };
    reader.check(root, &Shape::Record(vocabulary(catalogue)));
    if !reader.problems.is_empty() {
        return reader.finish(Config::default());
    }
    let config = reader.config(root);
    reader.finish(config)
}

struct Reader<'c> {
    file: Arc<SourceFile>,
    catalogue: &'c [&'static Check],
    problems: Vec<Problem>,
}

/// Whether the values are what they may be.
impl Reader<'_> {
    fn check(&mut self, node: Node<'_>, shape: &Shape) {
        match (shape, node.value()) {
            (Shape::Bool, Value::Bool(_)) | (Shape::List(_), Value::Null) => {}
            (Shape::Record(record), Value::Null) if !record.fields.iter().any(|field| field.required) => {}
            (Shape::Int, _) if int(node).is_some() => {}
            (Shape::Word(word), Value::Str(text)) => {
                if let Err(complaint) = word.check(text, self.catalogue) {
                    self.problem(complaint.code, node.span(), complaint.message, complaint.help);
                }
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

    fn problem(
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

    fn place(&self, span: Span) -> Place {
        Place::Aside { file: Arc::clone(&self.file), span }
    }

    fn finish(mut self, config: Config) -> Result<Config, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(Config { file: Some(self.file), ..config });
        }
        self.problems.sort_by_key(|problem| match &problem.place {
            Place::Aside { span, .. } => *span,
            _ => Span::default(),
        });
        Err(self.problems)
    }
}

/// What the values say. By now they are what they may be; what is not there is left at its default.
impl Reader<'_> {
    fn config(&mut self, root: Node<'_>) -> Config {
        let selection = self.selection(root);
        let helm = root.get("helm");
        let helm = |name| helm.and_then(|helm| helm.get(name));
        Config {
            file: None,
            selection,
            severities: self.severities(root),
            params: self.params(root),
            fail_on: parsed(root.get("fail-on")),
            exclude: strings(root.get("exclude")),
            inline_ignores: boolean(root.get("inline-ignores")),
            suppressions: root.get("suppress").map(|list| self.suppressions(list)).unwrap_or_default(),
            helm: HelmOptions {
                values: strings(helm("values")),
                set: strings(helm("set")),
                set_string: strings(helm("set-string")),
                set_file: strings(helm("set-file")),
                kube_version: string(helm("kube-version")),
                api_versions: strings(helm("api-versions")),
                release_name: string(helm("release-name")),
                namespace: string(helm("namespace")),
                include_crds: boolean(helm("include-crds")),
                timeout: helm("timeout").and_then(|node| duration(node.as_str()?)),
            },
            kustomize: KustomizeOptions {
                timeout: root
                    .get("kustomize")
                    .and_then(|kustomize| kustomize.get("timeout"))
                    .and_then(|node| duration(node.as_str()?)),
            },
            output: strings(root.get("output")),
        }
    }

    fn selection(&mut self, root: Node<'_>) -> Selection {
        let pss = root.get("pss");
        if let (Some(pss), Some(_)) = (pss, root.get("profile")) {
            self.problem(
                "conflict",
                pss.span(),
                "`pss` runs a standard, `profile` a profile: not both",
                "remove one of the two; `extend-select` adds checks to a standard",
            );
        }
        Selection {
            profile: root.get("profile").and_then(|node| profile(node.as_str()?)),
            pss: parsed(pss),
            version: parsed(root.get("kubernetes-version")),
            select: self.choices(root.get("select")),
            extend_select: self.choices(root.get("extend-select")),
            ignore: self.choices(root.get("ignore")),
        }
    }

    fn choices(&self, list: Option<Node<'_>>) -> Vec<Choice> {
        items(list)
            .filter_map(|item| {
                Some(Choice { word: SmolStr::new(item.as_str()?), place: self.place(item.span()) })
            })
            .collect()
    }

    fn severities(&mut self, root: Node<'_>) -> BTreeMap<&'static str, Severity> {
        let mut severities = BTreeMap::new();
        for (check, span, value) in self.by_check(root.get("severity")) {
            let Some(severity) = parsed(Some(value)) else { continue };
            if severities.insert(check.meta.id, severity).is_some() {
                self.twice(check, span);
            }
        }
        severities
    }

    fn params(&mut self, root: Node<'_>) -> BTreeMap<(SmolStr, SmolStr), ParamValue> {
        let mut params = BTreeMap::new();
        for (check, span, record) in self.by_check(root.get("checks")) {
            let Value::Map(entries) = record.value() else { continue };
            for (name, _, node) in entries {
                let value = match node.value() {
                    Value::Bool(value) => ParamValue::Bool(value),
                    Value::Seq(_) | Value::Null => {
                        ParamValue::Strings(strings(Some(node)).into_iter().map(SmolStr::from).collect())
                    }
                    _ => match int(node) {
                        Some(value) => ParamValue::Int(value),
                        None => continue,
                    },
                };
                let key = (SmolStr::new_static(check.meta.id), SmolStr::new(name));
                if params.insert(key, value).is_some() {
                    self.twice(check, span);
                }
            }
        }
        params
    }

    /// The entries of a mapping from checks.
    fn by_check<'t>(&self, map: Option<Node<'t>>) -> Vec<(&'static Check, Span, Node<'t>)> {
        match map.map(|map| map.value()) {
            Some(Value::Map(entries)) => entries
                .filter_map(|(key, span, value)| Some((find_check(key, self.catalogue)?, span, value)))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn twice(&mut self, check: &Check, span: Span) {
        let message = format!("{} is `{}`, which is set above", check.meta.id, check.meta.name);
        self.problem("conflict", span, message, "keep one of the two");
    }

    fn suppressions(&mut self, list: Node<'_>) -> Vec<SuppressRule> {
        items(Some(list)).map(|entry| self.suppression(entry)).collect()
    }

    fn suppression(&self, entry: Node<'_>) -> SuppressRule {
        let checks = match entry.get("checks") {
            Some(one) if one.as_str().is_some() => string(Some(one)).into_iter().collect(),
            many => strings(many),
        };
        let checks = checks.iter().filter_map(|word| Selector::read(word, self.catalogue).ok());
        let name = |field| entry.get(field).and_then(|node| Glob::of_name(node.as_str()?).ok());
        SuppressRule {
            checks: checks.collect(),
            path: entry.get("path").and_then(|node| Glob::of_path(node.as_str()?).ok()),
            kind: name("kind"),
            namespace: name("namespace"),
            name: name("name"),
            container: name("container"),
            field: parsed(entry.get("field")),
            reason: string(entry.get("reason")).unwrap_or_default(),
            expires: parsed(entry.get("expires")),
            span: entry.span(),
        }
    }
}

fn items<'t>(list: Option<Node<'t>>) -> impl Iterator<Item = Node<'t>> {
    list.and_then(|list| match list.value() {
        Value::Seq(items) => Some(items),
        _ => None,
    })
    .into_iter()
    .flatten()
}

fn strings(list: Option<Node<'_>>) -> Vec<String> {
    items(list).filter_map(|item| string(Some(item))).collect()
}

fn string(node: Option<Node<'_>>) -> Option<String> {
    node?.as_str().map(str::to_owned)
}

fn parsed<T: std::str::FromStr>(node: Option<Node<'_>>) -> Option<T> {
    node?.as_str()?.parse().ok()
}

fn boolean(node: Option<Node<'_>>) -> Option<bool> {
    match node?.value() {
        Value::Bool(value) => Some(value),
        _ => None,
    }
}

/// An integer; `3.0` is one too, as in JSON Schema.
fn int(node: Node<'_>) -> Option<i64> {
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
