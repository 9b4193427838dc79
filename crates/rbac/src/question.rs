//! A request, compiled: what it is compared with in rules.

use crate::about::About;
use crate::attributes::{Attributes, Target};
use crate::policy::{Policy, RuleContent};
use crate::rule::{ALL, is_prefix};
use crate::symbol::{ListId, Symbol, Symbols};

/// A request, compiled. A string that no rule says is `None`: only `*` is it.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    all: Option<Symbol>,
    verb: Option<Symbol>,
    target: Asked<'a>,
    /// The namespace that the request is in; `None` for none. Inside, `None` for one that no binding stands in.
    pub namespace: Option<Option<Symbol>>,
    /// What rules that allow it are about.
    pub about: About,
}

#[derive(Debug)]
enum Asked<'a> {
    Path(&'a str),
    Resource {
        group: Option<Symbol>,
        /// `pods/log`
        combined: Option<Symbol>,
        /// `*/log`
        any_resource: Option<Symbol>,
        name: Option<Symbol>,
    },
}

impl<'a> Question<'a> {
    pub fn new(attributes: &Attributes<'a>, policy: &Policy<'_>) -> Self {
        let symbols = &policy.symbols;
        let target = match attributes.target {
            Target::Path(path) => Asked::Path(path),
            Target::Resource(asked) if asked.subresource.is_empty() => Asked::Resource {
                group: symbols.find(asked.group),
                combined: symbols.find(asked.resource),
                any_resource: None,
                name: symbols.find(asked.name),
            },
            Target::Resource(asked) => Asked::Resource {
                group: symbols.find(asked.group),
                combined: symbols.find(&[asked.resource, "/", asked.subresource].concat()),
                any_resource: symbols.find(&["*/", asked.subresource].concat()),
                name: symbols.find(asked.name),
            },
        };
        let about = match target {
            Asked::Path(_) => About::PATHS,
            Asked::Resource { combined, any_resource, .. } => {
                let own = [combined, any_resource].into_iter().flatten().map(About::resource);
                own.fold(About::ALL_RESOURCES, About::or)
            }
        };
        let namespace = attributes.namespace();
        Self {
            all: symbols.find(ALL),
            verb: symbols.find(attributes.verb),
            target,
            namespace: (!namespace.is_empty()).then(|| symbols.find(namespace)),
            about,
        }
    }

    /// Whether a rule allows it: [`crate::rule_allows`], compiled.
    pub fn is_allowed_by(&self, rule: &RuleContent, symbols: &Symbols) -> bool {
        let has = |list: ListId, wanted: [Option<Symbol>; 2]| {
            symbols.list(list).iter().any(|own| wanted.contains(&Some(*own)))
        };
        has(rule.verbs, [self.all, self.verb])
            && match self.target {
                Asked::Path(path) => symbols.list(rule.urls).iter().any(|own| {
                    let own = symbols.text(*own);
                    own == path || is_prefix(own, path)
                }),
                Asked::Resource { group, combined, any_resource, name } => {
                    has(rule.groups, [self.all, group])
                        && (has(rule.resources, [self.all, combined])
                            || has(rule.resources, [any_resource; 2]))
                        && (symbols.list(rule.names).is_empty() || has(rule.names, [name; 2]))
                }
            }
    }
}
