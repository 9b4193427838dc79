//! Suppressions of the configuration.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use seawall_finding::Finding;
use seawall_inventory::{Object, Place, PodView, Problem, Snapshot};
use smol_str::ToSmolStr;

use super::inline::{expired, warning};
use super::{SuppressOptions, seen_from};
use crate::config::{Config, SuppressRule};
use crate::report::Suppression;

/// The entries of `suppress` in the configuration.
pub(super) struct Rules<'a> {
    config: &'a Config,
    options: &'a SuppressOptions<'a>,
    /// The rules that hold, by check id, by their number in the configuration.
    by_check: HashMap<&'static str, Vec<usize>>,
    used: Vec<bool>,
    /// Paths of files as the configuration sees them, by number of file.
    seen: HashMap<u32, String>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(config: &'a Config, options: &'a SuppressOptions<'a>) -> Self {
        let mut by_check: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (number, rule) in config.suppressions.iter().enumerate() {
            if has_expired(rule, options) {
                continue;
            }
            for check in options.catalogue {
                let severity = config.severities.get(check.meta.id).copied().unwrap_or(check.meta.severity);
                if rule.checks.iter().any(|selector| selector.matches(check, severity)) {
                    by_check.entry(check.meta.id).or_default().push(number);
                }
            }
        }
        let used = vec![false; config.suppressions.len()];
        Self { config, options, by_check, used, seen: HashMap::new() }
    }

    /// What the first rule that covers `finding` says. All that cover it are used.
    pub(super) fn covering(&mut self, finding: &Finding, snapshot: &Snapshot) -> Option<Suppression> {
        let rules = self.by_check.get(finding.check.id)?;
        let object = snapshot.objects.get(finding.object)?;
        let file = object.origin.file;
        let options = self.options;
        let path = self.seen.entry(file.0).or_insert_with(|| {
            let path = snapshot.file(file).map_or(Path::new(""), |file| &file.path);
            seen_from(&options.config_folder, &options.here, path)
        });
        let mut covering = None;
        for number in rules {
            let Some(rule) = self.config.suppressions.get(*number) else { continue };
            if !covers(rule, path, object, finding) {
                continue;
            }
            if let Some(used) = self.used.get_mut(*number) {
                *used = true;
            }
            covering.get_or_insert_with(|| Suppression {
                form: None,
                reason: rule.reason.clone(),
                expires: rule.expires.map(|date| date.to_smolstr()),
            });
        }
        covering
    }

    /// Rules that have expired, and rules of checks that `ran` that cover nothing. A rule for files of which none was
    /// scanned is neither: this run cannot tell.
    pub(super) fn problems(self, ran: impl Fn(&str) -> bool, snapshot: &Snapshot) -> Vec<Problem> {
        let Some(file) = &self.config.file else { return Vec::new() };
        let rules = self.config.suppressions.iter().zip(&self.used).enumerate();
        rules
            .filter_map(|(number, (rule, used))| {
                let place = Place::Aside { file: Arc::clone(file), span: rule.span };
                if let Some(date) = rule.expires.filter(|_| has_expired(rule, self.options)) {
                    return Some(expired(&place, date));
                }
                let mut checks = self.by_check.iter().filter(|(_, rules)| rules.contains(&number));
                let judged = checks.any(|(check, _)| ran(check)) && self.was_scanned(rule, snapshot);
                (judged && !used).then(|| {
                    let help = "remove it, or correct what it is limited to";
                    warning("ignore-unused", &place, "this suppression covers no finding", help)
                })
            })
            .collect()
    }

    fn was_scanned(&self, rule: &SuppressRule, snapshot: &Snapshot) -> bool {
        let Some(glob) = &rule.path else { return true };
        let seen = |path| seen_from(&self.options.config_folder, &self.options.here, path);
        snapshot.files.iter().any(|file| glob.matches(&seen(&file.path)))
    }
}

fn has_expired(rule: &SuppressRule, options: &SuppressOptions<'_>) -> bool {
    rule.expires.is_some_and(|date| date < options.today)
}

fn covers(rule: &SuppressRule, path: &str, object: &Object, finding: &Finding) -> bool {
    // What pods have is told of their workload, and accepted there.
    let subject = finding.part_of().map_or_else(|| object.reference(), |part_of| part_of.workload.clone());
    let globs = [
        (&rule.path, path),
        (&rule.kind, &subject.kind),
        (&rule.namespace, &subject.namespace),
        (&rule.name, &subject.name),
    ];
    globs.iter().all(|(glob, text)| glob.as_ref().is_none_or(|glob| glob.matches(text)))
        && rule.field.as_ref().is_none_or(|field| finding.path.starts_with(field))
        && rule.container.as_ref().is_none_or(|glob| {
            let mut containers = object
                .pods
                .iter()
                .flat_map(|template| PodView { object, template }.containers())
                .filter(|container| glob.matches(container.name()));
            containers.any(|container| {
                let place = container.place();
                finding.path.starts_with(&place) || finding.anchor.starts_with(&place)
            })
        })
}
