//! Whether a rule allows a request: the reference, as it is written in Kubernetes. [`crate::Policy`] asks the same of compiled rules.
//!
//! Source: k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go, plugin/pkg/auth/authorizer/rbac/rbac.go v1.36.3.

use seawall_inventory::kinds::PolicyRule;
use smol_str::SmolStr;

use crate::attributes::{Attributes, Target};

/// Stands for all verbs, groups, resources or paths. Never for names.
pub(crate) const ALL: &str = "*";

/// Whether the rule allows the request (`RuleAllows`).
pub fn rule_allows(rule: &PolicyRule, attributes: &Attributes<'_>) -> bool {
    verb_matches(rule, attributes.verb)
        && match attributes.target {
            Target::Path(path) => non_resource_url_matches(rule, path),
            Target::Resource(asked) => {
                api_group_matches(rule, asked.group)
                    && resource_matches(rule, asked.resource, asked.subresource)
                    && resource_name_matches(rule, asked.name)
            }
        }
}

/// `VerbMatches`.
pub fn verb_matches(rule: &PolicyRule, verb: &str) -> bool {
    has_or_all(&rule.verbs, verb)
}

/// `APIGroupMatches`.
pub fn api_group_matches(rule: &PolicyRule, group: &str) -> bool {
    has_or_all(&rule.api_groups, group)
}

/// `ResourceMatches`: everything, the resource with its subresource, or `*/` and the subresource. `pods/*` is no pattern, and
/// `pods` says nothing of `pods/log`.
pub fn resource_matches(rule: &PolicyRule, resource: &str, subresource: &str) -> bool {
    rule.resources.iter().any(|own| {
        own == ALL
            || match own.split_once('/') {
                _ if subresource.is_empty() => own == resource,
                // A resource may be asked for by a name with a slash in it.
                _ if own.strip_prefix("*/") == Some(subresource) => true,
                Some(_) => {
                    own.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/')) == Some(subresource)
                }
                None => false,
            }
    })
}

/// `ResourceNameMatches`: without names the rule is about all, with some it is about none that is asked for without a name.
pub fn resource_name_matches(rule: &PolicyRule, name: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|own| own == name)
}

/// `NonResourceURLMatches`.
pub fn non_resource_url_matches(rule: &PolicyRule, path: &str) -> bool {
    rule.non_resource_urls.iter().any(|own| own == path || is_prefix(own, path))
}

/// Whether a path of a rule ends in stars, and what stands before them begins the other.
pub(crate) fn is_prefix(pattern: &str, path: &str) -> bool {
    pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*'))
}

fn has_or_all(list: &[SmolStr], wanted: &str) -> bool {
    list.iter().any(|own| own == ALL || own == wanted)
}
