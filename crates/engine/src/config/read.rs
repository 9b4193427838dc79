//! From text to [`Config`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use seawall_checks::{Check, ParamValue};
use seawall_finding::Severity;
use seawall_inventory::Problem;
use seawall_yaml::{Node, Span, Value};
use smol_str::SmolStr;

use super::checker::{Checker, int};
use super::shape::{Shape, duration};
use super::vocabulary::{profile, vocabulary};
use super::{Config, HelmOptions, KustomizeOptions, SuppressRule};
use crate::glob::Glob;
use crate::selection::{Choice, Selection};
use crate::selector::{Selector, find_check};

pub(super) fn read(path: &Path, text: &str, catalogue: &[&'static Check]) -> Result<Config, Vec<Problem>> {
    let (stream, mut checker) = Checker::read(path, text, catalogue);
    let mut config = Config::default();
    if let Some(root) = stream.documents.first().map(|document| document.root()) {
        checker.check(root, &Shape::Record(vocabulary(catalogue)));
        if checker.is_satisfied() {
            config = checker.config(root);
        }
    }
    config.file = Some(Arc::clone(&checker.file));
    checker.finish(config)
}

/// What the values say. By now they are what they may be; what is not there is left at its default.
impl Checker<'_> {
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
