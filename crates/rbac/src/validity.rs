//! Roles and bindings that no API server takes: whoever applies them gets an error, and no right.
//!
//! Source: k8s.io/kubernetes pkg/apis/rbac/validation/validation.go and pkg/apis/rbac/v1/defaults.go v1.36.3.

use seawall_inventory::Object;
use seawall_inventory::kinds::{AggregationRule, PolicyRule, RbacSubject, RoleBinding, RoleRef};
use seawall_inventory::selector::{Selector, is_dns_subdomain};

/// The API group of roles and bindings.
pub const GROUP: &str = "rbac.authorization.k8s.io";

/// Why the API server refuses a role or a binding; `None` when nothing in what grants rights is wrong, and for other objects.
pub fn refusal(object: &Object) -> Option<&'static str> {
    if object.group() != GROUP {
        return None;
    }
    // Gone with v1.22; a subject of v1alpha1 has another meaning besides (pkg/apis/rbac/v1alpha1/conversion.go v1.21).
    if !["v1", "v1beta1"].contains(&object.version()) {
        return Some("no API server serves this version of its API");
    }
    let is_generated = object.metadata.name.is_empty() && !object.metadata.generate_name().is_empty();
    if !is_generated && !is_path_segment(&object.metadata.name) {
        return Some("its name can be none");
    }
    if let Some(role) = object.body.role() {
        return role.rules.iter().find_map(|rule| of_rule(rule, true));
    }
    if let Some(role) = object.body.cluster_role() {
        let aggregation = role.aggregation_rule.as_deref().and_then(of_aggregation);
        return role.rules.iter().find_map(|rule| of_rule(rule, false)).or(aggregation);
    }
    let binding = object.body.role_binding()?;
    of_binding(binding, object.kind == "RoleBinding")
}

/// `ValidatePolicyRule`.
pub(crate) fn of_rule(rule: &PolicyRule, is_namespaced: bool) -> Option<&'static str> {
    if rule.verbs.is_empty() {
        return Some("a rule has no verbs");
    }
    if !rule.non_resource_urls.is_empty() {
        if is_namespaced {
            return Some("a rule of a Role has `nonResourceURLs`");
        }
        let has_resources =
            !(rule.api_groups.is_empty() && rule.resources.is_empty() && rule.resource_names.is_empty());
        return has_resources.then_some("a rule is about resources and `nonResourceURLs` at once");
    }
    if rule.api_groups.is_empty() {
        return Some("a rule has no `apiGroups`");
    }
    rule.resources.is_empty().then_some("a rule has no resources")
}

fn of_aggregation(aggregation: &AggregationRule) -> Option<&'static str> {
    let selectors = &aggregation.cluster_role_selectors;
    if selectors.is_empty() {
        return Some("an `aggregationRule` has no selectors");
    }
    let is_wrong = selectors.iter().any(|selector| Selector::of(Some(selector)).is_err());
    is_wrong.then_some("a selector of an `aggregationRule` is none")
}

fn of_binding(binding: &RoleBinding, is_namespaced: bool) -> Option<&'static str> {
    of_role_ref(&binding.role_ref, is_namespaced)
        .or_else(|| binding.subjects.iter().find_map(|subject| of_subject(subject, is_namespaced)))
}

/// The part of `ValidateRoleBinding` and `ValidateClusterRoleBinding` that is about the role.
pub(crate) fn of_role_ref(role_ref: &RoleRef, is_namespaced: bool) -> Option<&'static str> {
    if !["", GROUP].contains(&role_ref.api_group.as_str()) {
        return Some("`roleRef` has another API group");
    }
    match role_ref.kind.as_str() {
        "ClusterRole" => {}
        "Role" if is_namespaced => {}
        _ => return Some("`roleRef` has a kind that cannot be bound"),
    }
    (!is_path_segment(&role_ref.name)).then_some("`roleRef` has no name that can be one")
}

/// `ValidateRoleBindingSubject`.
pub(crate) fn of_subject(subject: &RbacSubject, is_namespaced: bool) -> Option<&'static str> {
    if subject.name.is_empty() {
        return Some("a subject has no name");
    }
    match subject.kind.as_str() {
        "ServiceAccount" => {
            if !is_dns_subdomain(&subject.name) {
                Some("a service account among the subjects has a name that none can have")
            } else if !subject.api_group.is_empty() {
                Some("a service account among the subjects has an API group")
            } else if !is_namespaced && subject.namespace.is_empty() {
                Some("a service account among the subjects has no namespace")
            } else {
                None
            }
        }
        "User" | "Group" => {
            let is_right = ["", GROUP].contains(&subject.api_group.as_str());
            (!is_right).then_some("a subject has another API group")
        }
        _ => Some("a subject is no User, Group or ServiceAccount"),
    }
}

/// `IsPathSegmentName` of k8s.io/apimachinery pkg/api/validate/content.
fn is_path_segment(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '%'])
}
