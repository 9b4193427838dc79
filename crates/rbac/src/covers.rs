//! Whether somebody's rules cover others, so that he may hand them on.
//!
//! Source: k8s.io/component-helpers auth/rbac/validation/policy_comparator.go v0.36.3.

use std::fmt;

use foldhash::HashSet;
use seawall_inventory::kinds::PolicyRule;
use smol_str::SmolStr;

use crate::rule::{ALL, is_prefix};

/// The smallest part of a rule: one verb on one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// A verb on a resource.
    Resource {
        /// Verb.
        verb: SmolStr,
        /// API group.
        group: SmolStr,
        /// Resource, with its subresource.
        resource: SmolStr,
        /// Name; `None` for all.
        name: Option<SmolStr>,
    },
    /// A verb on a path that is no resource.
    Path {
        /// Verb.
        verb: SmolStr,
        /// Path.
        path: SmolStr,
    },
}

/// The parts of `rules` that no single one of `owned` covers (`Covers`). An enumeration of everything does not cover `*`, and names
/// do not cover that there are none.
pub fn uncovered<'r>(
    owned: &'r [&'r PolicyRule],
    rules: &'r [&'r PolicyRule],
) -> impl Iterator<Item = Atom> + use<'r> {
    // Who owns a rule as a whole owns its parts, which may be very many.
    let rules = rules.iter().copied().filter(move |rule| !owned.iter().any(|own| covers_rule(own, rule)));
    rules.flat_map(atoms).filter(move |atom| !owned.iter().any(|own| covers(own, atom)))
}

/// The parts of a rule (`BreakdownRule`).
fn atoms(rule: &PolicyRule) -> impl Iterator<Item = Atom> {
    let names = || {
        let none = rule.resource_names.is_empty().then_some(None);
        none.into_iter().chain(rule.resource_names.iter().cloned().map(Some))
    };
    let resources = rule.api_groups.iter().flat_map(move |group| {
        rule.resources.iter().flat_map(move |resource| {
            rule.verbs.iter().flat_map(move |verb| {
                names().map(move |name| Atom::Resource {
                    verb: verb.clone(),
                    group: group.clone(),
                    resource: resource.clone(),
                    name,
                })
            })
        })
    });
    let paths = rule.non_resource_urls.iter().flat_map(move |path| {
        rule.verbs.iter().map(move |verb| Atom::Path { verb: verb.clone(), path: path.clone() })
    });
    resources.chain(paths)
}

/// Whether a rule covers a part (`ruleCovers`).
pub(crate) fn covers(own: &PolicyRule, atom: &Atom) -> bool {
    let has = |list: &[SmolStr], word: &SmolStr| list.contains(word);
    let has_or_all = |list: &[SmolStr], word: &SmolStr| list.iter().any(|own| own == ALL || own == word);
    match atom {
        Atom::Resource { verb, group, resource, name } => {
            has_or_all(&own.verbs, verb)
                && has_or_all(&own.api_groups, group)
                && (has_or_all(&own.resources, resource) || has_any_resource(&own.resources, resource))
                && (own.resource_names.is_empty()
                    || name.as_ref().is_some_and(|name| has(&own.resource_names, name)))
        }
        Atom::Path { verb, path } => {
            // A rule about names of resources covers no path, and can be about none.
            has_or_all(&own.verbs, verb) && own.resource_names.is_empty() && covers_path(own, path)
        }
    }
}

/// Whether `*/log` stands for `pods/log`.
fn has_any_resource(own: &[SmolStr], resource: &str) -> bool {
    resource
        .split_once('/')
        .is_some_and(|(_, subresource)| own.iter().any(|own| own.strip_prefix("*/") == Some(subresource)))
}

fn covers_path(own: &PolicyRule, path: &str) -> bool {
    own.non_resource_urls.iter().any(|own| own == path || is_prefix(own, path))
}

/// Whether a rule covers another as a whole: `own` allows whatever `rule` does. What only several rules cover together is not said to be.
pub fn covers_rule(own: &PolicyRule, rule: &PolicyRule) -> bool {
    fn has_all(own: &[SmolStr], wanted: &[SmolStr], is_covered: impl Fn(&str) -> bool) -> bool {
        let known: HashSet<&SmolStr> = own.iter().collect();
        wanted.iter().all(|word| known.contains(word) || is_covered(word))
    }
    let all = |list: &[SmolStr]| list.iter().any(|own| own == ALL);
    let has_verbs = all(&own.verbs) || has_all(&own.verbs, &rule.verbs, |_| false);
    let has_names = own.resource_names.is_empty()
        || !rule.resource_names.is_empty()
            && rule.non_resource_urls.is_empty()
            && has_all(&own.resource_names, &rule.resource_names, |_| false);
    has_verbs
        && has_names
        && (all(&own.api_groups) || has_all(&own.api_groups, &rule.api_groups, |_| false))
        && (all(&own.resources)
            || has_all(&own.resources, &rule.resources, |resource| {
                has_any_resource(&own.resources, resource)
            }))
        && rule.non_resource_urls.iter().all(|path| covers_path(own, path))
}

impl fmt::Display for Atom {
    /// `get pods/log`, `bind clusterroles.rbac.authorization.k8s.io named view`, `get /healthz`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { verb, path } => write!(f, "{verb} {path}"),
            Self::Resource { verb, group, resource, name } => {
                write!(f, "{verb} {resource}")?;
                if !group.is_empty() {
                    write!(f, ".{group}")?;
                }
                name.as_ref().map_or(Ok(()), |name| write!(f, " named {name}"))
            }
        }
    }
}
