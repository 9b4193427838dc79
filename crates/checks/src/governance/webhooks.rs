//! Admission webhooks, and what the API server makes of what is left out in them.
//!
//! Source: k8s.io/kubernetes v1.36.3 pkg/apis/admissionregistration/v1/defaults.go and v1beta1/defaults.go.

use seawall_inventory::Object;
use seawall_inventory::kinds::{AdmissionRule, Webhook};
use seawall_yaml::Path;
use smol_str::SmolStr;

/// A webhook in its configuration.
pub(super) struct Hook<'s> {
    /// The webhook.
    pub spec: &'s Webhook,
    /// Where it stands.
    pub place: Path,
    /// Whether the defaults of `v1beta1` hold.
    is_beta: bool,
}

/// The webhooks of `object`; `None` when it is no configuration of webhooks.
pub(super) fn hooks(object: &Object) -> Option<impl Iterator<Item = Hook<'_>>> {
    let is_beta = object.version() == "v1beta1";
    let webhooks = &object.body.webhooks()?.webhooks;
    Some(webhooks.iter().enumerate().map(move |(index, spec)| Hook {
        spec,
        place: Path::root().field("webhooks").index(index),
        is_beta,
    }))
}

/// Whether the object's webhooks validate, and do not change, what they are asked about.
pub(super) fn validates(object: &Object) -> bool {
    object.kind == "ValidatingWebhookConfiguration"
}

impl Hook<'_> {
    /// Whether a request is refused when the webhook cannot be asked.
    pub(super) fn fails_closed(&self) -> bool {
        match self.spec.failure_policy.as_deref() {
            Some(policy) => policy == "Fail",
            None => !self.is_beta,
        }
    }

    /// Whether objects are matched by the very API versions of the rules.
    pub(super) fn is_exact(&self) -> bool {
        self.spec.match_policy.as_deref().map_or(self.is_beta, |policy| policy == "Exact")
    }

    /// Seconds until it counts as failed.
    pub(super) fn timeout(&self) -> i64 {
        self.spec.timeout_seconds.unwrap_or(if self.is_beta { 30 } else { 10 })
    }
}

/// Whether the rule is about `operation` on `resource` (`pods`, `pods/ephemeralcontainers`) of `group`, as `Matcher` of
/// k8s.io/apiserver pkg/admission/plugin/webhook/predicates/rules/rules.go (v0.37.1) decides. API versions are left aside.
pub(super) fn is_about(rule: &AdmissionRule, operation: &str, group: &str, resource: &str) -> bool {
    let has = |list: &[SmolStr], word: &str| list.iter().any(|item| item == "*" || item == word);
    let (kind, sub) = resource.split_once('/').unwrap_or((resource, ""));
    has(&rule.operations, operation)
        && has(&rule.api_groups, group)
        && rule.resource_names.is_empty()
        && rule.resources.iter().any(|pattern| {
            let (kinds, subs) = pattern.split_once('/').unwrap_or((pattern, ""));
            (kinds == "*" || kinds == kind) && (subs == "*" || subs == sub)
        })
}

/// Whether the rule is about objects in namespaces.
pub(super) fn is_namespaced(rule: &AdmissionRule) -> bool {
    rule.scope.as_deref() != Some("Cluster")
}

#[cfg(test)]
mod tests {
    use seawall_inventory::kinds::AdmissionRule;

    use super::is_about;

    /// As in `TestResource` of k8s.io/apiserver v0.37.1 pkg/admission/plugin/webhook/predicates/rules/rules_test.go.
    #[test]
    fn resources_and_subresources_are_matched_apart() {
        for (resources, resource, expected) in [
            (&["*"][..], "pods", true),
            (&["*"], "pods/exec", false),
            (&["pods"], "pods", true),
            (&["pods"], "pods/exec", false),
            (&["pods"], "nodes", false),
            (&["nodes", "pods/status"], "pods/status", true),
            (&["nodes", "pods/status"], "pods", false),
            (&["pods/*"], "pods", true),
            (&["pods/*"], "pods/exec", true),
            (&["pods/*"], "nodes", false),
            (&["*/status"], "pods/status", true),
            (&["*/status"], "pods", false),
            (&["*/*"], "pods", true),
            (&["*/*"], "pods/exec", true),
            (&[], "pods", false),
        ] {
            let words = |list: &[&str]| list.iter().map(|word| (*word).into()).collect();
            let rule = AdmissionRule {
                operations: words(&["CREATE"]),
                api_groups: words(&[""]),
                resources: words(resources),
                ..AdmissionRule::default()
            };
            assert_eq!(is_about(&rule, "CREATE", "", resource), expected, "{resources:?} {resource}");
            assert!(!is_about(&rule, "UPDATE", "", "pods") && !is_about(&rule, "CREATE", "apps", "pods"));
        }
    }
}
